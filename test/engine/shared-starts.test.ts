import { describe, expect, test } from 'vitest';
import { type ClusterObserver, type Replication, replicate } from '../../sim/index.ts';
import type { Scenario } from '../../sim/scenario/types.ts';
import { scenarioOf } from './scenario-for-tests.ts';

const value = (run: Replication, name: string) =>
  run.readings.find(([known]) => known === name)?.[1].value ?? Number.NaN;

const fleet = (model: string, sharing: object) => ({
  hosts: [{ name: 'h', cpu: 64, memory: '512GiB', gpus: { model, count: 1 }, sharing }],
});

/** One batch that works for 100 s alone, every `gap`. */
const batches = (tasks: number, rate: string, more: object) => ({
  synthetic: {
    tasks,
    arrivals: { process: 'deterministic', rate },
    classes: [
      {
        name: 'c',
        cpu: 1,
        memory: '1GiB',
        gpus: 1,
        lifetime: { kind: 'constant', value: '100s' },
        ...more,
      },
    ],
  },
});

/** What happened, as `what task at seconds`. */
function story(scenario: Scenario): { run: Replication; lines: string[] } {
  const lines: string[] = [];
  const tell = (what: string) => (atUs: number, job: { number: number }) => {
    lines.push(`${what} ${job.number} at ${(atUs / 1e6).toFixed(2)}`);
  };
  const failed: NonNullable<ClusterObserver['failed']> = (atUs, job, _parts, reason) => {
    expect(reason).toBe('out-of-memory');
    tell('failed')(atUs, job);
  };
  const run = replicate(scenario, {}, 1, {
    observers: () => [
      {
        placed: tell('placed'),
        ready: tell('ready'),
        finished: tell('finished'),
        freed: tell('freed'),
        failed,
      },
    ],
  });
  return { run, lines };
}

const use = (memory: string, busy = 1) => ({
  workload: 'generic',
  busy,
  compute: busy,
  bandwidth: 0,
  memory,
});

describe('Memory that nobody reserves', () => {
  /** A T4 has 15360 MiB. Jobs come every 10 s. */
  const onT4 = (tasks: number, memory: string, more: object) =>
    scenarioOf({
      apiVersion: 'slicewise/v1',
      name: 'memory',
      fleet: fleet('T4', { mode: 'time-slicing', replicas: 4 }),
      workload: batches(tasks, '6/m', { slot: 'whole', use: use(memory), ...more }),
      overheads: { 'time-slicing.together': 1 },
      experiment: { kind: 'timed' },
    });

  test('the one that comes last fails, at once, and frees its place and memory for others', () => {
    const { run, lines } = story(onT4(3, '7GiB', {}));
    const at = lines.map((line) => line.replace(/ at .*/, ''));
    expect(at).toEqual(['placed 0', 'placed 1', 'placed 2', 'failed 2', 'finished 0', 'finished 1']);
    expect(value(run, 'jobs.failed.out-of-memory')).toBe(1);
    expect(value(run, 'gpu.allocatedMilli')).toBe(0);
  });

  test('memory is allocated when the start is over: the one that is ready first has it', () => {
    // 0 is placed first and both take 47 s to start; 1 has allocated nothing yet when 0 is ready.
    const { lines } = story(onT4(2, '10GiB', { lifecycle: 'cached' }));
    expect(lines.map((line) => line.replace(/ at .*/, ''))).toEqual([
      'placed 0',
      'placed 1',
      'ready 0',
      'ready 1',
      'failed 1',
      'finished 0',
    ]);
  });

  test('on MIG the instance counts that the newcomer is on, not that of who came to the card last', () => {
    // Four tenants on 2 instances 3g.20gb by turns, each of 12 GiB: 2 and 3 go beyond what is left of theirs.
    const { lines } = story(
      scenarioOf({
        apiVersion: 'slicewise/v1',
        name: 'memory',
        fleet: fleet('A100-40GB', { mode: 'time-slicing', replicas: 4, profile: '3g.20gb' }),
        workload: batches(4, '6/m', { slot: 'whole', use: use('12GiB'), lifecycle: 'cached' }),
        experiment: { kind: 'timed' },
      }),
    );
    const failed = lines.filter((line) => line.startsWith('failed')).map((line) => line.split(' ')[1]);
    expect(failed).toEqual(['2', '3']);
  });
});

describe('Starts and stops take their time', () => {
  test('a MIG instance on demand: 0.16 s to create and 0.2 s to destroy on the host, and the next waits for both', () => {
    const { lines } = story(
      scenarioOf({
        apiVersion: 'slicewise/v1',
        name: 'mig',
        fleet: fleet('A100-40GB', { mode: 'mig' }),
        workload: batches(2, '1/s', {
          slot: { profile: '7g.40gb' },
          use: use('1GiB', 0.5),
          lifecycle: 'host',
        }),
        experiment: { kind: 'timed' },
      }),
    );
    const at = lines.map((line) => Number(line.split(' at ')[1]));
    expect(lines.map((line) => line.replace(/ at .*/, ''))).toEqual([
      'placed 0',
      'ready 0',
      'finished 0',
      'freed 0',
      'placed 1',
      'ready 1',
      'finished 1',
      'freed 1',
    ]);
    const gaps = at.slice(1).map((time, i) => time - (at[i] as number));
    [0.16, 100, 0.2, 0, 0.16, 100, 0.2].forEach((gap, i) => {
      expect(gaps[i]).toBeCloseTo(gap, 1.9);
    });
  });

  test.each([
    ['host', 0.16, 0.2],
    ['scheduler', 0.7, 0],
    ['operator', 240, 0],
  ])(
    'by the path "%s" a job is there %d s longer before and %d s after its work',
    (lifecycle, startSec, stopSec) => {
      const { run } = story(
        scenarioOf({
          apiVersion: 'slicewise/v1',
          name: 'mig',
          fleet: fleet('A100-40GB', { mode: 'mig' }),
          workload: batches(1, '1/s', { slot: { profile: '7g.40gb' }, use: use('1GiB', 0.5), lifecycle }),
          experiment: { kind: 'timed' },
        }),
      );
      expect(value(run, 'completion.mean')).toBeCloseTo(100 + startSec, 6);
      expect(value(run, 'time.end')).toBeCloseTo(100 + startSec + stopSec, 6);
      expect(value(run, 'gpu.busy.mean')).toBeCloseTo(100 / (100 + startSec + stopSec), 9);
    },
  );
});

describe('Who idles beside whom', () => {
  /** One job of 100 s beside `idle` desktops that never have work. */
  const beside = (scheduler: string, idle: number) =>
    scenarioOf({
      apiVersion: 'slicewise/v1',
      name: 'idle',
      fleet: fleet('T4', { mode: 'vgpu', scheduler }),
      workload: {
        ...batches(1, '1/s', { slot: { profile: 'T4-4Q' }, use: use('1GiB') }),
        ...(idle === 0
          ? {}
          : {
              sessions: [
                {
                  name: 'idle',
                  users: idle,
                  cpu: 1,
                  memory: '1GiB',
                  gpus: 1,
                  slot: { profile: 'T4-4Q' },
                  use: use('1GiB'),
                  activity: {
                    on: { kind: 'constant', value: '1ms' },
                    off: { kind: 'constant', value: '100h' },
                  },
                },
              ],
            }),
      },
      overheads: { 'vgpu.lone': 1, 'vgpu.aggregate': 1 },
      experiment: { kind: 'timed', horizon: '1h' },
    });

  test.each([
    ['best-effort', 1, 0],
    ['equal-share', 1, 1],
    ['fixed-share', 4, 0],
  ] as const)('%s: %d times as long alone, and %d more for each', (scheduler, alone, more) => {
    for (const idle of [0, 1, 2, 3]) {
      const run = replicate(beside(scheduler, idle), {}, 1);
      expect(value(run, 'jobs.completed')).toBe(1);
      expect(value(run, 'completion.mean')).toBeCloseTo(100 * (alone + more * idle), 5);
    }
  });
});

describe('What a run measures', () => {
  test('a run that is over within the warm-up ends when it is over, on shared cards as on others', () => {
    for (const sharing of [{ mode: 'time-slicing', replicas: 2 }, undefined]) {
      const { hosts } = fleet('T4', {});
      const run = replicate(
        scenarioOf({
          apiVersion: 'slicewise/v1',
          name: 'short',
          fleet: {
            hosts: [{ ...hosts[0], ...(sharing === undefined ? { sharing: undefined } : { sharing }) }],
          },
          workload: batches(1, '1/s', {}),
          experiment: { kind: 'timed', warmup: '1h' },
        }),
        {},
        1,
      );
      expect(value(run, 'time.end')).toBeCloseTo(100, 9);
      expect(value(run, 'gpu.utilized.mean')).toBeNaN();
    }
  });

  test('a session on two GPUs is one session', () => {
    const { hosts } = fleet('T4', { mode: 'passthrough' });
    const run = replicate(
      scenarioOf({
        apiVersion: 'slicewise/v1',
        name: 'two',
        fleet: { hosts: [{ ...hosts[0], gpus: { model: 'T4', count: 4 } }] },
        workload: {
          sessions: [
            { name: 's', users: 2, cpu: 1, memory: '1GiB', gpus: 2, use: use('1GiB'), activity: null },
          ],
        },
        experiment: { kind: 'timed', horizon: '1h' },
      }),
      {},
      1,
    );
    expect(value(run, 'session.s.on.mean')).toBe(2);
    expect(value(run, 'gpu.busy.mean')).toBe(1);
  });

  test('tenants of one MIG instance together do no more than the instance can', () => {
    // Two tenants of one 2g.12gb, which is half of an A30.
    const run = replicate(
      scenarioOf({
        apiVersion: 'slicewise/v1',
        name: 'instance',
        fleet: fleet('A30', { mode: 'time-slicing', replicas: 3, profile: '2g.12gb' }),
        workload: {
          sessions: [
            {
              name: 's',
              users: 3,
              cpu: 1,
              memory: '1GiB',
              gpus: 1,
              use: { ...use('100MiB'), workload: 'training', compute: 1 },
              activity: null,
            },
          ],
        },
        experiment: { kind: 'timed', horizon: '1h' },
      }),
      {},
      1,
    );
    expect(value(run, 'gpu.utilized.mean')).toBeLessThanOrEqual(1);
    expect(value(run, 'gpu.utilized.mean')).toBeGreaterThan(0.9);
  });
});
