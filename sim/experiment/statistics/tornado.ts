import { adjustedP } from '../../kernel/stats/adjusted-p.ts';
import { Tally } from '../../kernel/stats/tally.ts';
import type { MetricUnit } from '../../observe/metric.ts';
import { type ComparedMetric, compareMetrics, type SeedReadings } from './compare.ts';
import { isList, type VariedInput, valueAtPlace } from './varied-input.ts';
import { levelPlaces } from './vary.ts';

/**
 * Whether an input moves a metric by itself. `shown`: the interval leaves out 0, also after Holm's correction for the
 * number of inputs. `shown-alone`: only without it. `not-shown`: the interval holds 0, which is not "no effect".
 * `none`: the metric is the same in every run. `not-comparable`: see `reason`.
 */
type EffectVerdict = 'shown' | 'shown-alone' | 'not-shown' | 'none' | 'not-comparable';

/** What one input does to one metric, the others at their typical values. */
export interface InputEffect {
  readonly path: string;
  /** By level, in the order of the input: the mean of the metric, and how far it is from that of the typical run. */
  readonly levels: readonly {
    readonly value: number | string;
    readonly mean: number | null;
    readonly difference: number | null;
    readonly ci95: readonly [number, number] | null;
  }[];
  /** Levels between which the effect is taken: low and high end, or the two values of a list that are furthest apart. */
  readonly from: number | string;
  readonly to: number | string;
  /** Metric at `to` less that at `from`. */
  readonly difference: number | null;
  /** Of the difference, by pairs of equal seeds; of a list for all its pairs of values at once (Bonferroni). */
  readonly ci95: readonly [number, number] | null;
  /** Of no effect; `pAdjusted` for the number of inputs. */
  readonly p: number | null;
  readonly pAdjusted: number | null;
  /** Both ends of a range are shown to lie on one side of the typical run: the range holds an optimum. */
  readonly bends: boolean;
  readonly verdict: EffectVerdict;
  readonly reason?: string;
}

/** Effects on one metric, the largest first. */
export interface TornadoMetric {
  readonly metric: string;
  readonly unit: MetricUnit;
  /** Of the typical run. */
  readonly typical: number | null;
  readonly effects: readonly InputEffect[];
}

/** Chance of a false alarm in a verdict. */
const LEVEL = 0.05;

/**
 * Effects of a one-at-a-time study on metrics.
 *
 * @param runs replications of each run of `oneAtATimeRuns`, in that order, all of the same seeds
 * @throws {RangeError} if there are more or fewer
 */
export function tornado(
  inputs: readonly VariedInput[],
  runs: readonly (readonly SeedReadings[])[],
  metrics: readonly string[],
): readonly TornadoMetric[] {
  const needed = 1 + inputs.reduce((sum, input) => sum + levelPlaces(input).length, 0);
  if (runs.length !== needed) {
    throw new RangeError(`Cannot read a study: need ${needed} runs, got ${runs.length}`);
  }
  const typical = runs[0] as readonly SeedReadings[];
  return metrics.map((metric) => {
    let at = 1;
    const effects = inputs.map((input) => {
      const places = levelPlaces(input);
      const levels = places.map((place, i) => ({
        value: valueAtPlace(input, place),
        runs: runs[at + i] as readonly SeedReadings[],
      }));
      at += places.length;
      return effectOf(input, metric, typical, levels);
    });
    return {
      metric,
      unit: unitOf(metric, runs.flat()),
      typical: meanOf(metric, typical),
      effects: adjusted(effects).sort((a, b) => size(b) - size(a)),
    };
  });
}

const size = ({ difference }: InputEffect) => Math.abs(difference ?? 0);

interface Level {
  readonly value: number | string;
  readonly runs: readonly SeedReadings[];
}

function effectOf(
  input: VariedInput,
  metric: string,
  typical: readonly SeedReadings[],
  levels: readonly Level[],
): InputEffect {
  const pairs = levels.flatMap((from, i) => levels.slice(i + 1).map((to) => ({ from, to })));
  const compare = (from: readonly SeedReadings[], to: readonly SeedReadings[], confidence: number) =>
    compareMetrics(from, to, { metrics: [metric], adjustment: 'none', confidence })[0] as ComparedMetric;
  // The widest of several pairs is chosen by what was seen: its interval has to hold for all of them.
  const compared = pairs.map((pair) => ({
    ...pair,
    row: compare(pair.from.runs, pair.to.runs, 1 - LEVEL / pairs.length),
  }));
  const widest = compared.reduce((best, each) =>
    Math.abs(each.row.difference ?? -1) > Math.abs(best.row.difference ?? -1) ? each : best,
  );
  const fromTypical = levels.map(({ value, runs }) => {
    const { candidate, difference, ci95 } = compare(typical, runs, 1 - LEVEL);
    return { value, mean: candidate ?? meanOf(metric, runs), difference, ci95 };
  });
  const { row } = widest;
  const p = row.p === null ? null : Math.min(1, row.p * pairs.length);
  const isSame = compared.every((each) => each.row.ci95?.[0] === 0 && each.row.ci95[1] === 0);
  const lacking = compared.find((each) => each.row.verdict === 'not-comparable')?.row.reason;
  return {
    path: input.path,
    levels: fromTypical,
    from: widest.from.value,
    to: widest.to.value,
    difference: row.difference,
    ci95: row.ci95,
    p,
    pAdjusted: null,
    bends: !isList(input) && sidesOf(fromTypical) === 'one',
    verdict: lacking !== undefined ? 'not-comparable' : isSame ? 'none' : 'not-shown',
    ...(lacking === undefined ? {} : { reason: lacking }),
  };
}

/** Whether both ends are shown to differ from the typical run in one direction. */
function sidesOf(levels: InputEffect['levels']): 'one' | 'both' {
  const isAbove = levels.every(({ ci95 }) => ci95 !== null && ci95[0] > 0);
  const isBelow = levels.every(({ ci95 }) => ci95 !== null && ci95[1] < 0);
  return isAbove || isBelow ? 'one' : 'both';
}

/** With verdicts, corrected for the number of inputs that were tested. */
function adjusted(effects: readonly InputEffect[]): InputEffect[] {
  const tested = effects.filter(({ p, verdict }) => p !== null && verdict === 'not-shown');
  const all = adjustedP(
    tested.map(({ p }) => p as number),
    'holm',
  );
  return effects.map((effect) => {
    const at = tested.indexOf(effect);
    if (at < 0) return effect;
    const pAdjusted = all[at] as number;
    const verdict =
      pAdjusted <= LEVEL ? 'shown' : (effect.p as number) <= LEVEL ? 'shown-alone' : 'not-shown';
    return { ...effect, pAdjusted, verdict };
  });
}

function meanOf(metric: string, runs: readonly SeedReadings[]): number | null {
  const values = runs.flatMap(({ readings }) => {
    const value = readings.find(([name]) => name === metric)?.[1].value ?? null;
    return value === null ? [] : [value];
  });
  return values.length === 0 ? null : Tally.of(values).mean;
}

function unitOf(metric: string, runs: readonly SeedReadings[]): MetricUnit {
  for (const { readings } of runs) {
    const found = readings.find(([name]) => name === metric);
    if (found !== undefined) return found[1].unit;
  }
  return 'ratio';
}
