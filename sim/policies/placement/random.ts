import { GPU_MILLI } from '../../cluster/request.ts';
import { firstWithRoom, hasRoom } from './gpu-choice.ts';
import { FGD_ARTEFACT, type PlacementPolicy } from './policy.ts';

/** Any host that can take the task, each as likely as the other; a share of a GPU goes to any GPU with room. */
export const random: PlacementPolicy = {
  name: 'random',
  summary: 'any host that can take the task, and for a share any of its GPUs with room',
  source: FGD_ARTEFACT,
  tieBreak: 'random',
  create: ({ fleet, random: stream }) => ({
    score: () => 0,
    chooseGpus(host, shape, gpus) {
      if (shape.gpuCount !== 1 || shape.gpuMilli === GPU_MILLI) {
        firstWithRoom(fleet, host, shape, gpus);
        return;
      }
      const start = fleet.gpuStart[host] as number;
      const rooms: number[] = [];
      for (let i = 0; i < fleet.gpusOf(host); i++) if (hasRoom(fleet, start + i, shape)) rooms.push(i);
      gpus.push(rooms[stream.int(rooms.length)] as number);
    },
  }),
};
