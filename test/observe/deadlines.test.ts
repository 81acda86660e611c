import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Job, type Replication, replicate, type Scenario, type TraceTask } from '../../sim/index.ts';
import { lives } from '../property/life-scenarios.ts';
import { normalized } from '../scenario/problems-of.ts';

const valueIn = (readings: Replication['readings'], name: string) => new Map(readings).get(name)?.value;
const valuesOf = ({ readings }: { readonly readings: Replication['readings'] }) =>
  Object.fromEntries(
    readings.flatMap(([name, { value }]) => (name.startsWith('deadline.') ? [[name, value]] : [])),
  );
const quantiles = (p50: number, p95: number, p99: number) => ({
  'deadline.lateness.p50': p50,
  'deadline.lateness.p95': p95,
  'deadline.lateness.p99': p99,
});

/** One GPU. */
const document = (more: object) => ({
  apiVersion: 'slicewise/v1',
  name: 'deadlines',
  fleet: { hosts: [{ name: 'h', cpu: 8, memory: '8GiB', gpus: { model: 'A100-SXM4-80GB', count: 1 } }] },
  ...more,
});

const RECORDED = document({
  workload: { trace: { format: 'itp', jobs: 'jobs.csv' } },
  experiment: { kind: 'timed', horizon: '300s' },
});
const task = (
  name: string,
  arrivalSec: number,
  durationSec: number,
  deadlineSec: number | undefined,
  gpuCount = 1,
): TraceTask => ({
  name,
  request: { cpuMilli: 1000, memoryMib: 0, gpuCount, gpuMilli: 1000, models: [] },
  arrivalSec,
  durationSec,
  tenant: name < 'd' ? 'early' : 'late',
  ...(deadlineSec === undefined ? {} : { deadlineSec }),
});
const JOBS = [
  task('a', 0, 100, 100), // ends at 100: in time, at the last moment
  task('b', 10, 50, 120), // 100 to 150: 30 s late
  task('c', 20, 100, 300), // 150 to 250: in time
  task('d', 30, 100, 400), // from 250 on, under way at the end at 300, with time left
  task('e', 40, 10, 200), // waits until the end: missed
  task('f', 50, 10, 290, 9), // asks for 9 GPUs: rejected
  task('g', 60, 10, undefined), // nobody minds
];

describe('deadlines', () => {
  const run = (tasks: readonly TraceTask[], changed = RECORDED) => {
    const { scenario } = normalized(changed);
    return replicate(scenario, { tasks }, 1);
  };

  test('are met by who ends by then, and missed by who ends later, waits beyond it or never starts', () => {
    const found = run(JOBS);
    expect(valuesOf(found)).toEqual({
      'deadline.met': 0.4,
      'deadline.missed': 3,
      'deadline.open': 1,
      'deadline.lateness.mean': 10,
      ...quantiles(0, 30, 30),
      'deadline.lateness.max': 30,
    });
    const ofTenants = Object.fromEntries(
      (found.groups?.tenant ?? []).map((each) => [each.name, valuesOf(each)]),
    );
    expect(ofTenants).toMatchObject({
      early: {
        'deadline.met': 2 / 3,
        'deadline.missed': 1,
        'deadline.open': 0,
        'deadline.lateness.mean': 10,
      },
      late: { 'deadline.met': 0, 'deadline.missed': 2, 'deadline.open': 1, 'deadline.lateness.mean': null },
    });
  });

  test('of jobs that arrived in the warm-up do not count', () => {
    const { workload } = RECORDED as unknown as { workload: object };
    const warm = document({ workload, experiment: { kind: 'timed', horizon: '300s', warmup: '25s' } });
    expect(valuesOf(run(JOBS, warm))).toMatchObject({
      'deadline.met': 0,
      'deadline.missed': 2,
      'deadline.open': 1,
      'deadline.lateness.mean': null,
    });
  });

  test('schedule nothing, and where nobody states one nothing is told', () => {
    const without = run(JOBS.map(({ deadlineSec: _, ...each }) => each));
    expect(without.digest).toBe(run(JOBS).digest);
    expect(valuesOf(without)).toEqual({});
  });

  test('of a class are so long after the arrival, or a multiple of the run time', () => {
    // A job of 90 minutes each hour on one GPU: they wait 0, 30, 60 and 90 minutes and end 90, 120, 150 and 180 after they came.
    const classes = (deadline: unknown) =>
      document({
        workload: {
          synthetic: {
            tasks: 4,
            arrivals: { process: 'deterministic', rate: '1/h' },
            classes: [
              {
                name: 'c',
                cpu: 1,
                memory: '1GiB',
                gpus: 1,
                lifetime: { kind: 'constant', value: '90m' },
                deadline,
              },
            ],
          },
        },
        experiment: { kind: 'timed' },
      });
    const fixed = run([], classes('2h'));
    expect(valuesOf(fixed)).toMatchObject({
      'deadline.met': 0.5,
      'deadline.missed': 2,
      'deadline.lateness.mean': (30 + 60) * 15,
      'deadline.lateness.max': 3600,
    });
    expect(valuesOf(fixed)).toEqual(valuesOf(run([], classes({ factor: 4 / 3 }))));
    expect(valuesOf(fixed.groups?.class[0] as { readings: Replication['readings'] })).toEqual(
      valuesOf(fixed),
    );
    expect(valuesOf(run([], classes({ factor: 2 })))).toMatchObject({
      'deadline.met': 1,
      'deadline.lateness.max': 0,
    });
  });
});

/** Every job from what observers are told, with its deadline looked at when all is over. */
function listed(scenario: Scenario): {
  readonly found: Replication;
  readonly jobs: readonly { readonly job: Job; endUs?: number; isLost?: boolean }[];
  readonly endUs: number;
} {
  const jobs: { readonly job: Job; endUs?: number; isLost?: boolean }[] = [];
  let endUs = 0;
  const found = replicate(scenario, {}, scenario.seed, {
    // Deadlines that are met and missed, by no rule that the product knows.
    amend: (task) => ({
      ...task,
      deadlineUs:
        task.role !== undefined || task.arrivalUs % 3 === 0
          ? undefined
          : task.arrivalUs + (task.arrivalUs % 2 === 0 ? 600e6 : Math.round(1.5 * task.durationUs)),
    }),
    observers: () => [
      {
        arrived: (_atUs, job) => {
          jobs[job.number] = { job };
        },
        finished: (atUs, { number }) => {
          (jobs[number] as { endUs?: number }).endUs = atUs;
        },
        failed: (_atUs, { number }) => {
          (jobs[number] as { isLost?: boolean }).isLost = true;
        },
        rejected: (_atUs, { number }) => {
          (jobs[number] as { isLost?: boolean }).isLost = true;
        },
        ended: (atUs) => {
          endUs = atUs;
        },
      },
    ],
  });
  return { found, jobs, endUs };
}

test('Deadlines of random lives are those of a list of all jobs, by fleet, class and tenant', () => {
  let met = 0;
  let missed = 0;
  fc.assert(
    fc.property(lives, (stated) => {
      const { scenario } = normalized(stated);
      const { found, jobs, endUs } = listed(scenario);
      const { experiment } = scenario;
      const warmupUs = experiment.kind === 'timed' ? experiment.warmupUs : 0;
      const expectOf = (readings: Replication['readings'], own: typeof jobs) => {
        const stating = own.filter(({ job }) => job.deadlineUs !== undefined && job.arrivalUs >= warmupUs);
        if (stating.length === 0) {
          expect(valuesOf({ readings })).toEqual({});
          return;
        }
        const limitOf = ({ job }: (typeof jobs)[number]) => job.deadlineUs as number;
        const inTime = stating.filter((each) => each.endUs !== undefined && each.endUs <= limitOf(each));
        const open = stating.filter(
          (each) => each.endUs === undefined && each.isLost !== true && endUs <= limitOf(each),
        );
        const late = stating.length - inTime.length - open.length;
        met += inTime.length;
        missed += late;
        const over = stating.flatMap((each) =>
          each.endUs === undefined ? [] : [Math.max(0, each.endUs - limitOf(each)) / 1e6],
        );
        expect(valueIn(readings, 'deadline.missed')).toBe(late);
        expect(valueIn(readings, 'deadline.open')).toBe(open.length);
        expect(valueIn(readings, 'deadline.met')).toBe(
          inTime.length + late === 0 ? null : inTime.length / (inTime.length + late),
        );
        expect(valueIn(readings, 'deadline.lateness.max')).toBe(over.length === 0 ? null : Math.max(...over));
      };
      expectOf(found.readings, jobs);
      for (const { name, readings } of found.groups?.class ?? [])
        expectOf(
          readings,
          jobs.filter(({ job }) => (job.claim.label || '(none)') === name),
        );
      for (const { name, readings } of found.groups?.tenant ?? [])
        expectOf(
          readings,
          jobs.filter(({ job }) => (job.claim.tenant || '(none)') === name),
        );
    }),
    { numRuns: 25 },
  );
  expect(Math.min(met, missed)).toBeGreaterThan(20);
});

test('Books of classes beyond those with quantiles tell mean and most late alone', () => {
  const tasks = Array.from({ length: 600 }, (_, i) => ({
    ...task(`j${i}`, i / 10, 10, i / 10 + 15),
    tenant: `t${i}`,
  }));
  const { scenario } = normalized(RECORDED);
  const { groups } = replicate(scenario, { tasks }, 1);
  const names = new Set((groups?.tenant ?? []).flatMap(({ readings }) => readings.map(([name]) => name)));
  expect([...names].filter((name) => name.startsWith('deadline.'))).toEqual([
    'deadline.met',
    'deadline.missed',
    'deadline.open',
    'deadline.lateness.mean',
    'deadline.lateness.max',
  ]);
});
