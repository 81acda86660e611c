import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paretoFront } from '../../sim/experiment/compare/pareto.ts';
import { frontLine } from '../../sim/report/sections/front-line.ts';

const CRITERIA = [
  { metric: 'cost', better: 'lower' },
  { metric: 'wait', better: 'lower' },
  { metric: 'spare', better: 'higher' },
  { metric: 'energy', better: 'lower' },
] as const;
/** Few values, many ties. */
const values = fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4), fc.nat(4)), { maxLength: 14 });

function weighed(all: readonly (readonly number[])[]) {
  const { points } = paretoFront(CRITERIA, new Map(all.map((each, i) => [String(i), each])));
  return all.map((each, i) => ({ values: each, isOnFront: points[i]?.dominatedBy === null }));
}

test('the line of a front never turns back: it goes down from left to right where lower is better', () => {
  fc.assert(
    fc.property(values, (all) => {
      const points = weighed(all);
      const { isOnLine } = frontLine(CRITERIA, points);
      const line = points
        .filter((_, i) => isOnLine[i])
        .sort((a, b) => (a.values[0] as number) - (b.values[0] as number));
      for (const [i, point] of line.entries()) {
        expect(point.isOnFront).toBe(true);
        const before = line[i - 1];
        if (before === undefined) continue;
        const [dx, dy] = [0, 1].map((c) => (point.values[c] as number) - (before.values[c] as number));
        expect((dx === 0 && dy === 0) || ((dx as number) > 0 && (dy as number) < 0)).toBe(true);
      }
      // Whoever is best in one of the two, and then in the other, is on it.
      if (all.length > 0) {
        const [least] = [...all].sort((a, b) => a[0] - b[0] || a[1] - b[1]) as unknown as [readonly number[]];
        expect(line[0]?.values.slice(0, 2)).toEqual(least.slice(0, 2));
      }
    }),
  );
});

test('who is on the front beside the line is better in something else than what beats it in the two, and nobody else is', () => {
  fc.assert(
    fc.property(values, (all) => {
      const points = weighed(all);
      const { isOnLine, betterIn } = frontLine(CRITERIA, points);
      for (const [i, { isOnFront }] of points.entries())
        expect((betterIn[i] ?? []).length > 0).toBe(isOnFront && !isOnLine[i]);
      for (const each of betterIn.flat()) expect(['spare', 'energy']).toContain(each.metric);
    }),
  );
});
