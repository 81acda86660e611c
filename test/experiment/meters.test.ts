import { expect, it } from 'vitest';
import { Measures } from '../../sim/experiment/measures.ts';
import { Meters } from '../../sim/experiment/replicate/meters.ts';
import { RunStatisticsMeter } from '../../sim/experiment/statistics/run-statistics.ts';
import { EventDigest } from '../../sim/observe/digest.ts';
import { FragmentationOverTime } from '../../sim/observe/fragmentation-over-time.ts';
import { FragmentationTracker } from '../../sim/observe/fragmentation-tracker.ts';
import { FleetCourse } from '../../sim/observe/groups/fleet-course.ts';
import { JobGroups } from '../../sim/observe/groups/job-groups.ts';
import { JobMeter } from '../../sim/observe/job-meter.ts';
import { LineCourse } from '../../sim/observe/series/line-course.ts';
import { UsageMeter } from '../../sim/observe/usage-meter.ts';
import { WaitLedger } from '../../sim/observe/wait-ledger.ts';
import { Waterfall } from '../../sim/observe/waterfall/waterfall.ts';

/** What `ClusterObserver` may be told of as a method; `worked` and `workedFor` are there only where somebody asks. */
const CHANGES = [
  'arrived',
  'placed',
  'ready',
  'halted',
  'finished',
  'failed',
  'preempted',
  'freed',
  'rejected',
  'blocked',
  'moved',
  'hostChanged',
  'openChanged',
  'relaid',
  'unitChanged',
  'toggled',
  'answered',
  'exchanges',
  'ended',
] as const;

/** Changes that a class listens to: those that it has a method for. */
const heardBy = (made: { readonly prototype: object }) =>
  CHANGES.filter((change) => typeof Reflect.get(made.prototype, change) === 'function');

const TOLD_BY_METERS = [
  WaitLedger,
  Waterfall,
  EventDigest,
  UsageMeter,
  JobMeter,
  RunStatisticsMeter,
  FragmentationTracker,
  FragmentationOverTime,
  Measures,
];

it.each(TOLD_BY_METERS.map((made) => [made.name, made] as const))(
  'every change that %s listens to is passed on',
  (_name, made) => {
    const heard = heardBy(made);
    expect(heard.length).toBeGreaterThan(0);
    expect(heardBy(Meters)).toEqual(expect.arrayContaining(heard));
    for (const change of heard)
      expect(String(Reflect.get(Meters.prototype, change)), change).toContain(FIELDS[made.name]);
  },
);

it.each([FleetCourse, JobGroups, LineCourse].map((made) => [made.name, made] as const))(
  'every change that %s listens to is passed on by the measures',
  (_name, made) => {
    const heard = heardBy(made);
    expect(heard.length).toBeGreaterThan(0);
    for (const change of heard) {
      expect(String(Reflect.get(Measures.prototype, change)), change).toContain(
        `this.${FIELDS[made.name]}.${change}(`,
      );
    }
  },
);

/** Where each is kept. */
const FIELDS: Readonly<Record<string, string>> = {
  WaitLedger: 'ledger',
  Waterfall: 'waterfall',
  EventDigest: 'digest',
  UsageMeter: 'usage',
  JobMeter: 'jobs',
  RunStatisticsMeter: 'statistics',
  FragmentationTracker: 'tracker',
  FragmentationOverTime: 'fragmented',
  Measures: 'measures',
  FleetCourse: 'course',
  JobGroups: 'jobs',
  LineCourse: 'line',
};
