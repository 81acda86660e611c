import { ASSIGNMENT, inOneUnit, partsOf } from '../statistics/varied-input.ts';
import { type SweepFactor, type SweepPart, type SweepRange, stepsOf, written } from './factor.ts';

/** What an option says, or why it says nothing. */
export type ReadFactor =
  | { readonly ok: true; readonly factor: SweepFactor }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

const HINTS: Readonly<Record<SweepPart, string>> = {
  grid: 'write PATH=a,b,c, PATH=4..16:4 (a step) or PATH=1..64:*2 (a factor)',
  list: 'write PATH=a,b,c, PATH=4..16:4 (a step) or PATH=1..64:*2 (a factor)',
  random: 'write PATH=1/h..10/h, PATH=4..64:4 (a step), PATH=10GiB..80GiB:log or PATH=a,b,c',
  lhs: 'write PATH=1/h..10/h, PATH=4..64:4 (a step), PATH=10GiB..80GiB:log or PATH=a,b,c',
};
/** More values of one path than anybody means. */
const MOST_VALUES = 100_000;

/** A fault of what was written. */
class FactorError extends Error {}

/**
 * Reads `PATH=VALUES`. Values are words or YAML parted by commas; `LOW..HIGH` is a range of numbers of one kind with their
 * units. `:STEP` leaves multiples of a step, `:*FACTOR` (grids and lists) goes up by a factor, `:log` (samples) makes each
 * doubling as likely as the next. Commas and colons inside quotes, brackets and braces part nothing.
 */
export function readFactor(part: SweepPart, text: string): ReadFactor {
  const [, path = '', values = ''] = ASSIGNMENT.exec(text) ?? [];
  const hint = HINTS[part];
  if (path.trim() === '' || values.trim() === '')
    return { ok: false, message: `must be a path and its values, got "${text}"`, hint };
  return readValues(part, path.trim(), values);
}

/** Reads what stands behind the `=`. */
export function readValues(part: SweepPart, path: string, text: string): ReadFactor {
  try {
    const items = partsOf(text, ',');
    if (items.some((item) => item === '')) throw new FactorError('has an empty value');
    const range = items.length === 1 ? readRange(items[0] as string) : undefined;
    if (range !== undefined && (part === 'random' || part === 'lhs'))
      return { ok: true, factor: { part, path, range: sampledRange(range) } };
    return factorOf(part, path, part === 'grid' || part === 'list' ? items.flatMap(listed) : items);
  } catch (error) {
    if (!(error instanceof FactorError)) throw error;
    return { ok: false, message: error.message, hint: HINTS[part] };
  }
}

/** A factor of values that are told one by one, each as YAML. */
export function factorOf(part: SweepPart, path: string, values: readonly string[]): ReadFactor {
  const twice = part === 'list' ? undefined : values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) return { ok: false, message: `has the value ${twice} twice` };
  if (values.length === 0 || (values.length < 2 && part !== 'grid' && part !== 'list')) {
    const got = values.length === 0 ? 'none' : `${values[0]} alone`;
    return { ok: false, message: `needs a range or two values and more, got ${got}`, hint: HINTS[part] };
  }
  return { ok: true, factor: { part, path, values } };
}

/** A range as it was written: what follows its colons is not yet looked at. */
interface Written {
  readonly text: string;
  readonly low: string;
  readonly high: string;
  readonly suffixes: readonly string[];
}

const NUMBER = /^[+-]?\d/;

/** `LOW..HIGH` with what follows; undefined for a word, such as the path `../a.csv`. */
function readRange(text: string): Written | undefined {
  const at = text.indexOf('..');
  if (at < 0 || /^["'[{]/.test(text)) return undefined;
  const low = text.slice(0, at).trim();
  const [high = '', ...suffixes] = partsOf(text.slice(at + 2), ':');
  return NUMBER.test(low) && NUMBER.test(high) ? { text, low, high, suffixes } : undefined;
}

/** The amounts of ends and steps in one unit. */
function amountsOf({ text, low, high }: Written, step?: string) {
  const read = inOneUnit(step === undefined ? [low, high] : [low, high, step]);
  if (read === undefined)
    throw new FactorError(`needs ends ${step === undefined ? '' : 'and a step '}of one kind, got ${text}`);
  const [from, to, by] = read.amounts as [number, number, number?];
  if (!(from < to)) throw new FactorError(`must have its low end first, got ${low}..${high}`);
  if (by !== undefined && !(by > 0)) throw new FactorError(`needs a step above 0, got ${step}`);
  return { from, to, by, unit: read.unit };
}

function sampledRange(range: Written): SweepRange {
  const { suffixes, text } = range;
  const isLog = suffixes.at(-1) === 'log';
  const [step, ...more] = isLog ? suffixes.slice(0, -1) : suffixes;
  if (more.length > 0 || step?.startsWith('*') === true)
    throw new FactorError(`takes one step and :log after its ends, got ${text}`);
  const { from, to, by, unit } = amountsOf(range, step);
  if (isLog && !(from > 0)) throw new FactorError(`needs a low end above 0 on a log scale, got ${range.low}`);
  return { from, to, unit, scale: isLog ? 'log' : 'linear', ...(by === undefined ? {} : { step: by }) };
}

/** The values of an item of a grid or list: itself, or those of its range. */
function listed(item: string): readonly string[] {
  const range = readRange(item);
  if (range === undefined) return [item];
  const { suffixes, text } = range;
  const [step] = suffixes;
  if (step === undefined || suffixes.length > 1 || step === 'log')
    throw new FactorError(`needs one step: ${range.low}..${range.high}:STEP, got ${text}`);
  if (!step.startsWith('*')) {
    const { from, to, by = 1, unit } = amountsOf(range, step);
    const steps = stepsOf(from, to, by);
    if (steps >= MOST_VALUES) throw new FactorError(`has more than ${MOST_VALUES} values`);
    return Array.from({ length: steps + 1 }, (_, i) => written(from + i * by, unit));
  }
  const factor = Number(step.slice(1));
  const { from, to, unit } = amountsOf(range);
  if (!(factor > 1 && Number.isFinite(factor) && from > 0))
    throw new FactorError(`needs a factor above 1 and a low end above 0, got ${text}`);
  const values: string[] = [];
  for (let value = from; value <= to * (1 + 1e-9); value *= factor) {
    if (values.length >= MOST_VALUES) throw new FactorError(`has more than ${MOST_VALUES} values`);
    values.push(written(value, unit));
  }
  return values;
}
