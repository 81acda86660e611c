import { type Block, foldedTable, name, paragraph, tableOf, words } from '../../document/blocks.ts';
import { metricWords } from '../../document/metric-words.ts';
import { quantity } from '../../document/quantity.ts';
import { plural } from '../../format.ts';
import { type FactorAxis, pointCells, type SweepSection, type SweepView } from './view.ts';

/** More values of a number are put into so many ranges. */
const MOST_CELLS = 12;
const BINS = 8;
const MOST_LINES = 400;
const MARKED = 5;
const MOST_MAPS = 2;

/** Places of a factor on a map: its values, or ranges of them where there are many. */
export function cellsOf({ at, names, places, unit }: FactorAxis): {
  readonly of: readonly number[];
  readonly names: readonly string[];
} {
  if (names.length <= MOST_CELLS) return { of: at.map((value) => places.indexOf(value)), names };
  if (unit === undefined)
    return { of: at.map((value) => (value < MOST_CELLS ? value : -1)), names: names.slice(0, MOST_CELLS) };
  const from = places[0] as number;
  const size = ((places.at(-1) as number) - from) / BINS;
  const edge = (bin: number) => `${Number((from + bin * size).toPrecision(3))}`;
  return {
    of: at.map((value) => Math.min(BINS - 1, Math.floor((value - from) / size))),
    names: Array.from({ length: BINS }, (_, bin) => `${edge(bin)} to ${edge(bin + 1)}${unit}`),
  };
}

/** A metric over two factors, the mean over all others. */
export const sweepHeat: SweepSection = {
  id: 'maps',
  title: 'Over two factors at a time',
  build: (view) => {
    const { axes, metrics, points } = view;
    const [metric] = metrics;
    const [first, second] = metric === undefined ? [] : byEffect(axes, metric, points);
    if (first === undefined || second === undefined) return [];
    return [
      paragraph(
        axes.length > 2
          ? 'The two factors that move the first metric most. Each cell is the mean over the points that have both values, whatever their other factors say.'
          : 'Each cell is one point, or the mean of those in its ranges.',
      ),
      ...metrics.slice(0, MOST_MAPS).flatMap((metric) => heatMap(first, second, metric, points)),
    ];
  },
};

/** The factors, that with the greatest difference between the means of its values first. */
export function byEffect(
  axes: readonly FactorAxis[],
  metric: string,
  points: SweepView['points'],
): readonly FactorAxis[] {
  const effectOf = (axis: FactorAxis) => {
    const { of } = cellsOf(axis);
    const sums = new Map<number, { sum: number; count: number }>();
    for (const [p, point] of points.entries()) {
      const value = point.metrics[metric]?.value;
      if (value == null) continue;
      const cell = sums.get(of[p] as number) ?? { sum: 0, count: 0 };
      sums.set(of[p] as number, { sum: cell.sum + value, count: cell.count + 1 });
    }
    const means = [...sums.values()].map(({ sum, count }) => sum / count);
    return (
      means.reduce((a, b) => Math.max(a, b), -Infinity) - means.reduce((a, b) => Math.min(a, b), Infinity)
    );
  };
  return axes
    .map((axis, at) => ({ axis, at, effect: effectOf(axis) }))
    .sort((a, b) => b.effect - a.effect || a.at - b.at)
    .map(({ axis }) => axis);
}

function heatMap(
  first: FactorAxis,
  second: FactorAxis,
  metric: string,
  points: SweepView['points'],
): readonly Block[] {
  const [x, y] = [cellsOf(first), cellsOf(second)];
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [p, point] of points.entries()) {
    const value = point.metrics[metric]?.value;
    const [column, row] = [x.of[p] as number, y.of[p] as number];
    if (value == null || column < 0 || row < 0) continue;
    const cell = sums.get(row * x.names.length + column) ?? { sum: 0, count: 0 };
    cell.sum += value;
    cell.count += 1;
    sums.set(row * x.names.length + column, cell);
  }
  if (sums.size < 2) return [];
  const unit = points.find((point) => point.metrics[metric] !== undefined)?.metrics[metric]?.unit ?? 'ratio';
  const means = [...sums.values()].map(({ sum, count }) => sum / count);
  const [least, most] = [means.reduce((a, b) => Math.min(a, b)), means.reduce((a, b) => Math.max(a, b))];
  const cells = [...sums].map(([at, { sum, count }]) => ({
    x: at % x.names.length,
    y: Math.floor(at / x.names.length),
    level: most === least ? 0.5 : (sum / count - least) / (most - least),
    text: quantity(sum / count, unit),
  }));
  const title = `${metricWords(metric)}: darker is more`;
  const rows = y.names.map((row, r) => [
    [name(row)],
    ...x.names.map((_, c) => cells.find((cell) => cell.x === c && cell.y === r)?.text ?? '-'),
  ]);
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'heat',
        title,
        summary: `${metricWords(metric)} by ${first.path} and ${second.path}: from ${quantity(least, unit)} to ${quantity(most, unit)}`,
        x: { label: first.path, names: x.names },
        y: { label: second.path, names: y.names },
        cells,
      },
      data: tableOf(
        `${metricWords(metric)} by ${second.path} (rows) and ${first.path}`,
        [words(second.path), ...x.names.map((each) => ({ title: [name(each)], isNumber: true }))],
        rows,
      ),
    },
  ];
}

/** Every point as a line over all factors and metrics. */
export const sweepParallel: SweepSection = {
  id: 'parallel',
  title: 'All factors and metrics together',
  build: (view) => {
    const { axes, metrics, points, criteria, order, results } = view;
    if (points.length < 2 || axes.length + metrics.length < 2) return [];
    const best = new Set(criteria.length === 0 ? [] : order.slice(0, MARKED).map(({ point }) => point));
    const shown = points.length <= MOST_LINES ? points : thinned(points, best);
    const placeOf = new Map(points.map(({ point }, p) => [point, p]));
    const ofFactors = axes.map((axis) => {
      const isWords = axis.unit === undefined;
      const [low, high] = [axis.places[0] as number, axis.places.at(-1) as number];
      const ticked = isWords
        ? axis.names.slice(0, MOST_CELLS)
        : [axis.names[0] as string, axis.names.at(-1) as string];
      return {
        label: axis.path,
        ticks: ticked.map((text, i) => ({ at: isWords ? i / Math.max(1, axis.names.length - 1) : i, text })),
        at: (p: number) => ((axis.at[p] as number) - low) / (high - low),
      };
    });
    const ofMetrics = metrics.flatMap((metric) => {
      const values = points.map((point) => point.metrics[metric]?.value ?? null);
      const known = values.filter((value) => value !== null);
      if (known.length === 0) return [];
      const [low, high] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
      const unit =
        points.find((point) => point.metrics[metric] !== undefined)?.metrics[metric]?.unit ?? 'ratio';
      const at = (p: number) => {
        const value = values[p];
        return value == null ? null : high === low ? 0.5 : (value - low) / (high - low);
      };
      const ticks =
        high === low
          ? [{ at: 0.5, text: quantity(low, unit) }]
          : [low, high].map((end, i) => ({ at: i, text: quantity(end, unit) }));
      return [{ label: metric, ticks, at }];
    });
    const all = [...ofFactors, ...ofMetrics];
    const [criterion] = criteria;
    const bestWords =
      criterion === undefined || best.size === 0
        ? ''
        : ` The ${plural(best.size, 'point')} with the best ${metricWords(criterion.metric)} stand out.`;
    const columns = [
      { title: 'point' },
      ...results.design.factors.map(({ path }) => words(path)),
      ...metrics.map((metric) => ({ title: metricWords(metric), isNumber: true })),
    ];
    const title = 'One line for each point';
    return [
      paragraph(
        `Each axis goes from its least value at the bottom to its greatest at the top.${bestWords}${shown.length < points.length ? ` ${shown.length} of ${points.length} points are drawn.` : ''}`,
      ),
      {
        kind: 'chart',
        chart: {
          kind: 'parallel',
          title,
          summary: `Parallel coordinates of ${plural(shown.length, 'point')} over ${all.map(({ label }) => label).join(', ')}`,
          axes: all.map(({ label, ticks }) => ({ label, ticks })),
          lines: shown.map(({ point }) => ({
            places: all.map(({ at }) => at(placeOf.get(point) as number)),
            isMarked: best.has(point),
          })),
        },
        data: tableOf(
          title,
          columns,
          shown.slice(0, 200).map((point) => [String(point.point), ...pointCells(view, point)]),
        ),
      },
    ];
  },
};

/** Every nth of many points, and all that are marked. */
function thinned(points: SweepView['points'], marked: ReadonlySet<number>): SweepView['points'] {
  const every = Math.ceil(points.length / MOST_LINES);
  return points.filter(({ point }, p) => p % every === 0 || marked.has(point));
}

/** Runs that gave no result. */
export const sweepFailures: SweepSection = {
  id: 'failures',
  title: 'Runs that failed',
  build: ({ results: { failures, design, points } }) =>
    foldedTable(
      tableOf(
        'Failed runs and their errors',
        ['run', words('seed'), words('set to'), { title: 'error', isProse: true }],
        failures.map(({ index, seed, point, error }) => [
          String(index),
          String(seed),
          [name(design.factors.map(({ path }, f) => `${path}=${points[point]?.values[f]}`).join(', '))],
          [name(error)],
        ]),
      ),
      20,
      'failed runs',
    ),
};
