import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LineChart } from '../../sim/report/charts/chart.ts';
import { sparklines } from '../../sim/report/charts/sparkline.ts';

const chartOf = (...lines: readonly (readonly (readonly [x: number, y: number])[])[]): LineChart => ({
  kind: 'lines',
  title: 'a',
  summary: 'a',
  x: { label: 'time (h)' },
  y: { label: 'part (%)', from: 0 },
  lines: lines.map((points, at) => ({ name: `${at}`, points: points.map(([x, y]) => ({ x, y })) })),
});

const BARS = '▁▂▃▄▅▆▇█';

describe('lines in characters', () => {
  test('a ramp climbs every step, each as long as the others', () => {
    const ramp = Array.from({ length: 4000 }, (_, at) => [at, at] as const);
    const [line] = sparklines(chartOf(ramp));
    expect(line?.bars).toBe([...BARS].map((bar) => bar.repeat(5)).join(''));
    expect(line).toMatchObject({ from: 0, until: 3999, last: 3999 });
  });

  test('all lines have one scale, and dots where a shorter one has no points', () => {
    const long = Array.from({ length: 80 }, (_, at) => [at, 8] as const);
    const short = Array.from({ length: 20 }, (_, at) => [at + 20, 4] as const);
    const [a, b] = sparklines(chartOf(long, short));
    expect(a?.bars).toBe('█'.repeat(40));
    expect(b?.bars).toBe(`${'·'.repeat(10)}${'▅'.repeat(10)}${'·'.repeat(20)}`);
  });

  test('a place between points is as the point before it, and nothing is a flat line', () => {
    const [sparse] = sparklines(
      chartOf([
        [0, 0],
        [10, 8],
      ]),
    );
    expect(sparse?.bars).toBe(`${'▁'.repeat(39)}█`);
    expect(sparklines(chartOf([[5, 0]]))[0]?.bars).toMatch(/^▁·{39}$/);
  });

  test('any points give forty characters of the nine, the highest where the greatest mean is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 1000 })), {
          minLength: 1,
          maxLength: 200,
        }),
        (points) => {
          const [line] = sparklines(chartOf(points));
          expect(line?.bars).toMatch(/^[▁▂▃▄▅▆▇█·]{40}$/u);
          expect(line?.until).toBe(Math.max(...points.map(([, y]) => y)));
          expect(line?.from).toBe(Math.min(...points.map(([, y]) => y)));
        },
      ),
    );
  });
});
