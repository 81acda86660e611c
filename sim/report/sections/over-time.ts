import type { Chart } from '../charts/chart.ts';
import { type Block, name, paragraph, type Text, tableOf } from '../document/blocks.ts';
import { metricWords } from '../document/metric-words.ts';
import { axisScale, quantity } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import type { SectionKind } from './section.ts';

/** Rows of the table below a chart: as many as somebody reads. */
const MOST_ROWS = 24;
/** Series of one kind, such as pools, that go into one chart. */
const MOST_LINES = 8;

/** How full and how fragmented the fleet was: over time, or of a fill run over what was requested. */
export const overTimeSection: SectionKind = {
  id: 'over-time',
  title: 'Utilization and fragmentation',
  build({ runs }) {
    const blocks = [...fillCharts(runs), ...timeCharts(runs)];
    if (blocks.length > 0) return blocks;
    const has = (metric: string) => runs.some(({ result }) => result.metrics[metric]?.value != null);
    return has('gpu.allocated.mean')
      ? [
          paragraph(
            'These results hold no course over time, only means and peaks: they are in the tables of the results.',
          ),
        ]
      : [];
  },
};

interface Line {
  readonly name: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly low?: number;
    readonly high?: number;
  }[];
}

const CURVES = [
  ['allocatedPct', 'allocated'],
  ['fragmentedPct', 'idle but of no use'],
] as const;

function fillCharts(runs: readonly ReportedRun[]): readonly Block[] {
  const lines = runs.flatMap(({ label, result }) => {
    const { fill } = result.series;
    if (fill === undefined) return [];
    return CURVES.flatMap(([key, words]): readonly Line[] => {
      const points = fill.arrivedPct.flatMap((x, at) => {
        const y = fill[key][at];
        return y == null ? [] : [{ x, y }];
      });
      return points.length < 2 ? [] : [{ name: runs.length === 1 ? words : `${label}: ${words}`, points }];
    });
  });
  return chartOf({
    title: 'GPU allocated as more is requested',
    x: {
      label: 'GPU requested (% of capacity)',
      words: 'requested',
      show: (x) => quantity(x / 100, 'fraction'),
    },
    y: { label: 'part of the capacity (%)', show: (y) => quantity(y / 100, 'fraction') },
    lines,
  });
}

/** One chart for each measure: all runs of the fleet as a whole, then pools and the like of each run. */
function timeCharts(runs: readonly ReportedRun[]): readonly Block[] {
  const names = [...new Set(runs.flatMap(({ time }) => Object.keys(time?.names ?? {})))];
  const measures = [...new Set(names.map(measureOf))];
  return measures.flatMap((measure) => {
    const found = runs.flatMap((run) =>
      names
        .filter((each) => measureOf(each) === measure)
        .flatMap((each) => {
          const course = run.time?.names[each];
          return course === undefined || run.time === undefined
            ? []
            : [{ run, series: each, course, time: run.time }];
        }),
    );
    const [first] = found;
    if (first === undefined) return [];
    const values = found.flatMap(({ course }) => course.max.flatMap((v) => (v === null ? [] : [v])));
    // A picture of nothing says no more than a line of words.
    if (values.every((v) => v === 0))
      return [paragraph(`${measureWords(measure)}: ${quantity(0, first.course.unit)} all the time.`)];
    const y = axisScale(
      values.reduce((a, b) => Math.max(a, b), 0),
      first.course.unit,
    );
    const end = Math.max(...found.map(({ time }) => time.endSeconds));
    const x = axisScale(end, 'seconds');
    const lines = found.map(({ run, series, course, time }): Line => {
      const part = series
        .slice(measure.length)
        .replace(/^[.:/@]/, '')
        .replace(/[.:/@]/, ' ');
      const label = [...(runs.length === 1 ? [] : [run.label]), ...(part === '' ? [] : [part])].join(': ');
      return {
        name: label === '' ? 'fleet' : label,
        points: course.mean.flatMap((mean, at) => {
          if (mean === null) return [];
          const low = course.min[at] ?? mean;
          const high = course.max[at] ?? mean;
          // The last bucket may be a short one.
          const from = time.startSeconds + at * time.bucketSeconds;
          const middle = (from + Math.min(from + time.bucketSeconds, time.endSeconds)) / 2;
          return [{ x: middle / x.size, y: mean / y.size, low: low / y.size, high: high / y.size }];
        }),
      };
    });
    return chartOf({
      title: measureWords(measure),
      x: { label: `time (${x.unit})`, words: 'time', show: (v) => quantity(v * x.size, 'seconds') },
      y: {
        label:
          y.unit === '' || measureWords(measure).includes(y.unit)
            ? measureWords(measure)
            : `${measureWords(measure)} (${y.unit})`,
        show: (v) => quantity(v * y.size, first.course.unit),
      },
      lines,
    });
  });
}

/** `gpu.allocated` of `gpu.allocated.pool.a`: what comes before the kind of a part. */
function measureOf(series: string): string {
  return /^(.+?)\.(?:pool|gpuModel|hostGroup|host|mode|tenant|class)\./.exec(series)?.[1] ?? series;
}

const MEASURES: Readonly<Record<string, string>> = {
  'gpu.allocated': 'GPU allocated',
  'gpu.utilized': 'GPU compute used',
  fragmentation: 'GPU idle but of no use',
  'jobs.waiting': 'jobs waiting',
  'jobs.running': 'jobs running',
  'jobs.waitingGpus': 'GPUs that waiting jobs ask for',
  hosts: 'hosts that are there',
};
const measureWords = (measure: string) => MEASURES[measure] ?? metricWords(measure);

interface Drawn {
  readonly title: string;
  readonly x: {
    readonly label: string;
    readonly words: string;
    readonly show: (x: number) => string;
    readonly from?: number;
    readonly to?: number;
  };
  readonly y: { readonly label: string; readonly show: (y: number) => string };
  readonly lines: readonly Line[];
}

function chartOf({ title, x, y, lines: all }: Drawn): readonly Block[] {
  const lines = all.filter(({ points }) => points.length > 0);
  if (lines.length === 0) return [];
  const drawn = lines.slice(0, MOST_LINES);
  const chart: Chart = {
    kind: 'lines',
    title,
    summary: drawn
      .map(({ name: line, points }) => {
        const ys = points.map((point) => point.y);
        const last = points.at(-1) as Line['points'][number];
        return `${line}: from ${y.show(Math.min(...ys))} to ${y.show(Math.max(...ys))}, ${y.show(last.y)} at the end.`;
      })
      .join(' '),
    x: {
      label: x.label,
      ...(x.from === undefined ? {} : { from: x.from }),
      ...(x.to === undefined ? {} : { to: x.to }),
    },
    y: { label: y.label, from: 0 },
    lines: drawn,
  };
  const places = [...new Set(lines.flatMap(({ points }) => points.map((point) => point.x)))].sort(
    (a, b) => a - b,
  );
  const step = Math.ceil(places.length / MOST_ROWS);
  const shown = places.filter((_, at) => at % step === 0 || at === places.length - 1);
  const rows = shown.map((place): readonly Text[] => [
    x.show(place),
    ...lines.map(({ points }) => {
      const point = points.find((each) => each.x === place);
      return point === undefined ? '-' : y.show(point.y);
    }),
  ]);
  const more = lines.length - drawn.length;
  return [
    {
      kind: 'chart',
      chart,
      data: tableOf(
        title,
        [x.words, ...lines.map((line) => ({ title: [name(line.name)], isNumber: true }))],
        rows,
      ),
    },
    ...(more > 0 ? [paragraph(`${more} more are in the table and in the data files.`)] : []),
  ];
}
