import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import type { SweepOutcome } from './executor.ts';
import { decodeLine } from './result-line.ts';

/** Folder of the result files within the directory of a sweep. */
export const RESULTS = 'results';

/** A line that cannot be read: what it said is lost. */
export interface DamagedLine {
  /** `results/0001-....jsonl`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The last of its file: a process was stopped while it wrote. */
  readonly isLast: boolean;
}

/** Where a line stands. */
export interface LinePlace {
  readonly file: string;
  readonly line: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly length: number;
}

/** What stands in the result files, in order of their names. */
export type ResultLine =
  | { readonly outcome: SweepOutcome; readonly place: LinePlace }
  | { readonly outcome: undefined; readonly damaged: DamagedLine };

/**
 * All lines of a sweep's result files.
 *
 * @param folder the directory of the sweep
 * @throws {UsageError} if a file cannot be read
 */
export function* resultLines(folder: string): Generator<ResultLine> {
  for (const name of resultFiles(folder)) {
    const file = `${RESULTS}/${name}`;
    for (const { bytes, line, offset, isLast } of linesOf(join(folder, RESULTS, name))) {
      const outcome = decodeLine(bytes);
      if (outcome === undefined) yield { outcome, damaged: { file, line, isLast } };
      else yield { outcome, place: { file, line, offset, length: bytes.length } };
    }
  }
}

/** Names of the result files, in order. */
export function resultFiles(folder: string): readonly string[] {
  const place = join(folder, RESULTS);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
}

/** Bytes read at a time. */
const CHUNK = 1 << 20;
const NEWLINE = 10;

interface FileLine {
  readonly bytes: Uint8Array;
  readonly line: number;
  readonly offset: number;
  readonly isLast: boolean;
}

/** The lines of a file of any length without their newlines; what follows the last newline counts where there is anything. */
function* linesOf(path: string): Generator<FileLine> {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw new UsageError('cannot read the results', [{ path, message: fileErrorText(error) }]);
  }
  try {
    // What others append from now on is theirs to finish.
    const { size } = fstatSync(descriptor);
    const chunk = Buffer.allocUnsafe(CHUNK);
    let rest = Buffer.alloc(0);
    let offset = 0;
    let line = 0;
    for (let at = 0; at < size; ) {
      const got = readSync(descriptor, chunk, 0, Math.min(CHUNK, size - at), at);
      if (got === 0) break;
      at += got;
      const have = Buffer.concat([rest, chunk.subarray(0, got)]);
      let from = 0;
      for (let end = have.indexOf(NEWLINE); end >= 0; end = have.indexOf(NEWLINE, from)) {
        line += 1;
        const next = offset + end + 1;
        yield { bytes: have.subarray(from, end), line, offset: offset + from, isLast: next === size };
        from = end + 1;
      }
      offset += from;
      rest = Buffer.from(have.subarray(from));
    }
    if (rest.length > 0) yield { bytes: rest, line: line + 1, offset, isLast: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UsageError('cannot read the results', [{ path, message: fileErrorText(error) }]);
  } finally {
    closeSync(descriptor);
  }
}
