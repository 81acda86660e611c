import type { LinearSolver } from '../../kernel/optimize/linear-program.ts';
import { kindsOf } from './kinds.ts';
import { type Divider, GAVEL, type ShareJob, type ShareProblem, type TimeSharePolicy } from './policy.ts';
import { runsOn, ShareProgram } from './share-program.ts';

/** A pace this near 1 is 1: the ratio is then right to about as many digits. */
const NEAR = 1e-6;
const MOST_PROGRAMS = 60;

/** What is kept of a job between two divisions. */
interface Kept {
  /** Time that what it has done would have taken on its part of the fleet. */
  readonly isolatedUs: number;
  readonly leftUs: number;
  readonly isolatedSpeed: number;
}

/** A job with what its ratio is worked out from. */
interface Rated {
  readonly job: ShareJob;
  readonly bestSpeed: number;
  /** When it would be done on its part of the fleet, since its arrival. */
  readonly isolatedEndUs: number;
}

/**
 * Minimises the greatest ratio of when a job will be done to when it would be on its part of the fleet. A ratio asks a
 * speed of each job; a linear program says at which pace all of these can be had together, and the least ratio is the one
 * whose pace is 1. The prices of the program bound the pace at all other ratios, and so lead to it in a few steps (Newton's
 * method on a convex function, from below).
 */
class FinishTime implements Divider {
  readonly #solver: LinearSolver;
  /** By job number. */
  #kept = new Map<number, Kept>();

  constructor(solver: LinearSolver) {
    this.#solver = solver;
  }

  divide(problem: ShareProblem): Float64Array {
    const rated = this.#rate(problem);
    const shares = new Float64Array(problem.jobs.length * problem.gpusOfModel.length);
    if (rated.every((each) => each === undefined)) return shares;
    let ratio = rated.reduce((most, each) => Math.max(most, each === undefined ? 0 : alone(each)), 0);
    for (let i = 0; i < MOST_PROGRAMS; i++) {
      const needs = rated.map((each) => (each === undefined ? 0 : speedFor(each, ratio)));
      const found = this.#paceOf(problem, needs);
      if (found.pace >= 1 - NEAR) return found.shares;
      ratio = ratioOf(rated, found.prices, found.pace, ratio);
    }
    throw new Error('Cannot divide GPU time: the least ratio of finish times was not found');
  }

  /** What each job's ratio rests on; undefined: it runs nowhere. */
  #rate({ jobs, gpusOfModel }: ShareProblem): (Rated | undefined)[] {
    const weights = jobs.reduce((sum, { weight }) => sum + weight, 0);
    const kept = new Map<number, Kept>();
    const rated = jobs.map((job) => {
      const runs = Array.from(gpusOfModel, (_, m) => runsOn(job, m, gpusOfModel));
      if (!runs.includes(true)) return undefined;
      const isolatedSpeed = speedOnPart(job, gpusOfModel, job.weight / weights);
      const bestSpeed = Math.max(...runs.map((isOn, m) => (isOn ? (job.speeds[m] as number) : 0)));
      const before = this.#kept.get(job.number);
      const isolatedUs =
        before === undefined
          ? 0
          : before.isolatedUs + Math.max(0, before.leftUs - job.leftUs) / before.isolatedSpeed;
      kept.set(job.number, { isolatedUs, leftUs: job.leftUs, isolatedSpeed });
      return { job, bestSpeed, isolatedEndUs: isolatedUs + job.leftUs / isolatedSpeed };
    });
    this.#kept = kept;
    return rated;
  }

  /** The greatest pace at which all needs can be met together. */
  #paceOf(
    problem: ShareProblem,
    needs: readonly number[],
  ): { readonly pace: number; readonly prices: readonly number[]; readonly shares: Float64Array } {
    const { jobs } = problem;
    const needOf = new Map(jobs.map((job, i) => [job, needs[i] as number]));
    const program = new ShareProgram(
      kindsOf(jobs, (job) => needOf.get(job) as number),
      problem,
    );
    const pace = program.program.variable(-1);
    const rows = program.kinds.map(({ speeds, members }, k) => {
      const need = needs[members[0] as number] as number;
      return need === 0
        ? -1
        : program.atLeast(k, (m) => speeds[m] as number, 0, { variable: pace, factor: need });
    });
    const solution = program.solve(this.#solver);
    if (solution.status !== 'optimal') throw new Error(`Cannot divide GPU time: ${solution.status}`);
    const prices = jobs.map(() => 0);
    rows.forEach((row, k) => {
      if (row < 0) return;
      const { members } = program.kinds[k] as (typeof program.kinds)[number];
      const price = Math.abs(solution.rowDuals[row] as number);
      for (const i of members) prices[i] = price / members.length;
    });
    return {
      pace: solution.values[pace] as number,
      prices,
      shares: program.sharesOf(solution.values, jobs.length),
    };
  }
}

/** Ratio of a job that has its best model all the time. */
function alone({ job, bestSpeed, isolatedEndUs }: Rated): number {
  return (job.ageUs + job.leftUs / bestSpeed) / isolatedEndUs;
}

/** Speed that a job needs from now on for a ratio. */
function speedFor({ job, isolatedEndUs }: Rated, ratio: number): number {
  return job.leftUs / Math.max(1, ratio * isolatedEndUs - job.ageUs);
}

/**
 * The ratio at which the needs, at these prices, cost as much as the fleet is worth at these prices: nobody can do better.
 *
 * @param from ratio at which they cost 1, so that the fleet is worth `pace`, below 1
 */
function ratioOf(
  rated: readonly (Rated | undefined)[],
  prices: readonly number[],
  pace: number,
  from: number,
): number {
  const costAt = (ratio: number) =>
    rated.reduce(
      (sum, each, i) => (each === undefined ? sum : sum + (prices[i] as number) * speedFor(each, ratio)),
      0,
    );
  const worth = pace * costAt(from);
  let low = from;
  let high = from;
  do high *= 2;
  while (costAt(high) > worth);
  for (let i = 0; i < 100 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (costAt(middle) > worth) low = middle;
    else high = middle;
  }
  return high;
}

/** Speed of a job on its part of each model's GPUs, on which it cannot be for more than all the time. */
function speedOnPart({ speeds, gpus }: ShareJob, gpusOfModel: ArrayLike<number>, part: number): number {
  let speed = 0;
  let time = 0;
  for (let m = 0; m < gpusOfModel.length; m++) {
    const share = ((gpusOfModel[m] as number) * part) / gpus;
    speed += share * (speeds[m] as number);
    time += share;
  }
  return speed / Math.max(1, time);
}

/** Finish-time fairness over GPU models. A job's part of the fleet is by its weight, over those that are there now. */
export const finishTime: TimeSharePolicy = {
  name: 'finish-time',
  summary:
    'the greatest ratio of when a job will be done to when it would be on its own part of the fleet is least',
  source: `${GAVEL}, section 4.2; Mahajan et al., Themis: Fair and Efficient GPU Cluster Scheduling, NSDI 2020`,
  create: ({ solver }) => new FinishTime(solver as LinearSolver),
};
