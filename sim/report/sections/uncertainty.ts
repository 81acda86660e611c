import type { UncertainMetric, Uncertainty } from '../../experiment/uncertainty/uncertainty.ts';
import type { Chart } from '../charts/chart.ts';
import { type Block, foldedTable, name, paragraph, type Text, tableOf } from '../document/blocks.ts';
import { metricWords } from '../document/metric-words.ts';
import { axisScale, quantity } from '../document/quantity.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const MOST_METRICS = 12;
const MOST_CHARTS = 3;
const MOST_BARS = 10;

/** What the ranges of the overheads do to the result. */
export const uncertaintySection: SectionKind = {
  id: 'uncertainty',
  title: 'Uncertainty of the overheads',
  build: ({ runs }) =>
    ofEach(runs, ({ result }) =>
      result.uncertainty === undefined ? [] : uncertaintyBlocks(result.uncertainty),
    ),
};

function uncertaintyBlocks({
  metrics,
  samples,
  runs,
  parameters,
  withoutEffect,
}: Uncertainty): readonly Block[] {
  const moved = Object.entries(metrics).filter(([, { drivers }]) => drivers.length > 0);
  const rows = moved.map(([metric, { unit, typical, p5, p50, p95 }]): readonly Text[] => [
    [name(metricWords(metric))],
    ...[typical, p5, p50, p95].map((value) => quantity(value, unit)),
  ]);
  const columns = ['metric', 'typical', '5th percentile', 'median', '95th percentile'];
  return [
    paragraph(
      `${parameters.length} overheads were drawn ${samples} times from their ranges (Latin hypercube), ${runs} runs in all with the same seeds.`,
    ),
    ...foldedTable(tableOf('Metrics over the samples', columns, rows), MOST_METRICS, 'metrics'),
    ...moved.slice(0, MOST_CHARTS).flatMap(([metric, found]) => swingChart(metric, found)),
    ...(withoutEffect.length === 0
      ? []
      : [paragraph(['Without effect on any metric: ', { code: withoutEffect.join(', ') }])]),
  ];
}

function swingChart(metric: string, { typical, unit, drivers }: UncertainMetric): readonly Block[] {
  const swings = drivers.flatMap(({ id, atLow, atHigh }) =>
    atLow === null || atHigh === null ? [] : [{ id, atLow, atHigh }],
  );
  if (typical === null || swings.length === 0) return [];
  const shown = swings.slice(0, MOST_BARS);
  const largest = Math.max(...shown.flatMap(({ atLow, atHigh }) => [Math.abs(atLow), Math.abs(atHigh)]));
  const { size, unit: shownUnit } = axisScale(largest, unit);
  const words = metricWords(metric);
  const chart: Chart = {
    kind: 'swings',
    title: `What moves: ${words}`,
    summary: `${words} is ${quantity(typical, unit)} at typical overheads. ${shown
      .map(
        ({ id, atLow, atHigh }) =>
          `${id}: ${quantity(atLow, unit)} at its low end, ${quantity(atHigh, unit)} at its high end.`,
      )
      .join(' ')}`,
    x: { label: shownUnit === '' ? words : `${words} (${shownUnit})` },
    typical: typical / size,
    swings: shown.map(({ id, atLow, atHigh }) => ({ name: id, low: atLow / size, high: atHigh / size })),
  };
  const data = tableOf(
    `What moves: ${words}`,
    ['overhead', 'at its low end', 'at its high end'],
    swings.map(({ id, atLow, atHigh }) => [[{ code: id }], quantity(atLow, unit), quantity(atHigh, unit)]),
  );
  return [{ kind: 'chart', chart, data }];
}
