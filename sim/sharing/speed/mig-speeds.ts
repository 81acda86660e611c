import type { GpuUse, WorkloadClass } from '../ask.ts';

/**
 * How fast a job runs on a MIG instance that it has for itself.
 *
 * 1. A speed that the job states for the profile (`use.speedByProfile`) is taken as it is, 1 at most.
 * 2. Training and inference have measured speeds by profile (A100, relative to the largest instance). A job of these
 *    classes that saturates the card gets the figure `table` of its class; one that needs only the part `need` of the
 *    card gets min(1, table / need), `need` being the larger of its compute and its bandwidth.
 * 3. All other classes get the smallest ratio of share to need over compute and bandwidth: min(1, SMs / compute,
 *    memory slices / bandwidth), both linear. Measured for matrix products (MG-MM).
 *
 * A table figure beyond the profile's share of the SMs is no error: training jobs leave much of a large card unused
 * (seven 1g instances do 2.2 times the work of one 7g at the median of MISO's jobs), so `need` x speed summed over a
 * card may exceed 1 for the table classes. It stays within 1 for the others.
 *
 * What it leaves out: batch size, L2 slices, clocks that rise while few SMs work.
 */

/** Where a job stands among those that were measured: 0 the slowest, 0.5 the median, 1 the fastest. */
export type MigPositions = Readonly<Record<MigTableClass, number>>;
export type MigTableClass = 'training' | 'inference-saturated' | 'inference-latency';

export const MIG_TABLE_CLASSES: readonly MigTableClass[] = [
  'training',
  'inference-saturated',
  'inference-latency',
];

function isMigTableClass(workload: WorkloadClass): workload is MigTableClass {
  return (MIG_TABLE_CLASSES as readonly WorkloadClass[]).includes(workload);
}

/** What a part of a card owns of it, as fractions of the card without MIG. */
export interface InstanceShare {
  /** SMs. */
  readonly compute: number;
  /** Memory slices. */
  readonly bandwidth: number;
  /** Names by which a job may state its speed on the part, the most telling first. */
  readonly names: readonly string[];
}

/** [lowest, median, highest] over the measured models, for 1g, 2g, 3g and 4g relative to 7g. */
type ProfileSpeeds = readonly (readonly [low: number, median: number, high: number])[];

/** A100: SMs of 108 and memory slices of 8 of 1g, 2g, 3g, 4g and 7g. */
const A100_SHARES: readonly (readonly [compute: number, bandwidth: number])[] = [
  [14 / 108, 1 / 8],
  [28 / 108, 2 / 8],
  [42 / 108, 4 / 8],
  [56 / 108, 4 / 8],
  [98 / 108, 8 / 8],
];

interface ClassTable {
  readonly speeds: ProfileSpeeds;
  /**
   * How much SMs count against memory slices on the axis along which the table is read for profiles other than the
   * A100's. Chosen in the middle of the range in which the medians are concave; [0.46, 0.54] for saturated inference,
   * [0.67, 0.94] for training. Inferred, not measured.
   */
  readonly computeWeight: number;
}

/** Records MG-P1-sat to MG-P4-sat, MG-T1 to MG-T4, MG-P1-1 to MG-P4-1. */
const TABLES: Readonly<Record<MigTableClass, ClassTable>> = {
  'inference-saturated': {
    speeds: [
      [0.143, 0.155, 0.419],
      [0.28, 0.309, 0.634],
      [0.487, 0.528, 0.853],
      [0.573, 0.599, 0.946],
    ],
    computeWeight: 0.5,
  },
  training: {
    speeds: [
      [0.077, 0.309, 0.81],
      [0.279, 0.516, 0.904],
      [0.398, 0.668, 1.004],
      [0.57, 0.746, 0.984],
    ],
    computeWeight: 0.75,
  },
  // Batch size 1: the medians are 1 within a hundredth.
  'inference-latency': {
    speeds: [
      [0.186, 1.005, 1.091],
      [0.366, 1.004, 1.09],
      [0.563, 1.006, 1.09],
      [0.691, 0.99, 1.097],
    ],
    computeWeight: 0.5,
  },
};

/** Speed of a saturating job over the part of the card that it has: monotone, piecewise linear, 0 at 0 and 1 at 1. */
export class MigCurve {
  readonly #weight: number;
  readonly #at: readonly number[];
  readonly #speed: readonly number[];

  /** @param position see `MigPositions`, in [0, 1] */
  constructor(workload: MigTableClass, position: number) {
    const { speeds, computeWeight } = TABLES[workload];
    this.#weight = computeWeight;
    const at = A100_SHARES.map(([compute, bandwidth]) => this.#axis(compute, bandwidth));
    let highest = 0;
    const rising = [...speeds.map((each) => positioned(each, position)), 1].map((speed) => {
      highest = Math.max(highest, Math.min(1, speed));
      return highest;
    });
    // The largest instance of the A100 lacks 10 of its 108 SMs: the last slope says what those would add.
    const last = at.length - 1;
    const slope = (rising[last]! - rising[last - 1]!) / (at[last]! - at[last - 1]!);
    const whole = rising[last]! + slope * (1 - at[last]!);
    this.#at = [0, ...at, 1];
    this.#speed = [0, ...rising, whole].map((speed) => speed / whole);
  }

  /** @returns relative to the whole card without MIG, in [0, 1] */
  speed(compute: number, bandwidth: number): number {
    const x = this.#axis(compute, bandwidth);
    let i = 1;
    while (i < this.#at.length - 1 && x > this.#at[i]!) i += 1;
    const from = this.#at[i - 1]!;
    const part = (x - from) / (this.#at[i]! - from);
    return Math.min(1, this.#speed[i - 1]! + part * (this.#speed[i]! - this.#speed[i - 1]!));
  }

  #axis(compute: number, bandwidth: number): number {
    return this.#weight * compute + (1 - this.#weight) * bandwidth;
  }
}

function positioned([low, median, high]: readonly [number, number, number], position: number): number {
  return position <= 0.5
    ? low + (median - low) * 2 * position
    : median + (high - median) * (2 * position - 1);
}

export type MigCurves = Readonly<Record<MigTableClass, MigCurve>>;

export function migCurves(positions: MigPositions): MigCurves {
  return {
    training: new MigCurve('training', positions.training),
    'inference-saturated': new MigCurve('inference-saturated', positions['inference-saturated']),
    'inference-latency': new MigCurve('inference-latency', positions['inference-latency']),
  };
}

/** The speed that a job states for a part: null = it does not run there; undefined = nothing stated. */
export function statedSpeed(use: GpuUse, names: readonly string[]): number | null | undefined {
  if (use.speedByProfile === null) return undefined;
  for (const name of names) {
    if (Object.hasOwn(use.speedByProfile, name)) return use.speedByProfile[name];
  }
  return undefined;
}

/**
 * What a job has on a part for each unit of what it needs to run as fast as alone on the whole card. With the part for
 * itself its speed is min(1, ratio).
 *
 * @returns > 0, and beyond 1 where the part gives more than the job can use; 0 where the job does not run
 */
export function shareToNeed(curves: MigCurves, use: GpuUse, part: InstanceShare): number {
  const stated = statedSpeed(use, part.names);
  if (stated !== undefined) return Math.min(1, stated ?? 0);
  const { workload, compute, bandwidth } = use;
  if (isMigTableClass(workload)) {
    return curves[workload].speed(part.compute, part.bandwidth) / Math.max(compute, bandwidth);
  }
  return Math.min(part.compute / compute, part.bandwidth / bandwidth);
}

/**
 * Time on a part that a job takes for each second of its time alone on the whole card, if nobody else is in there.
 * Beyond 1 the job is slower there; below 1 it leaves the part idle in between, which others may use. With the part
 * `share` of the time its speed is min(1, share / need).
 *
 * @param ratio of `shareToNeed`
 * @returns at least `busy`: the part of its time in which the job has work cannot shrink
 */
export function timeNeed(ratio: number, busy: number): number {
  return Math.max(busy, 1 / ratio);
}
