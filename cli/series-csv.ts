import type { FillSeries } from '../sim/index.ts';

/** Curves of a fill run as CSV, one row a column of the published tables; a cell without attempts is empty. */
export function fillSeriesCsv(series: FillSeries): string {
  const lines = ['arrived_pct,allocated_pct,fragmented_pct,frag_ratio_pct'];
  series.arrivedPct.forEach((arrived, i) => {
    const cells = [series.allocatedPct[i], series.fragmentedPct[i], series.fragRatioPct[i]];
    lines.push([arrived, ...cells.map((cell) => (cell == null ? '' : String(cell)))].join(','));
  });
  return `${lines.join('\n')}\n`;
}
