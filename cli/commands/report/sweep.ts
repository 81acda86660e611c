import { joinPoints, keptPoints } from '../../../sim/experiment/sweep/index.ts';
import { htmlPage } from '../../../sim/report/html/page.ts';
import { markdownPage } from '../../../sim/report/markdown/page.ts';
import { sweepDocument } from '../../../sim/report/sections/sweep/index.ts';
import { type Problem, UsageError } from '../../errors.ts';
import type { CliIo } from '../../io.ts';
import { hasManifest, readManifest } from '../../sweep/manifest.ts';
import { readStored } from '../../sweep/store.ts';
import { checkMetrics } from '../sweep.ts';
import { drawChart } from './draw-chart.ts';
import type { ReportFile } from './files.ts';
import type { ReportFormat } from './formats.ts';

/** Whether a place is the directory of a sweep. */
export const isSweep = hasManifest;

/**
 * The report of a sweep as files. It can be made while the sweep goes on.
 *
 * @param metrics as `--metric` names them
 * @throws {UsageError} with everything that is wrong at once
 */
export function sweepReportFiles(
  places: readonly string[],
  formats: ReadonlySet<ReportFormat>,
  metrics: readonly string[],
  io: CliIo,
): readonly ReportFile[] {
  const problems: Problem[] = [];
  if (places.length > 1)
    problems.push({
      path: places.join(' '),
      message: `a sweep is reported alone, got ${places.length} places`,
    });
  const other = [...formats].filter((format) => format !== 'html' && format !== 'md');
  if (other.length > 0)
    problems.push({
      path: '--format',
      value: other.join(','),
      message: `of a sweep must be html or md, got ${other.join(', ')}`,
    });
  checkMetrics(
    metrics.map((each) => each.replace(/:(higher|lower)$/, '')),
    problems,
  );
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  const [folder = ''] = places;
  const manifest = readManifest(folder);
  const { outcomes, damaged } = readStored(folder, manifest);
  for (const { file, line } of damaged)
    io.err(`note: ${file}:${line} cannot be read: its run counts as missing\n`);
  if (outcomes.size === 0)
    throw new UsageError('cannot report the sweep', [{ path: folder, message: 'has no results yet' }]);
  const results = joinPoints(manifest, keptPoints(manifest), outcomes);
  const missing = metrics.filter((each) =>
    results.points.every((point) => point.metrics[each.replace(/:(higher|lower)$/, '')]?.value == null),
  );
  if (missing.length > 0)
    throw new UsageError(
      'wrong options',
      missing.map((each) => ({ path: '--metric', value: each, message: `no run has a value of ${each}` })),
    );
  const document = sweepDocument(results, metrics);
  return [
    ...(formats.has('html') ? [{ name: 'report.html', content: htmlPage(document, drawChart) }] : []),
    ...(formats.has('md') ? [{ name: 'report.md', content: markdownPage(document) }] : []),
  ];
}
