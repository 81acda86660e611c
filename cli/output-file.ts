import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from './errors.ts';

const FLUSH_AT = 1 << 16;

/**
 * A file that appears under its name only when it is complete: it is written beside its place and renamed by `commit`.
 *
 * @throws {UsageError} when the place cannot be written to
 */
export class OutputFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #descriptor: number;
  #buffer = '';
  #open = true;

  constructor(path: string) {
    this.path = path;
    this.#temporary = `${path}.tmp-${process.pid}`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#descriptor = openSync(this.#temporary, 'w');
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  write(text: string): void {
    this.#buffer += text;
    if (this.#buffer.length >= FLUSH_AT) this.#flush();
  }

  /** Completes the file under its name. */
  commit(): void {
    this.#flush();
    closeSync(this.#descriptor);
    this.#open = false;
    try {
      renameSync(this.#temporary, this.path);
    } catch (error) {
      rmSync(this.#temporary, { force: true });
      throw cannotWrite(this.path, error);
    }
  }

  /** Leaves nothing behind. Does nothing after `commit`. */
  discard(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    try {
      writeFileSync(this.#descriptor, this.#buffer);
    } catch (error) {
      this.discard();
      throw cannotWrite(this.path, error);
    }
    this.#buffer = '';
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

function cannotWrite(path: string, error: unknown): UsageError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UsageError(`cannot write ${path}`, [{ path, message: reason }]);
}
