import type { Chart } from '../charts/chart.ts';
import { type Block, foldedTable, name, tableOf } from '../document/blocks.ts';
import { axisScale, metricText } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import type { SectionKind } from './section.ts';
import { thingsTable } from './side-by-side.ts';

const MOST_ROWS = 20;
const MOST_BARS = 12;

const COLUMNS = [
  ['jobs', 'jobs.arrived'],
  ['wait, mean', 'wait.mean'],
  ['median', 'wait.p50'],
  ['95th percentile', 'wait.p95'],
  ['99th percentile', 'wait.p99'],
  ['arrival to end, 95th percentile', 'completion.p95'],
  ['slowdown, 95th percentile', 'slowdown.p95'],
  ['GPU time', 'gpu.hours'],
] as const;

const KINDS: readonly (readonly [kind: string, word: string])[] = [
  ['class', 'class'],
  ['tenant', 'tenant'],
  ['pool', 'pool'],
];

/** Who waits how long: by class, tenant and pool where the result tells them apart. */
export const waitsSection: SectionKind = {
  id: 'waits',
  title: 'Waits by class',
  build: ({ runs }) => KINDS.flatMap(([kind, word]) => kindBlocks(runs, kind, word)),
};

function kindBlocks(runs: readonly ReportedRun[], kind: string, word: string): readonly Block[] {
  const names = [...new Set(runs.flatMap(({ groups }) => Object.keys(groups[kind] ?? {})))];
  const of = (run: ReportedRun, thing: string, last: string) => run.groups[kind]?.[thing]?.[last];
  const waited = names.filter((thing) => runs.some((run) => of(run, thing, 'wait.mean')?.value != null));
  if (waited.length === 0) return [];
  const table = thingsTable(`Waits by ${word}`, runs, word, waited, COLUMNS, of);
  return [...waitChart(runs, waited, kind, word), ...foldedTable(table, MOST_ROWS * runs.length, 'rows')];
}

function waitChart(
  runs: readonly ReportedRun[],
  names: readonly string[],
  kind: string,
  word: string,
): readonly Block[] {
  const bars = names
    .flatMap((thing) =>
      runs.flatMap((run) => {
        const metric = run.groups[kind]?.[thing]?.['wait.p95'];
        const bar = runs.length === 1 ? thing : `${thing} (${run.label})`;
        return metric?.value == null ? [] : [{ bar, metric, value: metric.value }];
      }),
    )
    .slice(0, MOST_BARS);
  const largest = Math.max(0, ...bars.map(({ value, metric }) => Math.max(value, metric.ci95?.[1] ?? 0)));
  if (bars.length < 2 || !(largest > 0)) return [];
  const { size, unit } = axisScale(largest, 'seconds');
  const chart: Chart = {
    kind: 'bars',
    title: `95th percentile of the wait by ${word}`,
    summary: `Bars: ${bars.map(({ bar, metric }) => `${bar} ${metricText(metric)}`).join('; ')}.`,
    x: { label: `wait (${unit})`, from: 0 },
    bars: bars.map(({ bar, metric, value }) => ({
      name: bar,
      value: value / size,
      ...(metric.ci95 === undefined
        ? {}
        : { low: Math.max(0, metric.ci95[0]) / size, high: metric.ci95[1] / size }),
      text: metricText(metric),
    })),
  };
  const data = tableOf(
    `95th percentile of the wait by ${word}`,
    [word, 'wait'],
    bars.map(({ bar, metric }) => [[name(bar)], metricText(metric)]),
  );
  return [{ kind: 'chart', chart, data }];
}
