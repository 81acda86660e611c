import { Fleet } from '../../cluster/fleet.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Readings } from '../../observe/metric.ts';
import type { MINIMISED } from '../../scenario/schema/plan.ts';
import type { Scenario } from '../../scenario/types.ts';
import { costMeter, readCost } from '../cost.ts';
import { hostsOf } from '../hosts.ts';
import type { TraceData } from '../trace-data.ts';

export type Minimised = (typeof MINIMISED)[number];

/** Time over which the idle bill is written, where the run has no end of its own: prices are by the month. */
const HOUR_US = 3600e6;

/**
 * What a plan has least of, as far as it does not depend on what the run does: no run costs less. The bill of the fleet with
 * nobody on it: idle power, no rented hours of hosts that come and go, licences of users who are there for certain.
 *
 * @param users by session group: how many are on at one time at least
 * @throws {ScenarioError} where hosts and their prices do not go together
 */
export function costFloor(
  scenario: Scenario,
  traces: TraceData,
  minimise: Minimised,
  users: ReadonlyMap<string, number> = new Map(),
): number {
  const hosts = hostsOf(scenario, traces);
  if (minimise === 'hosts') return hosts.length;
  if (minimise === 'gpus')
    return hosts.reduce((sum, { gpus }) => sum + gpus.reduce((all, { count }) => all + count, 0), 0);
  const { cost, elastic, workload, experiment } = scenario;
  if (cost === null) throw new RangeError('Cannot say what a fleet costs: the scenario has no cost section');
  const fleet = new Fleet(hosts);
  const meter = costMeter(scenario, fleet, 0);
  const numbers = new Map(fleet.hostNames.map((name, host) => [name, host]));
  for (const name of hostsThatCome(scenario)) {
    const host = numbers.get(name) as number;
    fleet.setClosed(host, true, 'absence');
    meter.hostChanged(0 as Micros, host);
  }
  const endUs = (experiment.kind === 'timed' ? experiment.horizonUs : null) ?? HOUR_US;
  meter.ended(endUs as Micros);
  for (const group of workload.sessions) {
    const { name, logon } = group;
    meter.peakSessions.set(name, logon.kind === 'always' ? group.users : (users.get(name) ?? 0));
  }
  const readings: Readings = new Map();
  readCost(readings, { cost, elastic }, fleet, meter, { endUs });
  return Math.max(0, readings.get('cost.perMonth')?.value ?? 0);
}

/** Whether more hosts cost no less: not where they save outages, or hosts that come when work waits, whoever is paid for their hours. */
export function isDearerWithMore({ elastic, cost }: Scenario): boolean {
  return (elastic?.groups ?? []).length === 0 && cost?.downtime == null;
}

/** Names of hosts that are not there all the time. */
function hostsThatCome({ elastic }: Scenario): ReadonlySet<string> {
  if (elastic === null) return new Set();
  return new Set([...elastic.steps, ...elastic.groups].flatMap(({ hosts }) => hosts));
}
