import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fleet } from '../../sim/cluster/fleet.ts';
import {
  DEFAULT_QUEUEING_CONFIG,
  type Discipline,
  type QueuedJob,
  type QueueingConfig,
} from '../../sim/policies/queueing/discipline.ts';
import { las } from '../../sim/policies/queueing/las.ts';
import type { QueueOrder } from '../../sim/policies/queueing/names.ts';
import { endsOf, runSmall, type SmallJob, type SmallRun } from './pool-run.ts';
import { smallJob } from './random-jobs.ts';
import type { SlowJob } from './slow-queue.ts';

const GPUS = 4;

/**
 * las on one host of four GPUs where all is decided anew every second: all jobs in order, and whoever still fits runs.
 *
 * @param order by first start: whoever ran before, in the order in which they first ran, then the others by arrival. By
 * arrival, those that run come first of their queue, so that nobody swaps.
 */
function slowLas(
  jobs: readonly SlowJob[],
  limits: readonly number[],
  promoteAfter: number,
  order: QueueOrder,
): Record<string, number> {
  const states = jobs
    .map((job, i) => ({ job, i }))
    .sort((a, b) => a.job.at - b.job.at || a.i - b.i)
    .map(({ job }, place) => ({ job, place, left: job.runs, counted: 0, waitsSince: job.at, runs: false }));
  type State = (typeof states)[number];
  const levelOf = ({ counted, job }: State) => limits.filter((limit) => counted * job.gpus >= limit).length;
  const ends: Record<string, number> = {};
  /** Those that have run, in the order in which they first did. */
  const started: State[] = [];
  const placeOf = (each: State) => {
    if (order === 'arrival') return each.runs ? each.place - states.length : each.place;
    return started.includes(each) ? started.indexOf(each) : states.length + each.place;
  };
  for (let now = 0; Object.keys(ends).length < jobs.length; now++) {
    for (const each of states) {
      if (each.left > 0 || ends[each.job.name] !== undefined) continue;
      ends[each.job.name] = now;
      each.runs = false;
    }
    const here = states.filter(({ left, job }) => left > 0 && job.at <= now);
    for (const each of here) {
      if (each.runs || levelOf(each) === 0) continue;
      if (now - each.waitsSince >= promoteAfter * each.counted) each.counted = 0;
    }
    let free = GPUS;
    const next = new Set<State>();
    for (const each of here.toSorted((a, b) => levelOf(a) - levelOf(b) || placeOf(a) - placeOf(b))) {
      if (each.job.gpus > free) continue;
      free -= each.job.gpus;
      next.add(each);
    }
    for (const each of here) if (each.runs && !next.has(each)) each.waitsSince = now;
    for (const each of here) each.runs = next.has(each);
    for (const each of next) {
      if (!started.includes(each)) started.push(each);
      each.left -= 1;
      each.counted += 1;
    }
  }
  return ends;
}

/** A discipline without a run around it. */
function create(config: Partial<QueueingConfig>): Discipline {
  return las.create({
    fleet: new Fleet([]),
    capacity: { gpus: GPUS, cpuMilli: 0, memoryMib: 0 },
    config: { ...DEFAULT_QUEUEING_CONFIG, queueOrder: 'first-start', ...config },
  });
}

const queued = (slot: number, number: number, attainedUs = 0): QueuedJob => ({
  slot,
  job: { number } as QueuedJob['job'],
  gpus: 1,
  estimateLeftUs: 1,
  attainedUs,
  queuedSinceUs: 0,
  startedUs: 0,
  preemptions: 0,
});

describe('Least attained service by first start', () => {
  /** `wide` comes first, and starts last: two GPUs are not free at once before the others are of the second queue. */
  const JOBS: readonly SmallJob[] = [
    { name: 'first', at: 0, runs: 3, gpus: 1 },
    { name: 'wide', at: 1, runs: 6, gpus: 2 },
    { name: 'a', at: 1, runs: 10, gpus: 1 },
    { name: 'b', at: 3, runs: 10, gpus: 1 },
    { name: 'short', at: 10, runs: 1, gpus: 2 },
  ];
  const small = (queueOrder: QueueOrder, more: Partial<SmallRun> = {}) =>
    runSmall({
      hosts: [2],
      jobs: JOBS,
      policy: las,
      config: { attainedLimits: [4], queueOrder },
      rules: { preemption: 'evict' },
      ...more,
    });

  test('serves a queue in the order in which its jobs first ran, and by arrival otherwise', () => {
    // At 7 a and b are both of the second queue and give way to wide, which gives way to short at 10, 3 s from its end.
    const byArrival = small('arrival');
    expect(byArrival.get('wide')?.stops).toEqual([10]);
    expect(endsOf(byArrival)).toEqual({ first: 3, short: 11, wide: 14, a: 18, b: 20 });
    const byStart = small('first-start');
    expect(byStart.get('wide')?.stops).toEqual([10]);
    expect(endsOf(byStart)).toEqual({ first: 3, short: 11, a: 15, b: 17, wide: 20 });
  });

  test('lets a running job of the same queue go on under evict, and not where all is decided anew', () => {
    const late: SmallJob[] = [...JOBS.filter(({ name }) => name !== 'short')];
    const config = { attainedLimits: [4], queueOrder: 'first-start' } as const;
    const ends = (preemption: 'evict' | 'refill') =>
      endsOf(small('first-start', { jobs: late, config, rules: { preemption } }));
    expect(ends('evict')).toEqual({ first: 3, wide: 13, a: 17, b: 19 });
    // At 9 wide is of the second queue, too, where a and b started before it: a has 4 s left and b 6; wide waits until both are done.
    expect(ends('refill')).toEqual({ first: 3, a: 13, b: 15, wide: 19 });
  });

  test('puts who never started behind all of its queue that did, and sends a promoted job before those', () => {
    const discipline = create({ attainedLimits: [1], promoteAfter: 2 });
    const early = queued(0, 0);
    const later = queued(1, 1);
    const newcomer = queued(2, 2);
    for (const each of [early, later, newcomer]) discipline.queued?.(each, 0);
    discipline.started?.(later, 0);
    discipline.started?.(early, 0);
    const ranks = (...jobs: readonly QueuedJob[]) => jobs.map((each) => discipline.rank(each, 0));
    expect(ranks(later, early, newcomer)).toEqual([0, 1, 2 ** 32 - 1]);
    // After a second both are of the second queue; having waited for two, one comes back and keeps its number.
    const served = { ...later, attainedUs: 1e6 };
    discipline.stopped?.(served, 1e6);
    discipline.queued?.(served, 1e6);
    discipline.beginPass?.(1e6);
    expect(discipline.rank(served, 1e6)).toBe(2 ** 32);
    discipline.beginPass?.(2e6);
    expect(discipline.rank(served, 2e6)).toBe(0);
  });

  test('counts no start that was taken back in the same instant, and knows a slot that is used again', () => {
    const discipline = create({});
    const promised = queued(0, 0);
    const other = queued(1, 1);
    discipline.started?.(promised, 0);
    discipline.stopped?.(promised, 0);
    const notStarted = discipline.rank(promised, 0);
    discipline.started?.(other, 5);
    expect(discipline.rank(other, 5)).toBeLessThan(notStarted);
    discipline.started?.(promised, 9);
    expect(discipline.rank(promised, 9)).toBeGreaterThan(discipline.rank(other, 9));
    expect(discipline.rank(queued(1, 2), 9)).toBe(notStarted);
  });

  test('keeps the first start of a job that ran and was stopped, also when it starts anew', () => {
    const discipline = create({ attainedLimits: [] });
    discipline.started?.(queued(0, 0), 0);
    discipline.started?.(queued(1, 1), 1);
    const ran = queued(0, 0, 3e6);
    discipline.stopped?.(ran, 3e6);
    expect(discipline.rank(ran, 3e6)).toBeLessThan(discipline.rank(queued(1, 1), 3e6));
    discipline.started?.(ran, 4e6);
    expect(discipline.rank(ran, 4e6)).toBeLessThan(discipline.rank(queued(1, 1), 4e6));
  });

  const slowJobs = fc
    .array(
      fc.record({
        at: fc.nat(12),
        runs: fc.integer({ min: 1, max: 14 }),
        gpus: fc.constantFrom(1, 2, 4),
        tenant: fc.constant('a'),
        priority: fc.constant(0),
      }),
      { minLength: 2, maxLength: 9 },
    )
    .map((jobs) => jobs.map((job, i): SlowJob => ({ ...job, name: `j${i}` })));

  test.each([
    ['never promoted', Number.POSITIVE_INFINITY],
    ['promoted after as long as it ran', 1],
    ['promoted after three times as long', 3],
  ])('%s: under either order jobs end when a twin says that goes second by second', (_name, promoteAfter) => {
    let differ = 0;
    fc.assert(
      fc.property(slowJobs, (jobs) => {
        const [byArrival, byStart] = (['arrival', 'first-start'] as const).map((queueOrder) => {
          const stories = runSmall({
            hosts: [GPUS],
            jobs: jobs.map(smallJob),
            policy: las,
            config: { attainedLimits: [4, 12], promoteAfter, queueOrder },
            rules: { fill: 'skip', preemption: 'refill' },
          });
          const ends = endsOf(stories);
          expect(ends).toEqual(slowLas(jobs, [4, 12], promoteAfter, queueOrder));
          return ends;
        });
        if (jobs.some(({ name }) => byArrival?.[name] !== byStart?.[name])) differ += 1;
      }),
      { seed: 83, numRuns: 150 },
    );
    expect(differ).toBeGreaterThan(50);
  });

  test('where nobody overtakes the head, a new job waits for nobody who came later, promoted or not', () => {
    let waits = 0;
    const newcomer = fc.record({ at: fc.nat(14), gpus: fc.constantFrom(1, 2, 4) });
    fc.assert(
      fc.property(
        slowJobs,
        newcomer,
        fc.constantFrom('evict', 'refill'),
        (jobs, { at, gpus }, preemption) => {
          const before = jobs.filter((job) => job.at <= at);
          const all: SmallJob[] = [...before.map(smallJob), { name: 'newcomer', at, runs: 5, gpus }];
          for (let i = 0; i < 120; i++) all.push({ name: `s${i}`, at: at + i, runs: 3, gpus: 1 + (i % 2) });
          const stories = runSmall({
            hosts: [GPUS],
            jobs: all,
            policy: las,
            config: { attainedLimits: [4, 12], promoteAfter: 1, queueOrder: 'first-start' },
            rules: { fill: 'block', preemption },
          });
          // As long as it waits, one of those that came before it runs at any time.
          const most = before.reduce((sum, { runs }) => sum + runs, 0);
          const waited = (stories.get('newcomer')?.starts[0]?.at as number) - at;
          expect(waited).toBeLessThanOrEqual(most);
          if (waited > most / 3) waits += 1;
        },
      ),
      { seed: 84, numRuns: 60 },
    );
    expect(waits).toBeGreaterThan(10);
  });
});
