import { Fleet } from '../cluster/fleet.ts';
import type { Micros } from '../kernel/time.ts';
import type { CostUsage } from '../observe/cost-meter.ts';
import type { Readings } from '../observe/metric.ts';
import type { Scenario } from '../scenario/types.ts';
import { costMeter, readCost } from './cost.ts';
import { hostsOf } from './hosts.ts';
import type { Replication } from './replicate/types.ts';
import type { TraceData } from './trace-data.ts';

/** Whether what a scenario costs has no part in what happens: then one run can have several bills. */
export const isCostApart = ({ elastic }: Pick<Scenario, 'elastic'>) => elastic === null;

/**
 * A run as it would have come out with another `cost` section: the same in everything but the bill.
 *
 * @param scenario the same as that of the run but for `cost`; without hosts that come and go
 * @param ran a run that kept its usage
 * @throws {RangeError} if the run kept none, or the scenario has no cost section
 * @throws {ScenarioError} where hosts and their prices do not go together
 */
export function rebilled(ran: Replication, scenario: Scenario, traces: TraceData): Replication {
  const { usage } = ran;
  const { cost, elastic, experiment } = scenario;
  if (usage === undefined || cost === null || experiment.kind !== 'timed')
    throw new RangeError('Cannot bill a run anew: it kept no usage, or there are no prices');
  const fleet = new Fleet(hostsOf(scenario, traces));
  // All hosts are there all the time: for how long is known without the run.
  const present = costMeter(scenario, fleet, experiment.warmupUs);
  present.ended(usage.endUs as Micros);
  const meter: CostUsage = {
    ...usage,
    presentUs: present.presentUs,
    hours: present.hours,
    tenants: () => usage.tenants,
    commitments: () => present.commitments(),
  };
  const readings: Readings = new Map(ran.readings.filter(([name]) => !name.startsWith('cost.')));
  const bill = readCost(readings, { cost, elastic }, fleet, meter, { endUs: usage.endUs });
  const { cost: _before, ...rest } = ran;
  return { ...rest, readings: [...readings], ...(bill === undefined ? {} : { cost: bill }) };
}
