import type { MetricUnit } from '../../observe/metric.ts';

/** What the ranges of the overheads do to the metrics: `uncertainty` of `result.json`. */
export interface Uncertainty {
  readonly samples: number;
  /** Seed of the sample; the runs themselves all take the seeds of the scenario. */
  readonly seed: number;
  /** Runs behind it besides the one at typical values, each with all replications. */
  readonly runs: number;
  readonly method: string;
  readonly parameters: readonly VariedParameter[];
  /** Ids of parameters that the scenario states: not varied. */
  readonly stated: readonly string[];
  /** Ids of parameters that moved no metric at all. */
  readonly withoutEffect: readonly string[];
  readonly metrics: Readonly<Record<string, UncertainMetric>>;
}

interface VariedParameter {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly low: number;
  readonly typical: number;
  readonly high: number;
  /** No published measurement stands behind the range. */
  readonly assumed: boolean;
  readonly source: string;
}

/** A metric (mean of the replications) over the samples. Numbers are null where no sample has a value. */
export interface UncertainMetric {
  readonly unit: MetricUnit;
  /** With every parameter at its typical value. */
  readonly typical: number | null;
  readonly p5: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  /** Samples that have a value. */
  readonly n: number;
  /** Part of the variance over the samples that a linear model of the drivers explains; null where there is none. */
  readonly explained: number | null;
  /** Parameters that move the metric, the widest swing first. Those that are missing do nothing to it. */
  readonly drivers: readonly Driver[];
}

/** What one parameter does to one metric: a bar of a tornado chart. */
export interface Driver {
  readonly id: string;
  readonly assumed: boolean;
  /** The metric with this parameter at its low and at its high value, the others typical. */
  readonly atLow: number | null;
  readonly atHigh: number | null;
  /** Largest less smallest of `atLow`, typical and `atHigh`. 0: it acts only together with others. */
  readonly swing: number;
  /** Spearman's, of parameter and metric over the samples. */
  readonly rankCorrelation: number | null;
  /** Standardized regression coefficient, all drivers together. */
  readonly regression: number | null;
}
