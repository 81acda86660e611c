import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { runSmall } from './pool-run.ts';

/** Shortest time left first, which keeps account of what it is told. */
function watched(told: (word: string, name: string, atUs: number) => void): QueueingPolicy {
  return {
    ...fifo,
    create: () => ({
      rank: (job) => job.estimateLeftUs,
      mayEvict: (waiting, running) => waiting.estimateLeftUs < running.estimateLeftUs,
      queued: ({ job }, nowUs) => told('queued', job.name, nowUs),
      started: ({ job }, nowUs) => told('started', job.name, nowUs),
      stopped: ({ job }, nowUs) => told('stopped', job.name, nowUs),
      awaits: ({ job }, nowUs) => told('awaits', job.name, nowUs),
    }),
  };
}

describe('A discipline is told', () => {
  test.each([
    ['evict', 'suspend'],
    ['evict', 'checkpoint'],
    ['refill', 'suspend'],
    ['refill', 'checkpoint'],
    ['refill', 'kill'],
  ] as const)(
    'that a job waits before it starts, in every order of events under %s by %s',
    (preemption, way) => {
      const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 3e6, restoreUs: 1e6 };
      const job = fc.record({
        at: fc.nat(12),
        runs: fc.integer({ min: 1, max: 12 }),
        gpus: fc.integer({ min: 1, max: 3 }),
      });
      let awaited = 0;
      fc.assert(
        fc.property(fc.array(job, { maxLength: 14 }), (drawn) => {
          const last = new Map<string, { readonly word: string; readonly atUs: number }>();
          runSmall({
            hosts: [3, 2],
            jobs: drawn.map((each, i) => ({ ...each, name: `j${i}`, claim: { checkpoint } })),
            policy: watched((word, name, atUs) => {
              const before = last.get(name);
              if (word === 'started') {
                // A running job that competes anew is stopped and started again at one instant.
                const again = before?.word === 'stopped' && before.atUs === atUs;
                expect(before?.word === 'queued' || before?.word === 'awaits' || again).toBe(true);
              }
              if (word === 'stopped') expect(before?.word).toBe('started');
              if (word === 'awaits') {
                awaited += 1;
                expect(before?.word === 'queued' || before?.word === 'awaits').toBe(true);
              }
              if (word === 'queued') expect(before === undefined || before.word === 'stopped').toBe(true);
              last.set(name, { word, atUs });
            }),
            rules: { preemption, way, fill: 'skip' },
          });
          for (const { word } of last.values()) expect(word).toBe('stopped');
        }),
        { numRuns: 120 },
      );
      expect(awaited > 0).toBe(preemption === 'evict' && way === 'checkpoint');
    },
  );
});
