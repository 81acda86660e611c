import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Job, type Replication, replicate } from '../../sim/index.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import type { Service } from '../../sim/scenario/types.ts';
import { BatchWork } from '../../sim/workload/service/batch-work.ts';
import { createTraffic } from '../../sim/workload/service/traffic.ts';
import { scenarioOf } from './scenario-for-tests.ts';

const value = (run: Replication, name: string) =>
  run.readings.find(([known]) => known === name)?.[1].value ?? Number.NaN;

interface Work {
  readonly number: number;
  readonly arrivalUs: number;
  readonly busy: number;
  leftUs: number;
}

/**
 * One GPU whose time is divided max-min fair among at most `places` jobs, first come first served, from scratch: at each
 * event the level is found by halving, and the next event is the first arrival or end.
 *
 * @returns by number: microsecond of its end
 */
function shareByHand(jobs: readonly Work[], places: number): Map<number, number> {
  const ends = new Map<number, number>();
  const waiting = [...jobs];
  let running: Work[] = [];
  let nowUs = 0;
  while (waiting.length + running.length > 0) {
    while (running.length < places && (waiting[0]?.arrivalUs ?? Number.POSITIVE_INFINITY) <= nowUs) {
      running.push(waiting.shift() as Work);
    }
    const used = (level: number) => running.reduce((sum, { busy }) => sum + Math.min(busy, level), 0);
    let low = 0;
    let high = 1;
    for (let i = 0; i < 60 && used(1) > 1; i++) {
      const middle = (low + high) / 2;
      if (used(middle) > 1) high = middle;
      else low = middle;
    }
    const level = used(1) > 1 ? low : 1;
    const speeds = running.map(({ busy }) => Math.min(busy, level) / busy);
    const nextEndUs = Math.min(...running.map(({ leftUs }, i) => nowUs + leftUs / (speeds[i] as number)));
    const nextArrivalUs =
      running.length < places
        ? (waiting[0]?.arrivalUs ?? Number.POSITIVE_INFINITY)
        : Number.POSITIVE_INFINITY;
    const nextUs = Math.min(nextEndUs, nextArrivalUs);
    running.forEach((job, i) => {
      job.leftUs -= (nextUs - nowUs) * (speeds[i] as number);
    });
    nowUs = nextUs;
    for (const { number } of running.filter(({ leftUs }) => leftUs < 1e-2)) ends.set(number, nowUs);
    running = running.filter(({ leftUs }) => leftUs >= 1e-2);
  }
  return ends;
}

describe('A card divided by best effort', () => {
  test('ends each job when one computed by hand ends it', () => {
    const cases = fc.record({
      seed: fc.nat(1e6),
      rate: fc.constantFrom('20/h', '100/h', '1000/h'),
      busies: fc.uniqueArray(fc.constantFrom(0.05, 0.2, 0.5, 0.9, 1), { minLength: 1, maxLength: 3 }),
      lifetime: fc.constantFrom(
        { kind: 'exponential', mean: '2m' },
        { kind: 'constant', value: '1m' },
        { kind: 'uniform', min: '0s', max: '10m' },
      ),
    });
    fc.assert(
      fc.property(cases, ({ seed, rate, busies, lifetime }) => {
        const scenario = scenarioOf({
          apiVersion: 'slicewise/v1',
          name: 'card',
          fleet: {
            hosts: [
              {
                name: 'h',
                cpu: 64,
                memory: '1TiB',
                gpus: { model: 'T4', count: 1 },
                sharing: { mode: 'vgpu', scheduler: 'best-effort' },
              },
            ],
          },
          workload: {
            synthetic: {
              tasks: 60,
              arrivals: { process: 'poisson', rate },
              classes: busies.map((busy, i) => ({
                name: `c${i}`,
                weight: i + 1,
                cpu: 1,
                memory: '1GiB',
                gpus: 1,
                slot: { profile: 'T4-2Q' },
                use: { workload: 'generic', busy, compute: busy, bandwidth: 0, memory: '1GiB' },
                lifetime,
              })),
            },
          },
          overheads: { 'vgpu.lone': 1, 'vgpu.aggregate': 1 },
          experiment: { kind: 'timed' },
        });
        const jobs: Work[] = [];
        const ends = new Map<number, number>();
        replicate(scenario, {}, seed, {
          observers: () => [
            {
              arrived: (atUs: number, { number, durationUs, shape }: Job) => {
                jobs.push({ number, arrivalUs: atUs, busy: shape.ask?.use.busy ?? 0, leftUs: durationUs });
              },
              finished: (atUs, { number }) => ends.set(number, atUs),
            },
          ],
        });
        // A T4 has 16 GiB: eight places of 2 GiB.
        const byHand = shareByHand(jobs, 8);
        expect(ends.size).toBe(60);
        for (const [number, endUs] of byHand) {
          // Every end is rounded to a microsecond, and moves those after it.
          expect(Math.abs((ends.get(number) as number) - endUs), `job ${number}`).toBeLessThan(100);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('A replica that starts late', () => {
  test('answers each request when the recursion of a queue with one server says', () => {
    const scenario = scenarioOf({
      apiVersion: 'slicewise/v1',
      name: 'late',
      fleet: {
        hosts: [
          {
            name: 'h',
            cpu: 64,
            memory: '1TiB',
            gpus: { model: 'T4', count: 1 },
            sharing: { mode: 'passthrough' },
          },
        ],
      },
      workload: {
        services: [
          {
            name: 's',
            replicas: 1,
            cpu: 1,
            memory: '1GiB',
            gpus: 1,
            lifecycle: 'host',
            use: { workload: 'generic', busy: 1, compute: 1, bandwidth: 0, memory: '1GiB' },
            traffic: { kind: 'open', arrivals: { process: 'poisson', rate: '0.8/s' } },
            batch: { times: ['1s'] },
            variability: { kind: 'exponential', mean: 1 },
          },
        ],
      },
      overheads: { 'passthrough.compute': 1 },
      experiment: { kind: 'timed', horizon: '20000s' },
    });
    const answers: [number, number][] = [];
    let readyUs = 0;
    const run = replicate(scenario, {}, 7, {
      observers: () => [
        {
          ready: (atUs) => {
            readyUs = atUs;
          },
          answered: (atUs, _service, arrivedUs) => answers.push([arrivedUs, atUs]),
        },
      ],
    });
    const service = scenario.workload.services[0] as Service;
    const streams = new RandomStreams(7);
    const traffic = createTraffic(service.name, service.traffic, streams);
    const work = new BatchWork(service);
    const stream = streams.stream('batch-work', 's/0');
    expect(readyUs).toBe(42e6);
    let freeUs = readyUs;
    for (const [arrivedUs, atUs] of answers) {
      const arrivalUs = traffic.nextUs();
      expect(arrivedUs).toBe(arrivalUs);
      freeUs = Math.max(freeUs, arrivalUs) + work.draw(1, stream);
      expect(Math.abs(atUs - freeUs)).toBeLessThanOrEqual(1);
    }
    expect(answers.length).toBeGreaterThan(15_000);
    expect(value(run, 'service.s.answered')).toBe(answers.length);
  });
});

describe('Several GPUs', () => {
  const gang = (uplink: string | null, link: string, jobs: number) =>
    scenarioOf({
      apiVersion: 'slicewise/v1',
      name: 'gang',
      fleet: {
        hosts: [
          {
            name: 'h',
            cpu: 64,
            memory: '1TiB',
            gpus: { model: 'T4', count: 4 },
            sharing: { mode: 'time-slicing', replicas: 4 },
            ...(uplink === null ? {} : { uplink }),
          },
        ],
      },
      workload: {
        synthetic: {
          tasks: jobs,
          arrivals: { process: 'deterministic', rate: '1000000/s' },
          classes: [
            {
              name: 'c',
              cpu: 1,
              memory: '1GiB',
              gpus: 4,
              slot: { compute: '10%' },
              use: { workload: 'generic', busy: 0.5, compute: 0.5, bandwidth: 0, memory: '1GiB', link },
              lifetime: { kind: 'constant', value: '100s' },
            },
          ],
        },
      },
      overheads: { 'time-slicing.together': 1 },
      experiment: { kind: 'timed' },
    });

  test('share an uplink: 8 streams of 1 GB/s on 4 GB/s take twice as long', () => {
    expect(value(replicate(gang(null, '1GB/s', 2), {}, 1), 'completion.max')).toBeCloseTo(100, 4);
    expect(value(replicate(gang('8GB/s', '1GB/s', 2), {}, 1), 'completion.max')).toBeCloseTo(100, 4);
    expect(value(replicate(gang('4GB/s', '1GB/s', 2), {}, 1), 'completion.max')).toBeCloseTo(200, 4);
  });
});

describe('Memory is for those in the system', () => {
  test('jobs, sessions and requests that are gone leave nothing behind', { timeout: 60_000 }, () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const scenario = scenarioOf({
      apiVersion: 'slicewise/v1',
      name: 'many',
      fleet: {
        hosts: [
          {
            name: 'h',
            count: 3,
            cpu: 64,
            memory: '1TiB',
            gpus: { model: 'T4', count: 2 },
            sharing: { mode: 'time-slicing', replicas: 8 },
            uplink: '4GB/s',
          },
        ],
      },
      workload: {
        synthetic: {
          tasks: 200_000,
          arrivals: { process: 'poisson', rate: '2/s' },
          classes: [
            {
              name: 'short',
              cpu: 1,
              memory: '1GiB',
              gpus: 2,
              slot: { compute: '10%' },
              use: {
                workload: 'generic',
                busy: 0.1,
                compute: 0.1,
                bandwidth: 0,
                memory: '1GiB',
                link: '100MB/s',
              },
              lifetime: { kind: 'exponential', mean: '1s' },
              lifecycle: 'warm',
            },
          ],
        },
        services: [
          {
            name: 's',
            replicas: 2,
            cpu: 1,
            memory: '1GiB',
            gpus: 1,
            slot: { compute: '10%' },
            use: { workload: 'generic', busy: 0.5, compute: 0.5, bandwidth: 0, memory: '1GiB' },
            traffic: { kind: 'open', arrivals: { process: 'poisson', rate: '1/s' } },
            batch: { times: ['200ms'] },
          },
        ],
        sessions: [
          {
            name: 'u',
            users: 6,
            cpu: 1,
            memory: '1GiB',
            gpus: 1,
            slot: { compute: '10%' },
            use: { workload: 'desktop', busy: 0.2, compute: 0.1, bandwidth: 0, memory: '500MiB' },
            logon: { kind: 'daily', perDay: 100 },
            duration: { kind: 'exponential', mean: '5m' },
            activity: { on: { kind: 'exponential', mean: '20s' }, off: { kind: 'exponential', mean: '20s' } },
            frames: { gpu: { kind: 'constant', value: '5ms' }, target: 60, deadline: '50ms' },
          },
        ],
      },
      experiment: { kind: 'timed', horizon: '30h' },
    });
    const heap: number[] = [];
    const run = replicate(scenario, {}, 1, {
      observers: () => [
        {
          arrived: (_atUs, { number }) => {
            if (number % 50_000 !== 20_000) return;
            collect();
            heap.push(process.memoryUsage().heapUsed);
          },
        },
      ],
    });
    expect(value(run, 'jobs.completed')).toBeGreaterThan(190_000);
    const [early, ...late] = heap as [number, ...number[]];
    expect(late.length).toBe(3);
    // 180 thousand jobs, each of which would hold a few hundred bytes at least.
    expect(Math.max(...late) - early).toBeLessThan(4e6);
  });
});
