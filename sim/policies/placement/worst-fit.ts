import { leftover } from './best-fit.ts';
import { mostLeftFirst } from './gpu-choice.ts';
import type { PlacementPolicy } from './policy.ts';

/** Takes the emptiest host and its emptiest GPUs: spreads load, and strands the most. */
export const worstFit: PlacementPolicy = {
  name: 'worst-fit',
  summary: 'the host with the most CPU and GPU left after the task, and its emptiest GPUs',
  source: 'textbook worst-fit, with the size measure of best-fit',
  scoreFactor: 100,
  create: (context) => ({
    score: (host, shape) => leftover(context, host, shape),
    chooseGpus: (host, shape, gpus) => mostLeftFirst(context.fleet, host, shape, gpus),
  }),
};
