import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_CLAIM } from '../../sim/cluster/claim.ts';
import { Fleet } from '../../sim/cluster/fleet.ts';
import { ShapeTable } from '../../sim/cluster/request.ts';
import { LiveJob } from '../../sim/engine/live-job.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { DEFAULT_QUEUEING_CONFIG } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { gpuShares } from '../../sim/policies/queueing/gpu-shares.ts';
import { wfq } from '../../sim/policies/queueing/wfq.ts';
import { type GpuAsk, isRefusal, openCard, type SharedGpu, sharingMode } from '../../sim/sharing/index.ts';
import { cardOf, figures } from '../contract/examples.ts';
import { namedOf, partOf, wholeOf } from '../sharing/asks-for-tests.ts';
import { fluidEnds } from './fluid-server.ts';
import { endsOf, runSmall, type SmallJob } from './pool-run.ts';

const V100 = cardOf('v100-sxm2-32gb');
const hook: SharedGpu = {
  mode: sharingMode('hook'),
  config: { mode: 'hook' },
  spec: V100,
  values: figures(),
};
const of = (tenant: string) => ({ tenant });
const WEIGHTS: Record<string, number> = { a: 1, b: 2, c: 0.5 };
const weightOf = (tenant: string) => WEIGHTS[tenant] as number;

const arrivals = fc
  .array(
    fc.record({
      at: fc.nat(30),
      runs: fc.integer({ min: 1, max: 8 }),
      tenant: fc.constantFrom('a', 'b', 'c'),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((jobs) => jobs.map((job, i) => ({ ...job, name: `j${i}`, cost: job.runs })));

const toSmall = ({
  name,
  at,
  runs,
  tenant,
}: {
  name: string;
  at: number;
  runs: number;
  tenant: string;
}): SmallJob => ({
  name,
  at,
  runs,
  claim: of(tenant),
});

describe('Weighted fair queueing', () => {
  test('takes the job that a server divided by weight would be done with first', () => {
    const stories = runSmall({
      jobs: [
        { name: 'a1', at: 0, runs: 4, claim: of('a') },
        { name: 'a2', at: 0, runs: 1, claim: of('a') },
        { name: 'b1', at: 0, runs: 6, claim: of('b') },
        { name: 'b2', at: 0, runs: 3, claim: of('b') },
        { name: 'c1', at: 1, runs: 1, claim: of('c') },
      ],
      policy: wfq,
      config: { weights: { b: 2 } },
    });
    // Tags: a1 4, a2 5, b1 3, b2 4.5. b1 starts. At 1 the virtual time is 1/3, so c1 has 1 1/3 and is next.
    expect(endsOf(stories)).toEqual({ b1: 6, c1: 7, a1: 11, b2: 14, a2: 15 });
  });

  test('ends every job no later than the fluid server plus the longest job, where FIFO does not', () => {
    let lateByFifo = 0;
    fc.assert(
      fc.property(arrivals, (jobs) => {
        const fluid = fluidEnds(jobs, weightOf);
        const longest = Math.max(...jobs.map(({ runs }) => runs));
        const slackOf = (policy: typeof wfq) => {
          const ends = endsOf(runSmall({ jobs: jobs.map(toSmall), policy, config: { weights: WEIGHTS } }));
          return Math.min(
            ...jobs.map(({ name }) => (fluid[name] as number) + longest - (ends[name] as number)),
          );
        };
        const slack = slackOf(wfq);
        expect(slack).toBeGreaterThan(-1e-6);
        if (slackOf(fifo) < -1e-6) lateByFifo += 1;
      }),
      { seed: 71, numRuns: 150 },
    );
    expect(lateByFifo).toBeGreaterThan(20);
  });

  test('can be as late as that: a long job of a light tenant has just started when a heavy one brings a short job', () => {
    const jobs = [
      { name: 'long', at: 0, runs: 8, tenant: 'light' },
      { name: 'short', at: 1, runs: 2, tenant: 'heavy' },
    ];
    const weights = { light: 1, heavy: 1000 };
    const fluid = fluidEnds(
      jobs.map((job) => ({ ...job, cost: job.runs })),
      (tenant) => weights[tenant as keyof typeof weights],
    );
    const { short } = endsOf(runSmall({ jobs: jobs.map(toSmall), policy: wfq, config: { weights } }));
    expect(short).toBe(10);
    expect((fluid.short as number) + 8 - (short as number)).toBeCloseTo(1 + 0.002, 9);
  });

  test('starts jobs in the order in which the fluid server ends them, where all are there at once', () => {
    fc.assert(
      fc.property(arrivals, (list) => {
        const jobs = list.map((job) => ({ ...job, at: 0 }));
        const fluid = fluidEnds(jobs, weightOf);
        const ends = endsOf(runSmall({ jobs: jobs.map(toSmall), policy: wfq, config: { weights: WEIGHTS } }));
        const inOrder = [...jobs].sort((a, b) => (ends[a.name] as number) - (ends[b.name] as number));
        for (let i = 1; i < inOrder.length; i++) {
          const [before, after] = [inOrder[i - 1]!.name, inOrder[i]!.name];
          expect(fluid[before]).toBeLessThanOrEqual((fluid[after] as number) + 1e-9);
        }
      }),
      { seed: 72, numRuns: 150 },
    );
  });

  test('gives tenants who always have work their weights, to within one job', () => {
    const jobs: SmallJob[] = [];
    for (let i = 0; i < 100; i++) {
      jobs.push({ name: `a${i}`, at: 0, runs: 1, claim: of('a') });
      jobs.push({ name: `b${i}`, at: 0, runs: 3, claim: of('b') });
      jobs.push({ name: `c${i}`, at: 0, runs: 2, claim: of('c') });
    }
    const stories = [...runSmall({ jobs, policy: wfq, config: { weights: WEIGHTS } }).values()];
    for (const until of [20, 50, 100, 140]) {
      for (const [tenant, runs] of [
        ['a', 1],
        ['b', 3],
        ['c', 2],
      ] as const) {
        const served = stories.filter(({ name, end }) => name.startsWith(tenant) && (end as number) <= until);
        const due = (until * weightOf(tenant)) / 3.5;
        expect(Math.abs(served.length * runs - due)).toBeLessThanOrEqual(2 * 3);
      }
    }
  });

  test('counts shares of GPUs by fraction: half a GPU for twice the time costs the same', () => {
    const jobs: SmallJob[] = [
      { name: 'running', at: 0, runs: 1 },
      { name: 'half', at: 0, runs: 8, milli: 500, claim: of('a') },
      { name: 'whole', at: 0, runs: 5, claim: of('b') },
    ];
    // 4 GPU-s against 5.
    expect(runSmall({ jobs, policy: wfq }).get('half')?.starts[0]?.at).toBe(1);
  });

  describe('with compute and memory weighted', () => {
    const byCompute = partOf(500, V100.memoryMib / 4);
    const byMemory = partOf(200, V100.memoryMib * 0.75);

    test('0.7 and 0.3: a job costs 0.7 x compute share + 0.3 x memory share of its run time', () => {
      const weights = { compute: 0.7, memory: 0.3 };
      expect(tagOf(weights, byCompute)).toBeCloseTo(10e6 * (0.7 * 0.5 + 0.3 * 0.25), 3);
      expect(tagOf(weights, byMemory)).toBeCloseTo(10e6 * (0.7 * 0.2 + 0.3 * 0.75), 3);
      expect(tagOf(weights, wholeOf())).toBeCloseTo(10e6, 3);
    });

    test('the weights settle whose job is the dearer', () => {
      const dearer = (compute: number) => {
        const weights = { compute, memory: 1 - compute };
        return tagOf(weights, byCompute) > tagOf(weights, byMemory) ? 'compute' : 'memory';
      };
      // 0.5 w + 0.25 (1 - w) = 0.2 w + 0.75 (1 - w) at w = 0.625.
      expect([1, 0.7, 0.63].map(dearer)).toEqual(['compute', 'compute', 'compute']);
      expect([0, 0.5, 0.62].map(dearer)).toEqual(['memory', 'memory', 'memory']);
    });

    test('shares are those of the slot that the request would get', () => {
      const shares = (shared: SharedGpu, ask: GpuAsk, gpuCount = 1) => {
        const { fleet, shapes } = fleetOf(shared);
        return gpuShares(fleet, shapes.intern({ ...NOTHING, gpuCount, gpuMilli: 1000, ask }));
      };
      // 3g.20gb of an A100 has half of its memory and three of seven slices of its compute.
      const a100 = cardOf('a100-sxm4-40gb');
      const mig: SharedGpu = {
        mode: sharingMode('mig'),
        config: { mode: 'mig', layout: null, computeInstances: false },
        spec: a100,
        values: figures(),
      };
      const slot = openCard(mig).admit(namedOf('3g.20gb'));
      if (isRefusal(slot)) throw new Error(slot.detail);
      expect(shares(mig, namedOf('3g.20gb'))).toEqual({
        compute: slot.milli / 1000,
        memory: slot.memoryMib / a100.memoryMib,
      });
      expect(slot.memoryMib / a100.memoryMib).toBeCloseTo(0.5, 1);
      expect(shares(hook, wholeOf(), 4)).toEqual({ compute: 4, memory: 4 });
      // Nothing is reserved in time: what counts is what the job will use.
      const slices: SharedGpu = {
        mode: sharingMode('time-slicing'),
        config: { mode: 'time-slicing', replicas: 4, failRequestsGreaterThanOne: false, profile: null },
        spec: V100,
        values: figures(),
      };
      expect(shares(slices, partOf(0, 0, { memoryMib: V100.memoryMib / 8 }))).toEqual({
        compute: 0.25,
        memory: 0.125,
      });
    });
  });
});

const NOTHING = { cpuMilli: 0, memoryMib: 0, models: [] };

function fleetOf(shared: SharedGpu) {
  const fleet = new Fleet([
    {
      name: 'host',
      cpuMilli: 1000,
      memoryMib: 1000,
      gpus: [
        { model: 'by-fraction', count: 1 },
        { model: shared.spec.model, count: 4, sharing: shared },
      ],
    },
  ]);
  return { fleet, shapes: new ShapeTable(fleet.modelNames, (shape) => sharedMilli(shared, shape.ask)) };
}

function sharedMilli(shared: SharedGpu, ask: GpuAsk | undefined): number | undefined {
  if (ask === undefined) return undefined;
  const slot = openCard(shared).admit(ask);
  return isRefusal(slot) ? undefined : slot.milli;
}

/** Tag of a job of 10 s that is the first to come. */
function tagOf(resourceWeights: { readonly compute: number; readonly memory: number }, ask: GpuAsk): number {
  const { fleet, shapes } = fleetOf(hook);
  const discipline = wfq.create({
    fleet,
    capacity: { gpus: 1, cpuMilli: 1000, memoryMib: 1000 },
    config: { ...DEFAULT_QUEUEING_CONFIG, resourceWeights },
  });
  const shape = shapes.intern({ ...NOTHING, gpuCount: 1, gpuMilli: 1000, ask });
  const live = new LiveJob(
    0,
    {
      number: 0,
      name: 'job',
      shape,
      shapes: [shape],
      demand: shape.id,
      claim: NO_CLAIM,
      arrivalUs: 0 as Micros,
      durationUs: 10e6,
      estimateUs: 10e6,
      kind: 'batch',
    },
    undefined,
    undefined,
    0,
  );
  discipline.queued?.(live, 0);
  return discipline.rank(live, 0);
}
