import {
  closeSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UsageError } from './errors.ts';
import { fileErrorText } from './file-errors.ts';
import { makeFolders } from './make-folders.ts';

const FLUSH_AT = 1 << 16;
/** Marks this machine's unfinished files; the number of the process follows. */
const UNFINISHED = `.tmp-${hostname()}-`;
/** Unfinished files of this process. */
const inUse = new Set<string>();

/**
 * A file that appears under its name only when it is complete: it is written beside its place and renamed by `commit`.
 * A link stays a link: what it points to is replaced. A device or a pipe cannot be replaced and is written as it stands.
 *
 * @throws {UsageError} when the place cannot be written to
 */
export class OutputFile {
  readonly path: string;
  /** Where the complete file goes; undefined for a device or a pipe. */
  readonly #place: string | undefined;
  readonly #temporary: string;
  readonly #descriptor: number;
  #buffer = '';
  #open = true;

  constructor(path: string) {
    this.path = path;
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory() === true) throw new Error('is a folder: must be a file');
      makeFolders(dirname(path));
      const isReplaced = found === undefined || found.isFile();
      this.#place = !isReplaced ? undefined : found === undefined ? path : realpathSync(path);
      this.#temporary = this.#place === undefined ? path : `${this.#place}${UNFINISHED}${process.pid}`;
      if (this.#place !== undefined) removeAbandoned(this.#place);
      if (inUse.has(this.#temporary)) throw new Error('is being written already');
      this.#descriptor = openSync(this.#temporary, 'w');
      inUse.add(this.#temporary);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  write(text: string): void {
    this.#buffer += text;
    if (this.#buffer.length >= FLUSH_AT) this.#flush();
  }

  writeBytes(bytes: Uint8Array): void {
    this.#flush();
    this.#put(bytes);
  }

  /** Completes the file under its name. */
  commit(): void {
    this.#flush();
    try {
      this.#close();
      if (this.#place !== undefined) renameSync(this.#temporary, this.#place);
    } catch (error) {
      this.#removeTemporary();
      throw cannotWrite(this.path, error);
    }
  }

  /** Leaves nothing behind. Does nothing after `commit`. */
  discard(): void {
    if (!this.#open) return;
    this.#close();
    this.#removeTemporary();
  }

  #flush(): void {
    this.#put(this.#buffer);
    this.#buffer = '';
  }

  #put(data: string | Uint8Array): void {
    try {
      writeFileSync(this.#descriptor, data);
    } catch (error) {
      this.discard();
      throw cannotWrite(this.path, error);
    }
  }

  #close(): void {
    this.#open = false;
    inUse.delete(this.#temporary);
    closeSync(this.#descriptor);
  }

  #removeTemporary(): void {
    if (this.#place !== undefined) rmSync(this.#temporary, { force: true });
  }
}

/** Writes one whole file. */
export function writeWhole(path: string, text: string): void {
  const file = new OutputFile(path);
  try {
    file.write(text);
    file.commit();
  } finally {
    file.discard();
  }
}

/** A run that was killed could not tidy up: removes what such runs on this machine left beside `place`. */
function removeAbandoned(place: string): void {
  const start = basename(place) + UNFINISHED;
  for (const name of readdirSync(dirname(place))) {
    const pid = name.startsWith(start) ? name.slice(start.length) : '';
    if (/^\d+$/.test(pid) && !isRunning(Number(pid))) rmSync(join(dirname(place), name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0); // signal 0 only asks
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function cannotWrite(path: string, error: unknown): UsageError {
  return new UsageError(`cannot write ${path}`, [{ path, message: fileErrorText(error) }]);
}
