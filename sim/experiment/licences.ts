import type { Fleet } from '../cluster/fleet.ts';
import type { LicencePoolSetup, LicenceSetup } from '../engine/licences/setup.ts';
import type { Micros } from '../kernel/time.ts';
import {
  EDITION_RULES,
  entitlementOverTime,
  knownRestrictions,
  LEAST_CORES_PER_CPU,
  LICENCE_CAUSES,
  type LicenceMetric,
  RENEWAL_SHARE,
} from '../licences/index.ts';
import { LicenceMeter, type MeteredLicences } from '../observe/licence-meter.ts';
import type { LicencePool, Licences } from '../scenario/licence-types.ts';
import { ParameterValues, SHARING_PARAMETERS } from '../sharing/index.ts';
import { ScenarioError } from './scenario-error.ts';

/** The licences of a run as the engine takes them, and what follows them. */
export interface LicencesOfRun {
  readonly setup: LicenceSetup;
  readonly meter: LicenceMeter;
}

/**
 * The licences of a scenario. Those by the card or core are counted once: hosts that come and go count all the time.
 *
 * @param overheads figures that the scenario states
 * @throws {ScenarioError} if a host is not in the fleet
 */
export function licencesOf(
  { pools, unlicensed }: Licences,
  overheads: Readonly<Record<string, number>>,
  fleet: Fleet,
  warmupUs: Micros,
): LicencesOfRun {
  const values = new ParameterValues(SHARING_PARAMETERS, overheads);
  const numbers = new Map(fleet.hostNames.map((name, host) => [name, host]));
  const metered = pools.map((pool): MeteredLicences => {
    const { name, edition, entitled, subscriptions } = pool;
    const metric = metricOf(pool);
    const isAsked = isAskedFor(metric);
    return {
      name,
      edition,
      metric,
      entitled,
      causes: isAsked ? causesOf(pool) : [],
      steps: entitlementOverTime(entitled, subscriptions),
      ...(isAsked ? {} : { counted: countOf(pool, fleet, hostsOf(pool, numbers)) }),
    };
  });
  const meter = new LicenceMeter(warmupUs, metered);
  /** By pool of the engine: its number in the scenario. */
  const askedFor = pools.flatMap((pool, at) => (isAskedFor(metricOf(pool)) ? [at] : []));
  const number = (pool: number) => askedFor[pool] as number;
  return {
    meter,
    setup: {
      pools: askedFor.map((at): LicencePoolSetup => {
        const pool = pools[at] as LicencePool;
        const { name, edition, entitled, subscriptions, whenNone } = pool;
        const leaseUs = pool.leaseUs ?? Math.round(values.get('licence.lease') * 1e6);
        const hosts = hostsOf(pool, numbers);
        return {
          name,
          metric: metricOf(pool) as 'user' | 'gpu',
          covers: EDITION_RULES[edition].covers,
          entitled,
          steps: entitlementOverTime(entitled, subscriptions),
          holds: hosts && fleet.hostNames.map((_name, host) => hosts.has(host)),
          whenNone,
          leaseUs,
          renewalUs: pool.renewalUs ?? Math.max(1, Math.round(leaseUs * RENEWAL_SHARE)),
        };
      }),
      restrictions: unlicensed ?? knownRestrictions(values),
      listener: {
        levels: (atUs, pool, levels) => meter.levels(atUs, number(pool), levels),
        held: (atUs, pool, claim, by) => meter.held(atUs, number(pool), claim, by),
        asked: (pool, isGranted) => meter.asked(number(pool), isGranted),
        expired: (pool) => meter.expired(number(pool)),
      },
    },
  };
}

/** Where there are no subscriptions, none can lapse. */
const causesOf = ({ subscriptions }: LicencePool) =>
  LICENCE_CAUSES.filter((cause) => cause !== 'lapse' || subscriptions.length > 0);

const metricOf = ({ metric, edition }: LicencePool): LicenceMetric => metric ?? EDITION_RULES[edition].metric;
const isAskedFor = (metric: LicenceMetric) => metric === 'user' || metric === 'gpu';

function hostsOf(
  { hosts }: LicencePool,
  numbers: ReadonlyMap<string, number>,
): ReadonlySet<number> | undefined {
  if (hosts === null) return undefined;
  return new Set(
    hosts.map((name) => {
      const host = numbers.get(name);
      if (host === undefined) throw new ScenarioError('licences.pools', `has no host "${name}" in the fleet`);
      return host;
    }),
  );
}

function countOf(pool: LicencePool, fleet: Fleet, hosts: ReadonlySet<number> | undefined): number {
  let count = 0;
  for (let host = 0; host < fleet.hostCount; host++) {
    if (hosts !== undefined && !hosts.has(host)) continue;
    if (metricOf(pool) === 'card') count += fleet.gpusOf(host);
    else {
      const cores = Math.ceil((fleet.cpuCapacityMilli[host] as number) / 1000);
      count += Math.max(cores, LEAST_CORES_PER_CPU * pool.cpusPerHost);
    }
  }
  return count;
}
