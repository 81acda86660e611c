/** When a job came and when it was done, in seconds. */
export interface Completion {
  readonly submitSec: number;
  readonly endSec: number;
}

/** What is published of a run, in seconds. */
export interface Outcome {
  readonly avg_jct: number;
  readonly makespan: number;
  readonly p99_jct: number;
}

export const METRICS = ['avg_jct', 'makespan', 'p99_jct'] as const satisfies readonly (keyof Outcome)[];

/**
 * Mean completion time, last completion, and the completion time at index floor(0.99 n) of the sorted list.
 *
 * @param completions in the order in which the jobs were done; at least one. The order decides the last bits of the mean.
 */
export function outcomeOf(completions: readonly Completion[]): Outcome {
  let sum = 0;
  let makespan = 0;
  const times: number[] = [];
  for (const { submitSec, endSec } of completions) {
    times.push(endSec - submitSec);
    sum += endSec - submitSec;
    makespan = Math.max(makespan, endSec);
  }
  times.sort((a, b) => a - b);
  return {
    avg_jct: sum / times.length,
    makespan,
    p99_jct: times[Math.trunc(times.length * 0.99)] as number,
  };
}
