import type { MetricUnit } from '../metric.ts';

/** What is followed of a part of the fleet: by name, its place in the row. What ends with There is what could be. */
const COLUMN = {
  gpuHeld: 0,
  gpuThere: 1,
  hostsThere: 2,
  cpuHeld: 3,
  cpuThere: 4,
  memoryHeld: 5,
  memoryThere: 6,
  /** Of jobs that exchange data: GPUs times the part of the time in which they do, and GPUs. */
  exchange: 7,
  exchanging: 8,
  /** From here on what changes with each piece of work. What the GPUs draw, of those whose power is known. */
  watts: 9,
  /** From here on of GPUs that modes share. */
  cardsThere: 10,
  work: 11,
  busy: 12,
  linkMoved: 13,
  linkThere: 14,
  /** From here on what changes with who is on them. */
  frameBufferThere: 15,
  frameBufferReserved: 16,
  frameBufferUsed: 17,
  frameBufferFragmented: 18,
  stranded: 19,
  largestFit: 20,
} as const;
export type Column = keyof typeof COLUMN;
export const columnOf = (column: Column): number => COLUMN[column];

/** Columns that change with each piece of work: from, and up to but without. They may change by themselves. */
export const WORK_COLUMNS = { from: COLUMN.watts, to: COLUMN.frameBufferThere } as const;

/** Columns of a fleet without shared GPUs, and of one with them. */
export const PLAIN_COLUMNS = COLUMN.cardsThere;
export const ALL_COLUMNS = Object.keys(COLUMN).length;

/** A value that is followed over time: a column as a part of another. */
interface Signal {
  readonly value: Column;
  readonly whole: Column;
  readonly unit: MetricUnit;
  /** Whether only GPUs that modes share have it. */
  readonly isOfCards: boolean;
  /** Whether it belongs to hosts as a whole, so that a GPU model or a mode has none of it. */
  readonly isOfHosts: boolean;
}

const part = (value: Column, whole: Column, isOfHosts = false): Signal => ({
  value,
  whole,
  unit: 'fraction',
  isOfCards: COLUMN[whole] >= PLAIN_COLUMNS,
  isOfHosts,
});

/** What can be asked of each part of the fleet, by the name of the metric without its last word. */
export const PLACE_SIGNALS = {
  'gpu.allocated': part('gpuHeld', 'gpuThere'),
  'gpu.utilized': part('work', 'cardsThere'),
  'gpu.busy': part('busy', 'cardsThere'),
  'gpu.stranded': part('stranded', 'cardsThere'),
  'gpu.largestFit': part('largestFit', 'cardsThere'),
  'cpu.allocated': part('cpuHeld', 'cpuThere', true),
  'memory.allocated': part('memoryHeld', 'memoryThere', true),
  'gpuMemory.reserved': part('frameBufferReserved', 'frameBufferThere'),
  'gpuMemory.used': part('frameBufferUsed', 'frameBufferThere'),
  'gpuMemory.fragmented': part('frameBufferFragmented', 'frameBufferThere'),
  'link.used': part('linkMoved', 'linkThere'),
  'communication.share': part('exchange', 'exchanging'),
} as const satisfies Readonly<Record<string, Signal>>;
export type PlaceSignalName = keyof typeof PLACE_SIGNALS;
