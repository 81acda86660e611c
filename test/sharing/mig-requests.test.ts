import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal, Residents } from '../../sim/sharing/index.ts';
import { fixedLayout } from '../../sim/sharing/modes/mig/layout.ts';
import { migShapeOf } from '../../sim/sharing/modes/mig/shape.ts';
import { mig } from '../../sim/sharing/modes/mig.ts';
import { isLegalByTheRules } from '../hardware/brute-force-mig.ts';
import {
  MIG_GPUS,
  migCard,
  partAsk,
  profileAsk,
  refusalOf,
  specOf,
  speedsOf,
  take,
  takeAll,
  useOf,
  wholeAsk,
} from './mig-cards.ts';

const A100 = 'a100-sxm4-40gb';
const RTX = 'rtx-pro-6000-blackwell-se';

/** Profile that a request by size gets, or the rule that refuses it. */
function bySize(gpuId: string, computeMilli: number, memoryMib: number, use = {}): string {
  const answer = migCard(gpuId).admit(partAsk(computeMilli, memoryMib, use));
  return isRefusal(answer) ? answer.refused : answer.profile;
}

describe('a request by size', () => {
  test('gets the smallest profile by compute, then by memory', () => {
    expect(bySize(A100, 0, 0)).toBe('1g.5gb');
    expect(bySize(A100, 0, 4864)).toBe('1g.5gb');
    expect(bySize(A100, 0, 4865)).toBe('1g.10gb');
    expect(bySize(A100, 200, 4865)).toBe('2g.10gb');
    expect(bySize(A100, 0, 9985)).toBe('3g.20gb');
    expect(bySize(A100, 500, 0)).toBe('4g.20gb');
    expect(bySize(A100, 0, 19_969)).toBe('7g.40gb');
    expect(bySize(A100, 0, 40_193)).toBe('no-profile-large-enough');
  });

  test('may round the thousandths of its slices up or down', () => {
    for (const [gpuId, total, sizes] of [
      [A100, 7, [1, 2, 3, 4, 7]],
      ['a30', 4, [1, 2, 4]],
    ] as const) {
      for (const slices of sizes) {
        for (const milli of [Math.floor((1000 * slices) / total), Math.ceil((1000 * slices) / total)]) {
          expect(bySize(gpuId, milli, 0)).toMatch(new RegExp(`^${slices}g\\.`));
        }
      }
    }
  });

  test('moves up past profiles on which the job is known not to run or has too little memory', () => {
    const speedByProfile = { '1g': null, '2g.10gb': null, '3g': 0.5 };
    expect(bySize(A100, 0, 0, { speedByProfile })).toBe('1g.10gb');
    expect(bySize(A100, 200, 0, { speedByProfile })).toBe('3g.20gb');
    expect(bySize(A100, 0, 0, { memoryMib: 10_000 })).toBe('3g.20gb');
    expect(bySize(A100, 0, 0, { speedByProfile: { '7g': null }, memoryMib: 30_000 })).toBe(
      'mig-out-of-memory',
    );
    expect(bySize(A100, 0, 0, { memoryMib: 41_000 })).toBe('memory-too-large');
  });

  test('gets what a search of all profiles finds, on every GPU', () => {
    for (const [gpuId, model] of MIG_GPUS) {
      const shape = migShapeOf(specOf(gpuId).catalogue)!;
      fc.assert(
        fc.property(fc.nat(1000), fc.nat(specOf(gpuId).memoryMib), (milli, memoryMib) => {
          let best: { name: string; slices: number; mib: number } | undefined;
          model.profiles.forEach(({ name, variant, gpuSlices }, i) => {
            const mib = shape.profiles[i]!.memoryMib;
            if (!['plain', 'double-memory'].includes(variant) || mib < memoryMib) return;
            if (gpuSlices / model.gpuSlicesTotal < (milli - 1) / 1000 + 1e-9) return;
            const isSmaller =
              best === undefined || gpuSlices < best.slices || (gpuSlices === best.slices && mib < best.mib);
            if (isSmaller) best = { name, slices: gpuSlices, mib };
          });
          expect(bySize(gpuId, milli, memoryMib)).toBe(best?.name ?? 'no-profile-large-enough');
        }),
        { numRuns: 40 },
      );
    }
  });

  test('waits for its profile instead of taking a larger one, on demand', () => {
    const card = migCard(A100);
    takeAll(card, '2g', '2g', '1g+me', '1g');
    expect(refusalOf(card, partAsk(200, 0))).toMatchObject({
      refused: 'mig-geometry',
      detail: expect.stringMatching(/^2g\.10gb at 0 overlaps/),
    });
  });
});

describe('a job that draws', () => {
  test('gets profiles with graphics, and none on GPUs without such', () => {
    const use = { workload: 'desktop' } as const;
    expect(bySize(RTX, 0, 0, use)).toBe('1g.24gb+gfx');
    const whole = migCard(RTX).admit(wholeAsk(use));
    expect(isRefusal(whole) ? whole.refused : whole.profile).toBe('4g.96gb+gfx');
    expect(refusalOf(migCard(RTX), profileAsk('1g.24gb', use)).detail).toContain('1g.24gb+gfx');
    expect(refusalOf(migCard(A100), wholeAsk(use))).toEqual({
      refused: 'mig-no-graphics',
      detail: '7g.40gb runs no graphics: no profile of this GPU does',
    });
  });
});

describe('a whole card', () => {
  test('is the largest instance, and only a card without tenants gives it', () => {
    for (const [gpuId, model] of MIG_GPUS) {
      const card = migCard(gpuId);
      const small = take(card, partAsk(0, 0));
      expect(refusalOf(card, wholeAsk()).refused).toBe('card-taken');
      expect(isRefusal(card.admitEmpty(wholeAsk()))).toBe(false);
      card.release(small);
      const slot = take(card, wholeAsk());
      expect(slot).toMatchObject({
        milli: 1000,
        start: 0,
        size: model.placementAxisUnits,
        bandwidthShare: 1,
      });
      expect(refusalOf(card, partAsk(0, 0)).refused).toBe('mig-geometry');
    }
  });

  test('has 98 of 108 SMs on A100 and all of them on Hopper', () => {
    const share = (gpuId: string) => take(migCard(gpuId), wholeAsk()).computeShare;
    expect(share(A100)).toBe(98 / 108);
    expect(share('h100-sxm5-80gb')).toBe(1);
    expect(share('a30')).toBe(1);
  });
});

test('a job is refused where it is known not to run, by any name of the profile', () => {
  for (const name of ['1g.10gb', '1g', 'nvidia.com/mig-1g.10gb']) {
    for (const key of ['1g.10gb', '1g']) {
      const ask = profileAsk(name, { speedByProfile: { [key]: null } });
      expect(refusalOf(migCard('a100-sxm4-80gb'), ask)).toEqual({
        refused: 'mig-out-of-memory',
        detail: 'the job is known not to run on 1g.10gb',
      });
    }
  }
  expect(refusalOf(migCard(A100), profileAsk('1g', { memoryMib: 4865 })).refused).toBe('memory-too-large');
  expect(isRefusal(migCard(A100).admit(profileAsk('1g', { memoryMib: 4864 })))).toBe(false);
});

test('processes share an instance through MPS up to its part of 48 clients', () => {
  const admits = (profile: string, processes: number) =>
    !isRefusal(migCard(A100, { computeInstances: true }).admit(profileAsk(profile, { processes })));
  expect([admits('1g', 6), admits('1g', 7), admits('3g', 20), admits('3g', 21)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect([admits('1c.3g', 6), admits('1c.3g', 7), admits('7g', 48), admits('7g', 49)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

describe('a fixed layout', () => {
  const card = () => migCard(A100, { layout: ['3g@4', '2g', '1g', '1g'] });

  test('gives the instances that it has, and no others', () => {
    const one = card();
    expect(takeAll(one, '1g', '1g').map((slot) => slot.profile)).toEqual(['1g.5gb', '1g.5gb']);
    expect(refusalOf(one, profileAsk('1g'))).toEqual({
      refused: 'mig-no-free-instance',
      detail: 'all 2 instances of 1g.5gb of the layout are in use',
    });
    expect(refusalOf(one, profileAsk('4g')).detail).toBe('the layout has no 4g.20gb');
    expect(refusalOf(one, wholeAsk()).refused).toBe('card-taken');
    expect(refusalOf(card(), wholeAsk()).refused).toBe('no-profile-large-enough');
    const [half] = takeAll(one, '3g');
    expect(half!.start).toBe(4);
  });

  test('gives a request by size the smallest instance that is free', () => {
    const one = card();
    const got = Array.from({ length: 4 }, () => take(one, partAsk(100, 0)).profile);
    expect(got).toEqual(['1g.5gb', '1g.5gb', '2g.10gb', '3g.20gb']);
    expect(refusalOf(one, partAsk(100, 0)).refused).toBe('mig-no-free-instance');
  });

  test('strands the slices that it leaves out, whoever comes', () => {
    const one = migCard(A100, { layout: ['3g', '3g'] });
    expect(one.strandedMilli()).toBe(142);
    takeAll(one, '3g');
    expect(one.strandedMilli()).toBe(142);
    expect(card().strandedMilli()).toBe(0);
  });

  test('is found wherever there is one, though the order of the list leads the driver astray', () => {
    const shape = migShapeOf(specOf(A100).catalogue)!;
    // In this order the driver puts 1g, 1g, 2g at 6, 4, 0, and 3g no longer fits.
    expect(fixedLayout(shape, ['1g', '1g', '2g', '3g'])).not.toBeTypeOf('string');
    expect(fixedLayout(shape, ['4g', '4g'])).toMatch(/do not fit together/);
    expect(fixedLayout(shape, ['3g@0', '4g'])).toMatch(/do not fit together/);
    expect(fixedLayout(shape, ['3g@0', '2g@2'])).toBe('2g.10gb at 2 overlaps 3g.20gb at 0');
    expect(fixedLayout(shape, ['1g@7'])).toBe('1g.5gb starts at 0, 1, 2, 3, 4, 5, 6, not at 7');
    expect(fixedLayout(shape, ['1c.3g'])).toMatch(/must name GPU instances/);
    expect(fixedLayout(shape, [])).toMatch(/at least one/);
  });

  test('exists for a list of profiles exactly where some choice of starts is legal', () => {
    for (const [gpuId, model] of MIG_GPUS.filter(([id]) => [A100, 'a30', RTX].includes(id))) {
      const shape = migShapeOf(specOf(gpuId).catalogue)!;
      const lists = fc.array(fc.constantFrom(...model.profiles), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(lists, (profiles) => {
          let choices: { profile: (typeof profiles)[number]; start: number }[][] = [[]];
          for (const profile of profiles) {
            choices = choices.flatMap((each) => profile.starts.map((start) => [...each, { profile, start }]));
          }
          const exists = choices.some((each) => isLegalByTheRules(model, each));
          const names = profiles.map((each) => each.name);
          expect(typeof fixedLayout(shape, names) === 'number').toBe(exists);
        }),
        { numRuns: 60 },
      );
    }
  });
});

describe('compute instances', () => {
  const on = { computeInstances: true };

  test('divide a GPU instance as published: 4g in 4, 2 or 1, 3g in 3 or 1, 7g in up to 7', () => {
    const inOne = (gi: string, ci: string, count: number) => {
      const card = migCard(A100, { ...on, layout: [gi] });
      for (let i = 0; i < count; i++) take(card, profileAsk(ci));
      expect(refusalOf(card, profileAsk(ci)).refused).toBe(
        ci.slice(0, 1) === gi.slice(0, 1) ? 'mig-no-free-instance' : 'mig-compute-instance',
      );
      expect(new Set(card.slots.map((slot) => slot.domain)).size).toBe(count);
      expect(card.slots.reduce((sum, slot) => sum + slot.milli, 0)).toBeLessThanOrEqual(1000);
    };
    inOne('4g', '1c.4g', 4);
    inOne('4g', '2c.4g', 2);
    inOne('4g', '4c.4g', 1);
    inOne('3g', '1c.3g', 3);
    inOne('3g', '2c.3g', 1);
    inOne('7g', '1c.7g', 7);
    inOne('7g', '2c.7g', 3);
    inOne('7g', '3c.7g', 2);
    inOne('7g', '4c.7g', 1);
  });

  test('fill a divided instance before they open another, and free it with the last of them', () => {
    const card = migCard(A100, on);
    const slots = takeAll(card, '1c.3g', '1c.3g', '1c.3g', '1c.3g');
    expect(slots.map((slot) => slot.label)).toEqual([
      '1c.3g.20gb@4#0',
      '1c.3g.20gb@4#1',
      '1c.3g.20gb@4#2',
      '1c.3g.20gb@0#0',
    ]);
    expect(refusalOf(card, profileAsk('3g')).refused).toBe('mig-geometry');
    expect(takeAll(card, '2c.3g')[0]!.label).toBe('2c.3g.20gb@0#1');
    card.release(slots[1]!);
    expect(takeAll(card, '1c.3g')[0]!.label).toBe('1c.3g.20gb@4#1');
    for (const slot of [...card.slots]) if (slot.start === 4) card.release(slot);
    expect(takeAll(card, '3g')[0]!.label).toBe('3g.20gb@4');
    expect(() => card.place({ ...slots[0]! })).toThrow(RangeError);
  });

  test('are refused where they are switched off or the instance has none of the size', () => {
    expect(refusalOf(migCard(A100), profileAsk('1c.3g')).detail).toContain('switched off');
    expect(refusalOf(migCard(A100, on), profileAsk('3c.4g')).detail).toMatch(
      /no compute instance of 3 slices/,
    );
    const foreign = take(migCard(A100, on), profileAsk('1c.3g'));
    expect(() => migCard(A100).place(foreign)).toThrow(RangeError);
  });

  test('are refused to a job that runs out of memory on the whole of their instance', () => {
    const refused = (speedByProfile: Record<string, null>) =>
      refusalOf(migCard(A100, on), profileAsk('1c.3g', { speedByProfile })).refused;
    expect([refused({ '3g': null }), refused({ '1c.3g.20gb': null })]).toEqual(
      Array(2).fill('mig-out-of-memory'),
    );
  });

  test('have their memory in common, which may run out', () => {
    const card = migCard(A100, on);
    const slots = takeAll(card, '1c.3g', '1c.3g', '2g');
    expect(slots.map((slot) => slot.memoryMib)).toEqual([0, 0, 9984]);
    expect(refusalOf(card, profileAsk('1c.3g', { memoryMib: 19_969 })).refused).toBe('memory-too-large');
    const overflows = (...mib: number[]) => {
      const residents = residentsOf(slots.map((slot, i) => ({ slot, use: useOf({ memoryMib: mib[i]! }) })));
      return card.overflows(residents, residents.uses.at(-1)!);
    };
    const order = [slots[2]!, slots[0]!, slots[1]!];
    slots.splice(0, 3, ...order);
    expect(overflows(9000, 10_000, 9968)).toBe(false);
    expect(overflows(9000, 10_000, 9969)).toBe(true);
    slots.reverse();
    expect(overflows(10_000, 12_000, 9000)).toBe(false);
  });

  test('share bandwidth max-min fair and keep their SMs', () => {
    const card = migCard(A100, on);
    const slots = takeAll(card, '1c.3g', '1c.3g', '1c.3g');
    const use = (bandwidth: number) => useOf({ workload: 'hpc', compute: 0.1, busy: 0.5, bandwidth });
    const run = (...needs: number[]) =>
      speedsOf(
        card,
        needs.map((need, i) => ({ slot: slots[i]!, use: use(need) })),
      );
    // The instance has half of the bandwidth.
    expect(run(0.1, 0.1, 0.1)).toEqual([1, 1, 1]);
    expect(run(0.4, 0.4, 0.1).map((speed) => speed.toFixed(9))).toEqual(
      [0.2 / 0.4, 0.2 / 0.4, 1].map((speed) => speed.toFixed(9)),
    );
    expect(run(0.4)).toEqual([1]);
    const [alone] = speedsOf(card, [{ slot: slots[0]!, use: useOf({ workload: 'hpc' }) }]);
    expect(alone).toBeCloseTo(14 / 108, 12);
  });
});

function residentsOf(tenants: Parameters<typeof speedsOf>[1]) {
  const residents = new Residents();
  for (const { slot, use } of tenants) residents.join(slot, use, true);
  return residents;
}

describe('the mode', () => {
  const config = { mode: 'mig', layout: null, computeInstances: false } as const;

  test('says what is wrong with a GPU or a layout', () => {
    expect(mig.check(config, specOf(A100))).toEqual([]);
    // Every entry that is wrong by itself is told, not the first alone.
    const wrong = mig.check({ ...config, layout: ['3g.20gb@2', '9g.80gb', '1c.3g.20gb'] }, specOf(A100));
    expect(wrong.map(({ key }) => key)).toEqual(['layout', 'layout', 'layout']);
    expect(wrong[1]!.message).toMatch(/9g\.80gb/);
    expect(mig.check(config, specOf('a10'))[0]).toMatchObject({ key: 'mode' });
    expect(mig.check(config, { ...specOf(A100), catalogue: null })[0]!.message).toMatch(/catalogue/);
    const layout = ['3g.40gb@4'];
    expect(mig.check({ ...config, layout }, specOf('a100-sxm4-80gb'))).toEqual([]);
    expect(mig.check({ ...config, layout }, specOf(A100))).toEqual([
      { key: 'layout', message: expect.stringContaining('Unknown MIG profile') },
    ]);
    for (const [gpuId] of MIG_GPUS) expect(mig.check(config, specOf(gpuId))).toEqual([]);
  });

  test('takes a reset to switch on Ampere and none later, and nothing to start in a fixed layout', () => {
    const steps = (gpuId: string, operation: string, path: string, layout: string[] | null = null) =>
      mig
        .operations({ ...config, layout }, specOf(gpuId))
        .find((each) => each.operation === operation && each.path === path)
        ?.steps.map((step) => step.parameter);
    for (const [gpuId, model] of MIG_GPUS) {
      expect(steps(gpuId, 'switch-mode', 'host')).toEqual(
        model.modeChange.resetRequired ? ['mig.reset'] : [],
      );
    }
    expect(steps(A100, 'start', 'host')).toEqual(['mig.create']);
    expect(steps(A100, 'stop', 'host')).toEqual(['mig.destroy']);
    expect(steps(A100, 'start', 'operator')).toEqual(['mig.operator']);
    expect(steps(A100, 'start', 'host', ['7g'])).toBeUndefined();
  });

  test('takes creation and destruction times within what was measured', () => {
    const range = (id: string) => mig.parameters.find((each) => each.id === id)!;
    for (const [what, id] of [
      ['create-instance', 'mig.create'],
      ['destroy-instance', 'mig.destroy'],
    ] as const) {
      const seconds = MIG_GPUS.flatMap(([, model]) => model.measuredDurations)
        .filter((each) => each.what === what)
        .flatMap((each) => Object.values(each.secondsByGpuSlices ?? {}));
      expect(Math.min(...seconds)).toBe(range(id).low);
      expect(Math.max(...seconds)).toBeLessThanOrEqual(range(id).high);
      expect(seconds).toContain(range(id).typical);
    }
  });
});
