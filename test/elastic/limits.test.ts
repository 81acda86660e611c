import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { burst, group, type Job, plan, price, reading, runElastic, step } from './elastic-run.ts';

const S = 1e6;

/** Poisson arrivals of jobs with exponential run times. */
function markovJobs(count: number, gapSec: number, runSec: number): readonly Job[] {
  const stream = new RandomStreams(7).stream('arrivals', 'test');
  const exponential = (mean: number) => -mean * Math.log(1 - stream.next());
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    at += exponential(gapSec);
    return {
      name: `j${i}`,
      at: Math.round(at * 1e6) / 1e6,
      runs: Math.round(exponential(runSec) * 1e6) / 1e6,
    };
  });
}

describe('limits that are known', () => {
  test('Without boot and with hosts enough nobody waits, and hosts are there exactly while they are busy', () => {
    const jobs = markovJobs(3000, 1, 20);
    const { stories, readings } = runElastic({
      hosts: Array.from({ length: 80 }, () => 1),
      jobs,
      elastic: {
        groups: [
          group(
            Array.from({ length: 80 }, (_, h) => h),
            { plan: plan({ out: { jobs: 1 }, in: { idleUs: 0 } }) },
          ),
        ],
      },
    });
    for (const job of jobs) expect(stories[job.name]?.starts[0]?.at).toBe(job.at);
    const busySec = jobs.reduce((sum, { runs }) => sum + Math.round(runs * 1e6), 0) / 1e6;
    expect(reading(readings, 'elastic.cloud.hostHours')).toBeCloseTo(busySec / 3600, 9);
    expect(reading(readings, 'gpu.allocated.mean')).toBeCloseTo(1, 12);
    // M/M/inf: 20 hosts on average; the mean of 3000 s of it has a standard deviation of about 0.5.
    expect(Math.abs((reading(readings, 'elastic.cloud.hosts.mean') ?? 0) - 20)).toBeLessThan(2);
  });

  test('A group that may not change is the same run as a fleet without any', () => {
    const jobs = markovJobs(2000, 1, 7.5);
    const hosts = Array.from({ length: 8 }, () => 1);
    const fixed = plan({
      min: 8,
      max: 8,
      out: { jobs: 1, allocated: { above: 0.5, forUs: 0 } },
      in: { idleUs: 0, allocated: { below: 1, forUs: 0 } },
    });
    const without = runElastic({ hosts, jobs });
    const withIt = runElastic({
      hosts,
      jobs,
      elastic: { groups: [group([0, 1, 2, 3, 4, 5, 6, 7], { plan: fixed, boot: 100 })] },
    });
    expect(withIt.digest).toBe(without.digest);
    expect(reading(withIt.readings, 'gpu.allocated.mean')).toBeCloseTo(
      reading(without.readings, 'gpu.allocated.mean') as number,
      12,
    );
  });
});

/** What an independent eye sees: who is there when, and that nobody runs anywhere else. */
class Eye implements ClusterObserver {
  readonly stays: { host: number; fromUs: number; toUs: number | undefined }[] = [];
  readonly #there = new Map<number, number>();
  most = 0;
  least = Number.POSITIVE_INFINITY;
  #fleet: Fleet | undefined;
  readonly #hosts: readonly number[];

  constructor(hosts: readonly number[], start: number) {
    this.#hosts = hosts;
    for (const host of hosts.slice(0, start)) this.#there.set(host, 0);
  }

  on(fleet: Fleet): this {
    this.#fleet = fleet;
    return this;
  }

  placed(_atUs: number, job: { name: string }, parts: readonly { host: number }[]): void {
    for (const { host } of parts) {
      if (this.#hosts.includes(host) && !this.#there.has(host))
        throw new Error(`${job.name} is on absent ${host}`);
    }
  }

  hostChanged(atUs: number, host: number, isOpen: boolean): void {
    // The others are told to be away when the run begins.
    if (!this.#hosts.includes(host) || (!isOpen && !this.#there.has(host))) return;
    if (isOpen) this.#there.set(host, atUs);
    else {
      if ((this.#fleet?.residents[host] ?? 0) > 0) throw new Error(`Host ${host} left with jobs on it`);
      this.stays.push({ host, fromUs: this.#there.get(host) as number, toUs: atUs });
      this.#there.delete(host);
    }
    this.most = Math.max(this.most, this.#there.size);
    this.least = Math.min(this.least, this.#there.size);
  }

  ended(atUs: number): void {
    for (const [host, fromUs] of this.#there) this.stays.push({ host, fromUs, toUs: atUs });
  }
}

describe('random groups', () => {
  const arbitraryPlan = fc
    .record({
      min: fc.nat(2),
      more: fc.integer({ min: 1, max: 4 }),
      start: fc.nat(4),
      jobs: fc.option(fc.integer({ min: 1, max: 4 })),
      gpus: fc.option(fc.integer({ min: 1, max: 6 })),
      waited: fc.option(fc.nat(40)),
      above: fc.option(fc.constantFrom(0, 0.5, 0.85)),
      by: fc.option(fc.integer({ min: 1, max: 3 })),
      cooldown: fc.constantFrom(0, 0, 15),
      idle: fc.constantFrom(0, 0, 20, Number.POSITIVE_INFINITY),
      below: fc.option(fc.constantFrom(0.3, 0.6, 1)),
      window: fc.constantFrom(0, 10),
      life: fc.constantFrom(0, 0, 50),
      boot: fc.constantFrom(0, 0, 5, 30),
      spot: fc.array(fc.record({ at: fc.nat(300), hosts: fc.integer({ min: 1, max: 2 }) }), { maxLength: 3 }),
      notice: fc.constantFrom(0, 3, 30),
      cap: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0.5, 3),
      running: fc.constantFrom('wait' as const, 'preempt' as const),
      every: fc.constantFrom(0.000001, 1, 60),
      minimum: fc.constantFrom(0, 60),
      fill: fc.constantFrom('block' as const, 'skip' as const),
      bursts: fc.option(fc.record({ waited: fc.nat(20), jobs: fc.integer({ min: 1, max: 3 }) })),
    })
    .map((each) => ({ ...each, max: each.min + each.more }));
  const arbitraryJobs = fc.array(
    fc.record({
      at: fc.nat(200),
      runs: fc.integer({ min: 1, max: 80 }),
      gpus: fc.integer({ min: 0, max: 3 }),
      save: fc.option(fc.constantFrom(0, 2, 10)),
    }),
    { minLength: 1, maxLength: 25 },
  );

  test('Counts stay within bounds, nobody runs on an absent host, the bill is the time there, and all jobs have a fate', () => {
    fc.assert(
      fc.property(arbitraryPlan, arbitraryJobs, (p, arbitrary) => {
        const own = [0, 1];
        const hosts = [2, 3, 4, 5, 6, 7];
        const jobs = arbitrary.map(
          ({ save, ...job }, i): Job => ({
            ...job,
            name: `j${i}`,
            claim:
              save === null
                ? {}
                : { checkpoint: { intervalUs: Number.POSITIVE_INFINITY, saveUs: save * S, restoreUs: S } },
          }),
        );
        const start = Math.min(p.max, Math.max(p.min, p.start));
        const eyes: Eye[] = [];
        const bursts =
          p.bursts === null ? [] : [burst(0, 1, { waitedUs: p.bursts.waited * S, jobs: p.bursts.jobs })];
        const run = () =>
          runElastic({
            hosts: [1, 2, 2, 2, 2, 2, 3, 3],
            pools: p.bursts === null ? [[...own, ...hosts]] : [own, hosts],
            jobs,
            rules: { fill: p.fill },
            observer: (fleet) => {
              const eye = new Eye(hosts, start).on(fleet);
              eyes.push(eye);
              return eye;
            },
            elastic: {
              groups: [
                group(hosts, {
                  pool: p.bursts === null ? 0 : 1,
                  start,
                  boot: p.boot,
                  plan: plan({
                    min: p.min,
                    max: p.max,
                    minLifeUs: p.life * S,
                    out: {
                      jobs: p.jobs,
                      gpus: p.gpus,
                      waitedUs: p.waited === null ? null : p.waited * S,
                      allocated: p.above === null ? null : { above: p.above, forUs: p.window * S },
                      by: p.by,
                      cooldownUs: p.cooldown * S,
                    },
                    in: {
                      idleUs: p.idle * S,
                      allocated: p.below === null ? null : { below: p.below, forUs: p.window * S },
                      cooldownUs: p.cooldown * S,
                    },
                  }),
                  clearing: { running: p.running, migratePath: null },
                  price: price({ perHour: 36, everyUs: p.every * S, minimumUs: p.minimum * S, cap: p.cap }),
                  spot: {
                    untilUs: null,
                    log: p.spot.map(({ at, hosts: taken }) => ({ atUs: at * S, hosts: taken })),
                    noticeUs: p.notice * S,
                    backUs: () => 25 * S,
                  },
                }),
              ],
              steps: [step(40, [1], false), step(90, [1], true)],
              bursts,
            },
            horizon: 5000,
          });
        const { stories, readings, digest } = run();
        const eye = eyes[0] as Eye;
        // One that is taken back may have its successor beside it until it is gone.
        if (p.spot.length === 0) expect(eye.most).toBeLessThanOrEqual(p.max);
        if (p.spot.length === 0 && p.cap === Number.POSITIVE_INFINITY) {
          expect(eye.least).toBeGreaterThanOrEqual(p.min);
        }
        let billedUs = 0;
        let thereUs = 0;
        for (const { fromUs, toUs = 0 } of eye.stays) {
          const every = p.every * S;
          thereUs += toUs - fromUs;
          billedUs += Math.max(p.minimum * S, Math.ceil((toUs - fromUs) / every) * every);
        }
        expect(reading(readings, 'elastic.cloud.hostHours')).toBeCloseTo(thereUs / 3600e6, 9);
        const paid = reading(readings, 'elastic.cloud.cost.compute') as number;
        expect(paid).toBeCloseTo(billedUs / 100e6, 6);
        for (const { name } of jobs) {
          const story = stories[name];
          const isEnded = story?.end !== undefined || story?.rejected !== undefined;
          const waits = story !== undefined && story.starts.length === story.stops.length;
          expect(isEnded || waits).toBe(true);
        }
        expect(run().digest).toBe(digest);
      }),
      { numRuns: 300 },
    );
  });
});
