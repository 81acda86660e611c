import type { LineChart } from './chart.ts';

const BARS = '▁▂▃▄▅▆▇█';
const NOTHING = '·';
/** Characters of a line: what fits a table on GitHub. */
const WIDTH = 40;

interface Sparkline {
  readonly bars: string;
  readonly from: number;
  readonly until: number;
  readonly last: number;
}

/** The lines of a chart in characters, each the mean of the points above it, from the lower end of the axis to the greatest value. */
export function sparklines({ lines, y }: LineChart): readonly Sparkline[] {
  const xs = lines.flatMap(({ points }) => points.map(({ x }) => x));
  const ys = lines.flatMap(({ points }) => points.map((point) => point.y));
  const left = least(xs);
  const right = -least(xs.map((x) => -x));
  const low = y.from ?? least(ys);
  const high = -least(ys.map((each) => -each));
  return lines.map(({ points }) => {
    const sums = Array.from({ length: WIDTH }, () => ({ sum: 0, count: 0 }));
    for (const point of points) {
      const at = right > left ? Math.floor(((point.x - left) / (right - left)) * WIDTH) : 0;
      const cell = sums[Math.min(WIDTH - 1, at)];
      if (cell === undefined) continue;
      cell.sum += point.y;
      cell.count += 1;
    }
    const own = points.map((point) => point.y);
    return {
      bars: filled(sums)
        .map((mean) => (mean === undefined ? NOTHING : barOf(mean, low, high)))
        .join(''),
      from: least(own),
      until: -least(own.map((each) => -each)),
      last: own.at(-1) ?? 0,
    };
  });
}

/** Means; a cell without a point, between two that have some, is as the one before it. */
function filled(
  sums: readonly { readonly sum: number; readonly count: number }[],
): readonly (number | undefined)[] {
  const end = sums.findLastIndex(({ count }) => count > 0);
  let mean: number | undefined;
  return sums.map(({ sum, count }, at) => {
    if (count > 0) mean = sum / count;
    return at > end ? undefined : mean;
  });
}

function barOf(value: number, low: number, high: number): string {
  if (!(high > low)) return BARS[0] as string;
  const at = Math.floor(((value - low) / (high - low)) * BARS.length);
  return BARS[Math.max(0, Math.min(BARS.length - 1, at))] as string;
}

const least = (values: readonly number[]) =>
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
