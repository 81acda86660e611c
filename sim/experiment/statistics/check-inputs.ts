import { normalizeScenario } from '../../scenario/normalize.ts';
import { applyOverlay } from '../../scenario/overlay.ts';
import type { Path } from '../../scenario/path.ts';
import type { Problem } from '../../scenario/problem.ts';
import { isList, readVariedInput, type VariedInput, type VariedRange, valueAtPlace } from './varied-input.ts';
import { levelPlaces, type StudyRun } from './vary.ts';

export type CheckedInputs =
  | { readonly ok: true; readonly inputs: readonly VariedInput[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parts of a scenario that are no input of a run, and why. */
const NO_INPUT: Readonly<Record<string, string>> = {
  apiVersion: 'names the format',
  name: 'changes no run',
  description: 'changes no run',
  sources: 'changes no run',
  seed: 'is the same in all runs of a study, so that they can be compared in pairs',
  replications: 'is the same in all runs of a study',
  whatIf: 'changes no run',
  objectives: 'changes no run',
};

/** Coarser and coarser steps in which a number may have to be written. */
const STEPS = [undefined, 1e-6, 1e-3, 0.1, 1] as const;
/** Places at which a step is tried: no fraction with a short decimal. */
const PROBES = [0.31830988618, 0.5772156649, 0.86602540378];

/**
 * Reads what is to be varied and checks it against the scenario: each value of each input must make a valid document. A
 * range gets the finest step that the scenario accepts, such as whole numbers for counts.
 *
 * @param document a valid scenario document
 * @param texts `PATH=LOW:HIGH[:TYPICAL]` or `PATH=a,b,c`
 * @returns every problem at once, each with the text it belongs to
 */
export function checkInputs(document: object, texts: readonly string[]): CheckedInputs {
  const problems: Problem[] = [];
  const places: { readonly text: string; readonly path: Path }[] = [];
  const inputs = texts.flatMap((text): readonly VariedInput[] => {
    const tell = (message: string, hint?: string) =>
      problems.push({
        path: `--vary ${text}`,
        value: text,
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    const read = readVariedInput(text);
    if (!read.ok) {
      tell(read.message, read.hint);
      return [];
    }
    const { input } = read;
    const before = problems.length;
    const path = placeOf(document, input, tell);
    if (path === undefined) return [];
    const reason = NO_INPUT[String(path[0])];
    if (reason !== undefined) {
      tell(`${path[0]} ${reason}`);
      return [];
    }
    const other = places.find((each) => leadsTo(each.path, path) || leadsTo(path, each.path));
    if (other !== undefined) tell(`is varied already by ${other.text}`);
    places.push({ text, path });
    for (const message of wrongValues(document, input)) tell(message);
    if (isList(input) || problems.length > before) return [input];
    const stepped = withStep(document, input);
    if (stepped !== undefined) return [stepped];
    tell('has no value between its ends that the scenario accepts', 'name the values: PATH=a,b,c');
    return [];
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, inputs };
}

/** Where an input is in the document; undefined where its path leads nowhere, which is told. */
function placeOf(
  document: object,
  input: VariedInput,
  tell: (message: string, hint?: string) => void,
): Path | undefined {
  const overlaid = applyOverlay(document, [`${input.path}=${valueAtPlace(input, 0)}`]);
  if (overlaid.ok) return overlaid.settings[0]?.path;
  for (const { message, hint } of overlaid.problems) tell(message, hint);
  return undefined;
}

const leadsTo = (start: Path, path: Path) =>
  start.length <= path.length && start.every((key, i) => key === path[i]);

/** What is wrong with the values themselves, without repeating itself. */
function wrongValues(document: object, input: VariedInput): readonly string[] {
  const typical = isList(input) || input.typical === undefined ? [] : [input.typical];
  const values = [...levelPlaces(input).map((place) => valueAtPlace(input, place)), ...typical];
  return [...new Set(values.flatMap((value) => problemsWith(document, input.path, value)))];
}

function problemsWith(document: object, path: string, value: number | string): readonly string[] {
  const overlaid = applyOverlay(document, [`${path}=${value}`]);
  if (!overlaid.ok) return overlaid.problems.map(({ message }) => `${value}: ${message}`);
  const result = normalizeScenario(overlaid.document);
  return result.ok ? [] : result.problems.map((each) => `with ${value}, ${each.path} ${each.message}`);
}

/** The range with the finest step whose values the scenario accepts; undefined where it accepts none. */
function withStep(document: object, input: VariedRange): VariedRange | undefined {
  for (const step of STEPS) {
    const stepped = step === undefined ? input : { ...input, step };
    const values = PROBES.map((place) => valueAtPlace(stepped, place));
    if (values.every((value) => problemsWith(document, input.path, value).length === 0)) return stepped;
  }
  return undefined;
}

/** What is wrong with documents of a study in which several values meet: a few problems, each once. */
export function checkStudy(runs: readonly Omit<StudyRun, 'values'>[]): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const { settings, document } of runs) {
    const result = normalizeScenario(document);
    if (result.ok) continue;
    for (const { path, message } of result.problems) {
      const key = `${path} ${message}`;
      if (!problems.has(key))
        problems.set(key, { path, message: `${message} (with ${settings.join(', ') || 'typical values'})` });
      if (problems.size >= MOST_PROBLEMS) return [...problems.values()];
    }
  }
  return [...problems.values()];
}

const MOST_PROBLEMS = 10;
