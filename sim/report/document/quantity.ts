import type { Metric } from '../../experiment/metric.ts';
import { groupDigits } from '../../kernel/group-digits.ts';

/** A number with its unit, in the unit that suits it, the same way everywhere. */

/** How a number of some unit is written: divided by `size`, with `digits` behind the point, before `unit`. */
interface Scale {
  readonly size: number;
  readonly digits: number;
  readonly unit: string;
}

const MOST_DIGITS = 6;

/** `95.3 ± 0.2 %`; `-` where there is no value. The half-width has the digits of the value, and one that counts. */
export function quantity(value: number | null | undefined, unit: string, half?: number): string {
  if (value == null) return '-';
  const scale = scaleOf(value, unit);
  const digits = half === undefined ? scale.digits : Math.max(scale.digits, digitsOf(half / scale.size));
  const number = (v: number) => fixed(v / scale.size, digits);
  const text =
    half === undefined || half === 0 ? number(value) : `${number(value)}\u00a0±\u00a0${number(half)}`;
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
      return { size: 0.01, digits: size !== 0 && size < 0.00995 ? 2 : 1, unit: '%' };
    case 'fraction/year':
      return { size: 0.01, digits: 1, unit: '% a year' };
    case 'seconds':
      return timeScale(size);
    case 'GPU-seconds':
      return { size: 3600, digits: 1, unit: 'GPU-hours' };
    case 'GPU-minutes':
      return { size: 60, digits: 1, unit: 'GPU-hours' };
    case 'milliGPU':
      return { size: 1000, digits: isWhole(size / 1000) ? 0 : 1, unit: 'GPUs' };
    case 'ratio':
      return { size: 1, digits: 2, unit: '×' };
    case 'GPU':
      return { size: 1, digits: isWhole(size) ? 0 : 1, unit: 'GPUs' };
    default:
      return { size: 1, digits: plainDigits(size, unit), unit };
  }
}

/** As many digits as people read of a count; of money cents, and more below a tenth. */
function plainDigits(size: number, unit: string): number {
  if (/^[A-Z]{3}(\/|$)/.test(unit)) return size !== 0 && size < 0.1 ? 4 : 2;
  if (isWhole(size)) return 0;
  return size < 1 ? 2 : 1;
}

function timeScale(size: number): Scale {
  const of = (seconds: number, unit: string): Scale => {
    const shown = size / seconds;
    const digits = shown >= 100 || isWhole(shown) ? 0 : 1;
    return { size: seconds, digits, unit };
  };
  if (size === 0) return of(1, 's');
  if (size < 1e-3) return of(1e-6, 'µs');
  if (size < 1) return of(1e-3, 'ms');
  if (size < 120) return of(1, 's');
  if (size < 7200) return of(60, 'min');
  if (size < 172_800) return of(3600, 'h');
  return of(86_400, 'd');
}

const isWhole = (value: number) => Number.isInteger(Number(value.toPrecision(9)));

/** Digits behind the point by which a half-width shows its first one that counts. */
function digitsOf(half: number): number {
  if (!(half > 0)) return 0;
  let digits = 0;
  for (let shown = half; shown < 0.95 && digits < MOST_DIGITS; shown *= 10) digits += 1;
  return digits;
}

/** Digits in groups; no zero with a minus. */
function fixed(value: number, digits: number): string {
  const [whole = '', fraction] = value.toFixed(digits).split('.');
  const isNothing = /^-0*$/.test(whole) && /^0*$/.test(fraction ?? '');
  const text = groupedWhole(isNothing ? whole.slice(1) : whole);
  return fraction === undefined ? text : `${text}.${fraction}`;
}

function groupedWhole(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** An amount as decimal text, in groups, with its currency: `1,234.50 EUR`. */
export function amountText(amount: string, currency: string): string {
  const [whole = '', fraction] = amount.split('.');
  return `${groupedWhole(whole)}${fraction === undefined ? '' : `.${fraction}`}\u00a0${currency}`;
}
