import { exp, log } from '../../kernel/math.ts';
import { FIGURES } from '../statistics/varied-input.ts';

/** How a factor meets the others: every value with each of theirs, side by side with other lists, or by samples. */
export const SWEEP_PARTS = ['grid', 'list', 'random', 'lhs'] as const;
export type SweepPart = (typeof SWEEP_PARTS)[number];

/** Numbers of a scenario document from `from` to `to`, both included, all written in `unit` (empty: bare numbers). */
export interface SweepRange {
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  /** Only `from` and multiples of this after it; absent: any number. */
  readonly step?: number;
  /** `log`: each doubling is as likely as the next. */
  readonly scale: 'linear' | 'log';
}

/** A path of the scenario and what it is set to. */
export type SweepFactor =
  | {
      readonly part: SweepPart;
      readonly path: string;
      /** Each as YAML, as after the `=` of `--set`. */
      readonly values: readonly string[];
    }
  | { readonly part: 'random' | 'lhs'; readonly path: string; readonly range: SweepRange };

/** A factor that is drawn from an interval. */
export type RangedFactor = Extract<SweepFactor, { range: SweepRange }>;

export const isRanged = (factor: SweepFactor): factor is RangedFactor => 'range' in factor;

/** Digits of a drawn number: enough to tell a million apart, few enough to be read. */
const DRAWN = 6;

/** An amount as a document writes it. */
export function written(amount: number, unit: string): string {
  return `${Number(amount.toPrecision(FIGURES))}${unit}`;
}

/**
 * The value of a factor at a place of [0, 1): equal parts of it belong to the values of a list and to the steps of a range;
 * on a log scale to equal ratios, where a step has what lies between it and the next.
 */
export function valueAt(factor: SweepFactor, place: number): string {
  if (!isRanged(factor)) {
    const { values } = factor;
    return values[Math.min(values.length - 1, Math.floor(place * values.length))] as string;
  }
  const { from, to, unit, step, scale } = factor.range;
  const end = step === undefined ? to : from + (stepsOf(from, to, step) + 1) * step;
  const exact =
    scale === 'log' ? exp(log(from) + place * (log(end) - log(from))) : from + place * (end - from);
  if (step === undefined)
    return written(Math.min(to, Math.max(from, Number(exact.toPrecision(DRAWN)))), unit);
  const steps = Math.floor((exact - from) / step);
  return written(from + Math.max(0, Math.min(stepsOf(from, to, step), steps)) * step, unit);
}

/** Steps between two ends; 0.1 fits ten times into 1. */
export function stepsOf(from: number, to: number, step: number): number {
  return Math.floor((to - from) / step + 1e-9);
}
