import type { FillSeries, TimeSeries } from '../sim/index.ts';

/** Curves of a fill run as CSV, one row a column of the published tables; a cell without attempts is empty. */
export function fillSeriesCsv(series: FillSeries): string {
  const lines = ['arrived_pct,allocated_pct,fragmented_pct,frag_ratio_pct'];
  series.arrivedPct.forEach((arrived, i) => {
    const cells = [series.allocatedPct[i], series.fragmentedPct[i], series.fragRatioPct[i]];
    lines.push([arrived, ...cells.map((cell) => (cell == null ? '' : String(cell)))].join(','));
  });
  return `${lines.join('\n')}\n`;
}

/** What changed over time as CSV, one row a bucket; a cell with nothing to measure is empty. Extremes and means stand side by side. */
export function timeSeriesCsv({ bucketSeconds, startSeconds, endSeconds, names }: TimeSeries): string {
  const all = Object.entries(names);
  const buckets = Math.max(0, ...all.map(([, { mean }]) => mean.length));
  const header = ['start_seconds', 'end_seconds'];
  for (const [name] of all)
    for (const part of ['min', 'mean', 'max']) header.push(csvField(`${name}.${part}`));
  const lines = [header.join(',')];
  for (let b = 0; b < buckets; b++) {
    const start = startSeconds + b * bucketSeconds;
    const cells = all.flatMap(([, { min, mean, max }]) => [min[b], mean[b], max[b]]);
    lines.push(
      [start, Math.min(endSeconds, start + bucketSeconds), ...cells.map((cell) => cell ?? '')].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
