import type { TaskRow } from '../../scenarios/importers/openb.ts';
import { weekProfile } from '../../sim/workload/arrivals.ts';
import { lifetimeQuantileSec, meanLifetimeSec, type ObservedLife, productLimit } from './product-limit.ts';

/**
 * What the published pod list says about arrivals, lifetimes and load. Tasks must have creation and deletion times.
 *
 * The list is not a plain log of arrivals. Its first deletion falls on day 115.3 and all but 33 of its 8,152 tasks were
 * created after that: it was watched from then on for 34 days, and the 33 are what was still running when the watch
 * began. Rate, profile and lifetimes are therefore taken from that window, see `productLimit` for the lifetimes.
 */

/** When the cluster was watched, in trace seconds. */
export interface Window {
  readonly fromSec: number;
  readonly toSec: number;
}

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** Kinds of task that share a lifetime distribution: what they hold is what their lifetimes differ by most. */
export const KINDS = ['cpu-only', 'shared-gpu', 'one-gpu', 'multi-gpu'] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf(task: TaskRow): Kind {
  if (task.gpuCount === 0) return 'cpu-only';
  if (task.gpuCount > 1) return 'multi-gpu';
  return task.gpuMilli < 1000 ? 'shared-gpu' : 'one-gpu';
}

/** Probabilities of the lifetime tables; close together at the top, where most of the GPU time is. */
const QUANTILES = [
  0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1,
];

export interface Lifetimes {
  readonly kind: Kind;
  readonly started: number;
  readonly lateEntries: number;
  readonly cutOff: number;
  readonly meanSec: number;
  /** Of the quantile table, straight between its points. */
  readonly tableMeanSec: number;
  readonly table: readonly (readonly [share: number, sec: number])[];
}

/** From the first deletion, when nothing can have been missed any more, to the last, at which what still ran was cut. */
export function watchWindow(tasks: readonly TaskRow[]): Window {
  let fromSec = Infinity;
  let toSec = 0;
  for (const task of tasks) {
    fromSec = Math.min(fromSec, deletedSec(task));
    toSec = Math.max(toSec, deletedSec(task));
  }
  return { fromSec, toSec };
}

/** Lifetimes of the tasks of a kind that started; those that never did have none. */
export function lifetimesOf(kind: Kind, tasks: readonly TaskRow[], window: Window): Lifetimes {
  const lives: ObservedLife[] = [];
  for (const task of tasks) {
    if (kindOf(task) !== kind || task.scheduledSec === undefined) continue;
    lives.push({
      fromSec: Math.max(0, window.fromSec - task.scheduledSec),
      toSec: deletedSec(task) - task.scheduledSec,
      hasEnded: deletedSec(task) < window.toSec,
    });
  }
  const points = productLimit(lives);
  // A quantile beyond the last but one of n lives says nothing.
  const shares = QUANTILES.filter((share) => share === 1 || share <= 1 - 1 / lives.length);
  const table = shares.map((share) => [share, Math.round(lifetimeQuantileSec(points, share))] as const);
  return {
    kind,
    started: lives.length,
    lateEntries: lives.filter((life) => life.fromSec > 0).length,
    cutOff: lives.filter((life) => !life.hasEnded).length,
    meanSec: meanLifetimeSec(points),
    tableMeanSec: tableMean(table, Infinity),
    table,
  };
}

/** Mean of the table's lifetimes, those above `capSec` counted as that. */
function tableMean(table: Lifetimes['table'], capSec: number): number {
  let mean = 0;
  for (let i = 1; i < table.length; i++) {
    const [lowShare, lowSec] = table[i - 1] as readonly [number, number];
    const [share, sec] = table[i] as readonly [number, number];
    const topSec = Math.min(sec, capSec);
    const below = sec <= lowSec ? 0 : Math.max(0, topSec - lowSec) / (sec - lowSec);
    const rising = lowSec >= capSec ? capSec : (below * (lowSec + topSec)) / 2 + (1 - below) * topSec;
    mean += (share - lowShare) * rising;
  }
  return mean;
}

/** Time average over the window of the GPUs that tasks held, fractions counted as such. */
export function meanGpusInUse(tasks: readonly TaskRow[], window: Window): number {
  const heldGpuSec = sumOf(tasks, (task) => {
    if (task.scheduledSec === undefined) return 0;
    return gpus(task) * (deletedSec(task) - Math.max(task.scheduledSec, window.fromSec));
  });
  return heldGpuSec / (window.toSec - window.fromSec);
}

/** GPU seconds that the mean task of the scenario takes up within `capSec` of its start. */
export function gpuSecPerTask(
  tasks: readonly TaskRow[],
  kinds: readonly Lifetimes[],
  capSec: number,
): number {
  const meanSec = new Map(kinds.map((lifetimes) => [lifetimes.kind, tableMean(lifetimes.table, capSec)]));
  return sumOf(tasks, (task) => gpus(task) * (meanSec.get(kindOf(task)) ?? 0)) / tasks.length;
}

/**
 * Expected GPUs held one day after an empty start, if all tasks find room: each past hour's arrivals times the share of
 * their GPUs still held. The day's profile matters, because most tasks are shorter than a day.
 */
export function gpusAfterDay(
  tasks: readonly TaskRow[],
  kinds: readonly Lifetimes[],
  arrived: readonly TaskRow[],
  window: Window,
  ratePerHour: number,
): number {
  const profile = weekProfile(hourCounts(arrived), dayMedians(arrived, window)) as Float64Array;
  let held = 0;
  for (let hour = 0; hour < 24; hour++) {
    const ageSec = (23 - hour) * HOUR;
    const stillHeldSec = gpuSecPerTask(tasks, kinds, ageSec + HOUR) - gpuSecPerTask(tasks, kinds, ageSec);
    held += (ratePerHour / HOUR) * (profile[hour] as number) * stillHeldSec;
  }
  return held;
}

export function hourCounts(tasks: readonly TaskRow[]): number[] {
  const counts = new Array<number>(24).fill(0);
  for (const task of tasks) {
    const hour = Math.floor((createdSec(task) % DAY) / HOUR);
    counts[hour] = (counts[hour] as number) + 1;
  }
  return counts;
}

/** Arrivals of each complete day of the window, counted by the trace's own days. */
export function dayCounts(tasks: readonly TaskRow[], window: Window): number[] {
  const firstDay = Math.ceil(window.fromSec / DAY);
  const counts = new Array<number>(Math.floor(window.toSec / DAY) - firstDay).fill(0);
  for (const task of tasks) {
    const day = Math.floor(createdSec(task) / DAY) - firstDay;
    if (day >= 0 && day < counts.length) counts[day] = (counts[day] as number) + 1;
  }
  return counts;
}

/** By day modulo 7, the median over the complete days: two days of the last week are bursts, not a pattern. */
export function dayMedians(tasks: readonly TaskRow[], window: Window): number[] {
  const firstDay = Math.ceil(window.fromSec / DAY);
  const counts = dayCounts(tasks, window);
  return [0, 1, 2, 3, 4, 5, 6].map((weekday) =>
    median(counts.filter((_, day) => (firstDay + day) % 7 === weekday)),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return (lower + upper) / 2;
}

function gpus(task: TaskRow): number {
  return (task.gpuCount * task.gpuMilli) / 1000;
}

export function createdSec(task: TaskRow): number {
  if (task.createdSec === undefined) throw new Error(`Task "${task.name}" has no creation time`);
  return task.createdSec;
}

function deletedSec(task: TaskRow): number {
  if (task.deletedSec === undefined) throw new Error(`Task "${task.name}" has no deletion time`);
  return task.deletedSec;
}

export function sumOf<T>(things: readonly T[], amountOf: (thing: T) => number): number {
  return things.reduce((sum, thing) => sum + amountOf(thing), 0);
}
