import { groupDigits } from '../kernel/group-digits.ts';

/** Numbers as people read them, the same on every machine: no locale. */

export { groupDigits };

/** `95.3 %` of a fraction, `0.17 %` below one percent; `-` where there is none. */
export function percent(fraction: number | null | undefined): string {
  if (fraction == null) return '-';
  const isSmall = fraction !== 0 && Math.abs(fraction) < 0.00995;
  return `${(fraction * 100).toFixed(isSmall ? 2 : 1)} %`;
}

/** A time in the unit that suits it: `350 ms`, `12.5 s`, `3.2 min`, `4.1 h`, `2.5 d`. */
export function seconds(value: number | null | undefined): string {
  if (value == null) return '-';
  if (value === 0) return '0 s';
  if (value < 1) return `${short(value * 1000)} ms`;
  if (value < 120) return `${short(value)} s`;
  if (value < 7200) return `${short(value / 60)} min`;
  if (value < 172_800) return `${short(value / 3600)} h`;
  return `${groupDigits(Number(short(value / 86_400)))} d`;
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

/** A count that may be a mean: `8,334`, `8,334.5`. */
export function count(value: number | null | undefined): string {
  return value == null ? '-' : groupDigits(Number(value.toFixed(Number.isInteger(value) ? 0 : 1)));
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toFixed(1)));
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
