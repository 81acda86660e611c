import type { Metric } from '../../experiment/metric.ts';
import type { Chart } from '../charts/chart.ts';
import { type Block, name, tableOf } from '../document/blocks.ts';
import { axisScale, metricText } from '../document/quantity.ts';

interface Bars {
  readonly title: string;
  /** What a bar is of. */
  readonly first: string;
  /** What is measured, without its unit. */
  readonly axis: string;
  /** Where the axis ends, in the unit that is shown; absent: beyond the largest. */
  readonly to?: number;
  readonly bars: readonly { readonly name: string; readonly metric: Metric; readonly value: number }[];
}

/** Metrics of one unit as bars from 0 with their intervals; nothing where all are 0. */
export function barChart({ title, first, axis, to, bars }: Bars): readonly Block[] {
  const largest = Math.max(0, ...bars.map(({ value, metric }) => Math.max(value, metric.ci95?.[1] ?? 0)));
  const unitOf = bars[0]?.metric.unit;
  if (unitOf === undefined || !(largest > 0)) return [];
  const { size, unit } = axisScale(largest, unitOf);
  const chart: Chart = {
    kind: 'bars',
    title,
    summary: `Bars: ${bars.map(({ name: bar, metric }) => `${bar} ${metricText(metric)}`).join('; ')}.`,
    x: { label: `${axis} (${unit})`, from: 0, ...(to === undefined ? {} : { to }) },
    bars: bars.map(({ name: bar, value, metric }) => ({
      name: bar,
      value: value / size,
      // Nothing of these is less than nothing, whatever an interval of few replications says.
      ...(metric.ci95 === undefined
        ? {}
        : { low: Math.max(0, metric.ci95[0]) / size, high: metric.ci95[1] / size }),
      text: metricText(metric),
    })),
  };
  const data = tableOf(
    title,
    [first, axis],
    bars.map(({ name: bar, metric }) => [[name(bar)], metricText(metric)]),
  );
  return [{ kind: 'chart', chart, data }];
}
