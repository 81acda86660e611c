import { VGPU_RULES, type VgpuSeries } from '../../../hardware/vgpu/index.ts';
import type { VgpuSchedulerName } from '../../names.ts';

/** Who has turns on a GPU that one tenant at a time has for itself. */
export type TurnHolders =
  /** Whoever has work now: an idle tenant gives its turns away. */
  | 'active'
  /** Whoever runs, idle or not: turns of idle tenants pass unused. */
  | 'running'
  /** Every place, taken or not: turns of empty places pass unused too. */
  | 'places';

/** Rules R-sched-1 to 3. */
export const VGPU_TURN_HOLDERS: Readonly<Record<VgpuSchedulerName, TurnHolders>> = {
  'best-effort': 'active',
  'equal-share': 'running',
  'fixed-share': 'places',
};

/** Whether the scheduler passes over vGPUs without work. */
export function skipsIdle(scheduler: VgpuSchedulerName): boolean {
  return VGPU_TURN_HOLDERS[scheduler] === 'active';
}

/** Frames a second that the driver caps a vGPU at; null: no cap. Rule R-frl-1. */
export function frameLimitFps(series: VgpuSeries, scheduler: VgpuSchedulerName): number | null {
  if (scheduler !== 'best-effort') return null;
  return series === 'B' ? 45 : 60;
}

const RANGES = (() => {
  const ranges = VGPU_RULES.find((rule) => rule.id === 'R-sched-5')?.values;
  if (ranges === undefined)
    throw new RangeError('Cannot find the scheduler ranges: rule R-sched-5 has no values');
  return ranges;
})();

/** Milliseconds that a turn may last. */
export const SLICE_RANGE_MS: { readonly min: number; readonly max: number } = RANGES.timeSliceMs;

/** Overrun of a turn is taken back over this many later ones (strict round robin). */
export const TURN_AVERAGING = RANGES.averagingFactor;

/** Most vGPUs of the type with which turns have the longer default. */
const LONG_TURNS_UP_TO = 8;

/**
 * Milliseconds of one turn: as stated, else 2 where the type allows at most 8 vGPUs on a GPU and 1 above (R-sched-6).
 *
 * @param maxPerGpu vGPUs of the type that a GPU takes in equal-size mode, >= 1
 * @param longUpTo the 8; a second table of the same guide says 7 and counts the vGPUs that run
 * @throws {RangeError} if a stated length is out of range, or `maxPerGpu` is below 1
 */
export function sliceMs(maxPerGpu: number, statedMs: number | null, longUpTo = LONG_TURNS_UP_TO): number {
  if (!(maxPerGpu >= 1))
    throw new RangeError(`Cannot tell the slice length: need 1 or more vGPUs, got ${maxPerGpu}`);
  if (statedMs === null) {
    return maxPerGpu <= longUpTo ? RANGES.timeSliceMs.defaultUpTo8 : RANGES.timeSliceMs.defaultAbove8;
  }
  const { min, max } = SLICE_RANGE_MS;
  if (!(statedMs >= min && statedMs <= max)) {
    throw new RangeError(`Cannot use slices of ${statedMs} ms: need ${min} to ${max} ms`);
  }
  return statedMs;
}
