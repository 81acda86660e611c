import { groupDigits } from '../kernel/group-digits.ts';

/** Numbers as people read them, the same on every machine: no locale. */

export { groupDigits };

/** Most digits behind the point: what is smaller than the last of them is `<0.000001`. */
export const MOST_DIGITS = 6;
const SMALLEST = 1e-6;

/** Half of an interval that is no larger a part of the value says no more than that all values are the same. */
export const NOISE = 1e-6;

/** A sum of parts that is whole but for rounding. */
export const isWhole = (value: number): boolean => Number.isInteger(Number(value.toPrecision(9)));

/** Digits behind the point that tell something of a positive number: none of thousands, two that count below one. */
export function digitsFor(size: number): number {
  if (isWhole(size) || size >= 1000) return 0;
  return size >= 0.995 ? 1 : smallDigits(size);
}

/** The same of percents, whose whole numbers have a digit, too. */
export const percentDigits = (size: number): number => (size === 0 || size >= 0.995 ? 1 : smallDigits(size));

function smallDigits(size: number): number {
  let digits = 2;
  let shown = size * 10;
  for (; shown < 0.995 && digits < MOST_DIGITS; shown *= 10) digits += 1;
  // Its second digit says nothing where it is a zero.
  return isWhole(shown) ? digits - 1 : digits;
}

/** Half of an interval, undefined where it is a millionth of the value or less. */
export function halfWidth(value: number, ci95: readonly [number, number] | undefined): number | undefined {
  if (ci95 === undefined) return undefined;
  const half = (ci95[1] - ci95[0]) / 2;
  return half <= Math.abs(value) * NOISE ? undefined : half;
}

/** So many digits behind the point, in groups; no zero with a minus, and `<0.000001` for what would be written as zero. */
export function fixed(value: number, digits: number): string {
  const size = Math.abs(value);
  // What sums leave behind where they should come to nothing.
  if (size < RESIDUE) return fixed0(digits);
  if (digits >= MOST_DIGITS && size < SMALLEST / 2)
    return `${value < 0 ? '>-' : '<'}${SMALLEST.toFixed(MOST_DIGITS)}`;
  const [whole = '', fraction] = value.toFixed(digits).split('.');
  const isNothing = /^-0*$/.test(whole) && /^0*$/.test(fraction ?? '');
  const text = groupedWhole(isNothing ? whole.slice(1) : whole);
  return fraction === undefined ? text : `${text}.${fraction}`;
}

const RESIDUE = 1e-12;
const fixed0 = (digits: number): string => (0).toFixed(digits >= MOST_DIGITS ? 1 : digits);

export function groupedWhole(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `95.3 %` of a fraction, two digits that count below one percent: `0.17 %`, `0.0021 %`; `-` where there is none. */
export function percent(fraction: number | null | undefined): string {
  if (fraction == null) return '-';
  const shown = fraction * 100;
  return `${fixed(shown, percentDigits(Math.abs(shown)))} %`;
}

/** The unit that suits a time, and its seconds. */
export function timeUnit(seconds: number): { readonly size: number; readonly unit: string } {
  const size = Math.abs(seconds);
  if (size === 0) return { size: 1, unit: 's' };
  if (size < 1e-3) return { size: 1e-6, unit: 'µs' };
  if (size < 1) return { size: 1e-3, unit: 'ms' };
  if (size < 120) return { size: 1, unit: 's' };
  if (size < 7200) return { size: 60, unit: 'min' };
  if (size < 172_800) return { size: 3600, unit: 'h' };
  return { size: 86_400, unit: 'd' };
}

/** A time in the unit that suits it: `12 µs`, `350 ms`, `12.5 s`, `3.2 min`, `4.1 h`, `2.5 d`. */
export function seconds(value: number | null | undefined): string {
  if (value == null) return '-';
  const { size, unit } = timeUnit(value);
  return `${short(value / size)} ${unit}`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** A time to the millisecond, below a second to the microsecond: `1d 3h 12m 4.25s`, with no-break spaces; `0s`. */
export function spanText(seconds: number): string {
  let left = Math.round(seconds * 1e6) / 1e6;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const whole = Math.floor(left / size);
    if (whole > 0) parts.push(`${whole}${unit}`);
    left -= whole * size;
  }
  const rest = Math.round(left * 1e6) / 1e6;
  if (rest > 0 || parts.length === 0) parts.push(`${rest >= 1 ? Math.round(rest * 1000) / 1000 : rest}s`);
  return parts.join('\u00a0');
}

/** `1 job`, `8,334 jobs`, `8,334.5 jobs`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A count or an amount that may be a mean: `8,334`, `834.5`, `0.36`, `0.0042`. */
export function count(value: number | null | undefined): string {
  return value == null ? '-' : fixed(value, digitsFor(Math.abs(value)));
}

function short(value: number): string {
  return groupDigits(value >= 100 ? Math.round(value) : Number(value.toFixed(1)));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** Text from outside in one line: what could move the cursor, change colours or turn the order of letters is spelled out. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Lines of up to `columns`, broken at spaces, but not between a number and its unit, its noun or its interval, nor at a
 * no-break space, which is printed as a plain one. A longer word stands alone.
 */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(/ (?<!\d )(?<!± )(?!±)/)) {
    if (line !== undefined && line.length + 1 + word.length <= columns) {
      line += ` ${word}`;
      continue;
    }
    if (line !== undefined) lines.push(line);
    line = word;
  }
  if (line !== undefined) lines.push(line);
  return lines.map((each) => each.replaceAll('\u00a0', ' '));
}
