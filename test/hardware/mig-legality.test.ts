import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canAdd,
  creatable,
  geometryOf,
  isLegal,
  MIG_MODELS,
  type MigGeometry,
  migProfileByName,
  NO_PLACEMENTS,
  placementAt,
  placementsIn,
  refusal,
  refusalText,
  unitsCovered,
} from '../../sim/hardware/index.ts';
import { enginesSuffice, packEngines } from '../../sim/hardware/mig/engine-budget.ts';
import { isLegalByTheRules } from './brute-force-mig.ts';

const modelNamed = (id: string) => MIG_MODELS.find((model) => model.id === id)!;

/** Placements given as `2g@4`. */
function layoutOf(geometry: MigGeometry, ...instances: string[]): number {
  return instances.reduce((layout, text) => layout | (1 << at(geometry, text).index), NO_PLACEMENTS);
}

function at(geometry: MigGeometry, text: string) {
  const [name, start] = text.split('@');
  return placementAt(geometry, migProfileByName(geometry.model, name!), Number(start))!;
}

/** A model and a sequence of placements to try on it; small cards make collisions common. */
const attempts = fc
  .constantFrom(...['a30-24gb', 'a100-40gb', 'h100-sxm-80gb', 'b200-180gb', 'rtx-pro-6000-blackwell-96gb'])
  .chain((id) => {
    const geometry = geometryOf(modelNamed(id));
    return fc.tuple(
      fc.constant(geometry),
      fc.array(fc.nat(geometry.placements.length - 1), { minLength: 1, maxLength: 12 }),
    );
  });

test('what may be created is what the plain rules allow, at every step of any sequence', () => {
  fc.assert(
    fc.property(attempts, ([geometry, indices]) => {
      let layout = NO_PLACEMENTS;
      for (const index of indices) {
        const members = placementsIn(geometry, layout);
        const free = creatable(geometry, layout);
        for (const placement of geometry.placements) {
          const allowed = isLegalByTheRules(geometry.model, [...members, placement]);
          expect((free & (1 << placement.index)) !== 0).toBe(allowed);
          expect(canAdd(geometry, layout, placement)).toBe(allowed);
          expect(refusal(geometry, layout, placement) === undefined).toBe(allowed);
        }
        if ((free & (1 << index)) !== 0) layout |= 1 << index;
      }
      expect(isLegal(geometry, layout)).toBe(true);
    }),
  );
});

test('any set of placements is judged as the plain rules judge it', () => {
  fc.assert(
    fc.property(attempts, ([geometry, indices]) => {
      const set = indices.slice(0, 4).reduce((layout, index) => layout | (1 << index), NO_PLACEMENTS);
      expect(isLegal(geometry, set)).toBe(isLegalByTheRules(geometry.model, placementsIn(geometry, set)));
    }),
  );
});

test('packed engine counts compare as five separate numbers do', () => {
  const engines = fc.record({
    copy: fc.nat(16),
    nvdec: fc.nat(7),
    nvenc: fc.nat(4),
    jpeg: fc.nat(7),
    ofa: fc.nat(1),
  });
  fc.assert(
    fc.property(engines, engines, (left, needed) => {
      const each = (['copy', 'nvdec', 'nvenc', 'jpeg', 'ofa'] as const).every(
        (name) => needed[name] <= left[name],
      );
      expect(enginesSuffice(packEngines(left), packEngines(needed))).toBe(each);
    }),
  );
});

test('an engine count that has no room in the packing is refused', () => {
  const none = { copy: 0, nvdec: 0, nvenc: 0, jpeg: 0, ofa: 0 };
  expect(() => packEngines({ ...none, copy: 32 })).toThrow('need 0 to 31, got 32');
  expect(() => packEngines({ ...none, ofa: 0.5 })).toThrow(RangeError);
});

describe('a refusal names its rule', () => {
  const a100 = geometryOf(modelNamed('a100-40gb'));
  const rtxPro = geometryOf(modelNamed('rtx-pro-6000-blackwell-96gb'));

  test('overlap, with the instances in the way', () => {
    const layout = layoutOf(a100, '2g@4', '1g@6');
    const placement = at(a100, '3g@4');
    const refused = refusal(a100, layout, placement)!;
    expect(refused.rule).toBe('span-overlap');
    expect(refusalText(placement, refused)).toBe('3g.20gb at 4 overlaps 1g.5gb at 6, 2g.10gb at 4');
  });

  test('engine budget, for a second media instance and for a plain one beside all media engines', () => {
    const second = at(a100, '1g+me@1');
    const refused = refusal(a100, layoutOf(a100, '1g+me@0'), second)!;
    expect(refused).toEqual({ rule: 'engine-budget', engine: 'jpeg', needed: 1, left: 0 });
    expect(refusalText(second, refused)).toBe('1g.5gb+me at 1 needs 1 jpeg, 0 left');
    const allMedia = layoutOf(rtxPro, '1g+me.all@0');
    expect(refusal(rtxPro, allMedia, at(rtxPro, '1g@3'))?.rule).toBe('engine-budget');
    expect(refusal(rtxPro, allMedia, at(rtxPro, '1g-me@3'))).toBeUndefined();
  });

  test('most instances, where spans and engines would leave room', () => {
    const model = modelNamed('a30-24gb');
    const scarce = {
      ...model,
      profiles: model.profiles.map((profile) =>
        profile.name === '1g.6gb' ? { ...profile, maxInstances: 2 } : profile,
      ),
    };
    const geometry = geometryOf(scarce);
    const third = at(geometry, '1g@2');
    const layout = layoutOf(geometry, '1g@0', '1g@1');
    const refused = refusal(geometry, layout, third)!;
    expect(refused).toEqual({ rule: 'max-instances', profile: '1g.6gb', max: 2 });
    expect(refusalText(third, refused)).toBe('1g.6gb at 2 would exceed the most instances of 1g.6gb, 2');
    expect(canAdd(geometry, layout, third)).toBe(false);
    expect(creatable(geometry, layout) & (1 << third.index)).toBe(0);
  });
});

describe('known shapes', () => {
  const a100 = geometryOf(modelNamed('a100-40gb'));
  const rtxPro = geometryOf(modelNamed('rtx-pro-6000-blackwell-96gb'));

  test('4g and 3g fill the card only as 4g at 0 and 3g at 4', () => {
    expect(unitsCovered(a100, layoutOf(a100, '4g@0', '3g@4'))).toBe(0xff);
    expect(isLegal(a100, layoutOf(a100, '4g@0', '3g@0'))).toBe(false);
  });

  test('seven 1g leave the last memory unit unused, four double-memory ones use all eight', () => {
    expect(unitsCovered(a100, layoutOf(a100, ...[0, 1, 2, 3, 4, 5, 6].map((start) => `1g@${start}`)))).toBe(
      0x7f,
    );
    expect(unitsCovered(a100, layoutOf(a100, ...[0, 2, 4, 6].map((start) => `1g.double@${start}`)))).toBe(
      0xff,
    );
  });

  test('on RTX PRO 6000 quarters at 3 and 6 block every half though half the card is free', () => {
    const free = creatable(rtxPro, layoutOf(rtxPro, '1g@3', '1g@6'));
    expect(placementsIn(rtxPro, free).some((placement) => placement.profile.gpuSlices === 2)).toBe(false);
    expect(placementsIn(rtxPro, free).some((placement) => placement.profile.gpuSlices === 1)).toBe(true);
  });
});
