import type { FleetView } from '../cluster/fleet.ts';
import { DEFAULT_BACKFILL, guardFor } from '../engine/backfill/index.ts';
import type { RunContext } from '../engine/run-context.ts';
import type { SchedulingRules } from '../engine/scheduling.ts';
import type { TimeShareSetup } from '../engine/time-share/setup.ts';
import type { PoolSetup } from '../engine/timed.ts';
import type { LinearSolver } from '../kernel/optimize/linear-program.ts';
import type { RandomStreams } from '../kernel/random.ts';
import { placementPolicy } from '../policies/placement/index.ts';
import { SOLVING_PLACEMENTS } from '../policies/placement/names.ts';
import { Placer } from '../policies/placement/placer.ts';
import type { PlacementContext, PlacementPolicy } from '../policies/placement/policy.ts';
import { weightedPlacement } from '../policies/placement/weighted.ts';
import { fifo } from '../policies/queueing/fifo.ts';
import { queueingPolicy } from '../policies/queueing/index.ts';
import { withLimits } from '../policies/queueing/limits.ts';
import { timeSharePolicy } from '../policies/time-share/index.ts';
import { SOLVING_NAMES } from '../policies/time-share/names.ts';
import type { Pool, Scenario, TimeShare } from '../scenario/types.ts';

/** What a pool has of the policy: the section as a whole is the pool `default`. */
export type PoolPolicy = Pick<Pool, 'placement' | 'scores' | 'tieBreak' | 'queueing' | 'scheduling'>;

/** The policy of each pool by number: `default` first. */
export function poolPolicies({ policy }: Pick<Scenario, 'policy'>): readonly PoolPolicy[] {
  return [policy, ...policy.pools];
}

/** Names of the pools by number. */
export function poolNames({ policy }: Pick<Scenario, 'policy'>): readonly string[] {
  return ['default', ...policy.pools.map(({ name }) => name)];
}

/**
 * One placer for each pool, on the pool's own hosts; the pool `default` has all that no other has.
 *
 * @throws {RangeError} if a pool names a host that the fleet does not have, or one that another pool has
 */
export function placersOf(
  { policy }: Pick<Scenario, 'policy'>,
  context: PlacementContext,
  streams: RandomStreams,
): readonly Placer[] {
  const hosts = poolHostsOf({ policy }, context.fleet);
  return poolPolicies({ policy }).map((pool, i) => {
    const name = policy.pools[i - 1]?.name ?? '';
    return new Placer(
      placementOf(pool),
      context,
      pool.tieBreak,
      i === 0 ? streams.stream('placement-tie') : streams.stream('placement-tie', name),
      hosts[i] as readonly number[],
    );
  });
}

/**
 * By pool: its hosts, ascending. The pool `default` has all that no other has.
 *
 * @throws {RangeError} if a pool names a host that the fleet does not have, or one that another pool has
 */
export function poolHostsOf(
  { policy }: Pick<Scenario, 'policy'>,
  fleet: FleetView,
): readonly (readonly number[])[] {
  const poolOf = new Int32Array(fleet.hostCount);
  const numberOf = new Map(fleet.hostNames.map((name, h) => [name, h]));
  policy.pools.forEach(({ name, hosts }, i) => {
    for (const host of hosts) {
      const number = numberOf.get(host);
      if (number === undefined) {
        throw new RangeError(`Cannot give host "${host}" to pool "${name}": the fleet has no such host`);
      }
      if (poolOf[number] !== 0) {
        throw new RangeError(`Cannot give host "${host}" to pool "${name}": another pool has it`);
      }
      poolOf[number] = i + 1;
    }
  });
  return poolPolicies({ policy }).map((_, i) => Array.from(poolOf.keys()).filter((h) => poolOf[h] === i));
}

function placementOf({ placement, scores }: PoolPolicy): PlacementPolicy {
  if (scores.length === 0) return placementPolicy(placement);
  return weightedPlacement(scores.map(({ policy, weight }) => ({ policy: placementPolicy(policy), weight })));
}

/** Whether a scenario can only be run with a solver of linear programs. */
export function needsSolver(scenario: Pick<Scenario, 'policy' | 'experiment'>): boolean {
  const { experiment } = scenario;
  const isTimed = experiment.kind === 'timed';
  if (experiment.hasHindsight === true) return true;
  return poolPolicies(scenario).some(
    ({ placement, scores, scheduling: { timeShare } }) =>
      (scores.length === 0 ? [placement] : scores.map(({ policy }) => policy)).some((name) =>
        SOLVING_PLACEMENTS.includes(name),
      ) ||
      (isTimed && timeShare !== null && SOLVING_NAMES.includes(timeShare.by)),
  );
}

/**
 * The queue of each pool, as the engine takes it.
 *
 * @param solver there where `needsSolver`
 * @throws {RangeError} if a policy needs a solver and there is none
 */
export function poolsOf(
  { policy }: Pick<Scenario, 'policy'>,
  { fleet }: RunContext,
  placers: readonly Placer[],
  { streams, solver }: { readonly streams?: RandomStreams; readonly solver?: LinearSolver | undefined } = {},
): readonly PoolSetup[] {
  return poolPolicies({ policy }).map((pool, i) => {
    const placer = placers[i] as Placer;
    const { maxJobsPerUser, maxGpusPerUser, depth } = pool.scheduling;
    const plain = queueingPolicy(pool.queueing);
    const isLimited =
      maxJobsPerUser !== Number.POSITIVE_INFINITY || maxGpusPerUser !== Number.POSITIVE_INFINITY;
    const queueing = isLimited ? withLimits(plain, { maxJobsPerUser, maxGpusPerUser }) : plain;
    const { timeShare } = pool.scheduling;
    const rules: SchedulingRules = {
      ...rulesOfPool(pool),
      ...(timeShare === null
        ? {}
        : { timeShare: timeShareOf(timeShare, fleet, solver, streams, policy.pools[i - 1]?.name) }),
    };
    const discipline = queueing.create({
      fleet,
      capacity: capacityOf(fleet, placer),
      config: pool.scheduling,
    });
    const isImmediate =
      plain === fifo &&
      !isLimited &&
      rules.fill === 'block' &&
      rules.preemption === 'none' &&
      rules.roundUs === null;
    const guard = guardFor(rules.fill, { fleet }, placer, { ...DEFAULT_BACKFILL, depth });
    return { placer, discipline, rules, isImmediate, guard };
  });
}

function timeShareOf(
  { by, speeds, order, reviewUs, weights, costs }: TimeShare,
  fleet: FleetView,
  solver: LinearSolver | undefined,
  streams: RandomStreams | undefined,
  pool: string | undefined,
): TimeShareSetup {
  if (streams === undefined) throw new RangeError('Cannot divide GPU time without random streams');
  if (solver === undefined && SOLVING_NAMES.includes(by)) {
    throw new RangeError(
      `Cannot divide GPU time by ${by} without a solver of linear programs: give one to the run (hooks.solver, such as highsSolver(await loadHighs()))`,
    );
  }
  return {
    divider: timeSharePolicy(by).create({
      solver,
      costs: fleet.modelNames.map((name) => costs[name] ?? 1),
    }),
    view: speeds,
    order,
    reviewUs,
    weights,
    random:
      pool === undefined ? streams.stream('time-share-order') : streams.stream('time-share-order', pool),
  };
}

/** What is stated, else what the discipline needs. */
export function rulesOfPool(pool: Pick<PoolPolicy, 'queueing' | 'scheduling'>): SchedulingRules {
  const queueing = queueingPolicy(pool.queueing);
  const { fill, preemption, way, migratePath, roundUs, isSticky, minRunUs } = pool.scheduling;
  return {
    fill: fill ?? queueing.fill,
    preemption:
      preemption ??
      (pool.scheduling.timeShare !== null ? 'refill' : queueing.promises.preempts ? 'evict' : 'none'),
    way,
    migratePath,
    roundUs,
    isSticky,
    minRunUs,
  };
}

function capacityOf(
  fleet: FleetView,
  placer: Placer,
): { readonly gpus: number; readonly cpuMilli: number; readonly memoryMib: number } {
  let gpus = 0;
  let cpuMilli = 0;
  let memoryMib = 0;
  for (const host of placer.hosts) {
    gpus += fleet.gpusOf(host);
    cpuMilli += fleet.cpuCapacityMilli[host] as number;
    memoryMib += fleet.memoryCapacityMib[host] as number;
  }
  return { gpus, cpuMilli, memoryMib };
}
