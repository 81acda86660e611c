import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GVTG_TYPES } from '../../sim/hardware/index.ts';
import { type ConfigOf, isRefusal, type Slot } from '../../sim/sharing/index.ts';
import { gvtG } from '../../sim/sharing/modes/gvt-g.ts';
import { ask, cardOf, named, part, seated, sharesByBisection, values } from './vgpu-cards.ts';

const INTEGRATED = { model: 'UHD 630', catalogue: null, memoryMib: 4096, linkBytesPerSec: 1e15 };

function config(change: Partial<ConfigOf<'gvt-g'>> = {}): ConfigOf<'gvt-g'> {
  return { mode: 'gvt-g', lowMib: null, highMib: null, fences: null, ...change };
}

/** A host with more aperture than usual, so that all types fit. */
const WIDE = config({ lowMib: 1024, highMib: 3072 });
const open = (options = config()) => gvtG.createCard(options, INTEGRATED, values());
const NAMES = ['i915-GVTg_V5_8', 'i915-GVTg_V5_4', 'i915-GVTg_V5_2', 'i915-GVTg_V5_1'];

function count(options: ConfigOf<'gvt-g'>, name: string): number {
  const card = open(options);
  for (let n = 0; ; n++) {
    const answer = card.admit(named(name));
    if (isRefusal(answer)) return n;
    card.place(answer);
  }
}

describe('instances', () => {
  test('on the usual host: two of the smallest type or one of the next, as available_instances shows there', () => {
    expect(NAMES.map((name) => count(config(), name))).toEqual([2, 1, 0, 0]);
  });

  test('on hosts of any size are the smallest of the three quotients, after what the host keeps', () => {
    const sizes = fc.record({
      lowMib: fc.integer({ min: 192, max: 1024 }),
      highMib: fc.integer({ min: 768, max: 3072 }),
      fences: fc.integer({ min: 8, max: 32 }),
    });
    fc.assert(
      fc.property(sizes, ({ lowMib, highMib, fences }) => {
        const options = config({ lowMib, highMib, fences });
        expect(gvtG.check(options, INTEGRATED)).toEqual([]);
        GVTG_TYPES.forEach((type) => {
          const digit = type.type.at(-1);
          const byHand = Math.min(
            Math.floor((lowMib - 128) / type.lowGmMiB),
            Math.floor((highMib - 384) / type.highGmMiB),
            Math.floor((fences - 4) / 4),
          );
          expect(count(options, `V4_${digit}`), type.type).toBe(byHand);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('of several types go side by side as long as each resource lasts, and come back when they leave', () => {
    const step = fc.record({ type: fc.nat(3), leave: fc.boolean(), which: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const card = open(WIDE);
        const there: { readonly slot: Slot; readonly type: (typeof GVTG_TYPES)[number] }[] = [];
        for (const { type: number, leave, which } of steps) {
          if (leave && there.length > 0) {
            card.release(there.splice(which % there.length, 1)[0]!.slot);
            continue;
          }
          const type = GVTG_TYPES[number]!;
          const after = [...there.map((each) => each.type), type];
          const fits =
            after.reduce((sum, each) => sum + each.lowGmMiB, 0) <= 1024 - 128 &&
            after.reduce((sum, each) => sum + each.highGmMiB, 0) <= 3072 - 384 &&
            after.length * 4 <= 28;
          const answer = card.admit(named(type.type.split(' / ')[0]!));
          expect(isRefusal(answer) ? answer.refused : undefined).toBe(fits ? undefined : 'gvtg-resources');
          if (isRefusal(answer)) continue;
          card.place(answer);
          there.push({ slot: answer, type });
          const taken = card.slots.reduce((sum, slot) => sum + slot.milli, 0);
          expect(card.strandedMilli()).toBeGreaterThanOrEqual(0);
          expect(taken + card.strandedMilli()).toBeLessThanOrEqual(1000);
        }
      }),
    );
  });
});

test('requests get the smallest type that serves, a whole card the largest that the host has', () => {
  const got = (request: ReturnType<typeof ask>, options = WIDE) => {
    const answer = open(options).admit(request);
    return isRefusal(answer) ? answer.refused : answer.profile;
  };
  expect(got(part(448))).toBe(NAMES[0]);
  expect(got(part(449))).toBe(NAMES[1]);
  expect(got(part(0, { memoryMib: 700 }))).toBe(NAMES[2]);
  expect(got(part(3000))).toBe('no-profile-large-enough');
  expect(got(named('V5_4', { memoryMib: 641 }))).toBe('memory-too-large');
  expect(got(named('A16-2B'))).toBe('unknown-profile');
  expect(got(named('V5_4', {}, 2))).toBe('one-per-job');
  expect(got(ask({ kind: 'whole' }))).toBe(NAMES[3]);
  expect(got(ask({ kind: 'whole' }), config())).toBe(NAMES[1]);
  const card = open(WIDE);
  card.place(card.admit(named('V5_8')) as Slot);
  expect(card.admit(ask({ kind: 'whole' }))).toMatchObject({ refused: 'card-taken' });
});

test('discrete GPUs and hosts too small for one guest are told all that is wrong', () => {
  expect(
    gvtG.check(config({ lowMib: 100, highMib: 700.5, fences: 7 }), cardOf('a16')).map((each) => each.key),
  ).toEqual(['mode', 'lowMib', 'highMib', 'fences']);
  expect(gvtG.check(config(), { ...INTEGRATED, memoryMib: 512 })).toMatchObject([{ key: 'mode' }]);
  expect(gvtG.check(config(), INTEGRATED)).toEqual([]);
});

describe('speeds', () => {
  const WEIGHTS = [2, 4, 8, 16];
  const tenant = fc.record({
    type: fc.nat(3),
    busy: fc.oneof(fc.constant(1), fc.double({ min: 0.001, max: 1, noNaN: true })),
    idle: fc.boolean(),
    processes: fc.integer({ min: 1, max: 5 }),
  });
  const tenants = fc.array(tenant, { minLength: 1, maxLength: 7 });
  type Tenant = {
    readonly type: number;
    readonly busy: number;
    readonly idle: boolean;
    readonly processes: number;
  };
  const speeds = (all: readonly Tenant[], idleCredit: number) => {
    const card = gvtG.createCard(WIDE, INTEGRATED, values({ 'gvt-g.idle-credit': idleCredit }));
    const into = new Float64Array(all.length).fill(Number.NaN);
    card.speeds(seated(all.map((each) => ({ ...each, profile: NAMES[each.type]! }))), into);
    return [...into];
  };

  test('are the credits by weight, or max-min fair by weight where idle credit is given away', () => {
    fc.assert(
      fc.property(tenants, (all) => {
        const needs = all.map((each) => (each.idle ? 0 : each.busy));
        const weights = all.map((each) => WEIGHTS[each.type]!);
        const sum = weights.reduce((a, b) => a + b, 0);
        const own = needs.map((need, i) => Math.min(need, weights[i]! / sum));
        const fair = sharesByBisection(needs, weights, 1);
        const given = speeds(all, 1);
        const kept = speeds(all, 0);
        const half = speeds(all, 0.5);
        all.forEach((each, i) => {
          const inSpeed = (share: number) => (each.idle ? 0 : (share / each.busy) * 0.95);
          expect(kept[i]).toBeCloseTo(inSpeed(own[i]!), 9);
          expect(given[i]).toBeCloseTo(inSpeed(fair[i]!), 9);
          expect(half[i]).toBeCloseTo(inSpeed((own[i]! + fair[i]!) / 2), 9);
        });
      }),
    );
  });

  test('never exceed those of a guest alone, nor in sum what the GPU does', () => {
    fc.assert(
      fc.property(tenants, fc.double({ min: 0, max: 1, noNaN: true }), (all, idleCredit) => {
        const working = all.map((each) => ({ ...each, idle: false }));
        const got = speeds(working, idleCredit);
        const done = working.reduce((sum, each, i) => sum + each.busy * got[i]!, 0);
        expect(done).toBeLessThanOrEqual(0.95 + 1e-9);
        for (const speed of got) expect(speed).toBeLessThanOrEqual(0.95 + 1e-12);
      }),
    );
  });

  test('equal the credits of the driver counted tick by tick', () => {
    // 1 ms ticks, credit each 100 ms, set anew every tenth time: the loop of sched_policy.c in the small.
    const all = [
      { type: 0, busy: 1, idle: false, processes: 1 },
      { type: 1, busy: 1, idle: true, processes: 1 },
      { type: 3, busy: 1, idle: false, processes: 1 },
    ];
    const weights = all.map((each) => WEIGHTS[each.type]!);
    const sum = weights.reduce((a, b) => a + b, 0);
    const ran = [0, 0, 0];
    let left = [0, 0, 0];
    let queue = [0, 1, 2];
    const TICKS = 100_000;
    for (let tick = 0; tick < TICKS; tick++) {
      if (tick % 100 === 0) {
        const credit = weights.map((weight) => (100 * weight) / sum);
        left = tick % 1000 === 0 ? credit : left.map((each, i) => each + credit[i]!);
      }
      const next = queue.find((i) => !all[i]!.idle && left[i]! > 0);
      if (next === undefined) continue;
      queue = [...queue.filter((i) => i !== next), next];
      left[next]! -= 1;
      ran[next]! += 1;
    }
    const got = speeds(all, 0);
    for (const i of [0, 2]) expect(ran[i]! / TICKS).toBeCloseTo(got[i]! / 0.95, 2);
    expect(ran[1]).toBe(0);
  });
});
