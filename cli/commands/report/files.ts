import { focusCsv, focusRows } from '../../../sim/cost/index.ts';
import { rowsOfReport } from '../../../sim/experiment/cost-report.ts';
import { withOwnLabels } from '../../../sim/report/document/labels.ts';
import type { ReportedRun } from '../../../sim/report/document/read-result.ts';
import { reportDocument } from '../../../sim/report/document/report.ts';
import type { EmbeddedReplay } from '../../../sim/report/html/embedded-replay.ts';
import { htmlPage } from '../../../sim/report/html/page.ts';
import { junitSuites } from '../../../sim/report/junit.ts';
import { keptObjectives } from '../../../sim/report/kept-objectives.ts';
import { markdownPage } from '../../../sim/report/markdown/page.ts';
import { scenarioText } from '../../../sim/report/sections/reproduce.ts';
import { tableCsv } from '../../../sim/report/tables/csv.ts';
import { dataTables } from '../../../sim/report/tables/index.ts';
import { type Problem, UsageError } from '../../errors.ts';
import type { ReportFormat } from './formats.ts';
import type { ResultFile } from './read-results.ts';

/** A file of a report, before it is written. */
export interface ReportFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** What options say of single formats. */
interface FormatSettings {
  /** Of FOCUS rows, in place of that of the result. */
  readonly month: string | undefined;
  /** Of JUnit: whether undecided is as good as failed. */
  readonly isStrict: boolean;
  /** Of HTML: a replay that goes into the page. */
  readonly replay?: EmbeddedReplay | undefined;
}

/** Everything that the formats ask for, whole: nothing has been written yet. */
export async function reportFiles(
  results: readonly ResultFile[],
  formats: ReadonlySet<ReportFormat>,
  { month, isStrict, replay }: FormatSettings,
): Promise<readonly ReportFile[]> {
  const runs = withOwnLabels(results.map(({ run }) => run));
  const files: ReportFile[] = [];
  if (formats.has('html') || formats.has('md')) {
    const names = runs.map((_, at) =>
      runs.length === 1 ? 'scenario-as-run.json' : `scenario-as-run-${at + 1}.json`,
    );
    const report = reportDocument(runs, names);
    if (formats.has('html')) {
      // Loaded where it is needed: the other commands start without it.
      const { drawChart } = await import('./draw-chart.ts');
      files.push({ name: 'report.html', content: htmlPage(report, drawChart, replay) });
    }
    if (formats.has('md')) files.push({ name: 'report.md', content: markdownPage(report) });
    for (const [at, { result }] of runs.entries())
      files.push({ name: names[at] as string, content: scenarioText(result.scenario) });
  }
  const tables = formats.has('csv') || formats.has('parquet') ? dataTables(runs) : [];
  if (formats.has('csv'))
    for (const table of tables) files.push({ name: `${table.name}.csv`, content: tableCsv(table) });
  if (formats.has('parquet')) {
    const { tableParquet } = await import('./parquet.ts');
    for (const table of tables) files.push({ name: `${table.name}.parquet`, content: tableParquet(table) });
  }
  if (formats.has('focus')) files.push({ name: 'focus.csv', content: focusText(runs, month) });
  if (formats.has('junit')) {
    const paths = results.map(({ path }) => path);
    files.push({ name: 'junit.xml', content: junitText(runs, paths, isStrict) });
  }
  return files;
}

/** The objectives that the results keep, a suite a run. */
function junitText(runs: readonly ReportedRun[], paths: readonly string[], isStrict: boolean): string {
  const problems: Problem[] = [];
  const judged = runs.map(({ label, result }, at) => {
    const objectives = keptObjectives(result.objectives);
    if (objectives === undefined)
      problems.push({ path: label, message: 'has objectives that this version cannot read' });
    return { name: label, source: paths[at] ?? '', objectives: objectives ?? [] };
  });
  if (problems.length === 0 && judged.every(({ objectives }) => objectives.length === 0)) {
    const message = 'has no objectives: state some in its scenario (docs/objectives.md) and run it again';
    problems.push(...judged.map(({ name }) => ({ path: name, message })));
  }
  if (problems.length > 0) throw new UsageError('cannot write what became of objectives', problems);
  return junitSuites(judged, isStrict);
}

/** The bills of all runs as rows of cost and usage; the account is the run. */
function focusText(runs: readonly ReportedRun[], month: string | undefined): string {
  const problems: Problem[] = [];
  const rows = runs.flatMap(({ label, result: { cost } }) => {
    if (cost === undefined) {
      problems.push({
        path: label,
        message: 'has no costs: give its scenario a cost section and run it again',
      });
      return [];
    }
    const billed = month ?? cost.month;
    if (billed === null) {
      problems.push({ path: label, message: 'names no month: state cost.month, or --month 2026-09' });
      return [];
    }
    return focusRows(rowsOfReport(cost), { month: billed, account: label });
  });
  if (problems.length > 0) throw new UsageError('cannot write rows of cost and usage', problems);
  return focusCsv(rows);
}
