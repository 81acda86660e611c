import { describe, expect, test } from 'vitest';
import type { MigGeometry } from '../../../sim/hardware/index.ts';
import {
  planRepartition,
  type RepartitionProblem,
  type ResidentJob,
} from '../../../sim/policies/repartition/index.ts';
import { geometryNamed, placement, us } from './cases.ts';

const a100 = geometryNamed('a100-40gb');
const h100 = geometryNamed('h100-sxm-80gb');

const job = (id: string, gpuShare: number, nature: Partial<ResidentJob>): ResidentJob => ({
  id,
  remainingUs: null,
  gpuShare,
  drain: null,
  migrate: null,
  ...nature,
});

describe('a full card whose jobs may all be stopped, moved and waited for gets a plan proven within 1,000 states', () => {
  const MINUTE = 60e6;
  const SECOND = 1e6;
  const rights: Readonly<Record<string, (n: number) => Partial<ResidentJob>>> = {
    alike: () => ({
      remainingUs: us(20 * MINUTE),
      drain: { takesUs: us(30 * SECOND), lostUs: us(10 * MINUTE) },
      migrate: { stunUs: us(12 * SECOND) },
    }),
    'almost alike': (n) => ({
      remainingUs: us(20 * MINUTE + n * SECOND),
      drain: { takesUs: us((30 + n / 10) * SECOND), lostUs: us(MINUTE + n * SECOND) },
      migrate: { stunUs: us((12 + n / 10) * SECOND) },
    }),
    different: (n) => ({
      remainingUs: us((5 + 7 * n) * MINUTE),
      drain: { takesUs: us((10 + 3 * n) * SECOND), lostUs: us((((n * 13) % 7) + 1) * 4 * MINUTE) },
      migrate: { stunUs: us((4 + ((n * 5) % 7)) * SECOND) },
    }),
    'of every kind': (n) => ({
      remainingUs: (n & 1) === 0 ? us((3 + n) * MINUTE) : null,
      drain: (n & 2) === 0 ? { takesUs: us(20 * SECOND), lostUs: us((8 - n) * MINUTE) } : null,
      migrate: (n & 4) === 0 || n === 5 ? { stunUs: us((5 + n) * SECOND) } : null,
    }),
  };
  /** By name and start. */
  const layouts = {
    '7 x 1g': [0, 1, 2, 3, 4, 5, 6].map((start) => ['1g', start] as const),
    '2g and 5 x 1g': [['2g', 0] as const, ...[2, 3, 4, 5, 6].map((start) => ['1g', start] as const)],
    '3g and 4 x 1g': [['3g', 4] as const, ...[0, 1, 2, 3].map((start) => ['1g', start] as const)],
    '2 x 2g and 3 x 1g': [
      ['2g', 0] as const,
      ['2g', 2] as const,
      ...[4, 5, 6].map((start) => ['1g', start] as const),
    ],
  };

  /** Every count of plain instances that fits on an empty card. */
  function everyTarget(geometry: MigGeometry): number[][] {
    const plain = geometry.profiles.flatMap((each, index) => (each.variant === 'plain' ? [index] : []));
    const found: number[][] = [];
    const add = (counts: number[], from: number) => {
      for (let i = from; i < plain.length; i++) {
        const more = counts.with(plain[i]!, counts[plain[i]!]! + 1);
        const empty = problemFor(geometry, [], more, {});
        if (planRepartition(empty, 5000).outcome !== 'planned') continue;
        found.push(more);
        add(more, i);
      }
    };
    add(
      geometry.profiles.map(() => 0),
      0,
    );
    return found;
  }

  function problemFor(
    geometry: MigGeometry,
    instances: RepartitionProblem['cards'][number]['instances'],
    counts: readonly number[],
    change: Partial<RepartitionProblem>,
  ): RepartitionProblem {
    return {
      geometry,
      cards: [{ id: 'a', instances }],
      target: { wanted: { on: 'all-cards', counts }, ready: 'idle' },
      objective: { order: 'loss-first' },
      creation: 'any-start',
      ...change,
    };
  }

  for (const geometry of [a100, h100]) {
    const targets = everyTarget(geometry);
    test.each(Object.entries(layouts))(`${geometry.model.id} with %s, whatever is wanted`, (_, layout) => {
      expect(targets.length).toBeGreaterThan(30);
      let plans = 0;
      Object.values(rights).forEach((right, kind) => {
        targets.forEach((counts, t) => {
          const instances = layout.map(([name, start], n) => {
            const at = placement(geometry, name, start);
            const share = geometry.placements[at]!.profile.gpuSlices / 7;
            return { placement: at, job: job(`j${n}`, share, right(n)) };
          });
          const creation = (t + kind) % 2 === 0 ? 'any-start' : 'driver-default';
          const plan = planRepartition(problemFor(geometry, instances, counts, { creation }), 1000);
          if (plan.outcome === 'unreachable') return;
          expect(plan).toMatchObject({ outcome: 'planned', isProven: true });
          plans += 1;
        });
      });
      expect(plans).toBeGreaterThan(3 * targets.length - 1);
    });
  }
});
