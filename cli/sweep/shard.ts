import type { Problem } from '../errors.ts';

/** One of several parts of a sweep that know nothing of each other. */
export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

const MOST_SHARDS = 1_000_000;

/** Reads `2/8`; what is none goes to `problems`. */
export function readShard(text: string, problems: Problem[]): Shard | undefined {
  const [, number, of] = /^(\d{1,7})\/(\d{1,7})$/.exec(text)?.map(Number) ?? [];
  if (number !== undefined && of !== undefined && number >= 1 && number <= of && of <= MOST_SHARDS)
    return { number, of };
  problems.push({
    path: '--shard',
    value: text,
    message: `must be I/N with I from 1 to N and N up to ${MOST_SHARDS}, such as 2/8, got "${text}"`,
  });
  return undefined;
}

/** Indices of the runs of a shard, in order: every Nth, so that slow corners of a design spread over all shards. */
export function* shardIndices(runs: number, { number, of }: Shard): Generator<number> {
  for (let index = number - 1; index < runs; index += of) yield index;
}
