import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PlanResult } from '../../../sim/experiment/plan/index.ts';
import { htmlPage } from '../../../sim/report/html/page.ts';
import { markdownPage } from '../../../sim/report/markdown/page.ts';
import { readPlan } from '../../../sim/report/plan/read-plan.ts';
import { planDocument } from '../../../sim/report/sections/plan/index.ts';
import { type Problem, UsageError } from '../../errors.ts';
import { fileErrorText } from '../../file-errors.ts';
import type { ReportFile } from './files.ts';
import type { ReportFormat } from './formats.ts';

const FILE = 'plan.json';
const MOST_PROBLEMS = 10;

/** Whether a place is a folder that `plan --out` wrote, or its `plan.json`. */
export const isPlan = (place: string): boolean => basename(place) === FILE || existsSync(join(place, FILE));

/**
 * The report of a plan as files.
 *
 * @throws {UsageError} with everything that is wrong at once
 */
export async function planReportFiles(
  places: readonly string[],
  formats: ReadonlySet<ReportFormat>,
): Promise<readonly ReportFile[]> {
  const problems: Problem[] = [];
  if (places.length > 1)
    problems.push({
      path: places.join(' '),
      message: `a plan is reported alone, got ${places.length} places`,
    });
  const other = [...formats].filter((format) => format !== 'html' && format !== 'md');
  if (other.length > 0)
    problems.push({
      path: '--format',
      value: other.join(','),
      message: `of a plan must be html or md, got ${other.join(', ')}`,
    });
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  const document = planDocument(readPlanOf(places[0] ?? ''));
  const files: ReportFile[] = [];
  if (formats.has('html')) {
    // Loaded where it is needed: the other commands start without it.
    const { drawChart } = await import('./draw-chart.ts');
    files.push({ name: 'report.html', content: htmlPage(document, drawChart) });
  }
  if (formats.has('md')) files.push({ name: 'report.md', content: markdownPage(document) });
  return files;
}

function readPlanOf(place: string): PlanResult {
  const path = basename(place) === FILE ? place : join(place, FILE);
  const problems: Problem[] = [];
  try {
    const read = readPlan(JSON.parse(readFileSync(path, 'utf8')));
    if (read.ok) return read.plan;
    for (const problem of read.problems.slice(0, MOST_PROBLEMS))
      problems.push({
        path: problem.path === '' ? path : `${path}: ${problem.path}`,
        message: `is no plan: ${problem.message}`,
      });
  } catch (error) {
    const message = error instanceof SyntaxError ? `is not JSON: ${error.message}` : fileErrorText(error);
    problems.push({ path, value: path, message });
  }
  throw new UsageError('cannot read the plan', problems);
}
