import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { TaskShape } from '../cluster/request.ts';
import type { Micros } from '../kernel/time.ts';
import type { CostRate } from '../observe/cost-rate.ts';
import type { FragmentationTracker } from '../observe/fragmentation-tracker.ts';
import { columnOf, PLACE_SIGNALS, type PlaceSignalName } from '../observe/groups/columns.ts';
import { FleetCourse } from '../observe/groups/fleet-course.ts';
import { JobGroups } from '../observe/groups/job-groups.ts';
import type { HostPlaces, PlaceKind } from '../observe/groups/places.ts';
import type { LicenceMeter } from '../observe/licence-meter.ts';
import type { Readings } from '../observe/metric.ts';
import { ColumnRecorder } from '../observe/series/column-recorder.ts';
import { LINE_SIGNALS, LineCourse, type LineSignalName } from '../observe/series/line-course.ts';
import type { RunSeries } from '../observe/series/time-series.ts';
import type { Scenario } from '../scenario/types.ts';
import { AlertDesk } from './alerts.ts';
import { readAttainment } from './attainment.ts';
import { poolNumbers } from './claims.ts';
import { costRate } from './cost-rate.ts';
import { gpuPowers } from './energy.ts';
import { readFleet, readGroups } from './groups.ts';

/** Groups of a kind, where the scenario says nothing else. */
const MOST_GROUPS = 50;
/** Pools and GPU models that have series of their own, those with the most GPUs. */
const MOST_SPLIT = 8;

interface Recorded {
  readonly name: string;
  readonly unit: RunSeries[number]['unit'];
  readonly recorder: ColumnRecorder;
}

/**
 * Everything that a timed run measures by parts of the fleet, by kinds of jobs and over time. Its observers can be told of
 * a run while it goes on or of the record of one (`sim/observe/recorded.ts`): what they read is the same.
 */
export class Measures implements ClusterObserver {
  readonly course: FleetCourse;
  readonly jobs: JobGroups;
  readonly line: LineCourse;
  readonly alerts: AlertDesk;
  /** What hosts cost, where the scenario says so, and in which currency. */
  readonly cost: { readonly rate: CostRate; readonly currency: Uppercase<string> } | undefined;
  /** To be set where there are any: told by the run alone. */
  licences: LicenceMeter | undefined;
  /** There where GPUs may be shared by a mode, so that nobody works it out elsewhere. */
  readonly worked?: NonNullable<ClusterObserver['worked']>;
  readonly #series: Recorded[] = [];

  /**
   * @param poolHosts by pool: its hosts
   * @param mix what the usual tasks ask for
   * @param tracker told of changes before the observers of this
   */
  constructor(
    fleet: FleetView,
    scenario: Scenario,
    poolHosts: readonly (readonly number[])[],
    mix: readonly { readonly shape: TaskShape }[],
    tracker: FragmentationTracker,
  ) {
    const { experiment } = scenario;
    const warmupUs = experiment.kind === 'timed' ? experiment.warmupUs : 0;
    this.alerts = new AlertDesk(scenario, fleet);
    this.course = new FleetCourse(fleet, {
      warmupUs,
      places: placesOf(scenario, fleet, poolHosts),
      perHost: scenario.metrics?.perHost === true || this.alerts.needsHosts,
      changesModes: scenario.changes.some(({ sharing }) => sharing !== null),
      wanted: mix.flatMap(({ shape }) => shape.ask ?? []),
      powers: gpuPowers(scenario, fleet),
    });
    this.jobs = new JobGroups(fleet, warmupUs);
    this.line = new LineCourse(fleet, tracker, warmupUs);
    const { cost, elastic } = scenario;
    if (cost !== null) {
      const rate = costRate({ cost, elastic }, fleet, warmupUs);
      this.cost = { rate, currency: cost.currency as Uppercase<string> };
    }
    this.#record(fleet, scenario.elastic !== null);
    this.alerts.watch(this.course, this.line);
    const { course } = this;
    if (course.worked !== undefined) this.worked = (...change) => course.worked?.(...change);
  }

  arrived(atUs: Micros, job: Job): void {
    this.jobs.arrived(atUs, job);
    this.line.arrived(atUs, job);
  }

  placed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.course.placed(atUs, job, parts);
    this.jobs.placed(atUs, job, parts);
    this.line.placed(atUs, job);
  }

  finished(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.course.finished(atUs, job, parts);
    this.jobs.finished(atUs, job, parts);
    this.line.finished(atUs);
  }

  failed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.course.failed(atUs, job, parts);
    this.jobs.failed(atUs, job, parts);
    this.line.failed(atUs);
  }

  preempted(atUs: Micros, job: Job, parts: readonly Part[], reason: string): void {
    this.course.preempted(atUs, job, parts);
    this.jobs.preempted(atUs, job, parts, reason);
    this.line.preempted(atUs, job);
  }

  freed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.course.freed(atUs, job, parts);
    this.jobs.freed(atUs, job, parts);
    this.line.freed(atUs);
  }

  moved(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.course.moved(atUs, job, parts);
    this.jobs.moved(atUs, job, parts);
    this.line.moved(atUs);
  }

  rejected(atUs: Micros, job: Job): void {
    this.jobs.rejected(atUs, job);
    this.line.rejected(atUs, job);
  }

  hostChanged(atUs: Micros, host: number): void {
    this.course.hostChanged(atUs, host);
    this.cost?.rate.hostChanged(atUs, host);
    this.line.hostChanged(atUs);
  }

  openChanged(atUs: Micros): void {
    this.course.openChanged(atUs);
    this.line.openChanged(atUs);
  }

  relaid(atUs: Micros): void {
    this.course.relaid(atUs);
  }

  exchanges(atUs: Micros, job: Job, parts: readonly Part[], share: number): void {
    this.course.exchanges(atUs, job, parts, share);
  }

  ended(atUs: Micros): void {
    this.course.ended(atUs);
    this.cost?.rate.ended(atUs);
    this.jobs.ended(atUs);
    this.line.ended(atUs);
  }

  series(): RunSeries {
    if (!this.course.isWarm) return [];
    const { cost, licences } = this;
    return [
      ...this.#series.map(({ name, unit, recorder }) => ({ name, unit, series: recorder.read() })),
      ...(cost === undefined
        ? []
        : [{ name: 'cost.rate', unit: `${cost.currency}/hour` as const, series: cost.rate.series() }]),
      ...(licences?.series(this.course.endUs) ?? []),
    ];
  }

  /** What a run tells besides its metrics; to be called once, when it has ended. */
  told(fleet: FleetView, scenario: Scenario) {
    return {
      groups: readGroups(this, scenario, fleet, scenario.metrics?.groups ?? MOST_GROUPS),
      series: this.series(),
      alerts: this.alerts.read(),
    };
  }

  #record(fleet: FleetView, comesAndGoes: boolean): void {
    const { rows } = this.course.places;
    const names = (kind: PlaceKind) => [...(rows.get(kind) ?? new Map<string, number>())];
    const signals: PlaceSignalName[] = fleet.hasCards ? ['gpu.allocated', 'gpu.utilized'] : ['gpu.allocated'];
    for (const signal of signals) {
      this.#recordPlace(signal, signal, this.course.rowOf('fleet', '') as number);
      for (const kind of ['pool', 'gpuModel'] as const) {
        const found = names(kind);
        if (found.length < 2) continue;
        const largest = found.toSorted(([, a], [, b]) => this.#gpus(b) - this.#gpus(a)).slice(0, MOST_SPLIT);
        for (const [name, row] of found.filter((each) => largest.includes(each)))
          this.#recordPlace(`${signal}.${kind}.${name}`, signal, row);
      }
    }
    for (const [name, { valueAt, wholeAt, unit }] of Object.entries(LINE_SIGNALS)) {
      const recorder = new ColumnRecorder(valueAt, wholeAt);
      this.line.listen(name as LineSignalName, recorder);
      this.#series.push({ name, unit, recorder });
    }
    if (!comesAndGoes) return;
    const hosts = new ColumnRecorder(columnOf('hostsThere'), -1);
    this.course.tracks.listen(this.course.rowOf('fleet', '') as number, 'hostsThere', hosts);
    this.#series.push({ name: 'hosts', unit: 'hosts', recorder: hosts });
  }

  #recordPlace(name: string, signal: PlaceSignalName, row: number): void {
    const { value, whole, unit } = PLACE_SIGNALS[signal];
    const recorder = new ColumnRecorder(columnOf(value), columnOf(whole));
    this.course.tracks.listen(row, value, recorder);
    this.#series.push({ name, unit, recorder });
  }

  #gpus(row: number): number {
    return this.course.tracks.value(row, 'gpuThere');
  }
}

/**
 * Sets the metrics of the fleet that come from them and from other readings; to be called after those that all else measures.
 *
 * @param measures undefined: a timed run without detail
 */
export function readMeasures(into: Readings, measures: Measures | undefined, scenario: Scenario): void {
  if (measures !== undefined) readFleet(into, measures, scenario);
  if (measures?.cost !== undefined) {
    const { rate, currency } = measures.cost;
    const read = (name: string, value: number) =>
      into.set(`cost.rate.${name}`, { value: rate.isWarm ? value : null, unit: `${currency}/hour` });
    read('mean', rate.mean);
    read('peak', rate.peak);
  }
  readAttainment(into, scenario);
}

/** In which pool and host group each host is. */
function placesOf(
  scenario: Scenario,
  fleet: FleetView,
  poolHosts: readonly (readonly number[])[],
): HostPlaces {
  const poolOf = new Int32Array(fleet.hostCount);
  poolHosts.forEach((hosts, pool) => {
    for (const host of hosts) poolOf[host] = pool;
  });
  const hostGroupOf = new Int32Array(fleet.hostCount).fill(-1);
  const groups = scenario.fleet.kind === 'hosts' ? scenario.fleet.groups : [];
  let host = 0;
  groups.forEach(({ count }, group) => {
    hostGroupOf.fill(group, host, host + count);
    host += count;
  });
  return {
    pools: [...poolNumbers(scenario).keys()],
    poolOf,
    hostGroups: groups.map(({ name }) => name),
    hostGroupOf,
  };
}
