import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoredRuns, type SweepManifest } from '../../sim/experiment/sweep/index.ts';
import { plural } from '../../sim/report/format.ts';
import { type Problem, UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import { makeFolders } from '../make-folders.ts';
import { writeWhole } from '../output-file.ts';
import type { SweepOutcome } from './executor.ts';
import { LOCKS, SweepLock } from './lock.ts';
import { differences, hasManifest, MANIFEST, readManifest, writeManifest } from './manifest.ts';
import { type DamagedLine, type LinePlace, RESULTS, resultFiles, resultLines } from './read-results.ts';
import { ResultWriter, type SyncPolicy } from './result-writer.ts';
import type { Shard } from './shard.ts';

const INDEX = 'index.json';

/** What the result files of a directory say, run by run. */
export interface StoredResults {
  /** By index of the run: `done` where any line says so, else the last failure. */
  readonly outcomes: ReadonlyMap<number, SweepOutcome>;
  readonly places: ReadonlyMap<number, LinePlace>;
  /** Runs that are done more than once, with the same digest; how often. */
  readonly doubled: ReadonlyMap<number, number>;
  readonly damaged: readonly DamagedLine[];
}

/**
 * Reads a directory of a sweep.
 *
 * @param ids of the runs where they are known: a line of another run is refused
 * @throws {UsageError} if results contradict each other or are of another sweep
 */
export function readStored(folder: string, manifest: SweepManifest, ids?: readonly string[]): StoredResults {
  const runs = new StoredRuns<LinePlace>(manifest.runs, ({ file, line }) => `${file}:${line}`, ids);
  const damaged: DamagedLine[] = [];
  const problems: Problem[] = [];
  for (const line of resultLines(folder)) {
    if (line.outcome === undefined) {
      damaged.push(line.damaged);
      continue;
    }
    const { outcome, place } = line;
    const wrong = runs.add(outcome, place);
    if (wrong !== undefined) problems.push({ path: `${join(folder, place.file)}:${place.line}`, ...wrong });
  }
  if (problems.length > 0) throw new UsageError('results of the sweep contradict each other', problems);
  const { outcomes, places, doubled } = runs;
  return { outcomes, places, doubled, damaged };
}

/** The directory of a sweep, locked, to which results are added. */
export class SweepStore {
  readonly folder: string;
  readonly manifest: SweepManifest;
  /** What was there when it was opened. */
  readonly stored: StoredResults;
  /** Whether the directory had been begun before. */
  readonly isResumed: boolean;
  /** Whether there were result files, be it without a manifest. */
  readonly hadResults: boolean;
  readonly #lock: SweepLock;
  readonly #writer: ResultWriter;

  /**
   * Opens the directory of a sweep, or begins it.
   *
   * @param ids of all runs, in order
   * @throws {UsageError} if it is not empty and not of this sweep, or somebody else is at work there
   */
  constructor(
    folder: string,
    manifest: SweepManifest,
    ids: readonly string[],
    shard: Shard | undefined,
    sync: SyncPolicy,
    writer = new ResultWriter(folder, sync),
  ) {
    this.folder = folder;
    this.#writer = writer;
    begin(folder);
    this.#lock = new SweepLock(folder, shard);
    try {
      this.isResumed = hasManifest(folder);
      this.hadResults = resultFiles(folder).length > 0;
      if (this.isResumed) {
        const problems = differences(readManifest(folder), manifest, folder);
        if (problems.length > 0) throw new UsageError('the directory is of another sweep', problems);
      } else writeManifest(folder, manifest);
      this.manifest = manifest;
      this.stored = readStored(folder, manifest, ids);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  append(outcome: SweepOutcome): void {
    this.#writer.append(outcome);
  }

  /** Finishes the files, writes the index and lets others in. */
  close(): void {
    try {
      this.#writer.close();
      writeIndex(this.folder, this.manifest);
    } finally {
      this.#lock.release();
    }
  }

  /** Takes back all that was written to a directory that was new. */
  discard(): void {
    if (this.isResumed || this.hadResults) return;
    for (const name of [INDEX, RESULTS, MANIFEST])
      rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  /** Lets others in after something went wrong; what is written stays. */
  abandon(): void {
    try {
      this.#writer.close();
    } catch {
      // What went wrong first is told.
    } finally {
      this.#lock.release();
    }
  }
}

/** A new directory, an empty one, or one of a sweep: anything else is somebody's. */
function begin(folder: string): void {
  try {
    makeFolders(folder);
    const own = [MANIFEST, RESULTS, LOCKS, INDEX];
    const foreign = readdirSync(folder).filter(
      (name) => !own.includes(name) && !name.startsWith(`${MANIFEST}.tmp-`),
    );
    if (foreign.length > 0 && !existsSync(join(folder, MANIFEST))) {
      throw new UsageError('cannot begin a sweep', [
        {
          path: folder,
          message: `holds ${plural(foreign.length, 'other file')} (${foreign.slice(0, 3).join(', ')})`,
          hint: 'give an empty or a new directory',
        },
      ]);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError('cannot begin a sweep', [{ path: folder, message: fileErrorText(error) }]);
  }
}

/** Where each run's line stands: for programs that want some of many runs. Made from the results; nothing here reads it. */
function writeIndex(folder: string, manifest: SweepManifest): void {
  const { outcomes, places } = readStored(folder, manifest);
  const rows = [...places]
    .sort(([a], [b]) => a - b)
    .map(([index, { file, offset, length }]) => {
      const outcome = outcomes.get(index) as SweepOutcome;
      return JSON.stringify({ index, id: outcome.id, status: outcome.status, file, offset, length });
    });
  writeWhole(
    join(folder, INDEX),
    `{"schema":"slicewise/sweep-index@1","sweepId":"${manifest.sweepId}","runs":[\n${rows.join(',\n')}\n]}\n`,
  );
}
