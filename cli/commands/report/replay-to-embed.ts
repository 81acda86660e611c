import { basename } from 'node:path';
import type { EmbeddedReplay } from '../../../sim/report/html/embedded-replay.ts';
import { UsageError } from '../../errors.ts';
import { ReplayReader } from '../../replay-reader.ts';
import type { ResultFile } from './read-results.ts';

/** Larger ones make a page that is slow to open and that mail servers refuse. */
const MOST_BYTES = 5_000_000;

/**
 * A replay for the page of a report.
 *
 * @throws {UsageError} if it is none, is too large, or is of another run than the one that is reported
 */
export function replayToEmbed(
  path: string,
  results: readonly ResultFile[],
  hasPage: boolean,
): EmbeddedReplay {
  const wrong = (message: string) =>
    new UsageError('wrong options', [{ path: '--replay', value: path, message }]);
  if (!hasPage) throw wrong('goes with html: add it to --format');
  const run = results[0]?.run;
  if (run === undefined || results.length > 1) throw wrong(`goes with one result, got ${results.length}`);
  const reader = new ReplayReader(path);
  try {
    const { size, outline } = reader;
    if (outline.damage !== undefined) throw wrong(`${path} is not whole: run the scenario again`);
    const { digest } = run.result;
    if (outline.tables?.digest !== digest)
      throw wrong(
        `${path} is of another run: its digest is ${outline.tables?.digest}, that of the result ${digest}`,
      );
    if (size >= MOST_BYTES)
      throw wrong(
        `must be under ${MOST_BYTES / 1e6} MB to go into a page, ${path} has ${(size / 1e6).toFixed(1)} MB: hand it on beside the report, or record a shorter run`,
      );
    const events = outline.segments.reduce((sum, { count }) => sum + count, 0);
    const base64 = Buffer.from(reader.bytes(0, size)).toString('base64');
    return { name: basename(path), base64, size, events };
  } finally {
    reader.close();
  }
}
