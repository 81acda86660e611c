import { join, resolve } from 'node:path';
import { type Problem, UsageError } from './errors.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { traceFiles } from './load-traces.ts';

/** The files a run can write. */
export type OutputName =
  | 'decisions'
  | 'events'
  | 'curves'
  | 'series'
  | 'cost'
  | 'focus'
  | 'replay'
  | 'result';

/** Where the command line wants them. */
export interface OutputOptions {
  readonly out?: string;
  readonly decisions?: string;
  readonly events?: string;
  readonly replay?: string;
}

/**
 * The files that the options ask for, in the order in which they are to appear.
 *
 * @throws {UsageError} if one of them is another or an input of the run, or several replications would go to one file
 */
export function outputPlaces(
  { out, decisions, events, replay }: OutputOptions,
  { scenario, filePath, overlayPaths, folder }: LoadedScenario,
): readonly { readonly output: OutputName; readonly path: string }[] {
  const { experiment, replications, cost } = scenario;
  const takenBy = new Map([[resolve(filePath), 'the scenario']]);
  for (const overlay of overlayPaths) takenBy.set(resolve(overlay), 'an overlay of the scenario');
  for (const trace of traceFiles(scenario)) takenBy.set(resolve(folder, trace), 'a trace of the scenario');

  const isFill = experiment.kind === 'fill';
  const problems: Problem[] = [];
  for (const [option, path] of Object.entries({
    '--out': out,
    '--decisions': decisions,
    '--events': events,
    '--replay': replay,
  })) {
    if (path === '') problems.push({ path: option, value: path, message: 'must be a path, got ""' });
  }
  const asked: readonly (readonly [OutputName, option: string, path: string | undefined])[] = [
    ['decisions', '--decisions', decisions],
    ['events', '--events', events],
    ['replay', '--replay', replay],
    ['curves', '--out', out === undefined || !isFill ? undefined : join(out, 'fill.csv')],
    ['series', '--out', out === undefined || isFill ? undefined : join(out, 'series.csv')],
    ['cost', '--out', out === undefined || cost === null ? undefined : join(out, 'cost.csv')],
    // Rows of cost and usage are of a month of the calendar: without one there are none.
    ['focus', '--out', out === undefined || cost?.month == null ? undefined : join(out, 'focus.csv')],
    ['result', '--out', out === undefined ? undefined : join(out, 'result.json')],
  ];
  const places: { output: OutputName; path: string }[] = [];
  for (const [output, option, path] of asked) {
    if (path === undefined) continue;
    if (option !== '--out' && replications > 1) {
      const message = `takes one run: needs --replications 1, got ${replications}`;
      problems.push({ path: option, value: path, message });
    }
    const owner = takenBy.get(resolve(path));
    if (owner !== undefined) {
      problems.push({ path: option, value: path, message: `must not overwrite ${owner}, got ${path}` });
    }
    takenBy.set(resolve(path), `what ${option} writes`);
    places.push({ output, path });
  }
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  return places;
}
