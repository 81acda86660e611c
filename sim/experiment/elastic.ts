import type { Fleet } from '../cluster/fleet.ts';
import type { ElasticGroup, ElasticSetup, Spot } from '../engine/elastic/setup.ts';
import type { Distribution } from '../kernel/distributions/distribution.ts';
import { createDistribution, type DistributionSpec } from '../kernel/distributions/index.ts';
import type { RandomStream, RandomStreams } from '../kernel/random.ts';
import { ElasticMeter } from '../observe/elastic-meter.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { Elastic, ElasticGroupSpec } from '../scenario/elastic-types.ts';
import { durationUsOf } from '../workload/task.ts';
import { ScenarioError } from './scenario-error.ts';

/** Hosts that come and go, as the engine takes them, with the meter that listens. */
export function elasticOf(
  elastic: Elastic,
  fleet: Fleet,
  placers: readonly Placer[],
  pools: ReadonlyMap<string, number>,
  streams: RandomStreams,
): ElasticSetup & { readonly listener: ElasticMeter } {
  const numbers = new Map(fleet.hostNames.map((name, host) => [name, host]));
  const hostsOf = (names: readonly string[], section: string) =>
    names.map((name) => {
      const host = numbers.get(name);
      if (host === undefined)
        throw new ScenarioError(`elastic.${section}`, `has no host "${name}" in the fleet`);
      return host;
    });
  const poolNamed = (name: string) => {
    const pool = pools.get(name);
    if (pool === undefined) throw new ScenarioError('elastic.bursts', `has no pool "${name}" in the policy`);
    return pool;
  };
  return {
    groups: elastic.groups.map((group) => {
      const hosts = hostsOf(group.hosts, 'groups');
      const pool = placers.findIndex((placer) => placer.covers(hosts[0] as number));
      if (!hosts.every((host) => placers[pool]?.covers(host) === true)) {
        throw new ScenarioError('elastic.groups', `"${group.name}" has hosts of several pools`);
      }
      return groupOf(group, hosts, pool, streams);
    }),
    steps: elastic.steps.map(({ atUs, hosts, joins, running, migratePath }) => ({
      atUs,
      hosts: hostsOf(hosts, joins ? 'expansions' : 'removals'),
      joins,
      clearing: { running, migratePath },
    })),
    bursts: elastic.bursts.map(({ from, to, waitedUs, jobs, classes }) => {
      const allowed = classes === null ? undefined : new Set(classes);
      return {
        from: poolNamed(from),
        to: poolNamed(to),
        waitedUs: waitedUs ?? Number.POSITIVE_INFINITY,
        jobs: jobs ?? Number.POSITIVE_INFINITY,
        mayGo: (label: string) => allowed?.has(label) ?? true,
      };
    }),
    listener: new ElasticMeter(
      elastic.groups.map(({ name }) => name),
      elastic.bursts.map(({ from, to }) => `${from}-${to}`),
    ),
  };
}

function groupOf(
  group: ElasticGroupSpec,
  hosts: readonly number[],
  pool: number,
  streams: RandomStreams,
): ElasticGroup {
  const { name, min, max, out, minLifeUs, week, price, spot, start } = group;
  const { running, migratePath, ...leave } = group.in;
  return {
    name,
    hosts,
    pool,
    plan: { min, max, out, in: leave, minLifeUs, week },
    start,
    bootUs: lengthOf(group.bootSec, streams.stream('elastic-boot', name)),
    clearing: { running, migratePath },
    price,
    spot: spot === null ? null : spotOf(spot, name, streams),
  };
}

function spotOf(
  { everySec, log, noticeUs, backSec }: NonNullable<ElasticGroupSpec['spot']>,
  name: string,
  streams: RandomStreams,
): Spot {
  return {
    untilUs:
      everySec === null
        ? null
        : lengthOf({ kind: 'exponential', mean: everySec }, streams.stream('elastic-spot', name)),
    log,
    noticeUs,
    backUs: lengthOf(backSec, streams.stream('elastic-back', name)),
  };
}

/** Draws lengths of time in whole microseconds. */
function lengthOf(spec: DistributionSpec, stream: RandomStream): () => number {
  const distribution: Distribution = createDistribution(spec);
  return () => durationUsOf(distribution.sample(stream));
}
