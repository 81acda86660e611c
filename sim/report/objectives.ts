import { gateVerdict, type ObjectiveResult } from '../experiment/compare/index.ts';
import type { ComparedMetric } from '../experiment/statistics/index.ts';
import {
  type ComparisonResult,
  type Dimension,
  dimensionText,
  type ObjectiveVerdict,
} from '../objectives/index.ts';
import { type Block, row } from './blocks.ts';
import { groupDigits, percent, plural, printable, seconds } from './format.ts';

/** Verdicts as reports write them. */
export const VERDICT_WORD: Readonly<Record<ObjectiveVerdict, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  undecided: 'undecided',
  'not-measured': 'NOT MEASURED',
};

/** A quantity in base units with its unit, such as `42.1 s`, `70.0 %`, `2.5 USD/GPU-hour`. */
function quantityText(value: number, dimension: Dimension, isPercent: boolean): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '-infinite';
  const unit = dimensionText(dimension);
  if (unit === 'seconds') return value < 0 ? `-${seconds(-value)}` : seconds(value);
  if (unit === 'a plain number') return isPercent ? percent(value) : numberText(value);
  return `${numberText(value)} ${value !== 1 && COUNTED.test(unit) ? `${unit}s` : unit}`;
}

const COUNTED = /^(job|request|session|host|event|licence|frame|month|year|(GPU|host|user|licence)-hour)$/;

/** Whole numbers in full, others to four digits. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return groupDigits(value);
  const short = Number(value.toPrecision(4));
  return Math.abs(short) >= 1e15 || Math.abs(short) < 1e-6 ? String(short) : groupDigits(short);
}

/** A value of a metric in its own unit; with a sign where it is a difference. */
export function metricText(value: number | null, unit: ComparedMetric['unit'], isDifference = false): string {
  if (value === null) return '-';
  const sign = value < 0 ? '-' : isDifference && value > 0 ? '+' : '';
  const size = Math.abs(value);
  if (unit === 'fraction') return `${sign}${percent(size)}`;
  if (unit === 'seconds') return `${sign}${seconds(size)}`;
  return `${sign}${numberText(size)}${unit === 'ratio' ? '' : ` ${unit}`}`;
}

/** What was found of a comparison: `found 42.1 s, 38.9 s to 45.3 s at 95 %, in 10 replications`. */
function foundText(found: ComparisonResult): string {
  const { left, right, margin, isLimit, dimension, isPercent, n } = found;
  if (left === null) return 'nothing was measured';
  const text = (value: number) => quantityText(value, dimension, isPercent);
  const shown = ({ value, ci95 }: NonNullable<typeof left>, least = Number.NEGATIVE_INFINITY) =>
    ci95 === null || ci95[0] === ci95[1]
      ? text(value)
      : `${text(value)} (${text(Math.max(ci95[0], least))} to ${text(ci95[1])})`;
  const other =
    isLimit || right === null || margin === null
      ? ''
      : ` against ${shown(right)}, a difference of ${shown(margin)}`;
  return `found ${shown(left, isTime(found) ? 0 : undefined)}${other} in ${plural(n, 'replication')}`;
}

/** Whether the left side is a time of a run, and no difference of two: Student's interval may reach below 0, a time cannot. */
function isTime({ text, dimension, left }: ComparisonResult): boolean {
  const isDifference = /change\(|delta\(|\s-\s/.test(text);
  return left !== null && left.value >= 0 && !isDifference && dimensionText(dimension) === 'seconds';
}

/** What became of an objective, in one sentence without its name. */
export function outcomeText(result: ObjectiveResult): string {
  const { verdict, comparisons, needed, isOneRun, reason, onBase } = result;
  const several = comparisons.length > 1;
  const found = comparisons
    .map((each) => `${several ? `${printable(each.text)}: ` : ''}${foundText(each)}`)
    .join('; ');
  const why = reason === undefined ? '' : `; ${printable(reason)}`;
  const more =
    verdict !== 'undecided'
      ? ''
      : needed === null
        ? '; no number of replications is known to decide it'
        : `; about ${plural(needed, 'more replication')} needed`;
  const one = isOneRun ? '; one replication: the verdict of this run alone' : '';
  const base = onBase === undefined ? '' : `; on the base: ${VERDICT_WORD[onBase]}`;
  return `${verdict === 'not-measured' && reason !== undefined ? printable(reason) : `${found}${why}`}${more}${one}${base}`;
}

/** Objectives for a terminal: the verdict of all, then each with what was found. */
export function objectiveBlocks(results: readonly ObjectiveResult[], isStrict = false): Block[] {
  if (results.length === 0) return [];
  const count = (verdict: ObjectiveVerdict) => results.filter((each) => each.verdict === verdict).length;
  const parts = (['pass', 'fail', 'undecided', 'not-measured'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${VERDICT_WORD[verdict]}`);
  const verdict = gateVerdict(results, isStrict);
  return [
    row(
      'Objectives',
      `${verdict === 'fail' ? 'FAILED' : verdict === 'pass' ? 'passed' : 'undecided'}: ${parts.join(', ')}`,
    ),
    ...results.map((result) => ({
      start: `  ${VERDICT_WORD[result.verdict].padEnd(14)}`,
      text: `${printable(result.name)}: ${outcomeText(result)}`,
    })),
  ];
}
