import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import { makeFolders } from '../make-folders.ts';
import type { SweepOutcome } from './executor.ts';
import { RESULTS, resultFiles } from './read-results.ts';
import { encodeLine } from './result-line.ts';

/** When results are forced to the disk: a process that is killed loses none either way, a machine that loses power may. */
export const SYNC_POLICIES = ['each', 'second', 'end'] as const;
export type SyncPolicy = (typeof SYNC_POLICIES)[number];

/** What of the file system a writer uses; tests take another. */
export interface WriterFiles {
  readonly write: typeof writeSync;
  readonly truncate: typeof ftruncateSync;
  readonly sync: typeof fdatasyncSync;
}

const SYSTEM: WriterFiles = { write: writeSync, truncate: ftruncateSync, sync: fdatasyncSync };
const SECOND_MS = 1000;

/**
 * Appends outcomes to a result file that only this process writes. The file appears with the first of them. A line that
 * cannot be written as a whole is taken back, so that the file ends with a whole line.
 */
export class ResultWriter {
  readonly #folder: string;
  readonly #policy: SyncPolicy;
  readonly #files: WriterFiles;
  #path = '';
  #descriptor: number | undefined;
  #size = 0;
  #syncedMs = performance.now();
  #isDirty = false;
  #written = 0;

  /** @param folder the directory of the sweep */
  constructor(folder: string, policy: SyncPolicy, files: WriterFiles = SYSTEM) {
    this.#folder = folder;
    this.#policy = policy;
    this.#files = files;
  }

  /**
   * Writes one outcome. When this returns, a kill of the process cannot lose it.
   *
   * @throws {UsageError} if there is no room, with what to do; all outcomes before it are there
   */
  append(outcome: SweepOutcome): void {
    const bytes = encodeLine(outcome);
    try {
      this.#descriptor ??= this.#open();
      let done = 0;
      while (done < bytes.length)
        done += this.#files.write(this.#descriptor, bytes, done, bytes.length - done);
      this.#size += bytes.length;
      this.#written += 1;
      this.#isDirty = true;
      const now = performance.now();
      if (this.#policy === 'each' || (this.#policy === 'second' && now - this.#syncedMs >= SECOND_MS))
        this.#sync(now);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Forces what is written to the disk and closes the file. */
  close(): void {
    if (this.#descriptor === undefined) return;
    const descriptor = this.#descriptor;
    try {
      if (this.#isDirty) this.#sync(performance.now());
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#descriptor = undefined;
      closeSync(descriptor);
    }
  }

  #open(): number {
    const place = join(this.#folder, RESULTS);
    makeFolders(place);
    // Files are read in order of their names: what a later process wrote comes later.
    const next = Math.max(0, ...resultFiles(this.#folder).map((name) => Number.parseInt(name, 10) || 0)) + 1;
    const name = `${String(next).padStart(4, '0')}-${process.pid}-${randomBytes(4).toString('hex')}.jsonl`;
    this.#path = join(place, name);
    const descriptor = openSync(this.#path, 'ax');
    syncFolder(place);
    return descriptor;
  }

  #sync(nowMs: number): void {
    this.#files.sync(this.#descriptor as number);
    this.#syncedMs = nowMs;
    this.#isDirty = false;
  }

  /** Takes back what was written of the last line. */
  #failure(error: unknown): UsageError {
    if (this.#descriptor !== undefined) {
      try {
        this.#files.truncate(this.#descriptor, this.#size);
      } catch {
        // Then the line is torn, which costs its run alone.
      }
    }
    const path = this.#path === '' ? join(this.#folder, RESULTS) : this.#path;
    const kept = `${this.#written} results of this process are in it`;
    return new UsageError('cannot write a result of the sweep', [
      {
        path,
        message: fileErrorText(error),
        hint: `${kept}; when that is put right, the same command goes on`,
      },
    ]);
  }
}

/** Makes a new name in a folder last; what cannot sync a folder (some network file systems) does without. */
function syncFolder(place: string): void {
  try {
    const descriptor = openSync(place, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file itself is synced as the policy says.
  }
}
