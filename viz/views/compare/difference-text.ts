import { quantity } from '../../../sim/report/document/quantity.ts';
import { durationText } from '../../draw/words.ts';

/** `+3.2 points` (of percent), `−4 min`, `0`; `-` where either number is not there. */
export function differenceText(first: number | null, second: number | null, unit: string): string {
  if (first === null || second === null) return '-';
  if (isSame(first, second)) return '0';
  return signed(second - first, (size) => {
    const text = quantity(size, unit);
    return unit === 'fraction' ? text.replace('%', 'points') : text;
  });
}

/** Digits that two sums of the same things may differ in by the order of adding. */
const NOISE = 1e-9;

/** Whether two numbers differ by no more than rounding does. */
export function isSame(first: number, second: number): boolean {
  return Math.abs(second - first) <= NOISE * Math.max(Math.abs(first), Math.abs(second));
}

/** A difference with its sign before it. */
export function signed(difference: number, text: (size: number) => string): string {
  if (difference === 0) return '0';
  return `${difference > 0 ? '+' : '−'}${text(Math.abs(difference))}`;
}

/** `+12.5 %` of the first; empty where that is 0 or a number is missing. */
export function relativeText(first: number | null, second: number | null): string {
  if (first === null || second === null || first === 0 || isSame(first, second)) return '';
  const part = (second - first) / Math.abs(first);
  return signed(part, (size) => (size >= 10 ? `${Math.round(size * 100)} %` : quantity(size, 'fraction')));
}

export function waitText(us: number, isOpen: boolean): string {
  return `${isOpen ? 'at least ' : ''}${durationText(us)}`;
}
