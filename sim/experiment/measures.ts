import type { ClusterObserver } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
import type { TaskShape } from '../cluster/request.ts';
import type { FragmentationTracker } from '../observe/fragmentation-tracker.ts';
import { columnOf, PLACE_SIGNALS, type PlaceSignalName } from '../observe/groups/columns.ts';
import { FleetCourse } from '../observe/groups/fleet-course.ts';
import { JobGroups } from '../observe/groups/job-groups.ts';
import type { HostPlaces, PlaceKind } from '../observe/groups/places.ts';
import type { Readings } from '../observe/metric.ts';
import { ColumnRecorder } from '../observe/series/column-recorder.ts';
import { LINE_SIGNALS, LineCourse, type LineSignalName } from '../observe/series/line-course.ts';
import type { RunSeries } from '../observe/series/time-series.ts';
import type { Scenario } from '../scenario/types.ts';
import { AlertDesk } from './alerts.ts';
import { readAttainment } from './attainment.ts';
import { poolNumbers } from './claims.ts';
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
export class Measures {
  readonly course: FleetCourse;
  readonly jobs: JobGroups;
  readonly line: LineCourse;
  readonly alerts: AlertDesk;
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
    this.#record(fleet, scenario.elastic !== null);
    this.alerts.watch(this.course, this.line);
  }

  /** In the order in which they are to be told. */
  get observers(): readonly ClusterObserver[] {
    return [this.course, this.jobs, this.line];
  }

  series(): RunSeries {
    if (!this.course.isWarm) return [];
    return this.#series.map(({ name, unit, recorder }) => ({ name, unit, series: recorder.read() }));
  }

  /** What a run tells besides its metrics; to be called once, when it has ended. */
  told(readings: Readings, fleet: FleetView, scenario: Scenario) {
    return {
      groups: readGroups(this, scenario, fleet, scenario.metrics?.groups ?? MOST_GROUPS),
      series: this.series(),
      alerts: this.alerts.read(readings),
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

/** Sets the metrics of the fleet that come from them; to be called after those that all else measures. */
export function readMeasures(into: Readings, measures: Measures, scenario: Scenario): void {
  readFleet(into, measures, scenario);
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
