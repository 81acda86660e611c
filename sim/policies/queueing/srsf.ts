import type { QueuedJob, QueueingPolicy } from './discipline.ts';

/** What is left of a job in GPU-time, in GPU-microseconds as estimated; 0 for a job without GPUs, which goes first. */
function serviceLeft({ estimateLeftUs, gpus }: QueuedJob): number {
  return estimateLeftUs * gpus;
}

/** Shortest remaining service first: time left times GPUs, so that a wide job counts as long. */
export const srsf: QueueingPolicy = {
  name: 'srsf',
  summary: 'least estimated GPU-time left first (time left x GPUs); a running job gives way to one with less',
  source: 'Gu et al., Tiresias: A GPU Cluster Manager for Distributed Deep Learning, NSDI 2019',
  promises: {
    starvationFree: 'no',
    preempts: true,
    words: 'a job with much left waits, or stands stopped, as long as smaller ones keep coming',
  },
  fill: 'skip',
  create: () => ({
    rank: serviceLeft,
    mayEvict: (waiting, running) => serviceLeft(waiting) < serviceLeft(running),
  }),
};
