import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Curve } from '../../viz/replay/curve.ts';
import { bucketAt, niceTop } from '../../viz/replay/series.ts';
import { fillClock } from '../../viz/views/timeline/clock-words.ts';
import { curvePaths, inSight } from '../../viz/views/timeline/paths.ts';
import { moved, numberTicks, timeTicks, zoomed } from '../../viz/views/timeline/span.ts';
import { FILL_SPEEDS, nextSpeed, SPEEDS, speedForSpan, speedText } from '../../viz/views/timeline/speeds.ts';

const spans = fc
  .tuple(fc.double({ min: 0, max: 1e13, noNaN: true }), fc.double({ min: 1, max: 1e13, noNaN: true }))
  .map(([from, length]) => [from, from + length] as const);

function curveOf(mean: readonly (number | null)[], edges = mean.map((_, i) => i * 10)): Curve {
  return {
    name: 'c',
    title: 'c',
    unit: 'jobs',
    edges: [...edges, mean.length * 10],
    mean,
    min: mean,
    max: mean,
  };
}

describe('What is in sight', () => {
  test('stays within the whole, keeps its place under the pointer, and gets no narrower than it may', () => {
    fc.assert(
      fc.property(
        spans,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        ([first, last], part, factor) => {
          const whole = [first, last] as const;
          const width = last - first;
          const span = [first + width * 0.4, first + width * 0.6] as const;
          const around = span[0] + part * (span[1] - span[0]);
          const least = width / 50;
          const [from, to] = zoomed(span, whole, factor, around, least);
          const slack = width * 1e-9 + last * 1e-12;
          expect(from).toBeGreaterThanOrEqual(first - slack);
          expect(to).toBeLessThanOrEqual(last + slack);
          expect(to - from).toBeGreaterThanOrEqual(least - slack);
          expect(Math.abs(to - from - Math.min(width, Math.max(least, (width * 0.2) / factor)))).toBeLessThan(
            slack,
          );
          if (factor >= 1) expect(Math.abs((around - from) / (to - from) - part)).toBeLessThan(1e-3);
          const [a, b] = moved(span, whole, (factor - 5) * width);
          expect(a).toBeGreaterThanOrEqual(first - slack);
          expect(b).toBeLessThanOrEqual(last + slack);
          expect(Math.abs(b - a - width * 0.2)).toBeLessThan(slack);
        },
      ),
    );
  });

  test('has ticks at equal steps within it, no more than asked for, each with words of its own', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 20 }), (span, most) => {
        // Closer than this doubles do not tell times apart.
        fc.pre(span[1] - span[0] > span[1] * 1e-6);
        for (const ticks of [timeTicks(span, most), numberTicks(span, most, ' %')]) {
          expect(ticks.length).toBeLessThanOrEqual(most + 2);
          for (const [i, { at }] of ticks.entries()) {
            expect(at).toBeGreaterThanOrEqual(span[0] - (span[1] - span[0]) * 1e-6);
            expect(at).toBeLessThanOrEqual(span[1] + (span[1] - span[0]) * 1e-6);
            if (i > 0) expect(at).toBeGreaterThan((ticks[i - 1] as { at: number }).at);
          }
        }
      }),
    );
    expect(timeTicks([0, 7 * 86_400e6], 8).map(({ text }) => text)).toEqual([
      '0 d',
      '1 d',
      '2 d',
      '3 d',
      '4 d',
      '5 d',
      '6 d',
      '7 d',
    ]);
    expect(timeTicks([86_400e6 - 3600e6, 86_400e6 + 3600e6], 5).map(({ text }) => text)).toEqual([
      '23:00',
      '23:30',
      '1 d',
      '00:30',
      '01:00',
    ]);
    expect(timeTicks([0, 1e6], 4).map(({ text }) => text)).toEqual(['0 s', '0.5 s', '1 s']);
    expect(numberTicks([0, 130], 7, ' %').map(({ text }) => text)).toEqual([
      '0 %',
      '20 %',
      '40 %',
      '60 %',
      '80 %',
      '100 %',
      '120 %',
    ]);
  });
});

describe('A curve', () => {
  test('has each moment in the bucket that a search from the start finds', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(1000), { minLength: 2, maxLength: 40 }),
        fc.integer({ min: -5, max: 1005 }),
        (places, at) => {
          const edges = places.sort((a, b) => a - b);
          let slow = -1;
          for (let i = 0; i + 1 < edges.length; i++) if ((edges[i] as number) <= at) slow = i;
          if (at > (edges.at(-1) as number)) slow = -1;
          expect(bucketAt({ edges }, at)).toBe(slow);
        },
      ),
    );
  });

  test('is drawn as far as it is in sight, in steps, with a gap where nothing was measured', () => {
    const curve = curveOf([1, 2, null, 4]);
    const paths = curvePaths(
      curve,
      [0, 40],
      (at) => at,
      (value) => 10 - value,
    );
    expect(paths.line).toBe('M0,9H10L10,8H20M30,6H40');
    expect(paths.area).toBe('M0,9H10L10,8H20L20,8H10L10,9H0ZM30,6H40L40,6H30Z');
    expect(inSight(curve, [12, 35])).toEqual([1, 3]);
    expect(inSight(curve, [50, 60])).toEqual([0, -1]);
    expect(
      curvePaths(
        curve,
        [12, 18],
        (at) => at,
        (value) => 10 - value,
      ).line,
    ).toBe('M10,8H20');
  });

  test('has an axis that ends at 1, 2 or 5 times a power of ten, and no further than it can be', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (most) => {
        const top = niceTop(most);
        expect(top).toBeGreaterThanOrEqual(most * (1 - 1e-9));
        expect(top).toBeLessThanOrEqual(most * 2.5 * (1 + 1e-9));
      }),
    );
    expect([niceTop(0.85, 1), niceTop(0, 1), niceTop(3), niceTop(10), niceTop(11)]).toEqual([
      1, 1, 5, 10, 20,
    ]);
    expect(niceTop(0.03, 1)).toBeCloseTo(0.05, 12);
  });
});

describe('Speeds', () => {
  test('go from 0.1 s to 10 d a second, one after another, and stay at the ends', () => {
    let speed = SPEEDS[0] as number;
    const met = [speed];
    while (nextSpeed(speed, true) !== speed) {
      speed = nextSpeed(speed, true);
      met.push(speed);
    }
    expect(met).toEqual(SPEEDS);
    expect(speedText(met[0] as number)).toBe('0.1 s a second');
    expect(speedText(speed)).toBe('10 d a second');
    expect(met.toReversed().every((each, i, all) => nextSpeed(each, false) === (all[i + 1] ?? each))).toBe(
      true,
    );
    expect(speedText(FILL_SPEEDS[0] as number, true)).toBe('1 task a second');
    expect(nextSpeed(77, true)).toBe(300);
  });

  test('take a replay that is opened about a minute to play', () => {
    expect(speedForSpan(7 * 86_400e6)).toBe(7200);
    expect(speedForSpan(10_829, true)).toBeCloseTo(100e-6, 12);
    expect(speedForSpan(0)).toBe(0.1);
  });
});

describe('The clock of a fill run', () => {
  test('finds the first task by which so much was requested, as a search from the start does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5), { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0, max: 200, noNaN: true }),
        (amounts, at) => {
          let sum = 0;
          const requested = amounts.map((amount) => (sum += amount));
          const slow = requested.findIndex((each) => each >= at);
          const words = fillClock(requested, amounts.length);
          expect(words.toMoment(at)).toBe(slow < 0 ? amounts.length - 1 : slow);
          expect(words.toAxis(0)).toBe(requested[0]);
        },
      ),
    );
    expect(fillClock([10, 20], 2).text(2)).toBe('task 2, 20.0 % requested');
  });
});
