import type { QueuedJob, QueueingPolicy } from './discipline.ts';

/**
 * Higher priority first, inside a priority in order of arrival. With ageing, a job gains one priority for every
 * `ageingUs` that it has been in the system. All gain alike, so who of two is ahead never changes, and the key
 * `arrival - priority x ageing` says it for good.
 *
 * Ageing stops nobody: a running job gives way only to one of higher stated priority. But it protects: a job that is
 * ahead by ageing keeps its place, or it would be stopped as soon as it has come to its turn. (Where the fleet is given
 * out anew in each round, the order of the queue decides alone.)
 */
export const priority: QueueingPolicy = {
  name: 'priority',
  summary: 'higher priority first, with ageing if wanted; a running job gives way to one of higher priority',
  source: 'Cobham, Priority assignment in waiting line problems, Operations Research 2(1), 1954',
  promises: {
    starvationFree: 'yes',
    preempts: true,
    words:
      'with ageing and no fill past the head: a job waits for nobody who arrives later after it than the ageing time, ' +
      'times the highest priority minus its own; without ageing higher priorities may keep it waiting for ever',
  },
  fill: 'block',
  create({ config: { ageingUs } }) {
    const isAgeing = ageingUs !== Number.POSITIVE_INFINITY;
    const rank = ({ job: { claim, arrivalUs } }: QueuedJob) =>
      isAgeing ? arrivalUs - claim.priority * ageingUs : -claim.priority;
    return {
      rank,
      mayEvict: (waiting, running) =>
        waiting.job.claim.priority > running.job.claim.priority && rank(waiting) < rank(running),
    };
  },
};
