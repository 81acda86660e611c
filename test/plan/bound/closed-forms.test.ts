import { beforeAll, describe, expect, test } from 'vitest';
import { loadSolver } from '../../../cli/load-solver.ts';
import { CapacityBound, type WaitLimit } from '../../../sim/experiment/bound/index.ts';
import type { IntegerSolver } from '../../../sim/index.ts';
import { scenarioOf } from '../../engine/scenario-for-tests.ts';

/** Cases that can be worked out by hand, with the number of cards that they need. */

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

interface Case {
  readonly gpu: string;
  readonly sharing?: object;
  readonly workload: object;
  readonly cpu?: number;
  readonly perHost?: number;
}

function scenarioWith({ gpu, sharing, workload, cpu = 1000, perHost = 1 }: Case, hosts: number) {
  return scenarioOf({
    apiVersion: 'slicewise/v1',
    name: 'closed-form',
    fleet: {
      hosts: [
        {
          name: 'h',
          count: hosts,
          cpu,
          memory: '8TiB',
          gpus: { model: gpu, count: perHost },
          ...(sharing === undefined ? {} : { sharing }),
        },
      ],
    },
    workload,
    experiment: { kind: 'timed', horizon: '8h' },
  });
}

/** What is proven with so many hosts. */
function boundOf(given: Case, hosts: number, limits: readonly WaitLimit[] = []) {
  const bound = new CapacityBound({ traces: {}, solver, seeds: [1, 2], limits });
  const scenario = scenarioWith(given, hosts);
  return { shortfall: bound.shortfall(scenario), load: bound.load(scenario) };
}

/** The fewest hosts that nothing is proven against. */
function fewest(given: Case, limits: readonly WaitLimit[] = []): number {
  for (let hosts = 1; hosts < 200; hosts++) {
    if (boundOf(given, hosts, limits).shortfall === undefined) return hosts;
  }
  return Number.POSITIVE_INFINITY;
}

const USE = { workload: 'graphics', busy: '10%', memory: '1GiB' };
const users = (name: string, count: number, slot: object) => ({
  name,
  users: count,
  cpu: 1,
  memory: '1GiB',
  slot,
  use: USE,
  logon: { kind: 'always' },
});
const compute = { workload: 'training', busy: '10%', memory: '1GiB' };
const MIG = { gpu: 'A100-40GB', sharing: { mode: 'mig' } };

describe('sessions and replicas that are there all the time', () => {
  test('stand seven small MIG instances to a card', () => {
    const sessions = [{ ...users('a', 15, { profile: '1g.5gb' }), use: compute }];
    expect(fewest({ ...MIG, workload: { sessions } })).toBe(3);
  });

  test('find no use for the slice that two half cards leave on MIG', () => {
    const sessions = [
      { ...users('half', 4, { profile: '3g.20gb' }), use: compute },
      { ...users('small', 1, { profile: '1g.5gb' }), use: compute },
    ];
    // By compute slices 13 of 14 would do on two cards.
    expect(fewest({ ...MIG, workload: { sessions } })).toBe(3);
  });

  test('stand beside each other on MIG as the geometry lets them, whatever comes first', () => {
    const sessions = [
      { ...users('small', 3, { profile: '1g.5gb' }), use: compute },
      { ...users('large', 1, { profile: '4g.20gb' }), use: compute },
    ];
    expect(fewest({ ...MIG, workload: { sessions } })).toBe(1);
  });

  test('stand twelve vGPUs of 4 GB to a card of 48 GB', () => {
    const vgpu = { gpu: 'L40S', sharing: { mode: 'vgpu', scheduler: 'best-effort', series: 'Q' } };
    expect(fewest({ ...vgpu, workload: { sessions: [users('a', 24, { profile: 'L40S-4Q' })] } })).toBe(2);
    expect(fewest({ ...vgpu, workload: { sessions: [users('a', 25, { profile: 'L40S-4Q' })] } })).toBe(3);
  });

  test('share no card where all vGPUs of it are of one size', () => {
    const vgpu = { gpu: 'L40S', sharing: { mode: 'vgpu', scheduler: 'best-effort', series: 'Q' } };
    const sessions = [users('a', 6, { profile: 'L40S-4Q' }), users('b', 3, { profile: 'L40S-8Q' })];
    // Half of a card and half of a card: only whole cards tell.
    const { shortfall, load } = boundOf({ ...vgpu, workload: { sessions } }, 1);
    expect(load).toBeCloseTo(1, 6);
    expect(shortfall).toMatchObject({ kind: 'work' });
    expect(fewest({ ...vgpu, workload: { sessions } })).toBe(2);
    // Ten twelfths and a sixth: one of the eleven is left over.
    const nearly = [users('a', 10, { profile: 'L40S-4Q' }), users('b', 1, { profile: 'L40S-8Q' })];
    const one = boundOf({ ...vgpu, workload: { sessions: nearly } }, 1).shortfall;
    expect(one).toMatchObject({ kind: 'work', what: 'b' });
    expect(one?.factor).toBeCloseTo(1.1, 6);
  });

  test('do not pair where each wants more than half of a GPU', () => {
    const service = {
      name: 's',
      cpu: 1,
      memory: '1GiB',
      replicas: 5,
      gpu: '60%',
      traffic: { kind: 'closed', clients: 1 },
      batch: { times: ['10ms'] },
    };
    expect(fewest({ gpu: 'A100-40GB', workload: { services: [service] } })).toBe(5);
    expect(fewest({ gpu: 'A100-40GB', workload: { services: [{ ...service, gpu: '50%' }] } })).toBe(3);
  });
});

describe('work in the long run', () => {
  const jobs = (each: object, rate = '10/h') => ({
    synthetic: {
      until: '8h',
      arrivals: { process: 'poisson', rate },
      classes: [
        {
          name: 'train',
          cpu: 1,
          memory: '1GiB',
          gpus: 1,
          lifetime: { kind: 'exponential', mean: '30m' },
          ...each,
        },
      ],
    },
  });

  test('needs as many whole GPUs as jobs run at the same time in the mean', () => {
    const given = { gpu: 'A100-40GB', workload: jobs({}) };
    expect(fewest(given)).toBe(5);
    const four = boundOf(given, 4);
    expect(four.shortfall).toMatchObject({ kind: 'work' });
    expect(four.shortfall?.factor).toBeCloseTo(1.25, 6);
    expect(four.shortfall?.text).toContain('1.25 times');
    expect(boundOf(given, 10).load).toBeCloseTo(0.5, 6);
  });

  test('adds up what jobs use of the time of a card that is time-sliced', () => {
    const sharing = { mode: 'time-slicing', replicas: 8 };
    const use = { workload: 'training', busy: '50%', memory: '1GiB' };
    const given = { gpu: 'A100-40GB', sharing, workload: jobs({ use }) };
    // Two at a time take all of a card but the tenth that switching takes.
    expect(boundOf(given, 2).load).toBeCloseTo(2.5 / (2 * 0.9), 6);
    expect(fewest(given)).toBe(3);
  });

  test('counts replicas of a time-sliced card where those run out first', () => {
    const sharing = { mode: 'time-slicing', replicas: 2 };
    const use = { workload: 'training', busy: '10%', memory: '1GiB' };
    expect(boundOf({ gpu: 'A100-40GB', sharing, workload: jobs({ use }) }, 2).load).toBeCloseTo(5 / 4, 6);
  });

  test('mixes instances of MIG over cards, and leaves the slice that nothing fits into', () => {
    // Each job is as fast as on the whole card, so that five run of each kind: 2.5 cards of two halves, and 5/7.
    const use = { workload: 'hpc', busy: '10%', compute: '5%', bandwidth: '1%', memory: '1GiB' };
    const half = jobs({ use, slot: { profile: '3g.20gb' } }).synthetic;
    const small = { ...half.classes[0], name: 'small', slot: { profile: '1g.5gb' } };
    const both = {
      synthetic: {
        ...half,
        arrivals: { process: 'poisson', rate: '20/h' },
        classes: [...half.classes, small],
      },
    };
    const { load } = boundOf({ ...MIG, workload: both }, 3);
    // Cards of 3g + 4 x 1g: x of them with y of two halves: x + 2 y = 5, 4 x >= 5; least x + y is 1.25 + 1.875.
    expect(load).toBeCloseTo(3.125 / 3, 5);
  });

  test('says that cores run out where they do', () => {
    const given = { gpu: 'A100-40GB', cpu: 4, workload: jobs({ cpu: 4, gpu: '10%' }) };
    const { shortfall } = boundOf({ ...given, perHost: 4 }, 2);
    expect(shortfall?.what).toBe('CPU of host group "h"');
    expect(shortfall?.factor).toBeCloseTo(2.5, 6);
  });

  test('holds a service to what its replicas can answer', () => {
    const service = {
      name: 'ask',
      cpu: 1,
      memory: '1GiB',
      replicas: 2,
      traffic: { kind: 'open', arrivals: { process: 'poisson', rate: '250/s' } },
      batch: { times: ['10ms', '16ms'] },
    };
    // 125 batches of two a second on each replica would need two times 1 s, in batches of 16 ms.
    const given = { gpu: 'A100-40GB', workload: { services: [service] } };
    expect(boundOf(given, 4).shortfall).toBeUndefined();
    const more = { ...service, traffic: { kind: 'open', arrivals: { process: 'poisson', rate: '300/s' } } };
    const { shortfall } = boundOf({ gpu: 'A100-40GB', workload: { services: [more] } }, 4);
    expect(shortfall).toMatchObject({ kind: 'work', what: 'ask' });
    expect(shortfall?.factor).toBeCloseTo((300 * 0.008) / 2, 6);
  });

  test('offers nothing where jobs are a number and no rate', () => {
    const { synthetic } = jobs({});
    const { until: _, ...finite } = synthetic;
    const given = { gpu: 'A100-40GB', workload: { synthetic: { ...finite, tasks: 1000 } } };
    expect(boundOf(given, 1)).toEqual({ shortfall: undefined, load: undefined });
  });

  test('has no place for what no host could take', () => {
    const { shortfall } = boundOf({ gpu: 'A100-40GB', workload: jobs({ gpus: 2 }) }, 3);
    expect(shortfall).toMatchObject({ kind: 'no-place', what: 'train', factor: Number.POSITIVE_INFINITY });
    const near = { workers: 2, layout: { within: 'host' } };
    expect(boundOf({ gpu: 'A100-40GB', workload: jobs(near) }, 3).shortfall?.kind).toBe('no-place');
    expect(boundOf({ gpu: 'A100-40GB', workload: jobs({ workers: 2 }, '1/h') }, 3).shortfall).toBeUndefined();
  });
});

describe('limits of waiting', () => {
  test('need places for all but 5 % of those who log on in one minute', () => {
    const sessions = [
      {
        ...users('desk', 30, { profile: 'L40S-4Q' }),
        logon: { kind: 'storm', at: '1h', spread: '1m' },
        duration: { kind: 'constant', value: '2h' },
      },
    ];
    const vgpu = { gpu: 'L40S', sharing: { mode: 'vgpu', scheduler: 'best-effort', series: 'Q' } };
    const given = { ...vgpu, workload: { sessions } };
    const limit = { quantile: 0.95, limitSec: 60 };
    // Three of 30 may still wait at the end, and at least 24.7 have to start; a card has 12 places.
    expect(fewest(given, [limit])).toBe(3);
    expect(fewest(given)).toBe(1);
    const { shortfall } = boundOf(given, 2, [limit]);
    expect(shortfall).toMatchObject({ kind: 'peak', what: 'all jobs' });
    expect(shortfall?.text).toContain('at most 24 can start within 60 s');
    expect(shortfall?.factor).toBeCloseTo((0.95 * 26) / 24, 6);
    // Two hours later there is room for another twelve, which is one too few; after another two hours for all.
    expect(fewest(given, [{ quantile: 0.95, limitSec: 7200 }])).toBe(2);
    expect(fewest(given, [{ quantile: 0.95, limitSec: 14_400 }])).toBe(1);
    // A limit for others says nothing of them.
    expect(fewest(given, [{ ...limit, group: { kind: 'class', name: 'other' } }])).toBe(1);
    expect(fewest(given, [{ ...limit, group: { kind: 'class', name: 'desk' } }])).toBe(3);
    expect(fewest(given, [{ ...limit, quantile: 0.5 }])).toBe(2);
  });
});

describe('recorded tasks', () => {
  const task = (gpuCount: number, spansHosts: boolean) => ({
    name: 'pod',
    request: { cpuMilli: 1000, memoryMib: 1024, gpuCount, gpuMilli: 1000, models: [] },
    arrivalSec: 0,
    durationSec: 3600,
    ...(spansHosts ? { spansHosts } : {}),
  });
  const judge = (tasks: ReturnType<typeof task>[], hosts: number, limits: readonly WaitLimit[] = []) =>
    new CapacityBound({ traces: { tasks }, solver, seeds: [1], limits }).shortfall(
      scenarioWith({ gpu: 'A100-40GB', workload: { sessions: [users('a', 1, { memory: '1GiB' })] } }, hosts),
    );

  test('have no place where no host has their GPUs, unless they may lie on several', () => {
    expect(judge([task(2, false)], 3)).toMatchObject({ kind: 'no-place', what: 'recorded task' });
    expect(judge([task(2, true)], 3)).toBeUndefined();
    expect(judge([task(3, true)], 2)?.kind).toBe('no-place');
  });

  test('wait for each other on average, and that is never told to be more than it is', () => {
    const twenty = Array.from({ length: 20 }, () => task(1, false));
    const meanOf = (seconds: number) =>
      new CapacityBound({
        traces: { tasks: twenty },
        solver,
        seeds: [1],
        limits: [],
        means: [seconds],
      }).shortfall(
        scenarioWith({ gpu: 'A100-40GB', workload: { sessions: [users('a', 1, { memory: '1GiB' })] } }, 2),
      );
    // Two at a time, an hour each: they wait 0 to 9 hours, 4.5 on average, the session beside them left out.
    expect(meanOf(600)).toMatchObject({ kind: 'peak' });
    expect((meanOf(600)?.factor ?? 0) * 600).toBeLessThanOrEqual(4.5 * 3600);
    expect(meanOf(4.5 * 3600)).toBeUndefined();
  });

  test('have to start in time as all others', () => {
    const limits = [{ quantile: 1, limitSec: 600 }];
    const five = Array.from({ length: 5 }, () => task(1, false));
    // And one session beside them, of which all but three have to start.
    expect(judge(five, 2, limits)).toMatchObject({ kind: 'peak' });
    expect(judge(five, 2, limits)?.text).toContain('of 6 jobs at most 2 can start within 600 s');
    expect(judge(five, 3, limits)).toBeUndefined();
    expect(judge(five, 5)).toBeUndefined();
  });
});
