import type { QueueingPolicy } from './discipline.ts';

/** First in, first out: nobody starts before the head does, even if there is room for them. */
export const fifo: QueueingPolicy = {
  name: 'fifo',
  summary: 'in order of arrival; nobody overtakes the head of the queue',
  source: 'Kleinrock, Queueing Systems, vol. 1, 1975',
  promises: {
    starvationFree: 'yes',
    preempts: false,
    words: 'a job waits for those that came before it and for nobody else',
  },
  fill: 'block',
  create: () => ({ rank: ({ job }) => job.number, isSteady: true }),
};
