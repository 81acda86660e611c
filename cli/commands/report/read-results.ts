import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ReportedRun, readResult } from '../../../sim/report/document/read-result.ts';
import { type Problem, UsageError } from '../../errors.ts';
import { fileErrorText } from '../../file-errors.ts';

const FILE = 'result.json';

/** A result and the file it is from. */
export interface ResultFile {
  readonly path: string;
  readonly run: ReportedRun;
}

/**
 * Reads results: files, or folders that `run --out` wrote. Runs of the same scenario are told apart by their places.
 *
 * @throws {UsageError} with every problem of every file
 */
export function readResults(places: readonly string[]): readonly ResultFile[] {
  const problems: Problem[] = [];
  const files = places.flatMap((place) => readOne(place, problems));
  if (problems.length > 0) throw new UsageError('cannot read the results', problems);
  const names = files.map(({ run }) => run.label);
  return files.map(({ path, run }) => {
    const isAlone = names.filter((name) => name === run.label).length === 1;
    return isAlone ? { path, run } : { path, run: { ...run, label: `${run.label} (${placeName(path)})` } };
  });
}

function readOne(place: string, problems: Problem[]): readonly ResultFile[] {
  try {
    const found = statSync(place, { throwIfNoEntry: false });
    if (found === undefined) throw new Error('no such file or folder');
    const path = found.isDirectory() ? join(place, FILE) : place;
    const read = readResult(JSON.parse(readFileSync(path, 'utf8')));
    if (read.ok) return [{ path, run: read.run }];
    for (const problem of read.problems.slice(0, 10))
      problems.push({
        path: problem.path === '' ? path : `${path}: ${problem.path}`,
        message: `is no result of a run: ${problem.message}`,
      });
  } catch (error) {
    const message = error instanceof SyntaxError ? `is not JSON: ${error.message}` : fileErrorText(error);
    problems.push({ path: place, value: place, message });
  }
  return [];
}

/** The folder of a `result.json`, else the file. */
function placeName(path: string): string {
  const whole = resolve(path);
  return basename(whole) === FILE ? basename(dirname(whole)) : basename(whole);
}
