import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSolver } from '../../../cli/load-solver.ts';
import { Capacity } from '../../../sim/experiment/bound/capacity.ts';
import { fractionRoom } from '../../../sim/experiment/bound/fraction-room.ts';
import type { HostKind } from '../../../sim/experiment/bound/host-kind.ts';
import { startInTime } from '../../../sim/experiment/bound/peak.ts';
import { probesOf } from '../../../sim/experiment/bound/probes.ts';
import type { SamplePath } from '../../../sim/experiment/bound/sample-path.ts';
import { slotRoom } from '../../../sim/experiment/bound/slot-room.ts';
import type { WorkKind } from '../../../sim/experiment/bound/work-kind.ts';
import type { IntegerSolver, Scenario } from '../../../sim/index.ts';
import { type GpuAsk, isRefusal, openCard, type Slot, sharingMode } from '../../../sim/sharing/index.ts';
import { EXAMPLES, figures } from '../../contract/examples.ts';
import { newcomersFor } from '../../contract/residents.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

const VALUES = figures();

describe.each(EXAMPLES)('what stands on a card of $title', (example) => {
  test('is a part of a layout, or keeps to the limits, whoever comes and goes', () => {
    const { config, card: spec } = example;
    const shared = { mode: sharingMode(config.mode), config, spec, values: VALUES };
    fc.assert(
      fc.property(
        newcomersFor(example),
        fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 40 }),
        (newcomers, moves) => {
          const asks: readonly GpuAsk[] = newcomers.map(({ ask }) => ask).slice(0, 4);
          if (asks.length === 0) return;
          const room = slotRoom(shared, asks);
          const card = openCard(shared);
          const standing: [number, Slot][] = [];
          for (const [pick, leaves] of moves) {
            const gone = standing[pick % Math.max(1, standing.length)];
            if (leaves && gone !== undefined) {
              standing.splice(standing.indexOf(gone), 1);
              card.release(gone[1]);
              continue;
            }
            const number = pick % asks.length;
            const ask = asks[number] as GpuAsk;
            const slot = card.admit({ ...ask, count: 1 });
            if (isRefusal(slot) || isRefusal(card.admitEmpty(ask))) continue;
            card.place(slot);
            standing.push([number, slot]);
            expect(hasRoom(room, standing)).toBe(true);
          }
        },
      ),
      { numRuns: 4, seed: 5 },
    );
  });
});

/** Whether the slots that stand are in a layout or within the limits, each as a kind that its ask may get. */
function hasRoom(room: ReturnType<typeof slotRoom>, standing: readonly [number, Slot][]): boolean {
  const { layouts, limits, slots, kindsOf } = room;
  const counts = new Array<number>(slots.length).fill(0);
  for (const [ask, slot] of standing) {
    const kinds = kindsOf[ask] as readonly number[];
    const kind = kinds.find((each) => {
      const like = slots[each];
      return (
        like === undefined ||
        (like.profile === slot.profile &&
          like.size === slot.size &&
          like.memoryMib === slot.memoryMib &&
          like.computeShare === slot.computeShare &&
          like.bandwidthShare === slot.bandwidthShare)
      );
    });
    if (kind === undefined) return false;
    counts[kind]! += 1;
  }
  if (layouts !== undefined) return layouts.some((layout) => layout.every((n, i) => n >= counts[i]!));
  return limits.every((limit) => limit.reduce((sum, part, i) => sum + part * counts[i]!, 0) <= 1 + 1e-9);
}

describe('what fits on a GPU that is shared by fraction', () => {
  test('is a part of a layout, or keeps to the limits, for few and for many sizes', () => {
    let [known, limited] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 0, maxLength: 20 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
        (few, more, picks) => {
          const sizes = [...few, ...more];
          const { layouts, limits, kindsOf, slots } = fractionRoom(sizes);
          if (layouts === undefined) limited += 1;
          else known += 1;
          const counts = new Array<number>(slots.length).fill(0);
          let left = 1000;
          for (const pick of picks) {
            const size = sizes[pick % sizes.length] as number;
            if (size > left) continue;
            left -= size;
            counts[kindsOf[pick % sizes.length]![0]!]! += 1;
          }
          if (layouts !== undefined) {
            expect(layouts.some((layout) => layout.every((n, i) => n >= counts[i]!))).toBe(true);
          }
          for (const limit of limits) {
            expect(limit.reduce((sum, part, i) => sum + part * counts[i]!, 0)).toBeLessThanOrEqual(1 + 1e-9);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(known).toBeGreaterThan(30);
    expect(limited).toBeGreaterThan(30);
  });

  test('is no layout that holds more than a GPU, and none that another one holds', () => {
    const { layouts = [], slots } = fractionRoom([600, 400, 250]);
    expect(slots.length).toBe(3);
    expect(layouts.map(String).sort()).toEqual(['0,0,4', '0,1,2', '0,2,0', '1,0,1', '1,1,0'].sort());
  });

  test('keeps sizes above a half apart even where only limits are known', () => {
    const sizes = [
      ...Array.from({ length: 60 }, (_, i) => 501 + i),
      ...Array.from({ length: 30 }, (_, i) => 11 + i),
    ];
    const { layouts, limits, kindsOf } = fractionRoom(sizes);
    expect(layouts).toBeUndefined();
    const whole = limits.filter((limit) => limit[kindsOf[0]![0]!] === 1);
    expect(whole.length).toBeGreaterThan(0);
  });
});

const PLAIN: HostKind = {
  name: 'h',
  pool: 0,
  cpuMilli: 64_000,
  memoryMib: 1024,
  cards: [{ card: { model: 'G', sharing: undefined }, perHost: 1 }],
};
const kindOf = (gpuMilli: number): WorkKind => ({
  label: 'jobs',
  name: 'jobs',
  request: { cpuMilli: 0, memoryMib: 0, gpuCount: 1, gpuMilli, models: [] },
  workers: 1,
  profile: undefined,
  pool: 0,
});
const SCENARIO = { experiment: { kind: 'timed', horizonUs: null, warmupUs: 0 } } as unknown as Scenario;

/** Most jobs that can all start when they come: every subset, every way to spread it over the GPUs. */
function mostByTrying(jobs: readonly (readonly [number, number, number])[], gpus: number): number {
  let most = 0;
  const seated: number[][] = Array.from({ length: gpus }, () => []);
  const fits = (gpu: readonly number[]) =>
    gpu.every((i) => {
      const at = jobs[i]![1];
      return (
        gpu.reduce((sum, j) => {
          const [milli, from, length] = jobs[j]!;
          return sum + (from <= at && at < from + length ? milli : 0);
        }, 0) <= 1000
      );
    });
  const next = (i: number, taken: number) => {
    if (taken + jobs.length - i <= most) return;
    if (i === jobs.length) {
      most = taken;
      return;
    }
    for (const gpu of seated) {
      gpu.push(i);
      if (fits(gpu)) next(i + 1, taken + 1);
      gpu.pop();
    }
    next(i + 1, taken);
  };
  next(0, 0);
  return most;
}

test('no more jobs start in time than the bound says, and just as many where each takes a whole GPU', () => {
  let binding = 0;
  const job = (milli: fc.Arbitrary<number>) =>
    fc.tuple(milli, fc.integer({ min: 0, max: 12 }), fc.integer({ min: 2, max: 9 }));
  fc.assert(
    fc.property(
      fc.boolean().chain((isWhole) =>
        fc.tuple(
          fc.constant(isWhole),
          fc.array(job(isWhole ? fc.constant(1000) : fc.constantFrom(300, 400, 500, 600, 1000)), {
            minLength: 1,
            maxLength: 8,
          }),
        ),
      ),
      fc.integer({ min: 1, max: 2 }),
      ([isWhole, drawn], gpus) => {
        const jobs = drawn.map(([milli, at, length]) => [milli, at * 1e6, length * 1e6] as const);
        const kinds = [300, 400, 500, 600, 1000].map(kindOf);
        const path: SamplePath = {
          kinds,
          types: kinds.map((_, kind) => ({
            workers: [{ kind, count: 1 }],
            isTimed: true,
            label: '',
            tenant: '',
          })),
          type: jobs.map(([milli]) => kinds.findIndex(({ request }) => request.gpuMilli === milli)),
          arrivalUs: jobs.map(([, at]) => at),
          durationUs: jobs.map(([, , length]) => length),
          perhaps: 0,
        };
        const limit = { quantile: 1, limitSec: 0 };
        const found = startInTime(SCENARIO, new Capacity([PLAIN], kinds), [gpus], path, limit, solver);
        const most = mostByTrying(jobs, gpus);
        expect(found.jobs).toBe(jobs.length);
        expect(found.inTime).toBeGreaterThanOrEqual(most - 1e-6);
        if (most < jobs.length) binding += 1;
        if (isWhole) expect(found.inTime).toBeCloseTo(most, 6);
      },
    ),
    { numRuns: 200 },
  );
  expect(binding).toBeGreaterThan(20);
});

test('a job holds an instant where it is on it whenever it starts, and of a spell nearly as much as it does at least', () => {
  const times = fc.tuple(
    fc.integer({ min: 0, max: 50 }),
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 40 }),
  );
  fc.assert(
    fc.property(fc.array(times, { minLength: 1, maxLength: 30 }), (drawn) => {
      const jobs = drawn.map(([earliestUs, wait, length]) => ({
        ...{ type: 0, earliestUs, fromUs: earliestUs + wait, toUs: earliestUs + length },
      }));
      const types = [{ workers: [{ kind: 0, count: 1 }], isTimed: true, label: '', tenant: '' }];
      const probes = probesOf(jobs, { types, kinds: [kindOf(500)] }, 16);
      const { instants, spells } = probes;
      drawn.forEach(([earliest, wait, length], j) => {
        const parts = new Array<number>(probes.count).fill(0);
        for (const { probe, part } of probes.holdsOf(jobs[j]!)) parts[probe]! += part;
        const starts = Array.from({ length: wait + 1 }, (_, i) => earliest + i);
        instants.forEach((at, i) => {
          expect(parts[i]).toBe(starts.every((start) => start <= at && at < start + length) ? 1 : 0);
        });
        spells.forEach(({ beginUs, endUs }, i) => {
          const least = Math.min(
            ...starts.map((start) => Math.max(0, Math.min(start + length, endUs) - Math.max(start, beginUs))),
          );
          const part = parts[instants.length + i]!;
          expect(part).toBeLessThanOrEqual(least / (endUs - beginUs) + 1e-12);
          expect(part).toBeGreaterThanOrEqual((0.9 * least) / (endUs - beginUs));
        });
      });
    }),
  );
});
