import { leastLeftFirst } from './gpu-choice.ts';
import { FGD_ARTEFACT, type PlacementPolicy } from './policy.ts';

/** Takes the host whose free CPU and GPU point least in the direction of the request, as in Tetris. */
export const dotProduct: PlacementPolicy = {
  name: 'dot-product',
  summary: 'the host whose free (CPU, GPU) vector has the smallest product with the request',
  source: `${FGD_ARTEFACT}, after Grandl et al., "Multi-resource packing for cluster schedulers", SIGCOMM 2014`,
  create: ({ fleet, reference }) => ({
    score(host, shape) {
      const cpu =
        ((fleet.cpuFreeMilli[host] as number) / reference.cpuMilli) * (shape.cpuMilli / reference.cpuMilli);
      const gpu =
        ((fleet.hostGpuFreeMilli[host] as number) / reference.gpuMilli) *
        (shape.totalGpuMilli / reference.gpuMilli);
      return Math.trunc(100 * (1 - (cpu + gpu) / 2));
    },
    chooseGpus: (host, shape, gpus) => leastLeftFirst(fleet, host, shape, gpus),
  }),
};
