import type { MetricUnit } from '../observe/metric.ts';

/** A metric over the replications of a run. */
export interface Metric {
  /** Mean over the replications that have a value; null where none has. */
  readonly value: number | null;
  readonly unit: MetricUnit;
  /** 95 % confidence interval of the mean (Student); absent with fewer than two values. */
  readonly ci95?: readonly [number, number];
  /** Independent runs behind the value. */
  readonly n: number;
}
