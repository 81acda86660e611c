import type { Chart } from '../charts/chart.ts';
import { type Block, foldedTable, name, tableOf } from '../document/blocks.ts';
import { metricText } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import type { SectionKind } from './section.ts';
import { thingsTable } from './side-by-side.ts';

const MOST_ROWS = 20;
const MOST_BARS = 12;

const KINDS: readonly (readonly [kind: string, word: string])[] = [
  ['mode', 'sharing mode'],
  ['profile', 'profile'],
  ['hostGroup', 'host group'],
  ['pool', 'pool'],
  ['gpuModel', 'GPU model'],
];

const COLUMNS = [
  ['GPUs', 'gpu.capacityMilli'],
  ['allocated, mean', 'gpu.allocated.mean'],
  ['peak', 'gpu.allocated.peak'],
  ['at the end', 'gpu.allocated.end'],
  ['compute used', 'gpu.utilized.mean'],
  ['busy', 'gpu.busy.mean'],
  ['largest demand that still fits', 'gpu.largestFit.mean'],
  ['stranded', 'gpu.stranded.mean'],
  ['GPU memory reserved', 'gpuMemory.reserved.mean'],
  ['used', 'gpuMemory.used.mean'],
  ['fragmented', 'gpuMemory.fragmented.mean'],
  ['link used', 'link.used.mean'],
  ['energy', 'energy.gpu'],
] as const;

/** How full the parts of the fleet were: modes, profiles, host groups, pools, models. */
export const occupancySection: SectionKind = {
  id: 'occupancy',
  title: 'Partition occupancy',
  build: ({ runs }) => KINDS.flatMap(([kind, word]) => kindBlocks(runs, kind, word)),
};

function kindBlocks(runs: readonly ReportedRun[], kind: string, word: string): readonly Block[] {
  const names = [...new Set(runs.flatMap(({ groups }) => Object.keys(groups[kind] ?? {})))];
  const of = (run: ReportedRun, thing: string, last: string) => run.groups[kind]?.[thing]?.[last];
  const table = thingsTable(`Occupancy by ${word}`, runs, word, names, COLUMNS, of);
  if (table.rows.length === 0) return [];
  return [...occupancyChart(runs, names, kind, word), ...foldedTable(table, MOST_ROWS * runs.length, 'rows')];
}

function occupancyChart(
  runs: readonly ReportedRun[],
  names: readonly string[],
  kind: string,
  word: string,
): readonly Block[] {
  const bars = names
    .flatMap((thing) =>
      runs.flatMap((run) => {
        const metrics = run.groups[kind]?.[thing];
        const metric = metrics?.['gpu.allocated.mean'] ?? metrics?.['gpu.allocated.end'];
        const bar = runs.length === 1 ? thing : `${thing} (${run.label})`;
        return metric?.value == null ? [] : [{ bar, metric, value: metric.value }];
      }),
    )
    .slice(0, MOST_BARS);
  if (bars.length < 2) return [];
  const title = `GPU allocated by ${word}`;
  const chart: Chart = {
    kind: 'bars',
    title,
    summary: `Bars: ${bars.map(({ bar, metric }) => `${bar} ${metricText(metric)}`).join('; ')}.`,
    x: { label: 'allocated (%)', from: 0, to: 100 },
    bars: bars.map(({ bar, metric, value }) => ({
      name: bar,
      value: value * 100,
      ...(metric.ci95 === undefined ? {} : { low: metric.ci95[0] * 100, high: metric.ci95[1] * 100 }),
      text: metricText(metric),
    })),
  };
  const data = tableOf(
    title,
    [word, 'allocated'],
    bars.map(({ bar, metric }) => [[name(bar)], metricText(metric)]),
  );
  return [{ kind: 'chart', chart, data }];
}
