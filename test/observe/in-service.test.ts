import { describe, expect, test } from 'vitest';
import { replicate } from '../../sim/experiment/replicate.ts';
import { normalized } from '../scenario/problems-of.ts';

/** The warm-up is 5 minutes; minutes count from there. */
const minute = (minutes: number) => `${minutes + 5}m`;

/**
 * A host with two GPUs and one with a single GPU, and a mix of half one-GPU and half two-GPU tasks of which none comes
 * between the warm-up and the end: all is idle. Whole, the pair serves both kinds and the single one kind, so of its GPU half is fragment.
 */
const idleFleet = (more: object) => ({
  apiVersion: 'slicewise/v1',
  name: 'in-service',
  fleet: {
    hosts: [
      { name: 'pair', cpu: 8, memory: '8GiB', gpus: { model: 'A30', count: 2 } },
      { name: 'single', cpu: 8, memory: '8GiB', gpus: { model: 'A30', count: 1 } },
    ],
  },
  workload: {
    synthetic: {
      tasks: 2,
      arrivals: { process: 'deterministic', rate: '1/h' },
      classes: [1, 2].map((gpus) => ({
        name: `gpus-${gpus}`,
        cpu: 1,
        memory: '1GiB',
        gpus,
        weight: 1,
        lifetime: { kind: 'constant', value: '1m' },
      })),
    },
  },
  experiment: { kind: 'timed', warmup: '5m', horizon: minute(50) },
  ...more,
});

function readingsOf(document: object): (name: string) => number | null {
  const { scenario } = normalized(document);
  const readings = new Map(replicate(scenario, {}, 1).readings);
  return (name) => {
    const reading = readings.get(name);
    if (reading === undefined) throw new Error(`no reading ${name}`);
    return reading.value;
  };
}

const close = (read: ReturnType<typeof readingsOf>, wanted: Record<string, number>) => {
  const got = Object.fromEntries(Object.keys(wanted).map((name) => [name, read(name)]));
  for (const [name, value] of Object.entries(wanted)) expect(got[name], name).toBeCloseTo(value, 9);
};

/** Mean of fragment and of capacity in service over stretches of [minutes, fragment GPUs, GPUs in service]. */
const mean = (stretches: readonly (readonly [number, number, number])[]) =>
  stretches.reduce((sum, [minutes, fragment]) => sum + minutes * fragment, 0) /
  stretches.reduce((sum, [minutes, , gpus]) => sum + minutes * gpus, 0);

describe('What is fragmented is a part of what is in service', () => {
  test('with nothing closed that is the whole fleet', () => {
    const read = readingsOf(idleFleet({}));
    close(read, { 'fragmentation.mean': 0.5 / 3, 'fragmentation.end': 0.5 / 3 });
  });

  test('a GPU that has failed is neither capacity nor idle, and the other of its host has half of the tasks left', () => {
    const failures = [{ kind: 'gpu', log: [{ at: minute(10), host: 'pair', gpu: 0, for: '20m' }] }];
    const read = readingsOf(idleFleet({ faults: { failures } }));
    close(read, {
      'fragmentation.mean': mean([
        [10, 0.5, 3],
        [20, 1, 2],
        [20, 0.5, 3],
      ]),
      'fragmentation.end': 0.5 / 3,
    });
  });

  test('at the end of a run in which a GPU is still down only what works is compared', () => {
    const failures = [{ kind: 'gpu', log: [{ at: minute(10), host: 'pair', gpu: 1, for: '20h' }] }];
    const read = readingsOf(idleFleet({ faults: { failures } }));
    close(read, { 'fragmentation.end': 1 / 2, 'fragmentation.ofIdle.end': 1 / 2 });
    close(read, { 'fragmentation.satisfied.end': 1 / 2, 'fragmentation.lack-gpu.end': 1 / 2 });
  });

  test('a host that is down, in a maintenance window or drained for one counts for nothing', () => {
    const failures = [{ kind: 'host', log: [{ at: minute(10), host: 'single', for: '5m' }] }];
    const windows = [{ at: minute(30), for: '10m', drain: '5m', hosts: ['pair'], running: 'wait' }];
    const read = readingsOf(idleFleet({ faults: { failures, windows } }));
    close(read, {
      'fragmentation.mean': mean([
        [10, 0.5, 3],
        [5, 0, 2],
        [10, 0.5, 3],
        [15, 0.5, 1],
        [10, 0.5, 3],
      ]),
    });
  });

  test('a spare host counts from when it joins', () => {
    const failures = [{ kind: 'host', log: [{ at: minute(20), host: 'pair', for: '10h' }] }];
    const spares = [{ hosts: ['pair', 'single'], standby: 1, switchOver: '10m' }];
    const read = readingsOf(idleFleet({ faults: { failures, spares } }));
    close(read, {
      'fragmentation.mean': mean([
        [20, 0, 2],
        [10, 0, 0],
        [20, 0.5, 1],
      ]),
    });
  });

  test('a host counts from when it is bought until it is shut down', () => {
    const elastic = {
      expansions: [{ at: minute(15), hosts: 'pair' }],
      removals: [{ at: minute(40), hosts: 'single' }],
    };
    const read = readingsOf(idleFleet({ elastic }));
    close(read, {
      'fragmentation.mean': mean([
        [15, 0.5, 1],
        [25, 0.5, 3],
        [10, 0, 2],
      ]),
      'fragmentation.end': 0,
    });
  });

  test('a host under a planned change is out of service for as long as it is closed', () => {
    const changes = [{ at: minute(10), hosts: 'single', closed: '30m' }];
    const read = readingsOf(idleFleet({ changes }));
    close(read, {
      'fragmentation.mean': mean([
        [10, 0.5, 3],
        [30, 0, 2],
        [10, 0.5, 3],
      ]),
    });
  });

  test('with no GPU in service there is nothing to measure', () => {
    const expansions = [{ at: minute(49), hosts: ['pair', 'single'] }];
    const read = readingsOf({
      ...idleFleet({ elastic: { expansions } }),
      experiment: { kind: 'timed', warmup: '5m', horizon: minute(30) },
    });
    expect(read('fragmentation.mean')).toBeNull();
    expect(read('fragmentation.end')).toBeNull();
  });
});

describe('Allocated, idle in service and fragment add up', () => {
  test('also while jobs run on a host that takes nobody in any more', () => {
    const workload = {
      synthetic: {
        tasks: 1,
        arrivals: { process: 'deterministic', rate: '1/m' },
        classes: [
          { name: 'one', cpu: 1, memory: '1GiB', gpus: 1, lifetime: { kind: 'constant', value: '10h' } },
        ],
      },
    };
    const removals = [{ at: minute(10), hosts: ['pair', 'single'] }];
    const read = readingsOf(idleFleet({ elastic: { removals }, workload }));
    // The one that is empty is gone, the other has its job and nothing to give away.
    close(read, { 'fragmentation.end': 0, 'fragmentation.satisfied.end': 0 });
    expect(read('fragmentation.ofIdle.end')).toBeNull();
  });
});

describe('What shared GPUs did is compared with those that are there', () => {
  const busyFor = (more: object) => {
    const sharing = { mode: 'time-slicing', replicas: 2 };
    const gpus = { model: 'A30', count: 1 };
    const read = readingsOf({
      ...idleFleet(more),
      fleet: {
        hosts: ['own', 'other'].map((name) => ({ name, cpu: 8, memory: '8GiB', gpus, sharing })),
      },
      workload: {
        synthetic: {
          tasks: 1,
          arrivals: { process: 'deterministic', rate: '1/m' },
          classes: [
            {
              name: 'one',
              cpu: 1,
              memory: '1GiB',
              gpus: 1,
              use: { memory: '1GiB' },
              lifetime: { kind: 'constant', value: '10h' },
            },
          ],
        },
      },
    });
    return read('gpu.busy.mean');
  };

  test('one of two GPUs that is busy all the time is half, and all where the other is not bought yet', () => {
    expect(busyFor({})).toBeCloseTo(1 / 2, 9);
    expect(busyFor({ elastic: { expansions: [{ at: minute(60), hosts: 'other' }] } })).toBeCloseTo(1, 9);
  });

  test('a GPU that comes or goes meanwhile counts for as long as it is there', () => {
    const elastic = {
      expansions: [{ at: minute(20), hosts: 'other' }],
      removals: [{ at: minute(40), hosts: 'other' }],
    };
    expect(busyFor({ elastic })).toBeCloseTo(50 / (50 + 20), 9);
  });

  test('one that has failed counts as idle', () => {
    const failures = [{ kind: 'host', log: [{ at: minute(10), host: 'other', for: '30m' }] }];
    expect(busyFor({ faults: { failures } })).toBeCloseTo(1 / 2, 9);
  });
});
