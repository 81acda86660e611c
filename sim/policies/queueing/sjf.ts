import type { QueueingPolicy } from './discipline.ts';

/** Shortest job first, by the estimated run time of the whole job; who runs is left alone. */
export const sjf: QueueingPolicy = {
  name: 'sjf',
  summary: 'shortest estimated run time first; equal ones in order of arrival',
  source: 'Phipps, Machine repair as a priority waiting-line problem, Operations Research 4(1), 1956',
  promises: {
    starvationFree: 'no',
    preempts: false,
    words: 'a long job waits as long as shorter ones keep coming',
  },
  fill: 'skip',
  create: () => ({ rank: ({ job }) => job.estimateUs }),
};
