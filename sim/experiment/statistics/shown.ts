import { durationQuantity } from '../../scenario/quantities/duration.ts';
import type { RunStatistics } from './run-statistics.ts';
import { suggestedWarmupUs } from './warmup.ts';

/** Waiting at the last arrival, as a part of all who arrived, from which a growing queue is called overload. */
const OVERLOAD_SHARE = 0.05;
const OVERLOAD_JOBS = 10;
/** Growth of the queue from the first to the last tenth of the run. */
const OVERLOAD_GROWTH = 1.5;
/** Chance of taking a queue for growing that is not. */
const OVERLOAD_P = 0.01;
/** Longest part of a run that may go by before it settles. */
const LONGEST_WARMUP = 1 / 3;
/** Fewest jobs behind a mean, and behind a p99: of fewer than 1,000, ten or less are beyond it. */
const FEWEST_JOBS = 30;
const FEWEST_FOR_P99 = 1000;
/** Fewest times that the queue filled and emptied: each is about one independent observation of waiting. */
const FEWEST_CYCLES = 10;

/** Whether the queue of a run kept growing while jobs arrived. */
export function isOverloaded({ queue }: Pick<RunStatistics, 'queue'>): boolean {
  const { arrived, atLastArrival, first, last, pRising } = queue;
  return (
    atLastArrival >= Math.max(OVERLOAD_JOBS, OVERLOAD_SHARE * arrived) &&
    pRising < OVERLOAD_P &&
    first !== null &&
    last !== null &&
    last >= OVERLOAD_GROWTH * first
  );
}

/** Where the runs of a result show nothing, or less than they seem to: in sentences, each with what to do. */
export function whatIsNotShown(runs: readonly RunStatistics[]): readonly string[] {
  if (runs.length === 0) return [];
  return runs.filter(isOverloaded).length * 2 > runs.length
    ? [overloaded(runs), ...tooFew(runs)]
    : [...tooShort(runs), ...tooFew(runs), ...fewCycles(runs)];
}

function overloaded(runs: readonly RunStatistics[]): string {
  const grew = runs.filter(isOverloaded);
  const waiting = mean(grew.map(({ queue }) => queue.atLastArrival));
  const of = runs.length === 1 ? '' : ` in ${grew.length} of ${runs.length} runs`;
  return (
    `Overloaded${of}: the queue grew as long as jobs arrived (${count(waiting)} waited at the last arrival). There is no ` +
    'steady state: waits measure the length of the run. Lower the load or add GPUs, or read only what was completed'
  );
}

function tooShort(runs: readonly RunStatistics[]): readonly string[] {
  const looked = runs.filter(({ seeksSteadyState, warmups }) => seeksSteadyState && warmups.length > 0);
  if (looked.length === 0) return [];
  const restless = looked.filter(
    (run) =>
      run.warmups.some(({ settled }) => !settled) ||
      (suggestedWarmupUs(run) ?? 0) > run.endUs * LONGEST_WARMUP,
  );
  if (restless.length * 2 > looked.length) {
    const which = [...new Set(restless.flatMap((run) => seriesThat(run)))];
    return [
      `Too short: no steady state within the first third of the run (${which.join(', ')}, MSER-5). Make it some times as ` +
        'long, by horizon or number of tasks, or read it as the course of this period alone',
    ];
  }
  const suggested = median(looked.map((run) => suggestedWarmupUs(run) ?? 0));
  const stated = looked[0]?.warmupUs ?? 0;
  if (suggested <= stated) return [];
  return [
    `Warm-up: the run settled after ${durationQuantity.write(suggested)} (MSER-5), the metrics leave out ` +
      `${durationQuantity.write(stated)}. State experiment.warmup: ${durationQuantity.write(suggested)}, or auto`,
  ];
}

function seriesThat({ warmups, endUs }: RunStatistics): readonly string[] {
  return warmups
    .filter(({ settled, untilUs }) => !settled || untilUs > endUs * LONGEST_WARMUP)
    .map(({ series }) => series);
}

function tooFew(runs: readonly RunStatistics[]): readonly string[] {
  const started = Math.min(...runs.map((run) => run.started));
  const completed = Math.min(...runs.map((run) => run.completed));
  // Nobody at all has notes of its own, and metrics without a value.
  const fewest = [
    ...(started > 0 ? [{ jobs: started, what: 'wait', did: 'started' }] : []),
    ...(completed > 0 ? [{ jobs: completed, what: 'completion', did: 'completed' }] : []),
  ];
  const few = fewest.filter(({ jobs }) => jobs < FEWEST_JOBS);
  if (few.length > 0) {
    return [
      `Too few jobs: ${few.map(({ jobs, did }) => `${jobs} ${did}`).join(', ')} after the warm-up, so the means of ` +
        `${few.map(({ what }) => what).join(' and ')} rest on accidents. Simulate more tasks or a longer time`,
    ];
  }
  const thin = fewest.filter(({ jobs }) => jobs < FEWEST_FOR_P99);
  if (thin.length === 0) return [];
  return [
    `p99 of ${thin.map(({ what }) => what).join(' and ')} rests on few jobs (${thin
      .map(({ jobs, did }) => `${jobs} ${did}`)
      .join(', ')}): it takes some ${FEWEST_FOR_P99} for ten beyond it`,
  ];
}

function fewCycles(runs: readonly RunStatistics[]): readonly string[] {
  const delayed = runs.reduce((sum, run) => sum + run.delayed, 0);
  const cycles = runs.reduce((sum, run) => sum + run.queueCycles, 0);
  const started = Math.min(...runs.map((run) => run.started));
  if (delayed === 0 || cycles >= FEWEST_CYCLES || started < FEWEST_JOBS) return [];
  return [
    `The queue emptied ${cycles} ${cycles === 1 ? 'time' : 'times'}: waits of jobs that waited in one stretch say the ` +
      'same thing many times over. Run longer, or with more replications',
  ];
}

const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** The lower of two in the middle, so that it is one of them. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] as number;
}

const count = (value: number) => String(Math.round(value));
