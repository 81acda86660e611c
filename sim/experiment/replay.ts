import type { ClusterObserver } from '../cluster/changes.ts';
import type { Fleet } from '../cluster/fleet.ts';
import { FragmentationMeter } from '../cluster/fragmentation.ts';
import { ShapeTable, type TaskShape } from '../cluster/request.ts';
import type { Micros } from '../kernel/time.ts';
import { FragmentationOverTime } from '../observe/fragmentation-over-time.ts';
import { FragmentationTracker } from '../observe/fragmentation-tracker.ts';
import { JobMeter } from '../observe/job-meter.ts';
import type { Readings } from '../observe/metric.ts';
import { fleetOf, type RunRecord, replay } from '../observe/recorded.ts';
import { UsageMeter } from '../observe/usage-meter.ts';
import type { Scenario } from '../scenario/types.ts';
import { Measures, readMeasures } from './measures.ts';
import { poolHostsOf } from './pools.ts';
import { typicalRequests } from './tasks.ts';
import type { TraceData } from './trace-data.ts';

/**
 * What is measured of jobs, allocation, fragmentation and parts of the fleet, from the record of a timed run instead of the
 * run itself: to the last bit the same. What requests, frames and single sessions went through is known to the run alone.
 */
export function measureRecorded(scenario: Scenario, traces: TraceData, record: RunRecord) {
  const fleet = fleetOf(record);
  const measuring = measureFleet(scenario, traces, fleet);
  replay(record, fleet, measuring.observers);
  return measuring.read();
}

/**
 * Measures that can be told of a run after it.
 *
 * @param fleet as it is before the run; it is to be what it was then whenever the observers are told of something
 */
export function measureFleet(scenario: Scenario, traces: TraceData, fleet: Fleet) {
  const expected = (shape: TaskShape) => fleet.expectedMilli(shape);
  const mixShapes = new ShapeTable(fleet.modelNames, expected);
  const mix = typicalRequests(scenario, traces).map(({ request, frequency }) => ({
    shape: mixShapes.intern(request),
    frequency,
  }));
  const { experiment } = scenario;
  const warmupUs = (experiment.kind === 'timed' ? experiment.warmupUs : 0) as Micros;
  const usage = new UsageMeter(fleet, warmupUs, scenario.elastic != null);
  const jobs = new JobMeter(warmupUs, fleet.hasCards);
  const tracker = new FragmentationTracker(fleet, new FragmentationMeter(fleet, mix));
  const fragmented = new FragmentationOverTime(fleet, tracker, warmupUs);
  const measures = new Measures(fleet, scenario, poolHostsOf(scenario, fleet), mix, tracker);
  const observers: readonly ClusterObserver[] = [usage, jobs, tracker, fragmented, measures];
  return {
    observers,
    read() {
      const readings: Readings = new Map();
      jobs.read(readings, true);
      usage.read(readings, true);
      fragmented.read(readings, true);
      readMeasures(readings, measures, scenario);
      return { readings: [...readings], ...measures.told(fleet, scenario) };
    },
  };
}
