import type { QueueingPolicy } from './discipline.ts';

/**
 * The job with the most GPUs first: large training jobs are asked in every turn before small ones, which take what
 * room is left. Nothing is kept free for a large job that finds no room: see the fill rules for that.
 */
export const largeFirst: QueueingPolicy = {
  name: 'large-first',
  summary: 'most GPUs first, equal ones in order of arrival; small jobs fill the room that is left',
  source: 'common practice: large training jobs first, small ones fill; no single source',
  promises: {
    starvationFree: 'no',
    preempts: false,
    words:
      'a small job waits while larger ones take the room, and a large one while small ones keep taking it',
  },
  fill: 'skip',
  create: () => ({ rank: ({ gpus }) => -gpus }),
};
