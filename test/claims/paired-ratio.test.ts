import { expect, test } from 'vitest';
import type { Runs } from '../../bench/claims/lab.ts';
import { meanOf, pairedChange, pairedRatio } from '../../bench/claims/ratio.ts';

const runs = (values: Readonly<Record<number, number | null>>) =>
  ({
    replications: Object.entries(values).map(([seed, value]) => ({
      seed: Number(seed),
      readings: [['cost', { value, unit: 'ratio' }]],
    })),
  }) as unknown as Runs;

test('a mean has the Student interval of a table: t is 4.303 for three values', () => {
  const found = meanOf('x', [1, 2, 3], 'ratio');
  expect(found.value).toBe(2);
  expect(found.ci95?.[0]).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 5);
  expect(found.ci95?.[1]).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5);
});

test('values that are the same up to rounding, and a single one, have no interval', () => {
  expect(meanOf('x', [0.1 + 0.2, 0.3], 'ratio').ci95).toBeUndefined();
  expect(meanOf('x', [7], 'ratio').ci95).toBeUndefined();
});

test('runs are paired by seed, in whatever order, and ratios are averaged, not sums', () => {
  const before = runs({ 1: 10, 2: 100 });
  const after = {
    replications: [...runs({ 1: 5, 2: 75 }).replications].reverse(),
  } as unknown as Runs;
  // (0.5 + 0.75) / 2; the ratio of the sums would be 80 / 110.
  expect(pairedRatio('x', before, after, 'cost').value).toBeCloseTo(0.625, 12);
  expect(pairedChange('x', before, after, 'cost').value).toBeCloseTo(-0.375, 12);
});

test('runs without a partner, without the metric, or with nothing before are refused', () => {
  expect(() => pairedRatio('x', runs({ 1: 1 }), runs({ 2: 1 }), 'cost')).toThrow(
    'seed 1 is on one side alone',
  );
  expect(() => pairedRatio('x', runs({ 1: 1 }), runs({ 1: null }), 'cost')).toThrow('seed 1 has no cost');
  expect(() => pairedRatio('x', runs({ 1: 0 }), runs({ 1: 1 }), 'cost')).toThrow('need > 0, got 0');
});
