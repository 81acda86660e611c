import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import {
  openReplay,
  ReplayFileError,
  type ReplayOutline,
  type ReplayReading,
} from '../sim/observe/replay/index.ts';
import { UsageError } from './errors.ts';
import { fileErrorText } from './file-errors.ts';

/** A replay file on disk, read part by part. */
export class ReplayReader {
  readonly size: number;
  readonly outline: ReplayOutline;
  readonly #path: string;
  readonly #descriptor: number;

  /** @throws {UsageError} if it cannot be read, is no replay, or nothing of it can be read */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#descriptor = openSync(path, 'r');
    } catch (error) {
      throw cannotRead(path, fileErrorText(error));
    }
    try {
      const stat = fstatSync(this.#descriptor);
      if (!stat.isFile()) throw cannotRead(path, 'must be a file');
      this.size = stat.size;
      this.outline = this.answer(openReplay(this.size));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Answers what a reader asks for. @throws {UsageError} if the file is damaged where it is read */
  answer<T>(reading: ReplayReading<T>): T {
    try {
      let step = reading.next();
      while (step.done !== true) {
        const { value } = step;
        const answer =
          value.need === 'inflate'
            ? inflated(value.bytes, value.rawLength)
            : this.bytes(value.offset, value.length);
        step = reading.next(answer);
      }
      return step.value;
    } catch (error) {
      if (!(error instanceof ReplayFileError)) throw error;
      throw cannotRead(this.#path, error.message);
    }
  }

  /** Fewer where the file ends. */
  bytes(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, offset));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function inflated(bytes: Uint8Array, rawLength: number): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(1, rawLength) });
  } catch {
    // The reader compares the length with the one that it should have.
    return new Uint8Array();
  }
}

function cannotRead(path: string, message: string): UsageError {
  return new UsageError('cannot read the replay', [{ path, message }]);
}
