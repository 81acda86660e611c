import { dirname, relative, resolve, sep } from 'node:path';
import { stringify } from 'yaml';
import { normalizeScenario } from '../../../sim/index.ts';
import { printable } from '../../../sim/report/format.ts';
import { type Problem, UsageError } from '../../errors.ts';
import type { CliIo } from '../../io.ts';
import { writeWhole } from '../../output-file.ts';

/** What an import says beside the scenario. */
export interface ImportWords {
  readonly notes: readonly string[];
  /** What was read, in one line. */
  readonly summary: string;
  /** The command that runs what lies at a path. */
  readonly tryNext: (path: string) => string;
}

/**
 * Writes a scenario to a file, or to stdout where there is none; notes go to stderr.
 *
 * @throws {UsageError} if it is not a scenario that `run` takes: paths, names and sizes come from outside
 */
export function writeScenario(
  scenario: object,
  out: string | undefined,
  io: CliIo,
  { notes, summary, tryNext }: ImportWords,
): void {
  const checked = normalizeScenario(scenario);
  if (!checked.ok) {
    const problems = checked.problems.map((problem) => ({
      ...problem,
      ...(problem.path === 'name' ? { hint: 'give another with --name' } : {}),
    }));
    throw new UsageError('cannot write a scenario of that', problems);
  }
  for (const note of notes) io.err(`note: ${printable(note)}\n`);
  io.err(`${summary}\n`);
  const text = stringify(scenario, { lineWidth: 0, aliasDuplicateObjects: false });
  if (out === undefined) {
    io.out(text);
    return;
  }
  writeWhole(out, text);
  io.err(`Written: ${out}\nTry next: ${tryNext(out)}\n`);
}

/** How a scenario written to `out` (absent: run from here) names a file given on the command line. */
export function pathFromScenario(path: string, out: string | undefined): string {
  const folder = out === undefined ? process.cwd() : dirname(resolve(out));
  return relative(folder, resolve(path)).split(sep).join('/');
}

/**
 * Refuses empty paths, and an output that is one of the inputs.
 *
 * @param inputs by option name
 * @throws {UsageError} with all that is wrong
 */
export function checkPaths(
  inputs: Readonly<Record<string, string | undefined>>,
  out: string | undefined,
): void {
  const problems: Problem[] = Object.entries({ ...inputs, out }).flatMap(([option, path]) =>
    path === '' ? [{ path: `--${option}`, value: path, message: 'must be a path, got ""' }] : [],
  );
  const isInput = (path: string) =>
    Object.values(inputs).some((input) => input !== undefined && resolve(input) === resolve(path));
  if (out !== undefined && out !== '' && isInput(out)) {
    problems.push({ path: '--out', value: out, message: `must not overwrite an input, got ${out}` });
  }
  if (problems.length > 0) throw new UsageError('wrong options', problems);
}
