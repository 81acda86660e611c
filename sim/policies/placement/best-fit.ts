import type { TaskShape } from '../../cluster/request.ts';
import { leastLeftFirst } from './gpu-choice.ts';
import { FGD_ARTEFACT, type PlacementContext, type PlacementPolicy } from './policy.ts';

/** CPU and GPU of a host that would be left after the task, each as a part of the reference size, averaged. */
export function leftover({ fleet, reference }: PlacementContext, host: number, shape: TaskShape): number {
  const cpu = (fleet.cpuFreeMilli[host] as number) - shape.cpuMilli;
  const gpu = (fleet.hostGpuFreeMilli[host] as number) - shape.totalGpuMilli;
  return (cpu / reference.cpuMilli) * 0.5 + (gpu / reference.gpuMilli) * 0.5;
}

/**
 * Takes the host that the task fills best, in whole points of 0 to 100, and on it the fullest GPUs with room.
 * The artefact then stretches the points to 0..100 over the hosts that fit, which changes no order and is left out.
 */
export const bestFit: PlacementPolicy = {
  name: 'best-fit',
  summary: 'the host with the least CPU and GPU left after the task, and its fullest GPUs with room',
  source: FGD_ARTEFACT,
  create: (context) => ({
    score: (host, shape) => Math.trunc((1 - leftover(context, host, shape)) * 100),
    chooseGpus: (host, shape, gpus) => leastLeftFirst(context.fleet, host, shape, gpus),
  }),
};
