import type { SobolMetric, TornadoMetric, VariedInput } from '../../../sim/experiment/statistics/index.ts';
import type { InputSummary } from '../../../sim/index.ts';

/** What a study found: `sensitivity.json`. */
export interface SensitivityDocument {
  readonly schema: 'slicewise/sensitivity@1';
  readonly version: string;
  /** The scenario in canonical form, without its variants. */
  readonly scenario: object;
  /** Files and settings laid over it, in order. */
  readonly overlays: readonly string[];
  /** Trace files that were read. */
  readonly inputs: readonly InputSummary[];
  readonly method: 'one-at-a-time' | 'sobol';
  /** What is varied, as it was asked for; ranges with the step that the scenario needs, if any. */
  readonly varied: readonly VariedInput[];
  readonly seeds: readonly number[];
  /** Simulations that were run. */
  readonly runs: number;
  /** Rows of each base sample of Saltelli's design; of a study by Sobol indices. */
  readonly rows?: number;
  /** Of the study that `method` names. */
  readonly tornado?: readonly TornadoMetric[];
  readonly sobol?: readonly (SobolMetric & { readonly unit: string; readonly typical: number | null })[];
  readonly notes: readonly string[];
}
