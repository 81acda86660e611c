import { describe, expect, test } from 'vitest';
import { type Replication, replicate } from '../../sim/index.ts';
import { studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { scenarioOf } from '../engine/scenario-for-tests.ts';
import { meanSojournShared, meanWaitMg1 } from './queueing-formulas.ts';

const BUSY = { workload: 'generic', busy: 1, compute: 1, bandwidth: 1, memory: '100MiB' };

function reading(run: Replication, name: string): number {
  const found = run.readings.find(([known]) => known === name);
  return found?.[1].value ?? Number.NaN;
}

/** Values of one metric in independent runs, and whether the expected one lies within their 99.9 % interval. */
function expectMean(document: unknown, metrics: readonly string[], expected: number, seeds = 20): void {
  const scenario = scenarioOf(document);
  const tallies = metrics.map(() => new Tally());
  for (let seed = 1; seed <= seeds; seed++) {
    const run = replicate(scenario, {}, seed);
    for (const [i, metric] of metrics.entries()) (tallies[i] as Tally).add(reading(run, metric));
  }
  for (const tally of tallies) {
    const { lo, hi } = studentInterval(tally, 0.999);
    expect(expected).toBeGreaterThan(lo);
    expect(expected).toBeLessThan(hi);
    // An interval so wide that it says nothing would hold any expectation.
    expect((hi - lo) / expected).toBeLessThan(0.25);
  }
}

const fleet = (model: string, sharing: object) => ({
  hosts: [{ name: 'h', cpu: 10_000, memory: '10TiB', gpus: { model, count: 1 }, sharing }],
});

/** Names of `count` services, each with one replica on its own place of the card. */
const names = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`);

describe('A card whose time is shared by all that are on it is M/G/1 with processor sharing', () => {
  test.each([
    ['exponential work', { kind: 'exponential', mean: '10s' }],
    ['constant work', { kind: 'constant', value: '10s' }],
    // Mean 0.9 x 5 s + 0.1 x 55 s = 10 s, squared coefficient of variation 5.
    [
      'very uneven work',
      {
        kind: 'mixture',
        parts: [
          { kind: 'exponential', mean: '5s', weight: 0.9 },
          { kind: 'exponential', mean: '55s', weight: 0.1 },
        ],
      },
    ],
  ])('%s: mean completion depends on the mean of the work alone', (_name, lifetime) => {
    expectMean(
      {
        apiVersion: 'slicewise/v1',
        name: 'ps',
        fleet: fleet('A100-80GB', { mode: 'time-slicing', replicas: 200 }),
        workload: {
          synthetic: {
            tasks: 10_000,
            arrivals: { process: 'poisson', rate: '0.07/s' },
            classes: [{ name: 'c', cpu: 1, memory: '1GiB', gpus: 1, use: BUSY, lifetime }],
          },
        },
        overheads: { 'time-slicing.together': 1 },
        experiment: { kind: 'timed', warmup: '1h' },
      },
      ['completion.mean'],
      meanSojournShared(0.7, 10),
    );
  });
});

describe('vGPUs of one card, each with a queue of its own', () => {
  /** Services on T4-4C, of which a card takes 4: exponential work of 1 s, at the rate given. */
  const services = (scheduler: string, count: number, rate: number) => ({
    apiVersion: 'slicewise/v1',
    name: scheduler,
    fleet: fleet('T4', { mode: 'vgpu', scheduler }),
    workload: {
      services: names(count).map((name) => ({
        name,
        replicas: 1,
        cpu: 1,
        memory: '1GiB',
        gpus: 1,
        slot: { profile: 'T4-4C' },
        use: BUSY,
        traffic: { kind: 'open', arrivals: { process: 'poisson', rate: `${rate}/s` } },
        batch: { times: ['1s'] },
        variability: { kind: 'exponential', mean: 1 },
      })),
    },
    overheads: { 'vgpu.lone': 1, 'vgpu.aggregate': 1 },
    experiment: { kind: 'timed', horizon: '40000s', warmup: '1000s' },
  });
  const latencies = (count: number) => names(count).map((name) => `service.${name}.latency.mean`);

  test('fixed share: each is an M/G/1 queue at a quarter of the speed, however many are there', () => {
    const expected = 4 + meanWaitMg1(0.6, 4, 16);
    for (const count of [1, 2, 4]) {
      expectMean(services('fixed-share', count, 0.15), latencies(count), expected);
    }
  });

  test('equal share: each is an M/G/1 queue at the speed of one of those running', () => {
    for (const count of [1, 2, 4]) {
      expectMean(
        services('equal-share', count, 0.6 / count),
        latencies(count),
        count + meanWaitMg1(0.6, count, count ** 2),
      );
    }
  });

  test('best effort lies between a card of its own and equal share', () => {
    const run = replicate(scenarioOf(services('best-effort', 4, 0.15)), {}, 1);
    for (const metric of latencies(4)) {
      expect(reading(run, metric)).toBeGreaterThan(1 + meanWaitMg1(0.15, 1, 1));
      expect(reading(run, metric)).toBeLessThan(4 + meanWaitMg1(0.6, 4, 16));
    }
  });
});

describe('A closed loop is the machine repair model', () => {
  /** Mean response of n machines that fail at rate 1/think and one repairman: from the throughput, by Little's law. */
  function repairResponse(machines: number, serviceSec: number, thinkSec: number): number {
    let sum = 1;
    let term = 1;
    for (let k = 1; k <= machines; k++) {
      term *= (machines - k + 1) * (serviceSec / thinkSec);
      sum += term;
    }
    const throughput = (1 - 1 / sum) / serviceSec;
    return machines / throughput - thinkSec;
  }

  const loop = (sharing: object, services: number, clients: number) => ({
    apiVersion: 'slicewise/v1',
    name: 'loop',
    fleet: fleet('A100-80GB', sharing),
    workload: {
      services: names(services).map((name) => ({
        name,
        replicas: 1,
        cpu: 1,
        memory: '1GiB',
        gpus: 1,
        use: BUSY,
        traffic: { kind: 'closed', clients, think: { kind: 'exponential', mean: '5s' } },
        batch: { times: ['1s'] },
        variability: { kind: 'exponential', mean: 1 },
      })),
    },
    overheads: { 'time-slicing.together': 1 },
    experiment: { kind: 'timed', horizon: '20000s', warmup: '500s' },
  });

  test('n clients of one server', () => {
    for (const clients of [1, 4, 12]) {
      const expected = repairResponse(clients, 1, 5);
      expectMean(loop({ mode: 'bare-metal' }, 1, clients), ['service.s0.latency.mean'], expected);
    }
  });

  test('n servers with a client each, on one card that shares its time', () => {
    const expected = repairResponse(8, 1, 5);
    const metrics = names(8).map((name) => `service.${name}.latency.mean`);
    expectMean(loop({ mode: 'time-slicing', replicas: 8 }, 8, 1), metrics, expected);
  });
});
