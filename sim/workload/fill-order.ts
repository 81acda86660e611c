import { compareText } from '../cluster/request.ts';
import type { RandomStreams } from '../kernel/random.ts';

/** What the order of a fill experiment depends on. */
export interface FillTask {
  readonly name: string;
  readonly gpuCount: number;
  /** Thousandths of each of the GPUs. */
  readonly gpuMilli: number;
}

/** In which order tasks arrive that fill a fleet. */
export interface FillOrder {
  /** Indices of the tasks in order of arrival. */
  readonly order: Int32Array;
  /** How many at the end of `order` are copies of tasks that came before. */
  readonly copies: number;
  /** GPU requested by all of `order`, in thousandths of a GPU. */
  readonly requestedGpuMilli: number;
}

/** Name of the n-th copy (from 0) that a fill order appends, as in the published decision lists. */
export function copyName(name: string, n: number): string {
  return `${name}-tuned-${n}`;
}

/** A longer list is a mistyped target rather than an experiment. */
const MAX_ARRIVALS = 50_000_000;

/**
 * Arrival order of a fill experiment: the tasks in random order and, until they request `target` times the fleet's GPU
 * capacity, copies of uniformly drawn ones after them; a list that requests more loses uniformly drawn ones instead.
 *
 * The tasks are first sorted by name, so the order depends on the seed and not on the order of a file. Copies end with
 * the first draw whose share of ONE GPU no longer fits under the target, while the sum grows by all its GPUs: the last
 * copy may therefore overshoot. That is how the published runs did it, and they are what this is compared with.
 *
 * @param capacityGpuMilli GPU capacity of the fleet, in thousandths
 * @param target requested GPU as a multiple of the capacity, such as 1.3
 * @throws {RangeError} if capacity or target is not above 0, no task asks for GPU, or the list gets too long
 * @see Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6
 */
export function fillOrder(
  tasks: readonly FillTask[],
  capacityGpuMilli: number,
  target: number,
  streams: RandomStreams,
): FillOrder {
  const goal = target * capacityGpuMilli;
  let requested = tasks.reduce((sum, task) => sum + task.gpuMilli * task.gpuCount, 0);
  if (!(goal > 0 && goal < Infinity)) {
    throw new RangeError(
      `Cannot fill a fleet of ${capacityGpuMilli} milli-GPU to ${target} times that: need both above 0`,
    );
  }
  if (requested === 0) throw new RangeError('Cannot fill a fleet: none of the tasks asks for GPU');

  const byName = Int32Array.from(tasks.keys()).sort(
    (a, b) => compareText((tasks[a] as FillTask).name, (tasks[b] as FillTask).name) || a - b,
  );
  const shuffled = byName.slice();
  streams.stream('fill-order').shuffle(shuffled);
  const order = Array.from(shuffled);
  // The order is uniform already, so the tasks at its end are as good as uniformly drawn.
  while (requested > goal) requested -= totalGpuMilli(tasks[order.pop() as number]);
  const kept = order.length;
  if (kept === tasks.length && requested < goal) {
    // Told before the work, where the mean request already says so.
    if ((goal / requested) * kept > MAX_ARRIVALS) throw tooLong(target);
    const draws = streams.stream('fill-copies');
    for (;;) {
      const index = byName[draws.int(byName.length)] as number;
      const task = tasks[index] as FillTask;
      if (requested + task.gpuMilli > goal) break;
      if (order.length >= MAX_ARRIVALS) throw tooLong(target);
      requested += totalGpuMilli(task);
      order.push(index);
    }
  }
  return { order: Int32Array.from(order), copies: order.length - kept, requestedGpuMilli: requested };
}

function tooLong(target: number): RangeError {
  return new RangeError(
    `Cannot fill a fleet to ${target} times its GPU: it takes over ${MAX_ARRIVALS} tasks`,
  );
}

function totalGpuMilli(task: FillTask | undefined): number {
  return task === undefined ? 0 : task.gpuMilli * task.gpuCount;
}
