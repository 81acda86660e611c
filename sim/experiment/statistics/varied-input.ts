import { byteRateQuantity } from '../../scenario/quantities/byte-rate.ts';
import { cpuQuantity } from '../../scenario/quantities/cpu.ts';
import { durationQuantity } from '../../scenario/quantities/duration.ts';
import { memoryQuantity } from '../../scenario/quantities/memory.ts';
import { rateQuantity } from '../../scenario/quantities/rate.ts';
import { levelQuantity } from '../../scenario/quantities/ratio.ts';

/** A number of a scenario document and the range in which it is varied, written as the document writes it: `20/h`, `5%`, 8. */
export interface VariedRange {
  readonly path: string;
  readonly low: number | string;
  readonly high: number | string;
  /** What it is while others are varied; absent: what the scenario says. */
  readonly typical?: number | string;
  /** Only multiples of this, in the unit of the ends: 1 for whole numbers. */
  readonly step?: number;
}

/** A value of a scenario document that is one of several, each as YAML: `fgd`, `5%`. */
export interface VariedList {
  readonly path: string;
  readonly values: readonly string[];
}

export type VariedInput = VariedRange | VariedList;

export const isList = (input: VariedInput): input is VariedList => 'values' in input;

/** An amount and what follows it. */
interface Written {
  readonly amount: number;
  readonly unit: string;
}

function readWritten(written: number | string): Written | undefined {
  if (typeof written === 'number')
    return Number.isFinite(written) ? { amount: written, unit: '' } : undefined;
  const [, amount, unit] = /^\s*([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([%/A-Za-z]*)\s*$/i.exec(written) ?? [];
  return amount === undefined || unit === undefined ? undefined : { amount: Number(amount), unit };
}

/** Kinds of quantity within which one unit can be turned into another. */
const KINDS = [
  durationQuantity,
  memoryQuantity,
  cpuQuantity,
  rateQuantity,
  byteRateQuantity,
  levelQuantity,
] as const;

/** How many of `unit` one `other` is; undefined where they are not of one kind. */
function unitRatio(other: string, unit: string): number | undefined {
  if (other === unit) return 1;
  for (const kind of KINDS) {
    const one = kind.read(`1${unit}`);
    const many = kind.read(`1${other}`);
    if (one.ok && many.ok) return many.value / one.value;
  }
  return undefined;
}

/** The numbers in one unit, the smallest of theirs; undefined where one is no number, or they are not of one kind. */
export function inOneUnit(
  written: readonly (number | string)[],
): { readonly amounts: readonly number[]; readonly unit: string } | undefined {
  const read = written.map(readWritten).filter((each) => each !== undefined);
  if (read.length < written.length) return undefined;
  // 0 is 0 in any unit of its kind, and a bare 0 of any kind.
  const stated = read.filter(({ amount, unit }) => amount !== 0 || unit !== '').map((each) => each.unit);
  const counting = read.filter(({ amount }) => amount !== 0).map((each) => each.unit);
  const unit = counting.find((each) => counting.every((other) => (unitRatio(other, each) ?? 0) >= 1));
  if (unit === undefined || stated.some((each) => unitRatio(each, unit) === undefined)) return undefined;
  const amounts = read.map(({ amount, unit: own }) =>
    amount === 0 ? 0 : Number((amount * (unitRatio(own, unit) as number)).toPrecision(FIGURES)),
  );
  return { amounts, unit };
}

/** So that 0.1 + 0.2 is written as 0.3. */
export const FIGURES = 12;

/** The ends of a range in one unit. @throws {RangeError} if they have none */
function rangeOf({ path, low, high }: VariedRange) {
  const read = inOneUnit([low, high]);
  if (read === undefined) {
    throw new RangeError(`Cannot vary ${path}: need two numbers of one unit, got ${low} and ${high}`);
  }
  const [from, to] = read.amounts as [number, number];
  return { from, to, unit: read.unit };
}

/**
 * The value of an input at a place of its range, as the document writes it. Steps and the values of a list have equal
 * parts of [0, 1]; 0 is the low end or the first value, 1 the high end or the last.
 *
 * @param place in [0, 1]
 * @throws {RangeError} if the ends are no numbers of one unit
 */
export function valueAtPlace(input: VariedInput, place: number): number | string {
  if (isList(input)) {
    const { values } = input;
    return values[Math.min(values.length - 1, Math.floor(place * values.length))] as string;
  }
  const { from, to, unit } = rangeOf(input);
  const { step } = input;
  let exact = from + place * (to - from);
  if (step !== undefined) {
    const steps = Math.floor((to - from) / step + 1e-9);
    exact = from + Math.min(steps, Math.floor(place * (steps + 1))) * step;
  }
  const amount = Number(exact.toPrecision(FIGURES));
  return unit === '' ? amount : `${amount}${unit}`;
}

/** What an option says, or why it says nothing. */
export type ReadInput =
  | { readonly ok: true; readonly input: VariedInput }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/** The end of the path: up to the first `=` outside quotes. */
export const ASSIGNMENT = /^((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^='"])*)=(.*)$/s;

/**
 * Reads `PATH=LOW:HIGH`, `PATH=LOW:HIGH:TYPICAL` or `PATH=a,b,c`. Commas and colons inside quotes, brackets and braces
 * part nothing.
 */
export function readVariedInput(text: string): ReadInput {
  const [, path = '', values = ''] = ASSIGNMENT.exec(text) ?? [];
  const hint = 'write PATH=LOW:HIGH, PATH=LOW:HIGH:TYPICAL or PATH=a,b,c';
  if (path.trim() === '' || values.trim() === '') {
    return { ok: false, message: `must be a path and what it is varied over, got "${text}"`, hint };
  }
  const list = partsOf(values, ',');
  if (list.some((each) => each === '')) return { ok: false, message: 'has an empty value', hint };
  if (list.length > 1) return readList(path.trim(), list);
  const ends = partsOf(values, ':');
  if (ends.length === 1) {
    return { ok: false, message: `needs two values or more, got ${values.trim()} alone`, hint };
  }
  if (ends.length > 3) {
    return {
      ok: false,
      message: `is a low end, a high end and perhaps a typical value, got ${values}`,
      hint,
    };
  }
  return readRange(path.trim(), ends);
}

function readList(path: string, values: readonly string[]): ReadInput {
  const twice = values.find((value, i) => values.indexOf(value) < i);
  return twice === undefined
    ? { ok: true, input: { path, values } }
    : { ok: false, message: `has the value ${twice} twice` };
}

function readRange(path: string, ends: readonly string[]): ReadInput {
  const read = inOneUnit(ends);
  const [low = '', high = '', typical] = ends;
  if (read === undefined) {
    const message = `needs numbers of one kind as ends of a range, got ${ends.join(' and ')}`;
    return { ok: false, message, hint: 'separate values by commas: PATH=a,b,c' };
  }
  const [from, to, middle] = read.amounts as [number, number, number?];
  if (!(from < to)) return { ok: false, message: `must have its low end first, got ${low}:${high}` };
  if (middle !== undefined && !(middle >= from && middle <= to)) {
    return { ok: false, message: `has its typical value outside the range, got ${ends.join(':')}` };
  }
  return { ok: true, input: { path, low, high, ...(typical === undefined ? {} : { typical }) } };
}

const CLOSES: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** Parts between separators that stand in no quotes, brackets or braces. */
export function partsOf(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let quote = '';
  let part = '';
  for (const sign of text) {
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (CLOSES[sign] !== undefined) open.push(CLOSES[sign] as string);
    else if (sign === open.at(-1)) open.pop();
    else if (sign === separator && open.length === 0) {
      parts.push(part.trim());
      part = '';
      continue;
    }
    part += sign;
  }
  return [...parts, part.trim()];
}
