import { normalQuantile } from '../../kernel/math.ts';
import { isAssumed } from '../../sharing/index.ts';
import type { Metric } from '../metric.ts';
import type { Design } from './design.ts';
import { sampleQuantile } from './quantile.ts';
import { rankCorrelation, standardizedRegression } from './sensitivity.ts';
import type { Driver, UncertainMetric, Uncertainty } from './uncertainty.ts';

/** Metrics of one run by name; of several replications their means. */
export type RunMetrics = Readonly<Record<string, Pick<Metric, 'value' | 'unit'>>>;

/** Chance of taking noise for an effect that shows only together with others, over all parameters of a metric. */
const FALSE_ALARM = 0.001;

/**
 * Intervals and drivers of every metric.
 *
 * @param typical run with every parameter at its typical value
 * @param runs those of `designRuns(design)`, in that order
 * @param stated ids of parameters that the scenario states itself
 * @throws {RangeError} if there are more or fewer runs than the design has
 */
export function analyseUncertainty(
  design: Design,
  typical: RunMetrics,
  runs: readonly RunMetrics[],
  stated: readonly string[] = [],
): Uncertainty {
  const { parameters, ends, samples } = design;
  let taken = 0;
  const next = (): RunMetrics => runs[taken++] ?? {};
  const atEnds = ends.map(({ low, high }) => ({
    low: low === null ? typical : next(),
    high: high === null ? typical : next(),
  }));
  const sampled = runs.slice(taken);
  if (sampled.length !== samples.length || taken > runs.length) {
    throw new RangeError(
      `Cannot analyse an uncertainty study: need ${taken + samples.length} runs, got ${runs.length}`,
    );
  }
  const names = new Map<string, Metric['unit']>();
  for (const run of [typical, ...runs]) {
    for (const [name, { unit }] of Object.entries(run)) if (!names.has(name)) names.set(name, unit);
  }
  const metrics: Record<string, UncertainMetric> = {};
  for (const [name, unit] of names) {
    const read = (run: RunMetrics) => run[name]?.value ?? null;
    metrics[name] = analyseMetric(
      unit,
      design,
      read(typical),
      atEnds.map(({ low, high }) => ({ low: read(low), high: read(high) })),
      sampled.map(read),
    );
  }
  const effective = new Set(Object.values(metrics).flatMap(({ drivers }) => drivers.map(({ id }) => id)));
  return {
    samples: samples.length,
    seed: design.seed,
    runs: runs.length,
    method: 'Latin hypercube sample of triangular distributions; ends one at a time; same seeds in every run',
    parameters: parameters.map((each) => ({
      id: each.id,
      what: each.what,
      unit: each.unit,
      low: each.low,
      typical: each.typical,
      high: each.high,
      assumed: isAssumed(each),
      source: each.source,
    })),
    stated,
    withoutEffect: parameters.map(({ id }) => id).filter((id) => !effective.has(id)),
    metrics,
  };
}

function analyseMetric(
  unit: Metric['unit'],
  { parameters, samples }: Design,
  typical: number | null,
  ends: readonly { readonly low: number | null; readonly high: number | null }[],
  sampled: readonly (number | null)[],
): UncertainMetric {
  const present = sampled.flatMap((value, i) => (value === null ? [] : [{ value, overheads: samples[i] }]));
  const values = present.map(({ value }) => value);
  const sorted = [...values].sort((a, b) => a - b);
  const at = (p: number) => (sorted.length === 0 ? null : sampleQuantile(sorted, p));

  const noise = significant(values.length, parameters.length);
  const candidates = parameters.map((parameter, p) => {
    const inputs = present.map(({ overheads }) => overheads?.[parameter.id] as number);
    const { low, high } = ends[p] as { low: number | null; high: number | null };
    const known = [low, typical, high].filter((value) => value !== null);
    const swing = known.length === 0 ? 0 : Math.max(...known) - Math.min(...known);
    // A value that appears or vanishes at an end is an effect without a size.
    const comesOrGoes = known.length > 0 && known.length < 3;
    const correlation = rankCorrelation(inputs, values);
    const moves = swing > 0 || comesOrGoes || (correlation !== null && Math.abs(correlation) > noise);
    return { parameter, inputs, low, high, swing, correlation, moves };
  });
  const moving = candidates.filter(({ moves }) => moves);
  const model = standardizedRegression(
    moving.map(({ inputs }) => inputs),
    values,
  );
  const drivers = moving.map(
    ({ parameter, low, high, swing, correlation }, i): Driver => ({
      id: parameter.id,
      assumed: isAssumed(parameter),
      atLow: low,
      atHigh: high,
      swing,
      rankCorrelation: correlation,
      regression: model?.coefficients[i] ?? null,
    }),
  );
  return {
    unit,
    typical,
    p5: at(0.05),
    p50: at(0.5),
    p95: at(0.95),
    n: values.length,
    explained: model?.explained ?? null,
    // The order of the parameters settles ties: sort() is stable.
    drivers: drivers.sort(
      (a, b) => b.swing - a.swing || Math.abs(b.rankCorrelation ?? 0) - Math.abs(a.rankCorrelation ?? 0),
    ),
  };
}

/** Size beyond which a rank correlation of n pairs is no accident, for each of k parameters looked at. */
function significant(n: number, k: number): number {
  return n < 4 ? 1 : normalQuantile(1 - FALSE_ALARM / (2 * Math.max(1, k))) / Math.sqrt(n - 1);
}
