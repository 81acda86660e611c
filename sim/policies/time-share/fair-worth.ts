import type { Kind } from './kinds.ts';

/**
 * What a job gets on a model all the time, in units of what is due to it: its speed there as against that on the fleet's
 * mean GPU, times its GPUs, so that one which holds many at once is due as much GPU time as one which holds few, over
 * its weight.
 *
 * @returns by model; undefined: it runs nowhere
 */
export function fairWorth(
  { speeds, gpus, weight }: Kind,
  gpusOfModel: ArrayLike<number>,
): Float64Array | undefined {
  let sum = 0;
  let count = 0;
  for (let m = 0; m < gpusOfModel.length; m++) {
    sum += (speeds[m] as number) * (gpusOfModel[m] as number);
    count += gpusOfModel[m] as number;
  }
  if (sum === 0) return undefined;
  const unit = (gpus * count) / (sum * weight);
  return Float64Array.from(gpusOfModel, (_, m) => (speeds[m] as number) * unit);
}
