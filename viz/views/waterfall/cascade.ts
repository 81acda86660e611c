import type { Bucket } from '../../../sim/observe/waterfall/buckets.ts';
import type { SpanSum } from '../../replay/waterfall-marks.ts';

/** Tones by family of buckets, the same as in reports: useful, redone, overhead, idle, stranded, held back, changing, no demand. */
const TONES: Readonly<Record<Bucket, number>> = {
  useful: 0,
  redone: 1,
  overhead: 2,
  idle: 3,
  cpu: 4,
  memory: 4,
  'gpu-memory': 4,
  geometry: 4,
  limits: 5,
  order: 5,
  licence: 5,
  changing: 6,
  failed: 6,
  'no-demand': 7,
};

/** One bar of the waterfall, in parts of the capacity. */
export interface Step {
  readonly bucket: Bucket;
  readonly tone: number;
  /** Where it begins and ends, the lesser first. */
  readonly from: number;
  readonly to: number;
}

/** From the capacity down to what was useful: each bar takes away from what the one above has left. */
export function cascade({ buckets }: Pick<SpanSum, 'buckets'>): readonly Step[] {
  let left = 1;
  return buckets.toReversed().map(({ bucket, share }) => {
    const own = share ?? 0;
    const next = left - own;
    const step = { bucket, tone: TONES[bucket], from: Math.min(left, next), to: Math.max(left, next) };
    left = next;
    return step;
  });
}
