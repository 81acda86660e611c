import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BUCKETS } from '../../sim/observe/waterfall/buckets.ts';
import type { MarkedColumn, WaterfallMarks } from '../../sim/observe/waterfall/marks.ts';
import { costRate } from '../../viz/replay/series-cost.ts';
import { partsOf, snapped, sumOver } from '../../viz/replay/waterfall-marks.ts';
import { cascade } from '../../viz/views/waterfall/cascade.ts';

const HOUR = 3_600_000_000;
const GPU_HOUR = 1_000_000n * BigInt(HOUR);

const columns = (marks: number): fc.Arbitrary<MarkedColumn[]> =>
  fc.uniqueArray(
    fc.record({
      pool: fc.nat(2),
      model: fc.constantFrom('A', 'B'),
      mode: fc.constantFrom('mig', 'fraction'),
      bucket: fc.constantFrom(...BUCKETS),
      amounts: fc
        .array(fc.integer({ min: -3, max: 40 }), { minLength: marks, maxLength: marks })
        .map((all) => all.map((hours) => `${BigInt(hours) * GPU_HOUR}`)),
    }),
    {
      minLength: 1,
      maxLength: 30,
      selector: ({ pool, model, mode, bucket }) => `${pool} ${model} ${mode} ${bucket}`,
    },
  );

const marked = fc.integer({ min: 1, max: 12 }).chain((count) =>
  columns(count).map(
    (all): WaterfallMarks => ({
      startUs: 5 * HOUR,
      atUs: Array.from({ length: count }, (_, i) => (6 + i) * HOUR),
      columns: all,
    }),
  ),
);

describe('The waterfall of a span', () => {
  test('is the sum of what was booked between its marks, by part, in hours and money', () => {
    fc.assert(
      fc.property(marked, fc.nat(400), fc.nat(400), fc.nat(8), (marks, a, b, which) => {
        const [fromUs, toUs] = [Math.min(a, b), Math.max(a, b)].map((at) => 3 * HOUR + at * (HOUR / 20));
        const span = snapped(marks, fromUs as number, toUs as number);
        const edges = [marks.startUs, ...marks.atUs];
        for (const [snap, asked] of [
          [span.fromUs, fromUs],
          [span.toUs, toUs],
        ] as const) {
          const nearest = Math.min(...edges.map((edge) => Math.abs(edge - (asked as number))));
          expect(Math.abs(snap - (asked as number))).toBe(nearest);
        }
        const parts = partsOf(marks);
        const part = parts[which % (parts.length + 1)];
        const prices: Readonly<Record<string, number>> = { A: 2, B: 0.5 };
        const found = sumOver(marks, span, part, (model) => prices[model]);
        let all = 0;
        let bill = 0;
        for (const bucket of BUCKETS) {
          let hours = 0;
          let cost = 0;
          let isMet = false;
          for (const column of marks.columns) {
            if (column.bucket !== bucket || (part !== undefined && column[part.by] !== part.name)) continue;
            column.amounts.forEach((amount, i) => {
              const endUs = marks.atUs[i] as number;
              if (endUs <= span.fromUs || endUs > span.toUs) return;
              isMet = true;
              hours += Number(BigInt(amount) / GPU_HOUR);
              cost += Number(BigInt(amount) / GPU_HOUR) * (prices[column.model as string] as number);
            });
          }
          all += hours;
          bill += cost;
          const row = found.buckets.find((each) => each.bucket === bucket);
          expect(row?.gpuHours ?? 0).toBeCloseTo(hours, 9);
          if (isMet && hours !== 0) expect(row?.cost).toBeCloseTo(cost, 9);
        }
        expect(found.capacityGpuHours).toBeCloseTo(all, 9);
        expect(found.cost).toBeCloseTo(bill, 9);
        expect(sumOver(marks, span, part).cost).toBeUndefined();
      }),
    );
  });

  test('goes down from all of the capacity to nothing left, each bar where the one above ends', () => {
    fc.assert(
      fc.property(marked, (marks) => {
        const sum = sumOver(marks, snapped(marks, 0, 1e15));
        fc.pre(sum.capacityGpuHours > 0);
        const steps = cascade(sum);
        let left = 1;
        for (const { bucket, from, to } of steps) {
          const share = sum.buckets.find((each) => each.bucket === bucket)?.share as number;
          expect(to - from).toBeCloseTo(Math.abs(share), 9);
          expect(share < 0 ? from : to).toBeCloseTo(left, 9);
          left -= share;
        }
        expect(left).toBeCloseTo(0, 9);
        expect(steps.map(({ bucket }) => bucket)).toEqual(
          BUCKETS.filter((name) => sum.buckets.some(({ bucket }) => bucket === name)).reverse(),
        );
      }),
    );
  });

  test('says no money where a model that was there has no price', () => {
    const marks: WaterfallMarks = {
      startUs: 0,
      atUs: [HOUR],
      columns: [
        { pool: 0, model: 'A', mode: 'mig', bucket: 'useful', amounts: [`${GPU_HOUR}`] },
        { pool: 0, model: 'C', mode: 'mig', bucket: 'useful', amounts: [`${GPU_HOUR}`] },
      ],
    };
    const span = snapped(marks, 0, HOUR);
    const priceOf = (model: string) => (model === 'A' ? 2 : undefined);
    expect(sumOver(marks, span, undefined, priceOf).cost).toBeUndefined();
    expect(sumOver(marks, span, { by: 'model', name: 'A' }, priceOf).cost).toBe(2);
  });
});

describe('The cost rate', () => {
  test('is what the GPUs that are there cost an hour: half of them there, half the rate', () => {
    const amounts = [`${4n * GPU_HOUR}`, `${2n * GPU_HOUR}`, `${2n * GPU_HOUR}`];
    const waterfallMarks: WaterfallMarks = {
      startUs: 0,
      atUs: [HOUR, 2 * HOUR, 4 * HOUR],
      columns: [{ pool: 0, model: 'A', mode: 'mig', bucket: 'useful', amounts }],
    };
    const cost = { currency: 'EUR', byGpuModel: [{ model: 'A', perGpuHourPresent: 1.5 }] };
    const curve = costRate({ tables: { digest: '', endUs: 0, waterfallMarks, result: { cost } } });
    expect(curve?.mean).toEqual([6, 3, 1.5]);
    expect(curve?.unit).toBe('EUR/h');
    expect(costRate({ tables: { digest: '', endUs: 0, waterfallMarks, result: {} } })).toBeUndefined();
  });
});
