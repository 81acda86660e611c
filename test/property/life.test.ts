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
      { numRuns: 120 },
    );
    // Each of them befell some of the runs.
    expect(met.size).toBe(8);
    for (const [name, runs] of met) expect(runs, name).toBeGreaterThan(2);
  });
});
