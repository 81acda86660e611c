import { studentTQuantile } from '../kernel/math.ts';
import { checkUnits, dimensionOf } from './check.ts';
import {
  CONFIDENCE,
  type Estimate,
  estimate,
  isMeasured,
  observedUnit,
  type Samples,
  sizeOf,
} from './estimate.ts';
import { type CompareOp, type Condition, type MetricRef, metricsOf, type Quantity } from './expression.ts';
import type { ExpressionError } from './tokens.ts';
import type { Dimension } from './units.ts';

/** `undecided`: the interval lies on both sides. `not-measured`: there is nothing to judge by, which no gate takes for a pass. */
export type ObjectiveVerdict = 'pass' | 'fail' | 'undecided' | 'not-measured';

/** A quantity as a result shows it: in base units. */
interface Shown {
  readonly value: number;
  /** Null with one replication. */
  readonly ci95: readonly [number, number] | null;
}

/** One comparison of an objective. */
export interface ComparisonResult {
  /** As written. */
  readonly text: string;
  readonly verdict: ObjectiveVerdict;
  readonly op: CompareOp;
  readonly left: Shown | null;
  readonly right: Shown | null;
  /** Whether the right side is a number of the expression. */
  readonly isLimit: boolean;
  /** Left less right, which the verdict rests on. */
  readonly margin: Shown | null;
  /** Whether a plain number is best read in percent. */
  readonly isPercent: boolean;
  /** Of both sides, in base units (`s`, `GPU-hour`, `USD`, ...), as powers. */
  readonly dimension: Dimension;
  /** Replications or pairs with a value. */
  readonly n: number;
  /** Further replications after which the verdict should be clear, if mean and spread stay; null where it is, or none would do. */
  readonly needed: number | null;
  /** What stands in the way of a verdict. */
  readonly reason?: string;
}

/** What became of a condition. */
export interface Judgement {
  readonly verdict: ObjectiveVerdict;
  readonly comparisons: readonly ComparisonResult[];
  readonly needed: number | null;
  /** Whether there was one replication: the verdict is that of this one run. */
  readonly isOneRun: boolean;
}

/** Most further replications that a projection names. */
const MOST_NEEDED = 100_000;

/**
 * Judges a condition by intervals: each comparison passes where the whole interval of left less right satisfies it,
 * fails where none of it does, and is undecided between. `and`, `or` and `not` are three-valued (Kleene).
 *
 * @param text the expression that the condition was read from
 * @param confidence of the intervals that decide, in (0, 1); those that are shown are at 95 %
 */
export function judge(
  condition: Condition,
  text: string,
  samples: Samples,
  confidence: number = CONFIDENCE,
): Judgement {
  const comparisons: ComparisonResult[] = [];
  const verdictOf = (node: Condition): ObjectiveVerdict => {
    if (node.kind === 'comparison') {
      const result = compare(node, text.slice(node.from, node.to), samples, confidence);
      comparisons.push(result);
      return result.verdict;
    }
    if (node.kind === 'not') return OPPOSITE[verdictOf(node.of)];
    const verdicts = node.of.map(verdictOf);
    const [settles, other] = node.kind === 'all' ? (['fail', 'pass'] as const) : (['pass', 'fail'] as const);
    if (verdicts.includes(settles)) return settles;
    if (verdicts.includes('not-measured')) return 'not-measured';
    return verdicts.includes('undecided') ? 'undecided' : other;
  };
  const verdict = verdictOf(condition);
  const open = comparisons.filter((each) => each.verdict === 'undecided');
  const needed =
    verdict !== 'undecided' || open.some((each) => each.needed === null)
      ? null
      : Math.max(...open.map((each) => each.needed as number));
  return { verdict, comparisons, needed, isOneRun: sizeOf(samples) < 2 };
}

/** Units that do not fit those that the runs have, known only now. */
export function checkObservedUnits(condition: Condition, samples: Samples): readonly ExpressionError[] {
  return checkUnits(condition, (metric) => unitIn(samples, metric));
}

function unitIn(samples: Samples, metric: MetricRef): string | undefined {
  return observedUnit(samples, 'candidate', metric) ?? observedUnit(samples, 'base', metric);
}

/** Metrics of a condition that no replication has. */
export function missingMetrics(condition: Condition, samples: Samples): readonly MetricRef[] {
  return metricsOf(condition).flatMap(({ side, metric }) =>
    isMeasured(samples, side, metric) ? [] : [metric],
  );
}

const OPPOSITE: Readonly<Record<ObjectiveVerdict, ObjectiveVerdict>> = {
  pass: 'fail',
  fail: 'pass',
  undecided: 'undecided',
  'not-measured': 'not-measured',
};

function compare(
  { op, left, right, from, to }: Extract<Condition, { kind: 'comparison' }>,
  text: string,
  samples: Samples,
  confidence: number,
): ComparisonResult {
  const difference: Quantity = { kind: 'arithmetic', op: '-', left, right, from, to };
  const isLimit = metricsOf(right).length === 0;
  const margin = estimate(difference, samples);
  const isOne = sizeOf(samples) < 2;
  const shown = (found: Estimate | undefined): Shown | null =>
    found === undefined ? null : { value: found.mean, ci95: isOne ? null : [found.lo, found.hi] };
  const result = {
    text,
    op,
    left: shown(estimate(left, samples)),
    right: shown(estimate(right, samples)),
    margin: shown(margin),
    isLimit,
    isPercent:
      text.includes('%') ||
      (left.kind === 'metric' && unitIn(samples, left.metric) === 'fraction') ||
      left.kind === 'delta',
    dimension: dimensionOf(left, right, (metric) => unitIn(samples, metric)) ?? {},
    n: margin?.n ?? 0,
    needed: null,
  };
  const missing = missingMetrics({ kind: 'comparison', op, left, right, from, to }, samples);
  if (margin === undefined) {
    const names = missing.map(({ name }) => name).join(', ');
    const reason = missing.length > 0 ? `the run has no ${names}` : 'there was nothing to measure';
    return { ...result, verdict: 'not-measured', reason };
  }
  const decisive = estimate(difference, samples, confidence) as Estimate;
  const verdict = settled(op, decisive);
  if (verdict !== 'undecided') return { ...result, verdict };
  if (!Number.isFinite(margin.lo))
    return { ...result, verdict, reason: 'it has no finite mean: something is divided by 0' };
  return { ...result, verdict, needed: projected(decisive, confidence) };
}

function settled(op: CompareOp, { lo, hi }: Estimate): 'pass' | 'fail' | 'undecided' {
  const [passes, fails] = {
    '<': [hi < 0, lo >= 0],
    '<=': [hi <= 0, lo > 0],
    '>': [lo > 0, hi <= 0],
    '>=': [lo >= 0, hi < 0],
    '==': [lo === 0 && hi === 0, lo > 0 || hi < 0],
    '!=': [lo > 0 || hi < 0, lo === 0 && hi === 0],
  }[op] as [boolean, boolean];
  return passes ? 'pass' : fails ? 'fail' : 'undecided';
}

/**
 * Replications beyond those there are with which the interval would leave out 0, if mean and spread stay: the least n with
 * t(n - 1) s / sqrt(n) < |mean|. Where the sides are apart the interval is taken to shrink with the root of n.
 */
function projected({ mean, lo, hi, n, stdDev }: Estimate, confidence: number): number | null {
  const distance = Math.abs(mean);
  if (distance === 0) return null;
  if (stdDev === null) {
    const widths = (hi - lo) / 2 / distance;
    const total = Math.ceil(n * widths * widths) + 1;
    return total - n > MOST_NEEDED ? null : Math.max(1, total - n);
  }
  const leavesOut = (total: number) =>
    (studentTQuantile(0.5 + confidence / 2, total - 1) * stdDev) / Math.sqrt(total) < distance;
  if (!leavesOut(n + MOST_NEEDED)) return null;
  let [below, enough] = [n, n + MOST_NEEDED];
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (leavesOut(middle)) enough = middle;
    else below = middle;
  }
  return enough - n;
}
