import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import type { Part } from '../../cluster/part.ts';
import type { Micros } from '../../kernel/time.ts';
import { EventDigest } from '../../observe/digest.ts';
import { FragmentationOverTime } from '../../observe/fragmentation-over-time.ts';
import { FragmentationTracker } from '../../observe/fragmentation-tracker.ts';
import { JobMeter } from '../../observe/job-meter.ts';
import type { Readings } from '../../observe/metric.ts';
import { UsageMeter } from '../../observe/usage-meter.ts';
import { WaitLedger } from '../../observe/wait-ledger.ts';
import { Waterfall } from '../../observe/waterfall/waterfall.ts';
import type { Scenario } from '../../scenario/types.ts';
import { Measures } from '../measures.ts';
import { RunStatisticsMeter } from '../statistics/run-statistics.ts';
import { seeksSteadyState } from '../statistics/warmup.ts';
import type { Stage } from './stage.ts';

/** How much a run measures. Fill runs have no time, so they measure the fleet alone whatever is asked for. */
export type MeterDetail =
  /** The metrics of the fleet as a whole. */
  | 'fleet'
  /** How the run's course went, too: what a pilot run is made for. */
  | 'course'
  /** Also what became of the capacity, and metrics of parts of the fleet, over time and with alerts. */
  | 'all';

/**
 * Everything that measures the fleet as a whole and, with detail, its parts and its course: one observer that tells them all,
 * in an order in which those that read of another come after it. One call a change from the engine instead of a dozen
 * that it must look up is a tenth of the time of a large run.
 */
export class Meters implements ClusterObserver {
  readonly digest = new EventDigest();
  readonly usage: UsageMeter;
  readonly jobs: JobMeter;
  readonly tracker: FragmentationTracker;
  readonly fragmented: FragmentationOverTime;
  /** Of timed runs. */
  readonly ledger: WaitLedger | undefined;
  /** With detail. */
  readonly waterfall: Waterfall | undefined;
  readonly statistics: RunStatisticsMeter | undefined;
  readonly measures: Measures | undefined;
  /** There where GPUs may be shared by a mode, so that nobody works it out elsewhere. */
  readonly worked?: NonNullable<ClusterObserver['worked']>;

  constructor({ fleet, fragmentation, poolHosts, mix }: Stage, scenario: Scenario, detail: MeterDetail) {
    const { experiment } = scenario;
    const isTimed = experiment.kind === 'timed';
    const warmupUs = (isTimed ? experiment.warmupUs : 0) as Micros;
    this.usage = new UsageMeter(fleet, warmupUs, scenario.elastic != null);
    this.jobs = new JobMeter(warmupUs, fleet.hasCards);
    this.tracker = new FragmentationTracker(fleet, fragmentation);
    this.fragmented = new FragmentationOverTime(fleet, this.tracker, warmupUs);
    if (!isTimed) return;
    if (detail !== 'fleet') {
      this.statistics = new RunStatisticsMeter(fleet, warmupUs, seeksSteadyState(scenario), this.jobs);
    }
    if (detail === 'all') {
      this.measures = new Measures(fleet, scenario, poolHosts, mix, this.tracker);
      this.waterfall = new Waterfall(fleet, warmupUs, poolHosts);
      if (this.measures.worked !== undefined) this.worked = this.measures.worked;
    }
    this.ledger = new WaitLedger(fleet, warmupUs, poolHosts, this.waterfall);
  }

  arrived(atUs: Micros, job: Job): void {
    this.digest.arrived(atUs, job);
    this.jobs.arrived(atUs, job);
    this.statistics?.arrived(atUs);
    this.measures?.arrived(atUs, job);
  }

  placed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.ledger?.placed(atUs);
    this.digest.placed(atUs, job, parts);
    this.usage.placed(atUs);
    this.jobs.placed(atUs, job);
    this.statistics?.placed(atUs, job);
    this.tracker.placed(atUs, job, parts);
    this.fragmented.placed(atUs);
    this.measures?.placed(atUs, job, parts);
  }

  ready(atUs: Micros, job: Job): void {
    this.digest.ready(atUs, job);
  }

  finished(atUs: Micros, job: Job, parts: readonly Part[], startedUs: Micros): void {
    this.ledger?.finished(atUs);
    this.digest.finished(atUs, job, parts);
    this.usage.finished(atUs);
    this.jobs.finished(atUs, job, parts, startedUs);
    this.statistics?.finished(atUs, job, parts);
    this.tracker.finished(atUs, job, parts);
    this.fragmented.finished(atUs);
    this.measures?.finished(atUs, job, parts);
  }

  failed(atUs: Micros, job: Job, parts: readonly Part[], reason: string): void {
    this.ledger?.failed(atUs);
    this.digest.failed(atUs, job);
    this.usage.failed(atUs);
    this.jobs.failed(atUs, job, parts, reason);
    this.statistics?.failed(atUs);
    this.tracker.failed(atUs, job, parts);
    this.fragmented.failed(atUs);
    this.measures?.failed(atUs, job, parts);
  }

  preempted(atUs: Micros, job: Job, parts: readonly Part[], reason: string, lostUs: number): void {
    this.ledger?.preempted(atUs);
    this.digest.preempted(atUs, job);
    this.usage.preempted(atUs);
    this.jobs.preempted(atUs, job, parts, reason, lostUs);
    this.statistics?.preempted(atUs, job);
    this.tracker.preempted(atUs, job, parts);
    this.fragmented.preempted(atUs);
    this.measures?.preempted(atUs, job, parts, reason);
  }

  freed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.ledger?.freed(atUs);
    this.digest.freed(atUs, job);
    this.usage.freed(atUs);
    this.statistics?.freed(atUs);
    this.tracker.freed(atUs, job, parts);
    this.fragmented.freed(atUs);
    this.measures?.freed(atUs, job, parts);
  }

  moved(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.ledger?.moved(atUs);
    this.digest.moved(atUs, job, parts);
    this.usage.moved(atUs);
    this.tracker.moved(atUs, job, parts);
    this.fragmented.moved(atUs);
    this.measures?.moved(atUs, job, parts);
  }

  rejected(atUs: Micros, job: Job, reason: string): void {
    this.digest.rejected(atUs, job);
    this.jobs.rejected(atUs, job, reason);
    this.statistics?.rejected(atUs);
    this.measures?.rejected(atUs, job);
  }

  blocked(atUs: Micros, job: Job, reason: string): void {
    this.jobs.blocked(atUs, job, reason);
  }

  hostChanged(atUs: Micros, host: number): void {
    this.usage.hostChanged(atUs, host);
    this.measures?.hostChanged(atUs, host);
  }

  openChanged(atUs: Micros): void {
    this.waterfall?.openChanged(atUs);
    this.tracker.openChanged();
    this.fragmented.openChanged(atUs);
    this.measures?.openChanged(atUs);
  }

  relaid(atUs: Micros, gpu: number, layout: string): void {
    this.digest.relaid(atUs, gpu, layout);
    this.measures?.relaid(atUs);
  }

  unitChanged(atUs: Micros, kind: string, unit: string, isUp: boolean): void {
    this.digest.unitChanged(atUs, kind, unit, isUp);
  }

  toggled(atUs: Micros, job: number, isActive: boolean): void {
    this.digest.toggled(atUs, job, isActive);
  }

  answered(atUs: Micros, service: number, arrivedUs: number): void {
    this.digest.answered(atUs, service, arrivedUs);
  }

  exchanges(atUs: Micros, job: Job, parts: readonly Part[], share: number): void {
    this.measures?.exchanges(atUs, job, parts, share);
  }

  ended(atUs: Micros): void {
    this.waterfall?.ended(atUs);
    this.digest.ended(atUs);
    this.usage.ended(atUs);
    this.jobs.ended(atUs);
    this.statistics?.ended(atUs);
    this.fragmented.ended(atUs);
    this.measures?.ended(atUs);
  }

  /** Sets what is measured of jobs, allocation and fragmentation and, with detail, by parts; to be called last. */
  read(into: Readings, overTime: boolean): void {
    this.jobs.read(into, overTime);
    this.usage.read(into, overTime);
    this.fragmented.read(into, overTime);
  }
}
