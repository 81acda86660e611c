/** GPU counts that have a column below. */
const GPU_COUNTS = [1, 2, 4, 8, 16, 32] as const;

/**
 * Seconds that a job needs to start, by model and GPU count, as profiled by the authors of Muri.
 *
 * @see `Rivendile/Muri` @ 4e69a78, `simulator/run_sim.py`, `overhead_dict` (Apache-2.0)
 */
const START_SEC: Readonly<Record<string, readonly number[]>> = {
  vgg16: [7, 7, 8, 9, 9, 10],
  vgg19: [7, 7, 8, 9, 10, 10],
  resnet18: [4, 5, 5, 7, 7, 7],
  shufflenet_v2_x1_0: [4, 4, 5, 5, 7, 8],
  bert: [10, 10, 10, 10, 10, 10],
  gpt2: [10, 10, 10, 10, 10, 10],
  a2c: [38, 39, 39, 46, 46, 46],
  dqn: [5, 5, 6, 6, 8, 8],
};

/** Start overhead in seconds. Throws RangeError for a model or GPU count that was not profiled. */
export function startSec(model: string, gpus: number): number {
  const sec = START_SEC[model]?.[GPU_COUNTS.indexOf(gpus as (typeof GPU_COUNTS)[number])];
  if (sec === undefined) throw new RangeError(`There is no start overhead for ${model} on ${gpus} GPUs`);
  return sec;
}
