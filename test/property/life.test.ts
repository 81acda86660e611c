import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audited } from './life-auditor.ts';
import { lives } from './life-scenarios.ts';

describe('Faults, preemption, migration, re-partitioning and elasticity together', () => {
  test('nothing is lost, nothing doubled, the books balance at every instant, and the run is the same again', () => {
    const met = new Map<string, number>();
    fc.assert(
      fc.property(lives, (document) => {
        for (const [name, count] of Object.entries(audited(document))) {
          met.set(name, (met.get(name) ?? 0) + (count > 0 ? 1 : 0));
        }
      }),
      { numRuns: 60 },
    );
    // What is frequent enough to befall some of so few runs did.
    for (const name of ['preempted', 'faults', 'hosts', 'gangs', 'sessions', 'failed']) {
      expect(met.get(name), name).toBeGreaterThan(0);
    }
  });
});
