import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import {
  type LoadedTraces,
  readTraces,
  TraceReader as SourceReader,
  TraceError,
  type TraceSource,
} from '../scenarios/read-traces.ts';
import type { Scenario } from '../sim/index.ts';
import { UsageError } from './errors.ts';
import { fileErrorText } from './file-errors.ts';

export { gpuModelsOf, type LoadedTraces, namedModels } from '../scenarios/read-traces.ts';
export { traceFiles } from '../scenarios/trace-files.ts';

/** Told the SHA-256 of a file that was read to its end, as hex: of the bytes that were read. */
type Seen = (path: string, sha256: string) => void;

/** Files of a folder. */
function folderSource(folder: string, seen?: Seen): TraceSource {
  return {
    open: (path) => {
      const bytes = createReadStream(resolve(folder, path), { highWaterMark: 1 << 20 });
      return seen === undefined ? bytes : hashed(bytes, (sha256) => seen(path, sha256));
    },
    errorText: fileErrorText,
  };
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  atEnd: (sha256: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  atEnd(hash.digest('hex'));
}

/**
 * Reads the files that a scenario refers to.
 *
 * @param folder where relative paths start
 * @throws {UsageError} if a file cannot be read, is refused, or has no usable row
 */
export async function loadTraces(scenario: Scenario, folder: string, seen?: Seen): Promise<LoadedTraces> {
  try {
    return await readTraces(scenario, folderSource(folder, seen));
  } catch (error) {
    throw asUsageError(error);
  }
}

/** Reads files of a folder one by one and gathers what is wrong with all of them. */
export class TraceReader extends SourceReader {
  constructor(folder: string) {
    super(folderSource(folder));
  }

  /** @throws {UsageError} with everything found wrong so far */
  override throwProblems(): void {
    try {
      super.throwProblems();
    } catch (error) {
      throw asUsageError(error);
    }
  }
}

function asUsageError(error: unknown): unknown {
  return error instanceof TraceError ? new UsageError(error.message, error.problems) : error;
}
