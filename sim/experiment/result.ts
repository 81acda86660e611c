import type { LicenceAuditRow } from '../cost/index.ts';
import type { FillSeries } from '../observe/fill-curve.ts';
import type { TimeSeries } from '../observe/series/time-series.ts';
import type { Assumption } from './assumptions.ts';
import type { ObjectiveResult, ReplicationValues } from './compare/kept.ts';
import type { CostReport } from './cost-report.ts';
import type { Explanation } from './explanation.ts';
import type { GiveBackReport } from './give-back/report.ts';
import type { Alert } from './join-alerts.ts';
import type { Groups } from './join-groups.ts';
import type { Metric } from './metric.ts';
import type { PrecisionReached } from './statistics/precision.ts';
import type { StatisticsSummary } from './statistics/summary.ts';
import type { Uncertainty } from './uncertainty/uncertainty.ts';
import type { WaterfallReport } from './waterfall.ts';

/** What one input file gave. */
export interface InputSummary {
  readonly path: string;
  readonly rows: number;
  readonly kept: number;
  readonly skipped: number;
  /** What was wrong with skipped rows, by line and column: the first 1,000 cells. */
  readonly bad: readonly {
    readonly line: number;
    readonly column: string;
    readonly value: string;
    readonly message: string;
  }[];
  readonly notes: readonly string[];
}

/** `result.json`. */
export interface RunResult {
  readonly schema: 'slicewise/result@1';
  readonly version: string;
  /** The normalized scenario document, overlays applied. */
  readonly scenario: unknown;
  /** Overlays given on the command line: `path=value`, and the names of overlay files before them. */
  readonly overlays: readonly string[];
  readonly inputs: readonly InputSummary[];
  readonly seeds: readonly number[];
  /** Digest of the event sequence; of several replications, the digest of their digests. */
  readonly digest: string;
  /** By replication, in order of `seeds`. */
  readonly digests: readonly string[];
  readonly metrics: Readonly<Record<string, Metric>>;
  /** The readings of each run, in order of `seeds`; of several, up to 200,000 values. */
  readonly replications?: readonly ReplicationValues[];
  /** What became of the objectives of the scenario. */
  readonly objectives?: readonly ObjectiveResult[];
  /** The same kind of values for parts of the fleet. */
  readonly groups: {
    readonly gpuModel: Groups;
    /** Of timed runs, where there are such groups; `host` where the scenario asks for it. */
    readonly pool?: Groups;
    readonly hostGroup?: Groups;
    readonly mode?: Groups;
    readonly host?: Groups;
    readonly tenant?: Groups;
    readonly class?: Groups;
  };
  readonly series: { readonly fill?: FillSeries; readonly time?: TimeSeries };
  /** What stayed beyond a limit for long; of timed runs. */
  readonly alerts?: readonly Alert[];
  readonly explanations: readonly Explanation[];
  /**
   * There where detail was left out of a timed run, as `metrics.detail: false` asks: it has no waterfall, alerts, statistics,
   * time series nor groups, but for what is allocated by GPU model.
   */
  readonly detail?: false;
  /** How far the numbers can be trusted; of timed runs. */
  readonly statistics?: StatisticsSummary;
  /** How closely the metrics named by `experiment.precision` are known. */
  readonly precision?: readonly PrecisionReached[];
  /** What became of all GPU-hours of capacity; of timed runs. */
  readonly waterfall?: WaterfallReport;
  /** What one change would give back of it; only with `--give-back`. */
  readonly giveBack?: GiveBackReport;
  /** What the fleet costs a month; where the scenario asks for it. */
  readonly cost?: CostReport;
  /** The audit of its licences; where the scenario has any. */
  readonly licences?: readonly LicenceAuditRow[];
  /** Figures behind the result that no published one stands behind. */
  readonly assumptions: readonly Assumption[];
  /** What the ranges of the overheads do to the metrics; only with `--uncertainty`. */
  readonly uncertainty?: Uncertainty;
  /** What the reader must know before using the numbers. */
  readonly notes: readonly string[];
}
