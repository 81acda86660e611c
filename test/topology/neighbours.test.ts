import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Job } from '../../sim/cluster/changes.ts';
import { ANY_LAYOUT, type Layout } from '../../sim/cluster/layout.ts';
import type { Part } from '../../sim/cluster/part.ts';
import { replicate } from '../../sim/index.ts';
import type { FillRule, PreemptionName, PreemptionWay } from '../../sim/policies/queueing/names.ts';
import { scenarioOf } from '../engine/scenario-for-tests.ts';

/** What a class of the random runs asks for besides its size. */
interface RandomClass {
  readonly gpus: number;
  readonly workers: number;
  readonly minutes: number;
  readonly priority: number;
  readonly layout: Partial<Record<keyof Layout, unknown>>;
}

const NAMES = ['a', 'b', 'c'];
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const randomClass = fc.record({
  gpus: fc.integer({ min: 1, max: 3 }),
  workers: fc.integer({ min: 1, max: 5 }),
  minutes: fc.integer({ min: 1, max: 30 }),
  priority: fc.integer({ min: 0, max: 2 }),
  layout: fc
    .record({
      within: maybe(fc.constantFrom('island', 'rack', 'pool')),
      spread: maybe(fc.constantFrom('none', 'hosts')),
      maxPerHost: maybe(fc.integer({ min: 1, max: 3 })),
      maxOfClassPerHost: maybe(fc.integer({ min: 2, max: 3 })),
      apartFrom: maybe(fc.subarray(NAMES, { minLength: 1, maxLength: 2 })),
    })
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))),
}) as fc.Arbitrary<RandomClass>;

interface RandomRun {
  readonly classes: readonly RandomClass[];
  readonly fill: FillRule;
  readonly preemption: PreemptionName;
  readonly way: PreemptionWay;
  readonly round: boolean;
  readonly seed: number;
}

const randomRun: fc.Arbitrary<RandomRun> = fc.record({
  classes: fc.array(randomClass, { minLength: 3, maxLength: 3 }),
  fill: fc.constantFrom<FillRule>('block', 'skip'),
  preemption: fc.constantFrom<PreemptionName>('none', 'evict', 'refill'),
  way: fc.constantFrom<PreemptionWay>('suspend', 'checkpoint', 'kill'),
  round: fc.boolean(),
  seed: fc.nat(1000),
});

function scenarioFor({ classes, fill, preemption, way, round }: RandomRun) {
  return scenarioOf({
    apiVersion: 'slicewise/v1',
    name: 'gangs',
    fleet: {
      hosts: [
        {
          name: 'h',
          count: 4,
          cpu: 64,
          memory: '512GiB',
          gpus: { model: 'A100-SXM4-80GB', count: 4 },
          rack: 2,
        },
      ],
    },
    workload: {
      synthetic: {
        tasks: 60,
        arrivals: { process: 'poisson', rate: '60/h' },
        classes: classes.map(({ gpus, workers, minutes, priority, layout }, i) => ({
          name: NAMES[i],
          cpu: 1,
          memory: '1GiB',
          gpus,
          workers,
          priority,
          ...(i === 1 ? { checkpoint: { save: '20s', restore: '10s' } } : {}),
          lifetime: { kind: 'exponential', mean: `${minutes}m` },
          layout,
        })),
      },
    },
    policy: {
      queueing: 'priority',
      scheduling: {
        fill,
        preemption,
        stopBy: way,
        ...(round || preemption === 'refill' ? { rounds: '2m' } : {}),
      },
    },
    experiment: { kind: 'timed' },
  });
}

const RACKS = [0, 0, 1, 1];

/** Breaches of the rules among all who hold something, from the words of the documentation. */
function breaches(
  held: ReadonlyMap<number, { readonly job: Job; readonly parts: readonly Part[] }>,
): string[] {
  const all = [...held.values()];
  return all.flatMap(({ job, parts }) => {
    const { within, spread, maxPerHost, maxOfClassPerHost, apartFrom } = job.layout ?? ANY_LAYOUT;
    const hosts = parts.map(({ host }) => host);
    const found: string[] = [];
    if (parts.length !== job.shapes.length) found.push('holds a part of its workers');
    if (within === 'rack' && new Set(hosts.map((h) => RACKS[h])).size > 1) found.push('racks');
    if (within === 'island' && new Set(hosts).size > 1) found.push('islands');
    if (spread === 'hosts' && new Set(hosts).size < hosts.length) found.push('spread');
    for (const host of hosts) {
      const here = all.flatMap((other) =>
        other.parts.filter((part) => part.host === host).map(() => other.job),
      );
      if (hosts.filter((h) => h === host).length > maxPerHost) found.push('maxPerHost');
      const ofClass = here.filter(({ claim }) => claim.label === job.claim.label).length;
      if (ofClass > maxOfClassPerHost) found.push('maxOfClassPerHost');
      if (here.some((other) => other !== job && apartFrom.includes(other.claim.label)))
        found.push('apartFrom');
    }
    return found.map((what) => `${job.name}: ${what}`);
  });
}

test('at every moment of runs with stops, moves and rounds every layout is obeyed, and nothing hangs', () => {
  let blockedByRules = 0;
  let started = 0;
  let preempted = 0;
  fc.assert(
    fc.property(randomRun, (setup) => {
      const held = new Map<number, { job: Job; parts: readonly Part[] }>();
      const open = new Set<number>();
      const wrong: string[] = [];
      let placedGpus = 0;
      const scenario = scenarioFor(setup);
      let fleetGpus = 0;
      let free: (() => number) | undefined;
      const look = () => {
        wrong.push(...breaches(held));
        placedGpus = 0;
        for (const { parts } of held.values()) for (const { gpus } of parts) placedGpus += gpus.length;
        if (free !== undefined && fleetGpus - placedGpus !== free()) wrong.push('books do not balance');
      };
      const drop = (_atUs: number, job: Job) => {
        held.delete(job.number);
      };
      replicate(scenario, {}, setup.seed, {
        observers: (fleet) => {
          fleetGpus = fleet.gpuCount;
          free = () => fleet.gpuFreeMilli.reduce((sum, milli) => sum + milli, 0) / 1000;
          return [
            {
              arrived: (_atUs, job) => {
                look();
                open.add(job.number);
              },
              placed: (_atUs, job, parts) => {
                held.set(job.number, { job, parts });
                started += 1;
              },
              moved: (_atUs, job, parts) => {
                held.set(job.number, { job, parts });
              },
              preempted: (atUs, job) => {
                preempted += 1;
                drop(atUs, job);
              },
              finished: (atUs, job) => {
                drop(atUs, job);
                open.delete(job.number);
              },
              rejected: (_atUs, job) => {
                open.delete(job.number);
              },
              blocked: (_atUs, _job, reason) => {
                if (/gang|spread|anti-affinity|max-/.test(reason)) blockedByRules += 1;
              },
            },
          ];
        },
      });
      look();
      expect(wrong).toEqual([]);
      // The run goes on until nothing can happen any more: who is left then waits for ever.
      expect([...open]).toEqual([]);
      expect(held.size).toBe(0);
    }),
    { numRuns: 120 },
  );
  expect(started).toBeGreaterThan(1000);
  expect(preempted).toBeGreaterThan(50);
  expect(blockedByRules).toBeGreaterThan(50);
});
