import type { QueueingPolicy } from './discipline.ts';

/**
 * Shortest remaining time first, by estimate. A job that runs longer than estimated counts as about to end, so it is
 * left alone from then on.
 */
export const srtf: QueueingPolicy = {
  name: 'srtf',
  summary: 'shortest estimated time left first; a running job gives way to one with less left',
  source: 'Schrage, A proof of the optimality of the shortest remaining processing time discipline, 1968',
  promises: {
    starvationFree: 'no',
    preempts: true,
    words: 'a long job waits, or stands stopped, as long as shorter ones keep coming',
  },
  fill: 'skip',
  create: () => ({
    rank: ({ estimateLeftUs }) => estimateLeftUs,
    mayEvict: (waiting, running) => waiting.estimateLeftUs < running.estimateLeftUs,
  }),
};
