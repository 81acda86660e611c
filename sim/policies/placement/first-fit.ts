import { firstWithRoom } from './gpu-choice.ts';
import type { PlacementPolicy } from './policy.ts';

/** Takes the first host, in tie-break order, and on it the first GPUs with room. */
export const firstFit: PlacementPolicy = {
  name: 'first-fit',
  summary: 'the first host that can take the task, and its first GPUs with room',
  source: 'textbook first-fit',
  create: ({ fleet }) => ({
    score: () => 0,
    chooseGpus: (host, shape, gpus) => firstWithRoom(fleet, host, shape, gpus),
  }),
};
