import { applyOverlay } from '../../scenario/overlay.ts';
import { sobolDesign } from './sobol-indices.ts';
import { isList, type VariedInput, valueAtPlace } from './varied-input.ts';

/** One run of a study: what the scenario says in it. */
export interface StudyRun {
  /** In the order of the inputs. */
  readonly values: readonly (number | string)[];
  /** The same as settings: `policy.placement=fgd`. */
  readonly settings: readonly string[];
  readonly document: object;
}

/**
 * The document with the inputs at places of the unit cube, 0 the low and 1 the high end.
 *
 * @param places by input, each in [0, 1]
 * @throws {RangeError} if an end is no number, the ends have different units, or a path leads nowhere
 */
export function studyRun(
  document: object,
  inputs: readonly VariedInput[],
  places: readonly number[],
): StudyRun {
  const values = inputs.map((input, i) => valueAtPlace(input, places[i] as number));
  const settings = inputs.map(({ path }, i) => `${path}=${values[i]}`);
  return { values, settings, document: withSettings(document, settings) };
}

function withSettings(document: object, settings: readonly string[]): object {
  const overlaid = applyOverlay(document, settings);
  if (overlaid.ok) return overlaid.document as object;
  const [problem] = overlaid.problems;
  throw new RangeError(`Cannot vary ${problem?.path.replace('--set ', '')}: ${problem?.message}`);
}

/** The scenario of a one-at-a-time study: every input that has a typical value is at it. */
function typicalRun(document: object, inputs: readonly VariedInput[]): StudyRun {
  const settings = inputs.flatMap((input) =>
    isList(input) || input.typical === undefined ? [] : [`${input.path}=${input.typical}`],
  );
  return { values: [], settings, document: withSettings(document, settings) };
}

/** Places of an input that a one-at-a-time study looks at: both ends, or each value of a list. */
export function levelPlaces(input: VariedInput): readonly number[] {
  return isList(input) ? input.values.map((_, i) => (i + 0.5) / input.values.length) : [0, 1];
}

/**
 * Documents of a one-at-a-time study: the typical one, then for each input one for each of its `levelPlaces`, the others
 * at their typical values.
 */
export function oneAtATimeRuns(document: object, inputs: readonly VariedInput[]): readonly StudyRun[] {
  const typical = typicalRun(document, inputs);
  return [
    typical,
    ...inputs.flatMap((input) =>
      levelPlaces(input).map((place) => studyRun(typical.document, [input], [place])),
    ),
  ];
}

/** Documents of a study by Sobol indices: (inputs + 2) * rows of them, in the order of `sobolDesign`. */
export function sobolRuns(
  document: object,
  inputs: readonly VariedInput[],
  rows: number,
  seed: number,
): readonly StudyRun[] {
  return sobolDesign(inputs.length, rows, seed).points.map((point) => studyRun(document, inputs, point));
}
