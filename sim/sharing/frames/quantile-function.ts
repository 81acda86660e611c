import { exp, log } from '../../kernel/math.ts';

/** Values of a distribution at {@link LEVELS}, ascending. */
export type QuantileFunction = Float64Array;

/**
 * Probabilities at which a distribution of frame times is kept: steps of 0.01 from 0 to 0.95, then ever closer to 1,
 * so that tails are read between near points. 0.5, 0.95 and 0.99 are among them, so that no line is drawn across a gap
 * there: where slots are kept, exactly half of the frames may wait a cycle and the others not at all. The last is 1: the
 * largest value seen.
 */
export const LEVELS: Float64Array = Float64Array.of(
  ...Array.from({ length: 95 }, (_, i) => i / 100),
  ...tail(0.05, 0.01, 40),
  ...tail(0.01, 0.0001, 64),
  1,
);
const COUNT = LEVELS.length;

/** 1 minus a geometric sequence, `steps` numbers from the first on, the last left out. */
function tail(from: number, to: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => 1 - from * exp((log(to / from) * i) / steps));
}

/** A distribution of times as reports need it. */
export interface Spread {
  readonly mean: number;
  readonly quantiles: QuantileFunction;
}

/**
 * The quantile function of observations.
 *
 * @param sorted ascending, at least one
 * @param unit value of one in the result: 0.001 turns microseconds into milliseconds
 */
export function spreadOf(sorted: Float64Array, unit: number): Spread {
  const last = sorted.length - 1;
  const quantiles = new Float64Array(COUNT);
  for (let i = 0; i < COUNT; i++) {
    // Observation k of n stands for the probability (k + 1/2) / n.
    const place = Math.min(last, Math.max(0, (LEVELS[i] as number) * sorted.length - 0.5));
    const below = Math.floor(place);
    const from = sorted[below] as number;
    const to = sorted[Math.min(last, below + 1)] as number;
    quantiles[i] = (from + (place - below) * (to - from)) * unit;
  }
  quantiles[0] = (sorted[0] as number) * unit;
  quantiles[COUNT - 1] = (sorted[last] as number) * unit;
  let sum = 0;
  for (let i = 0; i <= last; i++) sum += sorted[i] as number;
  return { mean: (sum / sorted.length) * unit, quantiles };
}

/** @param p in [0, 1] */
export function quantileAt(quantiles: QuantileFunction, p: number): number {
  const i = firstAbove(LEVELS, p);
  if (i === COUNT) return quantiles[COUNT - 1] as number;
  const [low, high] = [LEVELS[i - 1] as number, LEVELS[i] as number];
  const [from, to] = [quantiles[i - 1] as number, quantiles[i] as number];
  return from + ((p - low) / (high - low)) * (to - from);
}

/** The share of the distribution at or below `x`. */
export function shareUpTo(quantiles: QuantileFunction, x: number): number {
  const i = firstAbove(quantiles, x);
  if (i === 0) return 0;
  if (i === COUNT) return 1;
  const [from, to] = [quantiles[i - 1] as number, quantiles[i] as number];
  const [low, high] = [LEVELS[i - 1] as number, LEVELS[i] as number];
  return low + ((x - from) / (to - from)) * (high - low);
}

/** One part of a mixture. */
export interface Weighted {
  /** >= 0; need not sum to 1. */
  readonly weight: number;
  readonly spread: Spread;
}

/**
 * A quantile of a mixture: of frames taken from each part in proportion to its weight.
 *
 * @param parts at least one of weight above 0
 * @param p in (0, 1)
 */
export function mixtureQuantile(parts: readonly Weighted[], p: number): number {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  let low = Infinity;
  let high = -Infinity;
  for (const { weight, spread } of parts) {
    if (weight === 0) continue;
    const at = quantileAt(spread.quantiles, p);
    low = Math.min(low, at);
    high = Math.max(high, at);
  }
  // The answer lies between the parts' own quantiles; 50 halvings leave 1e-15 of the way.
  for (let step = 0; step < 50 && high > low; step++) {
    const middle = (low + high) / 2;
    let below = 0;
    for (const { weight, spread } of parts) {
      if (weight > 0) below += (weight / total) * shareUpTo(spread.quantiles, middle);
    }
    if (below >= p) high = middle;
    else low = middle;
  }
  return high;
}

/** Index of the first of the ascending values above `x`; their number where there is none. */
function firstAbove(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
