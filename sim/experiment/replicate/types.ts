import type { ClusterObserver } from '../../cluster/changes.ts';
import type { Fleet, HostSpec } from '../../cluster/fleet.ts';
import type { TypicalShape } from '../../cluster/fragmentation.ts';
import type { Intervention } from '../../engine/interventions.ts';
import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import type { FillSeries } from '../../observe/fill-curve.ts';
import type { HeldBack } from '../../observe/job-meter.ts';
import type { LicenceTally } from '../../observe/licence-meter.ts';
import type { Reading } from '../../observe/metric.ts';
import type { RunSeries } from '../../observe/series/time-series.ts';
import type { Waited, WaitLedger } from '../../observe/wait-ledger.ts';
import type { Waterfall } from '../../observe/waterfall/waterfall.ts';
import type { Task } from '../../workload/task.ts';
import type { AlertFound } from '../alerts.ts';
import type { CostBasis } from '../cost-basis.ts';
import type { GroupReadings } from '../groups.ts';
import type { KeptUsage } from '../kept-usage.ts';
import type { RunStatistics } from '../statistics/run-statistics.ts';
import type { WaterfallRun } from '../waterfall.ts';

/** What one replication found: plain data, ready to be sent between threads. */
export interface Replication {
  readonly seed: number;
  readonly digest: string;
  readonly readings: readonly (readonly [string, Reading])[];
  readonly byGpuModel: readonly {
    readonly model: string;
    readonly readings: readonly (readonly [string, Reading])[];
  }[];
  readonly fill: FillSeries | undefined;
  /** True where detail was left out of a timed run: groups, series, alerts, statistics and waterfall are absent. */
  readonly isPlain?: true;
  /** Metrics of parts of the fleet and kinds of jobs, what changed over time, and alerts; of timed runs. */
  readonly groups?: GroupReadings | undefined;
  readonly series?: RunSeries | undefined;
  readonly alerts?: readonly AlertFound[] | undefined;
  /** How its course went; of timed runs. */
  readonly statistics: RunStatistics | undefined;
  readonly rejectedFor: readonly (readonly [string, number])[];
  readonly waitedFor: readonly (readonly [string, HeldBack])[];
  /** All waiting by reason and demand. */
  readonly waited: readonly Waited[];
  /** What became of the capacity; of timed runs. */
  readonly waterfall?: WaterfallRun | undefined;
  /** What it costs; where the scenario asks for it. */
  readonly cost?: CostBasis | undefined;
  /** What its bill was made from, where the caller keeps it: another bill of the same run can be made from that. */
  readonly usage?: KeptUsage;
  /** What its licences came to; where the scenario has any. */
  readonly licences?: readonly LicenceTally[] | undefined;
  /** Policies and parameters that are stated and changed nothing, in sentences. */
  readonly withoutEffect: readonly string[];
}

/** What a caller may listen to while a replication runs. */
export interface ReplicationHooks {
  /** Called once before the first event; what it returns is told of every change, after the metrics. */
  observers?(
    fleet: Fleet,
    waits: WaitLedger | undefined,
    waterfall: Waterfall | undefined,
    /** The usual tasks, which expected fragmentation is about. */
    mix: readonly TypicalShape[],
  ): readonly ClusterObserver[];
  /**
   * False: only the metrics of the fleet as a whole, no waterfall, groups, series, alerts nor statistics within the run,
   * as with `metrics.detail: false` in the scenario (`bench/results/scale-*.md` has what that saves).
   */
  readonly detail?: boolean;
  /** True: what the bill is made from is kept with the answer. */
  readonly keepsUsage?: boolean;
  /** Names of jobs whose reasons to wait are told one by one. */
  readonly watched?: ReadonlySet<string>;
  /** What a task is in this run in place of what the workload says. */
  amend?(task: Task): Task;
  /** The hosts of this run in place of those that the scenario states; those it has keep their numbers. */
  hosts?(stated: readonly HostSpec[]): readonly HostSpec[];
  /** Solves linear programs; there where `needsSolver(scenario)`. */
  readonly solver?: IntegerSolver | undefined;
  /** What is looked at or done from outside while a timed run goes on. */
  readonly interventions?: readonly Intervention[];
  /** Number of jobs so far, and of how many where that is known. */
  onProgress?(jobs: number, total: number | undefined): void;
}
