import type { Chart, LineChart } from '../charts/chart.ts';
import { type Block, name, paragraph, type Text, tableOf } from '../document/blocks.ts';
import { metricWords } from '../document/metric-words.ts';
import { axisScale, quantity, tickText } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import type { SectionKind } from './section.ts';

/** Rows of the table below a chart: as many as somebody reads. */
const MOST_ROWS = 24;
/** Series of one kind, such as pools, that go into one chart. */
const MOST_LINES = 8;
/** Longest course whose axis counts hours. */
const MOST_HOURS = 96;
const HOUR_STEPS = [1, 2, 3, 6, 12, 24];
const MOST_TICKS = 6;

/** How full and how fragmented the fleet was: over time, or of a fill run over what was requested. */
export const overTimeSection: SectionKind = {
  id: 'over-time',
  title: 'Utilization and fragmentation',
  build({ runs }) {
    const courses = timeCharts(runs);
    const blocks = [
      ...fillCharts(runs),
      ...(courses.some(({ kind }) => kind === 'chart') ? [paragraph(bucketText(runs))] : []),
      ...courses,
    ];
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

type Line = LineChart['lines'][number];

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

/** What lines and bands are. */
function bucketText(runs: readonly ReportedRun[]): string {
  const lengths = [...new Set(runs.flatMap(({ time }) => (time === undefined ? [] : [time.bucketSeconds])))];
  const several = runs.some(({ result }) => result.seeds.length > 1) ? ' and over the replications' : '';
  return `Lines are means over ${lengths.map((each) => quantity(each, 'seconds')).join(' or ')}${several}; the pale bands reach from the least to the greatest value in that time.`;
}

/** Hours up to four days, where a day has its ups and downs; else the unit that suits the end. */
function timeAxis(
  start: number,
  end: number,
): { readonly size: number; readonly unit: string; readonly step?: number } {
  const scale =
    end < MOST_HOURS * 3600 && end >= 172_800 ? { size: 3600, unit: 'h' } : axisScale(end, 'seconds');
  if (scale.unit !== 'h') return scale;
  const hours = (end - start) / 3600;
  const step = HOUR_STEPS.find((each) => hours / each <= MOST_TICKS);
  return {
    size: scale.size,
    unit: scale.unit,
    ...(step === undefined || hours < MOST_TICKS ? {} : { step }),
  };
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
      return [
        paragraph(`${capitalized(measureWords(measure))}: ${quantity(0, first.course.unit)} all the time.`),
      ];
    const y = axisScale(
      values.reduce((a, b) => Math.max(a, b), 0),
      first.course.unit,
    );
    const end = Math.max(...found.map(({ time }) => time.endSeconds));
    const start = Math.min(...found.map(({ time }) => time.startSeconds));
    const x = timeAxis(start, end);
    const lines = found.map(({ run, series, course, time }): Line => {
      const part = series
        .slice(measure.length)
        .replace(/^[.:/@]/, '')
        .replace(/[.:/@]/, ' ');
      const label = [
        ...(runs.length === 1 ? [] : [run.label]),
        ...(part === '' ? [] : [partWords(part)]),
      ].join(': ');
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
      title: capitalized(measureWords(measure)),
      x: {
        label: `time (${x.unit})`,
        words: `time (${x.unit})`,
        show: (v) => tickText(Number(v.toFixed(2))),
        from: start / x.size,
        to: end / x.size,
        ...(x.step === undefined ? {} : { step: x.step }),
      },
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
  'cost.rate': 'cost of the hosts that are there',
};
const measureWords = (measure: string) => MEASURES[measure] ?? metricWords(measure);
const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const KINDS: Readonly<Record<string, string>> = { gpuModel: 'GPU model', hostGroup: 'host group' };

/** `gpuModel A100` with the kind in words. */
function partWords(part: string): string {
  const [kind = '', ...rest] = part.split(' ');
  return [KINDS[kind] ?? kind, ...rest].join(' ');
}

interface Drawn {
  readonly title: string;
  readonly x: {
    readonly label: string;
    readonly words: string;
    readonly show: (x: number) => string;
    readonly from?: number;
    readonly to?: number;
    readonly step?: number;
  };
  readonly y: { readonly label: string; readonly show: (y: number) => string };
  readonly lines: readonly Line[];
}

/** The first, which is the whole, and the highest of the others, in their order. */
function mostOf(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= MOST_LINES) return lines;
  const height = ({ points }: Line) => points.reduce((sum, { y }) => sum + y, 0) / points.length;
  const kept = lines
    .map((line, at) => ({ at, height: at === 0 ? Number.POSITIVE_INFINITY : height(line) }))
    .sort((a, b) => b.height - a.height || a.at - b.at)
    .slice(0, MOST_LINES)
    .map(({ at }) => at);
  return lines.filter((_, at) => kept.includes(at));
}

function chartOf({ title, x, y, lines: all }: Drawn): readonly Block[] {
  const lines = all.filter(({ points }) => points.length > 0);
  if (lines.length === 0) return [];
  const drawn = mostOf(lines);
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
      ...(x.step === undefined ? {} : { step: x.step }),
    },
    y: { label: y.label, from: 0 },
    lines: drawn,
  };
  const places = [...new Set(drawn.flatMap(({ points }) => points.map((point) => point.x)))].sort(
    (a, b) => a - b,
  );
  const step = Math.ceil(places.length / MOST_ROWS);
  const shown = places.filter((_, at) => at % step === 0 || at === places.length - 1);
  const rows = shown.map((place): readonly Text[] => [
    x.show(place),
    ...drawn.map(({ points }) => {
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
        [x.words, ...drawn.map((line) => ({ title: [name(line.name)], isNumber: true }))],
        rows,
      ),
    },
    ...(more > 0 ? [paragraph(`${more} more are in the data files (--format csv).`)] : []),
  ];
}
