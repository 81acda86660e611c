import type { Metric } from '../../experiment/metric.ts';
import { groupDigits } from '../../kernel/group-digits.ts';
import {
  digitsFor,
  fixed,
  groupedWhole,
  isWhole,
  MOST_DIGITS,
  NOISE,
  percentDigits,
  timeUnit,
} from '../format.ts';

/** A number with its unit, in the unit that suits it, the same way everywhere. */

/** How a number of some unit is written: divided by `size`, with `digits` behind the point, before `unit`. */
interface Scale {
  readonly size: number;
  readonly digits: number;
  readonly unit: string;
}

/**
 * `95.3 ± 0.2 %`; `-` where there is no value. Without an interval a number has the digits that tell something of it;
 * with one it has those of the half-width: none from ten on, one from one on, below that the first that counts. Money
 * keeps its cents until the half-width is a hundred.
 */
export function quantity(value: number | null | undefined, unit: string, half?: number): string {
  if (value == null) return '-';
  const scale = scaleOf(value, unit);
  const isSpread = half !== undefined && half > Math.abs(value) * NOISE;
  const digits = isSpread ? digitsOfHalf(half / scale.size, isMoney(unit)) : scale.digits;
  const number = (v: number) => fixed(v / scale.size, digits);
  const text = isSpread ? `${number(value)}\u00a0±\u00a0${number(half)}` : number(value);
  return scale.unit === '' ? text : `${text}\u00a0${scale.unit}`;
}

/** A metric with its unit and, where there is an interval, half its width. */
export function metricText(metric: Metric | undefined): string {
  if (metric === undefined) return '-';
  const { value, unit, ci95 } = metric;
  return quantity(value, unit, ci95 === undefined ? undefined : (ci95[1] - ci95[0]) / 2);
}

/** The unit in which numbers up to `largest` are written, for the axis of a chart. */
export function axisScale(largest: number, unit: string): { readonly size: number; readonly unit: string } {
  const { size, unit: shown } = scaleOf(largest, unit);
  return { size, unit: shown };
}

/** A number of an axis: as few digits as it needs. */
export function tickText(value: number): string {
  return groupDigits(Number(value.toPrecision(6)));
}

function scaleOf(value: number, unit: string): Scale {
  const size = Math.abs(value);
  switch (unit) {
    case 'fraction':
      return { size: 0.01, digits: percentDigits(size * 100), unit: '%' };
    case 'fraction/year':
      return { size: 0.01, digits: 1, unit: '% a year' };
    case 'seconds':
      return timeScale(size);
    case 'GPU-seconds':
      return { size: 3600, digits: digitsFor(size / 3600), unit: 'GPU-hours' };
    case 'GPU-minutes':
      return { size: 60, digits: digitsFor(size / 60), unit: 'GPU-hours' };
    case 'milliGPU':
      return { size: 1000, digits: digitsFor(size / 1000), unit: 'GPUs' };
    case 'ratio':
      return { size: 1, digits: Math.max(2, size < 1 ? digitsFor(size) : 0), unit: '×' };
    case 'GPU':
      return { size: 1, digits: digitsFor(size), unit: 'GPUs' };
    default:
      return { size: 1, digits: isMoney(unit) ? moneyDigits(size) : digitsFor(size), unit };
  }
}

const isMoney = (unit: string) => /^[A-Z]{3}(\/|$)/.test(unit);

/** Cents, and more below a tenth. */
const moneyDigits = (size: number) => (size !== 0 && size < 0.1 ? 4 : 2);

function timeScale(seconds: number): Scale {
  const { size, unit } = timeUnit(seconds);
  const shown = seconds / size;
  // As at the terminal: 3 h, not 3.0 h, where the next digit is a zero.
  return { size, unit, digits: shown >= 100 || isWhole(Number(shown.toFixed(1))) ? 0 : 1 };
}

function digitsOfHalf(half: number, ofMoney: boolean): number {
  if (ofMoney && half < 100) return Math.max(2, firstDigit(half));
  return half >= 9.95 ? 0 : half >= 0.95 ? 1 : firstDigit(half);
}

/** Digits behind the point by which the first one that counts is shown. */
function firstDigit(size: number): number {
  let digits = 0;
  for (let shown = size; shown < 0.95 && digits < MOST_DIGITS; shown *= 10) digits += 1;
  return digits;
}

/** An amount as decimal text, in groups, with its currency: `1,234.50 EUR`. */
export function amountText(amount: string, currency: string): string {
  const [whole = '', fraction] = amount.split('.');
  return `${groupedWhole(whole)}${fraction === undefined ? '' : `.${fraction}`}\u00a0${currency}`;
}
