import { type IntegerSolver, LinearProgramBuilder } from '../../kernel/optimize/linear-program.ts';
import type { Scenario } from '../../scenario/types.ts';
import { poolPolicies, rulesOfPool } from '../pools.ts';

import type { Capacity, Seats } from './capacity.ts';
import { mostWaiting } from './left-waiting.ts';
import { type Hold, probesOf, type SureHold } from './probes.ts';
import type { JobType, SamplePath } from './sample-path.ts';
import { type Shortfall, shown, type WaitLimit } from './shortfall.ts';

/** Instants and spells of a path that are looked at: fewer are a relaxation. */
const MOST_PROBES = 24;
const FEWEST_PROBES = 6;
/** Variables of workers in a program. */
const MOST_SEATS = 2500;
/** Quantiles are measured within 1 % of their value. */
export const MEASURED = 1.02;
/** Of the jobs: the solver's tolerance. */
const TOLERANCE = 1e-6;

/**
 * Whether who has started surely holds its place for all of its time, so that arrivals alone say what is held when. Not where
 * jobs are stopped or moved, where hosts or cards change, fail, come or go, and where licences, quotas or limits of users turn
 * jobs away.
 */
export function startsAreFinal(scenario: Scenario): boolean {
  return whyNotFinal(scenario) === undefined;
}

/** What stands against that, in words that go after "because"; undefined: nothing. */
export function whyNotFinal(scenario: Scenario): string | undefined {
  const { experiment, faults, elastic, licences, changes, repartition } = scenario;
  if (experiment.kind !== 'timed') return 'a fill has no time';
  if (experiment.isWarmupAuto === true) return 'the end of the warm-up is not known';
  if (faults !== null) return 'faults stop jobs and take hosts away';
  if (elastic !== null) return 'hosts come and go';
  if (licences !== null) return 'licences may keep jobs from starting or stop them';
  if (changes.length > 0) return 'hosts are changed while the run goes on';
  if (repartition.length > 0) return 'cards are cut anew while the run goes on';
  for (const pool of poolPolicies(scenario)) {
    const { timeShare, maxJobsPerUser, maxGpusPerUser, quotas } = pool.scheduling;
    if (timeShare !== null) return 'jobs take turns on GPUs';
    if (rulesOfPool(pool).preemption !== 'none') return 'jobs may be stopped for others (preemption)';
    if ([maxJobsPerUser, maxGpusPerUser].some((most) => most !== Number.POSITIVE_INFINITY))
      return 'limits of users turn jobs away';
    if (quotas.length > 0) return 'quotas turn jobs away';
  }
  return undefined;
}

/** Jobs of a path that have to start in time, and how many may have done so besides. */
interface Measured {
  readonly jobs: readonly SureHold[];
  readonly perhaps: number;
}

/**
 * How many jobs of a path can start within a limit at most, whatever the policy: a job that starts in time surely holds its
 * places from its arrival and the limit to its arrival and its work at the fastest speed. Jobs are divisible and may be
 * anywhere at every instant; what the hosts hold at an instant, and in the mean over a spell, is as `Capacity` says.
 *
 * Jobs that nothing could take are turned away and do not wait (gangs that find no room together are to be ruled out before); those that come less than the limit before the end count as
 * in time.
 *
 * @param capacity of the kinds of the path
 */
export function startInTime(
  scenario: Scenario,
  capacity: Capacity,
  counts: readonly number[],
  path: SamplePath,
  limit: WaitLimit,
  solver: IntegerSolver,
): StartsInTime {
  const { jobs, perhaps } = measuredJobs(scenario, capacity, counts, path, limit);
  const seatsPerInstant =
    capacity.places.reduce((sum, _, k) => sum + capacity.placesAmong(k, counts).length, 0) +
    capacity.rooms.flat().reduce((sum, { layouts }) => sum + (layouts?.length ?? 0), 0);
  const most = Math.floor(MOST_SEATS / Math.max(1, seatsPerInstant));
  const probes = probesOf(jobs, path, Math.max(FEWEST_PROBES, Math.min(MOST_PROBES, most)));
  const groups = new Map<string, { type: number; holds: readonly Hold[]; count: number }>();
  let free = 0;
  for (const job of jobs) {
    const { type } = job;
    const holds = probes.holdsOf(job);
    if (holds.length === 0) {
      free += 1;
      continue;
    }
    const key = `${type}/${holds.map(({ probe, part }) => `${probe}:${part}`).join()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { type, holds, count: 1 });
    else group.count += 1;
  }
  const program = new LinearProgramBuilder();
  const held = Array.from({ length: probes.count }, () =>
    capacity.kinds.map(() => ({ columns: [] as number[], counts: [] as number[] })),
  );
  for (const { type, holds, count } of groups.values()) {
    const inTime = program.variable(-1, 0, count);
    for (const { kind, count: workers } of (path.types[type] as JobType).workers) {
      for (const { probe, part } of holds) {
        const at = held[probe]?.[kind];
        at?.columns.push(inTime);
        at?.counts.push(workers * part);
      }
    }
  }
  for (const kinds of held) {
    const { seats } = capacity.addTo(program, counts);
    kinds.forEach(({ columns, counts: workers }, k) => {
      if (columns.length === 0) return;
      const { variables } = seats[k] as Seats;
      program.row(
        Number.NEGATIVE_INFINITY,
        0,
        [...columns, ...variables],
        [...workers, ...variables.map(() => -1)],
      );
    });
  }
  const solution = solver.solve(program);
  if (solution.status !== 'optimal') throw new Error(`A program of starts in time is ${solution.status}`);
  return {
    jobs: jobs.length,
    inTime: Math.min(jobs.length, free - solution.objective),
    perhaps,
    arrived: path.type.length + path.perhaps,
  };
}

/** How many of a path's jobs can start in time. */
export interface StartsInTime {
  /** That are asked about and surely come. */
  readonly jobs: number;
  readonly inTime: number;
  /** That may have come besides, and started in time. */
  readonly perhaps: number;
  /** All that may have come in the run. */
  readonly arrived: number;
}

/** What is proven against a limit by every one of the paths; undefined where one of them can keep it. */
export function lateInAll(
  paths: readonly (() => StartsInTime | undefined)[],
  { quantile, limitSec, group }: WaitLimit,
): Shortfall | undefined {
  let best: { readonly jobs: number; readonly inTime: number } | undefined;
  let factor = Number.POSITIVE_INFINITY;
  for (const path of paths) {
    const found = path();
    if (found === undefined) return undefined;
    const own = lateIn(found, quantile);
    if (own === undefined) return undefined;
    if (best === undefined || own < factor) {
      const { jobs, inTime, perhaps } = found;
      best = { jobs: jobs + perhaps, inTime: inTime + perhaps };
      factor = own;
    }
  }
  if (best === undefined) return undefined;
  const who = group === undefined ? 'jobs' : `jobs of ${group.kind} "${group.name}"`;
  return {
    kind: 'peak',
    what: group?.name ?? 'all jobs',
    text: `of ${best.jobs} ${who} at most ${shown(Math.floor(best.inTime + TOLERANCE * best.jobs))} can start within ${shown(limitSec)} s, whatever the policy, and ${shown(quantile * 100)} % have to`,
    factor,
  };
}

/** How many times those that can start in time would have to, above 1; undefined: enough can. */
function lateIn({ jobs, inTime, perhaps, arrived }: StartsInTime, quantile: number): number | undefined {
  const all = jobs + perhaps;
  // Waits are of those that got a place, which nearly all have to. The rank of a quantile is at least that of the order
  // statistic below it.
  const started = all - mostWaiting(arrived);
  const needed = quantile >= 1 ? started : quantile * (started - 1);
  const possible = inTime + perhaps;
  if (possible >= needed - TOLERANCE * Math.max(1, all)) return undefined;
  return possible > 0 ? needed / possible : Number.POSITIVE_INFINITY;
}

/** Multiples of a mean at which it is asked how many can have started. */
const LEVELS = [0.25, 0.5, 1, 2, 4, 8, 16];

/**
 * The least mean wait of a path: who cannot start within a level waits for longer, and a mean is the sum over levels of how
 * many do.
 *
 * @param startsWithin how many can start within so many seconds; undefined: not known
 */
export function leastMeanWait(
  meanSec: number,
  startsWithin: (limitSec: number) => StartsInTime | undefined,
): number {
  let [before, sum, started] = [0, 0, 0];
  for (const level of LEVELS) {
    const limitSec = level * meanSec;
    const found = startsWithin(limitSec);
    if (found === undefined) return 0;
    const { jobs, inTime, perhaps, arrived } = found;
    started = jobs + perhaps - mostWaiting(arrived);
    const late = started - inTime - perhaps;
    if (!(late > TOLERANCE * Math.max(1, started))) break;
    sum += (limitSec - before) * late;
    before = limitSec;
  }
  return started > 0 ? sum / started : 0;
}

function measuredJobs(
  scenario: Scenario,
  capacity: Capacity,
  counts: readonly number[],
  path: SamplePath,
  { limitSec, group }: WaitLimit,
): Measured {
  const { experiment } = scenario;
  if (experiment.kind !== 'timed') throw new RangeError('Cannot look at the waits of a fill');
  const endUs = experiment.horizonUs ?? Number.POSITIVE_INFINITY;
  const limitUs = Math.ceil(limitSec * MEASURED * 1e6);
  const fastest = path.kinds.map((_, k) =>
    capacity.placesAmong(k, counts).reduce((most, { alone }) => Math.max(most, alone.speed), 0),
  );
  const isAsked = path.types.map(
    ({ label, tenant }) => group === undefined || group.name === (group.kind === 'tenant' ? tenant : label),
  );
  const speeds = path.types.map(({ workers }) =>
    workers.reduce((least, { kind }) => Math.min(least, fastest[kind] as number), Number.POSITIVE_INFINITY),
  );
  const jobs: SureHold[] = [];
  let perhaps = path.perhaps;
  path.type.forEach((type, i) => {
    const arrivalUs = path.arrivalUs[i] as number;
    const speed = speeds[type] as number;
    if (!isAsked[type] || arrivalUs < experiment.warmupUs || speed === 0) return;
    const fromUs = arrivalUs + limitUs;
    if (fromUs >= endUs) {
      perhaps += 1;
      return;
    }
    const duration = path.durationUs[i] as number;
    const toUs = arrivalUs + (path.types[type]?.isTimed ? duration : Math.floor(duration / speed) - 1);
    jobs.push({ type, earliestUs: arrivalUs, fromUs, toUs });
  });
  return { jobs, perhaps };
}
