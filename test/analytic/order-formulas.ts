/** Closed forms of one server under orders other than that of arrival; rates per second, times in seconds. */

/** Jobs of one class: how many a second, and the first two moments of their service time. */
export interface ClassOfJobs {
  readonly rate: number;
  readonly mean: number;
  readonly meanSquare: number;
}

const load = (classes: readonly ClassOfJobs[]) =>
  classes.reduce((sum, { rate, mean }) => sum + rate * mean, 0);

/** Mean work that is left of the job in service when others of these classes alone are there. */
const residual = (classes: readonly ClassOfJobs[]) =>
  classes.reduce((sum, { rate, meanSquare }) => sum + (rate * meanSquare) / 2, 0);

/**
 * Mean wait by class of M/G/1 with priorities where nobody is stopped.
 *
 * @param classes the most urgent first
 * @see Cobham, Operations Research 2(1), 1954; Kleinrock, Queueing Systems, vol. 2, 1976, section 3.3
 */
export function meanWaitsByPriority(classes: readonly ClassOfJobs[]): readonly number[] {
  return classes.map((_, k) => {
    const ahead = load(classes.slice(0, k));
    const upTo = load(classes.slice(0, k + 1));
    return residual(classes) / ((1 - ahead) * (1 - upTo));
  });
}

/**
 * Mean time in the station by class of M/G/1 with priorities where a job is stopped for more urgent ones and goes on
 * where it stood.
 *
 * @see Kleinrock, Queueing Systems, vol. 2, 1976, section 3.4
 */
export function meanSojournsByPreemption(classes: readonly ClassOfJobs[]): readonly number[] {
  return classes.map(({ mean }, k) => {
    const ahead = load(classes.slice(0, k));
    const upTo = load(classes.slice(0, k + 1));
    return mean / (1 - ahead) + residual(classes.slice(0, k + 1)) / ((1 - ahead) * (1 - upTo));
  });
}

/** Longest exponential service of mean 1 that is looked at; longer ones are one in 10^17. */
const LONGEST = 40;

/**
 * Mean wait of M/M/1 with mean service 1 where the shortest job is next and nobody is stopped.
 *
 * @see Phipps, Operations Research 4(1), 1956
 */
export function meanWaitShortestFirst(rate: number): number {
  return integral(0, LONGEST, (x) => (Math.exp(-x) * rate) / (1 - loadUpTo(rate, x)) ** 2);
}

/**
 * Mean time in the station of M/M/1 with mean service 1 where the job with the least time left is served.
 *
 * @see Schrage and Miller, Operations Research 14(4), 1966
 */
export function meanSojournLeastLeft(rate: number): number {
  // Parts: wait until it is served first, and time from then on; integrated over sizes by parts for the second.
  const waits = integral(0, LONGEST, (x) => {
    const squares = 2 - Math.exp(-x) * (x * x + 2 * x + 2) + x * x * Math.exp(-x);
    return (Math.exp(-x) * rate * squares) / (2 * (1 - loadUpTo(rate, x)) ** 2);
  });
  const stays = integral(0, LONGEST, (x) => Math.exp(-x) / (1 - loadUpTo(rate, x)));
  return waits + stays;
}

/** Load of the jobs up to a size: rate times the integral of t e^-t from 0 to that size. */
function loadUpTo(rate: number, size: number): number {
  return rate * (1 - Math.exp(-size) * (1 + size));
}

/** By Simpson's rule in 20,000 steps. */
function integral(from: number, to: number, f: (x: number) => number): number {
  const steps = 20_000;
  const h = (to - from) / steps;
  let sum = f(from) + f(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 0 ? 2 : 4) * f(from + i * h);
  return (sum * h) / 3;
}
