import type { Command } from 'commander';
import { joinPoints, keptPoints } from '../../sim/experiment/sweep/index.ts';
import { type Problem, UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { repeatable } from '../options.ts';
import { shellWord } from '../shell-word.ts';
import { mergeSweeps } from '../sweep/merge.ts';
import { failIfAny, sweepJson, sweepText } from '../sweep/summary.ts';
import { checkMetrics, shownMetrics } from './sweep.ts';

interface MergeOptions {
  readonly out: string;
  readonly partial?: boolean;
  readonly metric?: readonly string[];
  readonly json?: boolean;
}

/** `slicewise merge DIR...`: one directory of the shards of a sweep. */
export function registerMerge(program: Command, io: CliIo): void {
  program
    .command('merge')
    .description('put the directories of the shards of a sweep together')
    .argument('<dir...>', 'directories that sweep --shard wrote')
    .requiredOption('--out <dir>', 'directory for the whole sweep: new or empty')
    .option('--partial', 'go on where runs are missing; the same sweep with this --out makes them')
    .option('--metric <name>', 'metrics of the summary (repeatable)', repeatable)
    .option('--json', 'print a summary for machines')
    .addHelpText('after', '\nExample:\n  slicewise merge out/part1 out/part2 --out out/whole')
    .action((folders: readonly string[], options: MergeOptions) => merge(folders, options, io));
}

function merge(folders: readonly string[], options: MergeOptions, io: CliIo): void {
  const problems: Problem[] = [];
  checkMetrics(options.metric ?? [], problems);
  if (options.out === '') problems.push({ path: '--out', value: '', message: 'must be a path, got ""' });
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  const { manifest, outcomes, notes } = mergeSweeps(folders, options.out, options.partial === true);
  for (const note of notes) io.err(`note: ${note}\n`);
  const results = joinPoints(manifest, keptPoints(manifest), outcomes);
  const metrics = shownMetrics(options, undefined, results.points);
  io.out(
    options.json === true
      ? sweepJson(results, metrics, undefined)
      : sweepText(results, metrics, undefined, io.columns),
  );
  failIfAny(results, `sweep with --out ${shellWord(options.out)} --retry-failed tries them again`, io);
}
