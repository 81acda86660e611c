import { applyOverlay } from '../../scenario/overlay.ts';
import type { Replication } from '../replicate.ts';
import { type ComparedMetric, type CompareOptions, compareMetrics } from './compare.ts';
import { type SobolIndex, sobolDesign, sobolIndices } from './sobol-indices.ts';

/** A number in a scenario document and the range in which it is varied, written as the document writes it: `20/h`, `5%`, 8. */
export interface VariedInput {
  readonly path: string;
  readonly low: number | string;
  readonly high: number | string;
  /** Only whole numbers. */
  readonly isWhole?: boolean;
}

/** One run of a study: what the scenario says in it. */
export interface StudyRun {
  /** In the order of the inputs. */
  readonly values: readonly (number | string)[];
  readonly document: object;
}

interface Written {
  readonly amount: number;
  readonly unit: string;
}

function readWritten(written: number | string): Written | undefined {
  if (typeof written === 'number')
    return Number.isFinite(written) ? { amount: written, unit: '' } : undefined;
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*(\S*)\s*$/.exec(written) ?? [];
  return amount === undefined || unit === undefined ? undefined : { amount: Number(amount), unit };
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
  let changed = document;
  const values = inputs.map(({ path, low, high, isWhole }, i) => {
    const from = readWritten(low);
    const to = readWritten(high);
    if (from === undefined || to === undefined || from.unit !== to.unit) {
      throw new RangeError(`Cannot vary ${path}: need two numbers of one unit, got ${low} and ${high}`);
    }
    const exact = from.amount + (places[i] as number) * (to.amount - from.amount);
    // Twelve figures, so that 0.1 + 0.2 is written as 0.3.
    const amount = isWhole === true ? Math.round(exact) : Number(exact.toPrecision(12));
    const value = typeof low === 'string' ? `${amount}${from.unit}` : amount;
    const overlaid = applyOverlay(changed, [`${path}=${value}`]);
    if (!overlaid.ok) throw new RangeError(`Cannot vary ${path}: ${overlaid.problems[0]?.message}`);
    changed = overlaid.document as object;
    return value;
  });
  return { values, document: changed };
}

/** What one input does to the metrics by itself. */
export interface InputEffect {
  readonly path: string;
  /** High end against low end: the difference, its interval, and whether one is shown. */
  readonly rows: readonly ComparedMetric[];
}

/** Documents of a one-at-a-time study: for each input its low and its high end, the others as the scenario says. */
export function oneAtATimeRuns(document: object, inputs: readonly VariedInput[]): readonly StudyRun[] {
  return inputs.flatMap((input) => [0, 1].map((place) => studyRun(document, [input], [place])));
}

/**
 * Effects of a one-at-a-time study, the correction for many comparisons taken within each input.
 *
 * @param runs replications of each run of `oneAtATimeRuns`, in that order, all of the same seeds
 */
export function oneAtATimeEffects(
  inputs: readonly VariedInput[],
  runs: readonly (readonly Replication[])[],
  options: CompareOptions = {},
): readonly InputEffect[] {
  if (runs.length !== 2 * inputs.length) {
    throw new RangeError(`Cannot read a study: need ${2 * inputs.length} runs, got ${runs.length}`);
  }
  return inputs.map(({ path }, i) => ({
    path,
    rows: compareMetrics(runs[2 * i] ?? [], runs[2 * i + 1] ?? [], options),
  }));
}

/** Documents of a study by Sobol indices: (inputs + 2) * rows of them. */
export function sobolRuns(
  document: object,
  inputs: readonly VariedInput[],
  rows: number,
  seed: number,
): readonly StudyRun[] {
  return sobolDesign(inputs.length, rows, seed).points.map((point) => studyRun(document, inputs, point));
}

/**
 * Indices of one metric over the runs of `sobolRuns`, all of the same seeds.
 *
 * @param outputs the metric (mean of the replications) by run
 * @returns by path; null where the metric never changes, or some run has none
 */
export function sobolEffects(
  inputs: readonly VariedInput[],
  rows: number,
  seed: number,
  outputs: readonly (number | null)[],
): readonly (SobolIndex & { readonly path: string })[] | null {
  const known = outputs.filter((each) => each !== null);
  if (known.length < outputs.length) return null;
  const found = sobolIndices(sobolDesign(inputs.length, rows, seed), known, seed);
  return found === null
    ? null
    : found.map((index, i) => ({ path: (inputs[i] as VariedInput).path, ...index }));
}
