import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type Problem, UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { repeatable } from '../options.ts';
import { OutputFile } from '../output-file.ts';
import { type ReportFile, reportFiles } from './report/files.ts';
import { REPORT_FORMATS, readFormats } from './report/formats.ts';
import { isPlan, planReportFiles } from './report/plan.ts';
import { readResults } from './report/read-results.ts';
import { replayToEmbed } from './report/replay-to-embed.ts';
import { isSweep, sweepReportFiles } from './report/sweep.ts';
import { viewerToEmbed } from './report/viewer-to-embed.ts';

interface ReportOptions {
  readonly format: string;
  readonly out: string;
  readonly month?: string;
  readonly strict?: boolean;
  readonly replay?: string;
  readonly metric?: readonly string[];
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** `slicewise report RESULT...`: results as files for people, spreadsheets and other programs. */
export function registerReport(program: Command, io: CliIo): void {
  program
    .command('report')
    .description('write what result.json says as HTML, Markdown, CSV, Parquet, FOCUS cost rows or JUnit XML')
    .argument(
      '<result...>',
      'result.json files, or folders that run --out wrote; several stand side by side; or the directory of a sweep, or of a plan',
    )
    .requiredOption('--out <dir>', 'folder for the files')
    .option('--format <list>', `some of ${REPORT_FORMATS.join(',')}`, 'html,md')
    .option('--month <yyyy-mm>', 'with focus: the month that is billed, in place of cost.month')
    .option('--strict', 'with junit: undecided fails, too')
    .option(
      '--replay <file>',
      'with html: put the replay of the run into the page, with the viewer: to be opened there, or saved',
    )
    .option(
      '--metric <name>',
      'of a sweep: metrics to show, the first settles what is best; METRIC:higher or METRIC:lower (repeatable)',
      repeatable,
    )
    .addHelpText(
      'after',
      '\nreport.html is one file that needs neither a network nor, but to open a replay in it, a script. csv and parquet are one file a table.' +
        '\n\nExamples:\n  slicewise report out --out out' +
        '\n  slicewise report base/result.json candidate/result.json --format html,csv --out report',
    )
    .action((results: readonly string[], options: ReportOptions) => report(results, options, io));
}

async function report(
  places: readonly string[],
  { format, out, month, strict, replay, metric = [] }: ReportOptions,
  io: CliIo,
): Promise<void> {
  const problems: Problem[] = [];
  const formats = new Set(readFormats(format, problems));
  if (out === '') problems.push({ path: '--out', value: out, message: 'must be a path, got ""' });
  if (month !== undefined && !MONTH.test(month))
    problems.push({
      path: '--month',
      value: month,
      message: `must be a month such as 2026-09, got "${month}"`,
    });
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  if (places.some(isPlan)) {
    const plan = await planReportFiles(places, formats);
    writeAll(out, plan);
    for (const { name } of plan) io.out(`${join(out, name)}\n`);
    return;
  }
  if (places.some(isSweep)) {
    const sweep = sweepReportFiles(places, formats, metric, io);
    writeAll(out, sweep);
    for (const { name } of sweep) io.out(`${join(out, name)}\n`);
    return;
  }
  const results = readResults(places);
  const embedded =
    replay === undefined
      ? undefined
      : { ...replayToEmbed(replay, results, formats.has('html')), viewer: viewerToEmbed() };
  if (embedded !== undefined && embedded.viewer === undefined)
    io.err(
      'note: the viewer is not built ("npm run prepare" in the checkout): the replay can only be saved out of the page\n',
    );
  const files = await reportFiles(results, formats, { month, isStrict: strict === true, replay: embedded });
  const taken = new Set(results.map(({ path }) => resolve(path)));
  for (const { name } of files) {
    if (taken.has(resolve(out, name)))
      throw new UsageError('wrong options', [
        { path: '--out', value: out, message: `must not overwrite the result ${join(out, name)}` },
      ]);
  }
  writeAll(out, files);
  for (const { name } of files) io.out(`${join(out, name)}\n`);
}

/** All files or none: they appear under their names once all of them are written. */
function writeAll(folder: string, files: readonly ReportFile[]): void {
  const open: OutputFile[] = [];
  try {
    for (const { name, content } of files) {
      const file = new OutputFile(join(folder, name));
      open.push(file);
      if (typeof content === 'string') file.write(content);
      else file.writeBytes(content);
    }
    for (const file of open) file.commit();
  } finally {
    for (const file of open) file.discard();
  }
}
