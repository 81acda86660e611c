import { RandomStream } from '../../kernel/random.ts';
import { SOBOL_DIMENSIONS, sobolSequence } from '../../kernel/stats/sobol-sequence.ts';
import { Tally } from '../../kernel/stats/tally.ts';
import { latinHypercube } from '../uncertainty/latin-hypercube.ts';
import { sampleQuantile } from '../uncertainty/quantile.ts';

/** Points of the unit cube at which a model is to be run, for Sobol indices. */
export interface SobolDesign {
  readonly inputs: number;
  /** Rows of each of the two base samples. */
  readonly rows: number;
  /** First sample, second sample, then for each input the first sample with that column of the second. */
  readonly points: readonly (readonly number[])[];
}

/**
 * Saltelli's design: (inputs + 2) * rows runs. Points come from Sobol's sequence with a random digital shift, and from a
 * Latin hypercube where there are more than ten inputs.
 *
 * @param inputs whole, 1 or more
 * @param rows whole, 2 or more; powers of two suit Sobol's sequence best
 * @see Saltelli et al., Variance based sensitivity analysis of model output, Computer Physics Communications 181 (2010), 259-270
 */
export function sobolDesign(inputs: number, rows: number, seed: number): SobolDesign {
  if (!(Number.isSafeInteger(inputs) && inputs >= 1 && Number.isSafeInteger(rows) && rows >= 2)) {
    throw new RangeError(
      `Cannot design runs: need 1 or more inputs and 2 or more rows, got ${inputs}, ${rows}`,
    );
  }
  const wide =
    2 * inputs <= SOBOL_DIMENSIONS
      ? sobolSequence(rows, 2 * inputs, RandomStream.named(seed, 'sobol-shift'))
      : latinHypercube(
          seed,
          rows,
          Array.from({ length: 2 * inputs }, (_, d) => `sobol-${d}`),
        );
  const first = wide.map((point) => point.slice(0, inputs));
  const second = wide.map((point) => point.slice(inputs));
  const crossed = Array.from({ length: inputs }, (_, i) =>
    first.map((point, row) => point.with(i, (second[row] as readonly number[])[i] as number)),
  ).flat();
  return { inputs, rows, points: [...first, ...second, ...crossed] };
}

/** How much of the variance of an output comes from one input. */
export interface SobolIndex {
  /** By itself. Estimates may lie slightly outside 0 to 1. */
  readonly first: number;
  readonly firstCi95: readonly [number, number];
  /** Together with all that it acts with. */
  readonly total: number;
  readonly totalCi95: readonly [number, number];
}

/** Resamples of the rows behind an interval. */
const RESAMPLES = 400;

/**
 * First-order and total indices with bootstrap intervals over the rows. Totals are Jansen's. First-order ones are the
 * correlation between runs that have this input alone in common (Martinez), less what the base samples correlate by
 * accident; an input that changes nothing then has exactly 0, and none of three published estimators was nearer to the
 * truth by more than 3 % from 16 to 512 rows, with and without a long tail (`npm run validate:statistics`).
 *
 * @param outputs of the model at `design.points`, in that order
 * @param resamples of the rows, behind an interval; whole, 1 or more
 * @returns by input; null where the output never changes
 * @throws {RangeError} if there are more or fewer outputs than points
 * @see Jansen, Analysis of variance designs for model output, Computer Physics Communications 117 (1999), 35-43
 * @see Martinez, Analyse de sensibilite globale par decomposition de la variance, GdR Ondes and Mascot-Num, Paris 2011
 * @see Glen and Isaacs, Environmental Modelling and Software 37 (2012), 157-166, for taking out accidental correlation
 * @see Archer, Saltelli and Sobol, Journal of Statistical Computation and Simulation 58 (1997), 99-120, for the bootstrap
 */
export function sobolIndices(
  { inputs, rows, points }: Pick<SobolDesign, 'inputs' | 'rows' | 'points'>,
  outputs: readonly number[],
  seed = 1,
  resamples = RESAMPLES,
): readonly SobolIndex[] | null {
  if (outputs.length !== points.length) {
    throw new RangeError(`Cannot estimate indices: need ${points.length} outputs, got ${outputs.length}`);
  }
  const all = Array.from({ length: rows }, (_, row) => row);
  const point = estimate(outputs, rows, inputs, all);
  if (point === null) return null;
  const random = RandomStream.named(seed, 'sobol-bootstrap');
  const resampled: { first: number[]; total: number[] }[] = Array.from({ length: inputs }, () => ({
    first: [],
    total: [],
  }));
  for (let b = 0; b < resamples; b++) {
    const found = estimate(
      outputs,
      rows,
      inputs,
      all.map(() => random.int(rows)),
    );
    found?.forEach(({ first, total }, i) => {
      resampled[i]?.first.push(first);
      resampled[i]?.total.push(total);
    });
  }
  return point.map(({ first, total }, i) => {
    const { first: firsts = [], total: totals = [] } = resampled[i] ?? {};
    return { first, firstCi95: middle95(firsts), total, totalCi95: middle95(totals) };
  });
}

function middle95(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  return [sampleQuantile(sorted, 0.025), sampleQuantile(sorted, 0.975)];
}

function estimate(outputs: readonly number[], rows: number, inputs: number, picked: readonly number[]) {
  const base = new Tally();
  for (const row of picked) {
    base.add(outputs[row] as number);
    base.add(outputs[rows + row] as number);
  }
  const variance = base.variance;
  if (!(variance > 0)) return null;
  const block = (at: number) => picked.map((row) => outputs[at * rows + row] as number);
  const first = block(0);
  const second = block(1);
  const accident = correlation(first, second);
  return Array.from({ length: inputs }, (_, i) => {
    const crossed = block(2 + i);
    let toFirst = 0;
    for (const [row, value] of crossed.entries()) {
      const apart = (first[row] as number) - value;
      toFirst += apart * apart;
    }
    if (toFirst === 0) return { first: 0, total: 0 };
    return {
      first: correlation(second, crossed) - accident * correlation(first, crossed),
      total: toFirst / (2 * crossed.length * variance),
    };
  });
}

/** Of two series of one length; 0 where one of them never changes. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const meanX = Tally.of(x).mean;
  const meanY = Tally.of(y).mean;
  let products = 0;
  let squaresX = 0;
  let squaresY = 0;
  for (const [i, value] of x.entries()) {
    const fromX = value - meanX;
    const fromY = (y[i] as number) - meanY;
    products += fromX * fromY;
    squaresX += fromX * fromX;
    squaresY += fromY * fromY;
  }
  const scale = Math.sqrt(squaresX) * Math.sqrt(squaresY);
  return scale > 0 ? products / scale : 0;
}
