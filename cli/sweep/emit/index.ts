import type { Command } from 'commander';
import type { SweepManifest } from '../../../sim/experiment/sweep/index.ts';
import { type Problem, UsageError } from '../../errors.ts';
import { shellWord } from '../../shell-word.ts';
import type { EmittedSweep } from './emitted-sweep.ts';
import { kubernetesJob } from './kubernetes.ts';
import { slurmScript } from './slurm.ts';

/** What the command line says of an engine. */
export interface EmitOptions {
  readonly emit?: string;
  readonly shards?: number;
  readonly image?: string;
  readonly claim?: string;
}

/** Engines by name. */
export const EMITTERS: Readonly<Record<string, (sweep: EmittedSweep) => string>> = {
  slurm: slurmScript,
  kubernetes: kubernetesJob,
};

/** Options that are the engine's, or that each shard gets anew. */
const OWN = [
  'emit',
  'shards',
  'image',
  'claim',
  'out',
  'shard',
  'workers',
  'json',
  'dryRun',
  'redis',
  'redisTimeout',
];

/**
 * What the engine needs to run the sweep; undefined where none is asked for.
 *
 * @param words scenario and options that each shard is called with: see `shardWords`
 * @throws {UsageError} with every wrong option at once
 */
export function emitted(
  words: readonly string[],
  options: EmitOptions & { readonly out?: string },
  { sweepId, runs, name: title }: SweepManifest,
): string | undefined {
  const { emit, shards, image, claim, out } = options;
  const problems: Problem[] = [];
  const needs = (path: string, value: unknown, engine: string) => {
    if (emit === undefined && value !== undefined)
      problems.push({ path, value, message: 'goes with --emit' });
    if (emit === engine && value === undefined)
      problems.push({ path, message: `is needed with --emit ${engine}` });
    if (emit !== undefined && emit !== engine && engine !== '' && value !== undefined)
      problems.push({ path, value, message: `goes with --emit ${engine}` });
  };
  needs('--shards', shards, '');
  needs('--image', image, 'kubernetes');
  needs('--claim', claim, 'kubernetes');
  if (emit !== undefined && shards === undefined)
    problems.push({ path: '--shards', message: 'says into how many parts the sweep is cut: is needed' });
  if (shards !== undefined && shards > runs)
    problems.push({
      path: '--shards',
      value: shards,
      message: `must be at most the number of runs, ${runs}, got ${shards}`,
    });
  if (emit !== undefined && out === undefined)
    problems.push({ path: '--out', message: 'is missing: the directory that the results go to' });
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  if (emit === undefined) return undefined;
  const command = ['slicewise', 'sweep', ...words].map(shellWord);
  const print = EMITTERS[emit] as (sweep: EmittedSweep) => string;
  return print({
    name: title,
    sweepId,
    runs,
    shards: shards as number,
    command,
    out: out as string,
    image,
    claim,
  });
}

/** The scenario and the options of a call as words, without those that each shard gets anew. */
export function shardWords(scenario: string, command: Command): readonly string[] {
  const words = [scenario];
  for (const option of command.options) {
    const name = option.attributeName();
    if (OWN.includes(name) || command.getOptionValueSource(name) !== 'cli') continue;
    const value: unknown = command.getOptionValue(name);
    const long = option.long as string;
    if (value === true) words.push(long);
    else for (const each of Array.isArray(value) ? value : [value]) words.push(long, String(each));
  }
  return words;
}
