import { resolve } from 'node:path';
import type { SweepManifest } from '../../sim/experiment/sweep/index.ts';
import { plural } from '../../sim/report/format.ts';
import { type Problem, UsageError } from '../errors.ts';
import type { SweepOutcome } from './executor.ts';
import { differences, readManifest } from './manifest.ts';
import { type LinePlace, RESULTS } from './read-results.ts';
import { readStored, SweepStore } from './store.ts';

export interface MergedSweep {
  readonly manifest: SweepManifest;
  readonly outcomes: ReadonlyMap<number, SweepOutcome>;
  readonly notes: readonly string[];
}

/** Numbers of runs that a message still names. */
const NAMED = 20;

/**
 * Puts directories of one sweep together into a new one, in order of the runs. A run that several have is taken once, if they
 * agree; one that failed somewhere and is done elsewhere is done.
 *
 * @param isPartial go on where runs are missing
 * @throws {UsageError} with every problem of all directories; then nothing is written
 */
export function mergeSweeps(folders: readonly string[], out: string, isPartial: boolean): MergedSweep {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const outcomes = new Map<number, SweepOutcome>();
  const from = new Map<number, { readonly folder: string; readonly place: LinePlace | undefined }>();
  const doubled = new Map<number, string[]>();
  let manifest: SweepManifest | undefined;
  for (const [at, folder] of folders.entries()) {
    if (
      folders.findIndex((each) => resolve(each) === resolve(folder)) < at ||
      resolve(folder) === resolve(out)
    ) {
      const message = resolve(folder) === resolve(out) ? 'is --out, too' : 'is named twice';
      problems.push({ path: folder, value: folder, message });
      continue;
    }
    try {
      const own = readManifest(folder);
      manifest ??= own;
      problems.push(...differences(own, manifest, folder));
      if (own.sweepId !== manifest.sweepId) continue;
      const stored = readStored(folder, own);
      for (const { file, line } of stored.damaged)
        notes.push(
          `${folder}/${file}:${line} cannot be read: its run counts as missing unless another line has it`,
        );
      for (const [index, times] of stored.doubled)
        doubled.set(index, [...(doubled.get(index) ?? []), `${folder} (${times} times)`]);
      for (const [index, outcome] of stored.outcomes) {
        const known = outcomes.get(index);
        const place = stored.places.get(index);
        if (known?.status === 'done' && outcome.status === 'done') {
          const first = from.get(index);
          doubled.set(index, [...(doubled.get(index) ?? []), `${first?.folder} and ${folder}`]);
          if (known.digest !== outcome.digest || known.id !== outcome.id)
            problems.push({
              path: `${folder}/${place?.file ?? RESULTS}:${place?.line ?? 0}`,
              value: outcome.digest,
              message: `run ${index} has digest ${outcome.digest} here and ${known.digest} in ${first?.folder}: the same run must give the same result`,
            });
        }
        if (known?.status === 'done') continue;
        outcomes.set(index, outcome);
        from.set(index, { folder, place });
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (manifest === undefined) throw new UsageError('cannot merge the sweeps', problems);
  if (doubled.size > 0)
    notes.push(
      `${plural(doubled.size, 'run')} done more than once, with the same result: ${namedRuns([...doubled.keys()])}, in ${[...new Set([...doubled.values()].flat())].slice(0, 3).join('; ')}`,
    );
  const missing: number[] = [];
  for (let index = 0; index < manifest.runs; index++) if (!outcomes.has(index)) missing.push(index);
  if (missing.length > 0) {
    const message = `${plural(missing.length, 'run')} of ${manifest.runs} missing: ${namedRuns(missing)}`;
    if (isPartial) notes.push(message);
    else
      problems.push({
        path: folders.join(' '),
        message,
        hint: 'run their shards again, or go on with --partial',
      });
  }
  if (problems.length > 0) throw new UsageError('cannot merge the sweeps', problems);
  write(out, manifest, outcomes);
  return { manifest, outcomes, notes };
}

function write(out: string, manifest: SweepManifest, outcomes: ReadonlyMap<number, SweepOutcome>): void {
  const ids = new Array<string>(manifest.runs);
  for (const [index, { id }] of outcomes) ids[index] = id;
  const store = new SweepStore(out, manifest, ids, undefined, 'end');
  try {
    if (store.isResumed || store.hadResults)
      throw new UsageError('cannot merge the sweeps', [
        {
          path: out,
          value: out,
          message: 'has a sweep already: name it among those that are merged, and give a new --out',
        },
      ]);
    try {
      for (const [, outcome] of [...outcomes].sort(([a], [b]) => a - b)) store.append(outcome);
      store.close();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      // Half a merge would be refused when the same command is given again.
      store.discard();
      const problems = error.problems.map(({ path, message }) => ({
        path,
        message,
        hint: 'nothing of it was kept, what is merged is as it was; when that is put right, the same command does it',
      }));
      throw new UsageError('cannot write the merged sweep', problems);
    }
  } finally {
    store.abandon();
  }
}

/** `0, 8, 16 and 97 others`. */
function namedRuns(indices: readonly number[]): string {
  const named = indices.slice(0, NAMED).join(', ');
  return indices.length <= NAMED ? named : `${named} and ${indices.length - NAMED} others`;
}
