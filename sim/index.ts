/**
 * The public API: scenarios in, results out. Pure: runs the same in Node, in a worker and in the browser.
 *
 * A run in three steps: `normalizeScenario(document)`, `replicate(scenario, traces, seed)` once per seed,
 * `summarize(replications)`.
 */
export type { ClusterObserver, Job } from './cluster/changes.ts';
export { type Claim, NO_CLAIM } from './cluster/claim.ts';
export { REFUSALS, type Refusal } from './cluster/fit.ts';
export { Fleet, type FleetView, type HostSpec, PlacementError } from './cluster/fleet.ts';
export { FRAGMENT_CATEGORIES } from './cluster/fragmentation.ts';
export type { Part } from './cluster/part.ts';
export type { TaskRequest, TaskShape } from './cluster/request.ts';
export {
  type Appraisal,
  allocate,
  appraise,
  type Capacity,
  type CashPlan,
  chargeback,
  FOCUS_COLUMNS,
  type FocusRow,
  focusCsv,
  focusRows,
  type InternalRate,
  internalRate,
  type LedgerRow,
  type Money,
  netPresentValue,
  paybackPeriods,
  type Tariff,
  type TcoPlan,
  type TcoYear,
  type TenantBill,
  type TenantUsage,
  totalCostOfOwnership,
} from './cost/index.ts';
export { type Assumption, assumptionsOf } from './experiment/assumptions.ts';
export {
  type AppraisalReport,
  type CostReport,
  type LedgerLine,
  rowsOfReport,
} from './experiment/cost-report.ts';
export type { Explanation } from './experiment/explanation.ts';
export { giveBack } from './experiment/give-back/give-back.ts';
export type { BucketGiveBack, GiveBackReport, TriedChange } from './experiment/give-back/report.ts';
export type { Alert } from './experiment/join-alerts.ts';
export type { Groups } from './experiment/join-groups.ts';
export type { Metric } from './experiment/metric.ts';
export { needsSolver } from './experiment/pools.ts';
export { measureRecorded } from './experiment/replay.ts';
export {
  type ReplayCatalogue,
  type ReplayGeometry,
  type ReplayGpu,
  replayHeader,
} from './experiment/replay-header.ts';
export { type ReplayRecording, recordReplay } from './experiment/replay-recording.ts';
export { type Replication, type ReplicationHooks, replicate } from './experiment/replicate.ts';
export type { InputSummary, RunResult } from './experiment/result.ts';
export { ScenarioError } from './experiment/scenario-error.ts';
export { type Summary, summarize } from './experiment/summarize.ts';
export type { TraceData, TraceTask } from './experiment/trace-data.ts';
export type { WaterfallReport, WaterfallRun } from './experiment/waterfall.ts';
export { type HighsModule, highsSolver } from './kernel/optimize/highs.ts';
export type {
  IntegerSolver,
  LinearProgram,
  LinearSolution,
  LinearSolver,
} from './kernel/optimize/linear-program.ts';
export type { FillSeries } from './observe/fill-curve.ts';
export type { MetricUnit, Reading } from './observe/metric.ts';
export { type RunRecord, RunRecorder } from './observe/recorded.ts';
export * from './observe/replay/index.ts';
export type { SeriesBuckets, TimeSeries } from './observe/series/time-series.ts';
export { PLACEMENT_POLICIES } from './policies/placement/index.ts';
export { PLACEMENT_POLICY_NAMES, type PlacementPolicyName } from './policies/placement/names.ts';
export { QUEUEING_POLICIES } from './policies/queueing/index.ts';
export { summaryText } from './report/summary.ts';
export { type NormalizeResult, normalizeScenario } from './scenario/normalize.ts';
export type { Scenario } from './scenario/types.ts';
