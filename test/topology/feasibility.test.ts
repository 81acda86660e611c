import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANY_LAYOUT, type Layout, NEARNESS, SPREADS } from '../../sim/cluster/layout.ts';
import type { Part } from '../../sim/cluster/part.ts';
import { giveBack, reserve } from '../../sim/engine/reserve.ts';
import { type RunContext, whyNot } from '../../sim/engine/run-context.ts';
import { canBePlaced, isAllowed, type PlainHost } from './brute-force.ts';
import { type Ask, contextOf, hostSpecs, jobOf, type SmallHost, stateOf } from './small-fleet.ts';

/** A host with what others have taken of it. */
interface Taken extends SmallHost {
  readonly left: readonly number[];
  readonly there: PlainHost['there'];
}

const LABELS = ['own', 'other', 'third'];
const label = fc.constantFrom(...LABELS);

const host = fc
  .record({
    gpus: fc.constantFrom(0, 1, 2, 4, 4),
    cpu: fc.constantFrom(2, 4, 1000),
    rack: fc.constantFrom('r0', 'r1', undefined),
    gpusPerIsland: fc.constantFrom(undefined, 1, 2, 3),
    nvlink: fc.boolean(),
    left: fc.array(fc.constantFrom(0, 250, 500, 750, 1000, 1000), { minLength: 4, maxLength: 4 }),
    there: fc.array(fc.record({ label, apartFrom: fc.subarray(LABELS, { maxLength: 1 }) }), { maxLength: 2 }),
  })
  .map(
    ({ rack, gpusPerIsland, ...rest }): Taken => ({
      ...rest,
      ...(rack === undefined ? {} : { rack }),
      ...(gpusPerIsland === undefined ? {} : { gpusPerIsland }),
    }),
  );

const layout = fc
  .record({
    within: fc.constantFrom(...NEARNESS, 'pool' as const),
    preferred: fc.constantFrom(...NEARNESS),
    spread: fc.constantFrom('none' as const, ...SPREADS),
    maxPerHost: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    maxOfClassPerHost: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    apartFrom: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray(LABELS) },
    ),
  })
  .map(
    ({ preferred, ...rest }): Layout => ({
      ...rest,
      prefer: NEARNESS.indexOf(preferred) <= NEARNESS.indexOf(rest.within) ? preferred : rest.within,
    }),
  );

const ask = fc.record({
  gpus: fc.constantFrom(0, 1, 1, 2, 2, 3),
  milli: fc.constantFrom(250, 500, 500, 1000),
  cpu: fc.constantFrom(0, 1, 2),
});

function fleetOf(hosts: readonly Taken[]): {
  readonly context: RunContext;
  readonly plain: readonly PlainHost[];
} {
  const context = contextOf(hostSpecs(hosts));
  const { fleet, shapes } = context;
  const plain = hosts.map(
    ({ gpus, left, there, cpu = 0, rack, gpusPerIsland = 99, nvlink }, h): PlainHost => {
      for (let i = 0; i < gpus; i++) {
        const gpuMilli = 1000 - (left[i] as number);
        if (gpuMilli === 0) continue;
        fleet.place(shapes.intern({ cpuMilli: 0, memoryMib: 0, gpuCount: 1, gpuMilli, models: [] }), h, [i]);
      }
      for (const each of there) {
        const kin = fleet.neighbours.kinOf(each.label, { ...ANY_LAYOUT, apartFrom: each.apartFrom });
        if (kin !== undefined) fleet.neighbours.join(kin, h);
      }
      const indices = Array.from({ length: gpus }, (_, i) => i);
      return {
        cpu,
        gpus: indices.map((i) => left[i] as number),
        models: indices.map(() => 'gpu'),
        rack: rack === undefined ? `alone ${h}` : `rack ${rack}`,
        islands: indices.map((i) => (nvlink === true ? `${h}/${Math.floor(i / gpusPerIsland)}` : undefined)),
        there,
      };
    },
  );
  return { context, plain };
}

function check(hosts: readonly Taken[], asks: readonly Ask[], rules: Layout | undefined): boolean {
  const { context, plain } = fleetOf(hosts);
  const job = jobOf(context, asks, rules, 'own');
  const before = stateOf(context, LABELS);
  const expected = canBePlaced(plain, asks, rules ?? ANY_LAYOUT, 'own');
  const parts = reserve(context.fleet, context.placer, job);
  expect(parts !== undefined).toBe(expected);
  if (parts === undefined) {
    expect(stateOf(context, LABELS)).toEqual(before);
    expect(whyNot(context.fleet, context.placer, job)).not.toBe('none');
    expect(stateOf(context, LABELS)).toEqual(before);
  } else {
    expect(parts.map((part: Part) => part.shape)).toEqual(job.shapes);
    expect(isAllowed(plain, parts, rules ?? ANY_LAYOUT, 'own')).toBe(true);
    const { gains } = context.fleet;
    giveBack(context.fleet, parts);
    context.fleet.gains = gains;
    expect(stateOf(context, LABELS)).toEqual(before);
  }
  return expected;
}

const fleets = fc.array(host, { minLength: 1, maxLength: 4 });

test('equal workers find room wherever there is some, under every layout, and obey it', () => {
  let found = 0;
  let runs = 0;
  fc.assert(
    fc.property(
      fleets,
      ask,
      fc.integer({ min: 1, max: 4 }),
      fc.option(layout, { nil: undefined }),
      (hosts, each, n, rules) => {
        runs += 1;
        const asks = Array.from({ length: n }, () => each);
        if (check(hosts, asks, rules)) found += 1;
      },
    ),
    { numRuns: 1500 },
  );
  // Both answers are common, so that the comparison says something.
  expect(found / runs).toBeGreaterThan(0.2);
  expect(found / runs).toBeLessThan(0.8);
});

test('workers that differ find room wherever there is some on a small fleet', () => {
  let found = 0;
  let runs = 0;
  fc.assert(
    fc.property(
      fleets,
      fc.array(ask, { minLength: 2, maxLength: 4 }),
      fc.option(layout, { nil: undefined }),
      (hosts, asks, rules) => {
        runs += 1;
        if (check(hosts, asks, rules)) found += 1;
      },
    ),
    { numRuns: 1500 },
  );
  expect(found / runs).toBeGreaterThan(0.08);
  expect(found / runs).toBeLessThan(0.9);
});

test('parts of several GPUs are counted exactly where taking the fullest first fails', () => {
  const context = contextOf(hostSpecs([{ gpus: 3 }]));
  const { fleet, shapes } = context;
  const half = shapes.intern({ cpuMilli: 0, memoryMib: 0, gpuCount: 1, gpuMilli: 500, models: [] });
  fleet.place(half, 0, [0]);
  fleet.place(half, 0, [1]);
  // Halves left: 1, 1, 2. The fullest two first leave both halves of the third GPU, which is one GPU.
  const job = jobOf(context, [
    { gpus: 2, milli: 500 },
    { gpus: 2, milli: 500 },
  ]);
  const parts = reserve(fleet, context.placer, job);
  expect(parts?.map(({ gpus }) => gpus)).toEqual([
    [0, 2],
    [1, 2],
  ]);
});

test('a large worker is given the host that small ones would have taken', () => {
  // In the order of the workers best-fit gives the small one the host with 4, and the large one has none.
  const context = contextOf(hostSpecs([{ gpus: 4 }, { gpus: 6 }]), 'worst-fit');
  const job = jobOf(context, [{ gpus: 2 }, { gpus: 6 }, { gpus: 2 }]);
  expect(reserve(context.fleet, context.placer, job)?.map(({ host }) => host)).toEqual([0, 1, 0]);
});

test('the search takes back the host that it tried first', () => {
  // The largest on the first host, which has 5, leaves no room for the other two.
  const context = contextOf(hostSpecs([{ gpus: 5 }, { gpus: 4 }]), 'worst-fit');
  const job = jobOf(context, [{ gpus: 2 }, { gpus: 3 }, { gpus: 4 }]);
  expect(reserve(context.fleet, context.placer, job)?.map(({ host }) => host)).toEqual([0, 0, 1]);
});
