import type { FleetView } from '../../cluster/fleet.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';

/** Whether GPU number `g` of the fleet (not the index within the host) is of a wanted model and has room. */
export function hasRoom(fleet: FleetView, g: number, shape: TaskShape): boolean {
  return (
    (shape.accepts === undefined || shape.accepts[fleet.gpuModel[g] as number] === 1) &&
    fleet.hasRoom(g, shape)
  );
}

/** Takes the fitting GPUs with the least left, the first of equals; whole GPUs so come in index order. */
export function leastLeftFirst(fleet: FleetView, host: number, shape: TaskShape, gpus: number[]): void {
  const start = fleet.gpuStart[host] as number;
  const count = fleet.gpusOf(host);
  while (gpus.length < shape.gpuCount) {
    let best = -1;
    let bestLeft = GPU_MILLI + 1;
    for (let i = 0; i < count; i++) {
      const left = fleet.gpuFreeMilli[start + i] as number;
      if (left < bestLeft && hasRoom(fleet, start + i, shape) && !gpus.includes(i)) {
        best = i;
        bestLeft = left;
        if (left === shape.gpuMilli && !fleet.hasCards) break; // no GPU with room has less left
      }
    }
    gpus.push(best);
  }
}

/** Takes the fitting GPUs with the most left, the first of equals. */
export function mostLeftFirst(fleet: FleetView, host: number, shape: TaskShape, gpus: number[]): void {
  const start = fleet.gpuStart[host] as number;
  const count = fleet.gpusOf(host);
  while (gpus.length < shape.gpuCount) {
    let best = -1;
    let bestLeft = -1;
    for (let i = 0; i < count; i++) {
      const left = fleet.gpuFreeMilli[start + i] as number;
      if (left > bestLeft && hasRoom(fleet, start + i, shape) && !gpus.includes(i)) {
        best = i;
        bestLeft = left;
      }
    }
    gpus.push(best);
  }
}

/** Takes the fitting GPUs in index order. */
export function firstWithRoom(fleet: FleetView, host: number, shape: TaskShape, gpus: number[]): void {
  const start = fleet.gpuStart[host] as number;
  const count = fleet.gpusOf(host);
  // Too few is for Fleet.place to refuse: a host that was offered wrongly must end in an error, not in a loop.
  for (let i = 0; i < count && gpus.length < shape.gpuCount; i++) {
    if (hasRoom(fleet, start + i, shape)) gpus.push(i);
  }
}
