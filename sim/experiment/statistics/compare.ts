import { studentTCdf, studentTQuantile } from '../../kernel/math.ts';
import { type AdjustmentName, adjustedP } from '../../kernel/stats/adjusted-p.ts';
import { Tally } from '../../kernel/stats/tally.ts';
import type { MetricUnit } from '../../observe/metric.ts';
import type { Replication } from '../replicate.ts';
import { type Direction, directionOf } from './metric-direction.ts';

/**
 * `better`, `worse`: the difference is shown, in that direction. `differs`: it is shown, and neither way is better.
 * `no-difference-shown` is not "the same": see the interval. `not-comparable`: `reason` says why.
 */
type Verdict = 'better' | 'worse' | 'differs' | 'no-difference-shown' | 'not-comparable';

/** What a comparison reads of a replication. */
export type SeedReadings = Pick<Replication, 'seed' | 'readings'>;

export interface CompareOptions {
  /** Metrics to look at; absent: all that either side has. The fewer, the less the correction costs. */
  readonly metrics?: readonly string[] | undefined;
  /** In (0, 1); 0.95 where absent. Of the intervals, and 1 less the chance of a false alarm in the verdicts. */
  readonly confidence?: number | undefined;
  /** `holm` where absent. */
  readonly adjustment?: AdjustmentName | undefined;
  /** Take replications of equal seed as pairs; true where absent. */
  readonly paired?: boolean | undefined;
}

/** One metric of two variants. */
export interface ComparedMetric {
  readonly metric: string;
  readonly unit: MetricUnit;
  /** Means over the replications that were compared; null where there is none. */
  readonly base: number | null;
  readonly candidate: number | null;
  /** Candidate less base. */
  readonly difference: number | null;
  /** The difference as a part of the size of the base; null where that is 0. */
  readonly relative: number | null;
  /** Student's interval of the difference, not adjusted for the number of metrics; null below two replications. */
  readonly ci95: readonly [number, number] | null;
  /** Two-sided, of no difference; null where there is no test. */
  readonly p: number | null;
  readonly pAdjusted: number | null;
  /** Pairs, or for variants without common seeds the smaller number of replications. */
  readonly n: number;
  readonly isPaired: boolean;
  readonly better: Direction;
  readonly verdict: Verdict;
  /** Why it is not comparable. */
  readonly reason?: string;
  /**
   * Replications on each side with which the interval would leave out 0, should difference and spread stay as they are;
   * null where it does already, or no number would do.
   */
  readonly needed: number | null;
}

/**
 * Compares two variants metric by metric. Under common random numbers (equal seeds) the differences of pairs vary less
 * than the metrics themselves, so fewer replications show the same difference; without a common seed Welch's test is
 * used. Metrics that are equal in every pair are no tests, and do not count in the correction for many metrics.
 *
 * @param base replications of one variant, of different seeds
 * @param candidate of the other
 * @returns in order of first appearance, base first; or in the order of `options.metrics`
 * @throws {RangeError} if a seed comes twice on one side, or confidence is out of range
 * @see Law, Simulation Modeling and Analysis, 5th ed., sections 10.2 and 11.2
 */
export function compareMetrics(
  base: readonly SeedReadings[],
  candidate: readonly SeedReadings[],
  options: CompareOptions = {},
): ComparedMetric[] {
  const { confidence = 0.95, adjustment = 'holm', paired = true } = options;
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot compare: confidence must be in (0, 1), got ${confidence}`);
  }
  const left = valuesBySeed(base, 'base');
  const right = valuesBySeed(candidate, 'candidate');
  const names = options.metrics ?? [...new Set([...left.units.keys(), ...right.units.keys()])];
  const rows = names.map((name) => compareOne(name, left, right, confidence, paired));
  const tests = rows.flatMap(({ p }, i) => (p === null ? [] : [{ i, p }]));
  const adjusted = adjustedP(
    tests.map(({ p }) => p),
    adjustment,
  );
  const pAdjusted = new Map(tests.map(({ i }, t) => [i, adjusted[t] as number]));
  return rows.map((row, i) => {
    const p = pAdjusted.get(i);
    return p === undefined ? row : { ...row, pAdjusted: p, verdict: verdictOf(row, p, 1 - confidence) };
  });
}

interface Side {
  readonly seeds: readonly number[];
  readonly units: ReadonlyMap<string, MetricUnit>;
  /** The metric in the replication of each seed; null where it has none. */
  of(name: string): readonly (number | null)[];
}

function valuesBySeed(replications: readonly SeedReadings[], side: string): Side {
  const seeds = replications.map(({ seed }) => seed);
  if (new Set(seeds).size < seeds.length) {
    throw new RangeError(`Cannot compare: two replications of the ${side} have the same seed`);
  }
  const maps = replications.map(({ readings }) => new Map(readings));
  const units = new Map<string, MetricUnit>();
  for (const readings of maps)
    for (const [name, { unit }] of readings) if (!units.has(name)) units.set(name, unit);
  return {
    seeds,
    units,
    of: (name) =>
      // A reason that no job met in some replication counts there as 0 jobs.
      maps.map(
        (readings) => readings.get(name)?.value ?? (isCount(name, units) && !readings.has(name) ? 0 : null),
      ),
  };
}

const isCount = (name: string, units: ReadonlyMap<string, MetricUnit>) => units.get(name) === 'jobs';

type Row = ComparedMetric;

function compareOne(name: string, left: Side, right: Side, confidence: number, wantsPairs: boolean): Row {
  const unit = left.units.get(name) ?? right.units.get(name);
  const empty = {
    metric: name,
    base: null,
    candidate: null,
    difference: null,
    relative: null,
    ci95: null,
    p: null,
    pAdjusted: null,
    n: 0,
    isPaired: false,
    better: directionOf(name),
    verdict: 'not-comparable',
    needed: null,
  } as const;
  if (unit === undefined) return { ...empty, unit: 'ratio', reason: 'neither side has this metric' };
  const other = right.units.get(name);
  if (other !== undefined && other !== unit) {
    return { ...empty, unit, reason: `the base has it in ${unit}, the candidate in ${other}` };
  }
  // A count that one side never had is 0 there; anything else it has not measured.
  const read = (side: Side) =>
    side.units.has(name) || unit !== 'jobs' ? side.of(name) : side.seeds.map(() => 0);
  const a = read(left);
  const b = read(right);
  const at = new Map(right.seeds.map((seed, i) => [seed, i]));
  const isPaired = wantsPairs && left.seeds.some((seed) => at.has(seed));
  const pairs = isPaired
    ? left.seeds.flatMap((seed, i) => {
        const x = a[i];
        const y = b[at.get(seed) ?? -1];
        return x == null || y == null ? [] : [[x, y] as const];
      })
    : [];
  const x = isPaired ? pairs.map(([each]) => each) : a.filter((each) => each !== null);
  const y = isPaired ? pairs.map(([, each]) => each) : b.filter((each) => each !== null);
  const base = x.length === 0 ? null : Tally.of(x).mean;
  const candidate = y.length === 0 ? null : Tally.of(y).mean;
  const n = Math.min(x.length, y.length);
  if (base === null || candidate === null) {
    const whose = x.length > 0 ? 'the candidate has' : y.length > 0 ? 'the base has' : 'neither side has';
    const reason = isPaired ? 'no seed has a value on both sides' : `${whose} no value`;
    return { ...empty, unit, base, candidate, isPaired, reason };
  }
  const spread = isPaired ? pairedSpread(x, y) : welchSpread(Tally.of(x), Tally.of(y));
  // What remains of a sum of parts that cancel out is no difference: fractions are of 1.
  const size = Math.max(Math.abs(base), Math.abs(candidate), unit === 'fraction' ? 1 : 0);
  const raw = isPaired ? Tally.of(x.map((each, i) => (y[i] as number) - each)).mean : candidate - base;
  const difference = Math.abs(raw) <= size * ROUNDING ? 0 : raw;
  const found = { ...empty, unit, base, candidate, difference, n, isPaired };
  const relative = base === 0 ? null : difference / Math.abs(base);
  if (isPaired && x.every((each, i) => each === y[i])) {
    return n < 2
      ? { ...found, relative, reason: ONE_RUN }
      : { ...found, relative, ci95: [0, 0], verdict: 'no-difference-shown' };
  }
  if (n < 2) return { ...found, relative, reason: ONE_RUN };
  const isFixed = spread.error <= size * ROUNDING;
  const t = studentTQuantile(0.5 + confidence / 2, spread.degrees);
  const half = isFixed ? 0 : t * spread.error;
  const p = isFixed
    ? difference === 0
      ? 1
      : 0
    : 2 * studentTCdf(-Math.abs(difference) / spread.error, spread.degrees);
  const needed =
    difference === 0 || half < Math.abs(difference)
      ? null
      : Math.ceil(n * (half / difference) * (half / difference)) + 1;
  return {
    ...found,
    relative,
    ci95: [difference - half, difference + half],
    p,
    verdict: 'no-difference-shown',
    needed,
  };
}

/** Differences below this part of the metric are rounding. */
const ROUNDING = 1e-12;
const ONE_RUN = 'one replication shows no spread: two or more are needed';

interface Spread {
  /** Standard error of the difference. */
  readonly error: number;
  readonly degrees: number;
}

function pairedSpread(x: readonly number[], y: readonly number[]): Spread {
  const { stdDev, count } = Tally.of(x.map((each, i) => (y[i] as number) - each));
  return { error: stdDev / Math.sqrt(count), degrees: count - 1 };
}

/** Welch, Biometrika 34 (1947), 28-35: variances may differ. */
function welchSpread(x: Tally, y: Tally): Spread {
  const u = x.variance / x.count;
  const v = y.variance / y.count;
  const degrees = ((u + v) * (u + v)) / ((u * u) / (x.count - 1) + (v * v) / (y.count - 1));
  return { error: Math.sqrt(u + v), degrees: Number.isFinite(degrees) ? Math.max(1, degrees) : 1 };
}

function verdictOf({ difference, better }: Row, p: number, level: number): Verdict {
  if (difference === null || difference === 0 || p > level) return 'no-difference-shown';
  if (better === 'none') return 'differs';
  return difference > 0 === (better === 'higher') ? 'better' : 'worse';
}
