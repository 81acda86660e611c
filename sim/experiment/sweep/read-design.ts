import { nameHint } from '../../scenario/nearest-name.ts';
import { isMapping } from '../../scenario/path.ts';
import { type Problem, quoteValue } from '../../scenario/problem.ts';
import { SWEEP_PARTS, type SweepFactor, type SweepPart } from './factor.ts';
import { factorOf, type ReadFactor, readFactor, readValues } from './read-factor.ts';

/** What a design file or the options say of a sweep, as far as they say it. */
export interface StatedDesign {
  readonly factors: readonly StatedFactor[];
  readonly samples?: number;
  readonly replications?: number;
  /** Whether more was stated, which could not be read and was told. */
  readonly isWrong?: boolean;
}

/** A factor and where it was stated: `--grid policy.placement=fgd,best-fit`, `grid["policy.placement"]`. */
export interface StatedFactor {
  readonly factor: SweepFactor;
  readonly at: string;
}

const MOST_SAMPLES = 1_000_000;
const MOST_REPLICATIONS = 100_000;

/** Reads the options of one part; what is wrong goes to `problems`. */
export function readOptions(
  part: SweepPart,
  texts: readonly string[],
  problems: Problem[],
): readonly StatedFactor[] {
  return texts.flatMap((text) => taken(readFactor(part, text), `--${part} ${text}`, text, problems));
}

function taken(read: ReadFactor, at: string, value: unknown, problems: Problem[]): readonly StatedFactor[] {
  if (read.ok) return [{ factor: read.factor, at }];
  const { message, hint } = read;
  problems.push({ path: at, value, message, ...(hint === undefined ? {} : { hint }) });
  return [];
}

/**
 * Reads a design document: `grid`, `list`, `random` and `lhs` are mappings from paths to values, written as on the command
 * line (`4..16:4`) or as a list of anything; `samples` and `replications` are numbers. What is wrong goes to `problems`.
 */
export function readDesignDocument(document: unknown, problems: Problem[]): StatedDesign {
  if (!isMapping(document)) {
    problems.push({ path: '', value: document, message: `must be a mapping, got ${quoteValue(document)}` });
    return { factors: [] };
  }
  const keys = [...SWEEP_PARTS, 'samples', 'replications'];
  for (const key of Object.keys(document)) {
    if (keys.includes(key)) continue;
    const hint = nameHint(key, keys);
    problems.push({
      path: key,
      value: document[key],
      message: `is no key of a design: has ${keys.join(', ')}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const factors = SWEEP_PARTS.flatMap((part) => readPart(part, document[part], problems));
  const samples = wholeNumber(document, 'samples', MOST_SAMPLES, problems);
  const replications = wholeNumber(document, 'replications', MOST_REPLICATIONS, problems);
  return {
    factors,
    ...(samples === undefined ? {} : { samples }),
    ...(replications === undefined ? {} : { replications }),
  };
}

function readPart(part: SweepPart, stated: unknown, problems: Problem[]): readonly StatedFactor[] {
  if (stated === undefined) return [];
  if (!isMapping(stated)) {
    const message = `must be a mapping from paths to values, got ${quoteValue(stated)}`;
    problems.push({ path: part, value: stated, message });
    return [];
  }
  return Object.entries(stated).flatMap(([path, values]) => {
    const at = `${part}[${JSON.stringify(path)}]`;
    if (Array.isArray(values))
      return taken(
        factorOf(
          part,
          path,
          values.map((value) => JSON.stringify(value)),
        ),
        at,
        values,
        problems,
      );
    if (typeof values === 'string') return taken(readValues(part, path, values), at, values, problems);
    const message = `must be a list of values or a text such as 4..16:4, got ${quoteValue(values)}`;
    problems.push({ path: at, value: values, message });
    return [];
  });
}

function wholeNumber(
  document: Readonly<Record<string, unknown>>,
  key: string,
  most: number,
  problems: Problem[],
): number | undefined {
  const value = document[key];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  const message = `must be a whole number from 1 to ${most}, got ${quoteValue(value)}`;
  problems.push({ path: key, value, message });
  return undefined;
}
