import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlertWatch, MOST_STRETCHES } from '../../sim/observe/alerts/alert-watch.ts';

const steps = fc.array(
  fc.record({
    us: fc.integer({ min: 1, max: 6 }),
    value: fc.integer({ min: 0, max: 4 }),
    whole: fc.constantFrom(0, 4, 4, 4),
  }),
  { maxLength: 80 },
);

test('alerts are the longest stretches of microseconds beyond the limit that last at least the window', () => {
  fc.assert(
    fc.property(
      steps,
      fc.boolean(),
      fc.constantFrom(0.25, 0.5, 0.6),
      fc.integer({ min: 0, max: 12 }),
      (all, isAbove, limit, windowUs) => {
        const watch = new AlertWatch(0, 1, isAbove, limit, windowUs);
        const values: (number | null)[] = [];
        for (const { us, value, whole } of all) {
          watch.held(values.length, values.length + us, Float64Array.of(value, whole), 0);
          for (let i = 0; i < us; i++) values.push(whole === 0 ? null : value / whole);
        }
        // One microsecond after the other.
        const found: { sinceUs: number; untilUs: number; worst: number }[] = [];
        let own: number[] = [];
        for (const [us, value] of [...values, null].entries()) {
          if (value !== null && (isAbove ? value > limit : value < limit)) {
            own.push(value);
            continue;
          }
          if (own.length > 0 && own.length >= windowUs) {
            const worst = isAbove ? Math.max(...own) : Math.min(...own);
            found.push({ sinceUs: us - own.length, untilUs: us, worst });
          }
          own = [];
        }
        const length = (each: (typeof found)[number]) => each.untilUs - each.sinceUs;
        const longest = found
          .toSorted((a, b) => length(b) - length(a) || a.sinceUs - b.sinceUs)
          .slice(0, MOST_STRETCHES)
          .sort((a, b) => a.sinceUs - b.sinceUs);
        const seen = watch.read();
        expect(seen.count).toBe(found.length);
        expect(seen.totalUs).toBe(found.reduce((sum, each) => sum + length(each), 0));
        expect(seen.measuredUs).toBe(values.filter((value) => value !== null).length);
        expect(seen.longest.map(length).sort((a, b) => a - b)).toEqual(
          longest.map(length).sort((a, b) => a - b),
        );
        for (const each of seen.longest) expect(found).toContainEqual(each);
      },
    ),
    { numRuns: 500 },
  );
});

test('of more alerts than are told one by one the longest are told, in order of time', () => {
  const watch = new AlertWatch(0, -1, true, 1, 0);
  let atUs = 0;
  for (let i = 0; i < 3 * MOST_STRETCHES; i++) {
    const us = 1 + ((i * 7) % (3 * MOST_STRETCHES));
    watch.held(atUs, atUs + us, Float64Array.of(2), 0);
    watch.held(atUs + us, atUs + us + 1, Float64Array.of(0), 0);
    atUs += us + 1;
  }
  const { count, longest } = watch.read();
  expect(count).toBe(3 * MOST_STRETCHES);
  const lengths = longest.map(({ sinceUs, untilUs }) => untilUs - sinceUs);
  expect(lengths.toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: MOST_STRETCHES }, (_, i) => 2 * MOST_STRETCHES + 1 + i),
  );
  const starts = longest.map(({ sinceUs }) => sinceUs);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
});

test('a warm-up ends what went on in it: what lasts counts from there', () => {
  const watch = new AlertWatch(0, -1, true, 1, 10);
  watch.held(0, 100, Float64Array.of(5), 0);
  watch.reset();
  watch.held(100, 109, Float64Array.of(3), 0);
  expect(watch.read()).toMatchObject({ count: 0, measuredUs: 9 });
});
