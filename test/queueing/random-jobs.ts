import fc from 'fast-check';
import type { JobStory, SmallJob } from './pool-run.ts';
import type { SlowJob } from './slow-queue.ts';

/** Up to `most` jobs with many ties in time, length and tenant. */
export function slowJobs(most: number, widest: number): fc.Arbitrary<readonly SlowJob[]> {
  return fc
    .array(
      fc.record({
        at: fc.nat(12),
        runs: fc.integer({ min: 1, max: 9 }),
        gpus: fc.integer({ min: 1, max: widest }),
        tenant: fc.constantFrom('a', 'b', 'c'),
        priority: fc.integer({ min: -1, max: 2 }),
      }),
      { minLength: 1, maxLength: most },
    )
    .map((jobs) => jobs.map((job, i) => ({ ...job, name: `j${i}` })));
}

/** The same job for the engine. */
export function smallJob({ name, at, runs, gpus, tenant, priority }: SlowJob): SmallJob {
  return { name, at, runs, gpus, claim: { tenant, priority } };
}

/** First start of each job in seconds, by name. */
export function firstStarts(stories: ReadonlyMap<string, JobStory>): Record<string, number | undefined> {
  return Object.fromEntries([...stories].map(([name, { starts }]) => [name, starts[0]?.at]));
}
