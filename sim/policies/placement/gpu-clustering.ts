import { requestKind } from '../../cluster/fleet.ts';
import { leastLeftFirst } from './gpu-choice.ts';
import { FGD_ARTEFACT, type PlacementPolicy } from './policy.ts';

/**
 * Keeps tasks of one kind of GPU request (a share, one GPU, two GPUs, ...) together. Bands of 25 points: hosts with only
 * that kind, hosts with that kind among others, hosts without GPU tasks, hosts with other kinds only; inside a band
 * the fuller host. Tasks without GPU score 0 everywhere.
 */
export const gpuClustering: PlacementPolicy = {
  name: 'gpu-clustering',
  summary: 'hosts that already run tasks with the same kind of GPU request',
  source: FGD_ARTEFACT,
  create: ({ fleet, reference }) => ({
    score(host, shape) {
      if (shape.gpuCount === 0) return 0;
      const used = reference.gpuMilli - (fleet.hostGpuFreeMilli[host] as number);
      const fullness = Math.trunc((25 * used) / reference.gpuMilli);
      const kinds = fleet.kindsPresent[host] as number;
      if (kinds === 0) return fullness + 25;
      const hasKind = (fleet.residentsByKind[host * fleet.kindCount + requestKind(shape)] as number) > 0;
      if (!hasKind) return fullness;
      return fullness + (kinds === 1 ? 75 : 50);
    },
    chooseGpus: (host, shape, gpus) => leastLeftFirst(fleet, host, shape, gpus),
  }),
};
