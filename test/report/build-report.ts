import { drawChart } from '../../cli/commands/report/draw-chart.ts';
import { type ReportedRun, readResult } from '../../sim/report/document/read-result.ts';
import { reportDocument } from '../../sim/report/document/report.ts';
import { htmlPage } from '../../sim/report/html/page.ts';
import { markdownPage } from '../../sim/report/markdown/page.ts';

/** A result as the command reads it: through JSON. */
export function reported(result: unknown): ReportedRun {
  const read = readResult(JSON.parse(JSON.stringify(result)));
  if (!read.ok) throw new Error(read.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return read.run;
}

const FILE = 'scenario-as-run.json';

export const documentOf = (...results: readonly unknown[]) =>
  reportDocument(
    results.map(reported),
    results.map(() => FILE),
  );
export const htmlOf = (...results: readonly unknown[]) => htmlPage(documentOf(...results), drawChart);
export const markdownOf = (...results: readonly unknown[]) => markdownPage(documentOf(...results));
