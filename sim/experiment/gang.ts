import type { FleetView } from '../cluster/fleet.ts';
import type { TaskRequest } from '../cluster/request.ts';

/**
 * Splits a job whose GPUs may lie on several hosts into workers: into as many equal ones as are stated, else into as
 * few as the largest host that it accepts allows, whole hosts first and the rest on one more.
 *
 * @param request what it asks for in all
 * @param workers equal workers that it states; 0: none stated
 * @returns one request where one host will do
 */
export function splitIntoWorkers(
  request: TaskRequest,
  workers: number,
  largestHost: number,
): readonly TaskRequest[] {
  const { gpuCount } = request;
  const sizes: number[] = [];
  if (workers > 1 && gpuCount % workers === 0) {
    for (let i = 0; i < workers; i++) sizes.push(gpuCount / workers);
  } else {
    if (largestHost < 1 || gpuCount <= largestHost) return [request];
    for (let left = gpuCount; left > 0; left -= largestHost) sizes.push(Math.min(left, largestHost));
  }
  const made = new Map<number, TaskRequest>();
  return sizes.map((size) => {
    const worker = made.get(size) ?? {
      ...request,
      gpuCount: size,
      cpuMilli: Math.ceil((request.cpuMilli * size) / gpuCount),
      memoryMib: Math.ceil((request.memoryMib * size) / gpuCount),
    };
    made.set(size, worker);
    return worker;
  });
}

/** GPUs of the largest host with GPUs of the models alone that are accepted; empty `models` accept any. */
export function largestHostFor(fleet: FleetView, models: readonly string[]): number {
  let largest = 0;
  for (const host of fleet.hosts) {
    let count = 0;
    for (const gpu of host.gpus) if (models.length === 0 || models.includes(gpu.model)) count += gpu.count;
    largest = Math.max(largest, count);
  }
  return largest;
}
