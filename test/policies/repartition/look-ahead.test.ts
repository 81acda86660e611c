import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  creatable,
  defaultPlacement,
  geometryOf,
  MIG_MODELS,
  type MigGeometry,
  type MigPlacement,
  placementsIn,
} from '../../../sim/hardware/index.ts';
import { lookAheadPlacement } from '../../../sim/policies/repartition/index.ts';
import { isLegalByTheRules } from '../../hardware/brute-force-mig.ts';
import { geometryNamed, instancesOf, placement, profile } from './cases.ts';

const a30 = geometryNamed('a30-24gb');
const a100 = geometryNamed('a100-40gb');

/** Slices and memory of the largest profile that still fits, as one number; straight from the rules. */
function largestLeft(geometry: MigGeometry, layout: number): number {
  const standing = instancesOf(
    geometry,
    placementsIn(geometry, layout).map((each) => each.index),
  );
  return Math.max(
    0,
    ...geometry.placements
      .filter(({ profile: of, start }) =>
        isLegalByTheRules(geometry.model, [...standing, { profile: of, start }]),
      )
      .map(({ profile: of }) => 100 * of.gpuSlices + of.memorySlices),
  );
}

const models = fc.constantFrom(...MIG_MODELS.map((model) => geometryOf(model)));
const picks = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 5 });

function layoutBy(geometry: MigGeometry, list: readonly (readonly [number, number])[]): number {
  let layout = 0;
  for (const [pick] of list) {
    const open = placementsIn(geometry, creatable(geometry, layout));
    if (open.length > 0) layout |= 1 << open[pick % open.length]!.index;
  }
  return layout;
}

test('on every model the start chosen is legal and leaves no smaller a largest profile than the start of the driver', () => {
  let chosen = 0;
  fc.assert(
    fc.property(
      models,
      picks,
      fc.nat(30),
      fc.boolean(),
      fc.array(fc.nat(5), { minLength: 11, maxLength: 11 }),
      (geometry, list, p, hasMix, weights) => {
        const layout = layoutBy(geometry, list);
        const index = p % geometry.profiles.length;
        const mix = {
          weights: geometry.profiles.map((each, i) => (each.variant === 'plain' ? weights[i]! + 1 : 0)),
          requests: 3,
        };
        const found = lookAheadPlacement(geometry, layout, index, hasMix ? { mix } : {});
        const usual = defaultPlacement(geometry, layout, index);
        expect(found === undefined).toBe(usual === undefined);
        if (found === undefined) return;
        chosen += 1;
        const standing = placementsIn(geometry, layout | (1 << found.index)).map((each) => each.index);
        expect(isLegalByTheRules(geometry.model, instancesOf(geometry, standing))).toBe(true);
        expect(found.profileIndex).toBe(index);
        expect(largestLeft(geometry, layout | (1 << found.index))).toBeGreaterThanOrEqual(
          largestLeft(geometry, layout | (1 << usual!.index)),
        );
      },
    ),
    { numRuns: 150, seed: 2 },
  );
  expect(chosen).toBeGreaterThan(50);
});

/** Requests accepted, averaged over every sequence of requests by weight, when each is placed by a rule. */
function accepted(
  geometry: MigGeometry,
  layout: number,
  weights: readonly number[],
  requests: number,
  place: (layout: number, profile: number, left: number) => MigPlacement | undefined,
): number {
  if (requests === 0) return 0;
  const total = weights.reduce((sum, each) => sum + each, 0);
  let sum = 0;
  weights.forEach((weight, p) => {
    if (weight === 0) return;
    const at = place(layout, p, requests - 1);
    const next = at === undefined ? layout : layout | (1 << at.index);
    sum +=
      (weight / total) * (Number(at !== undefined) + accepted(geometry, next, weights, requests - 1, place));
  });
  return sum;
}

/** The most that any rule at all can reach, which accepts whatever fits. */
function mostAccepted(
  geometry: MigGeometry,
  layout: number,
  weights: readonly number[],
  requests: number,
): number {
  if (requests === 0) return 0;
  const total = weights.reduce((sum, each) => sum + each, 0);
  return weights.reduce((sum, weight, p) => {
    if (weight === 0) return sum;
    const open = placementsIn(geometry, creatable(geometry, layout) & geometry.ofProfile[p]!);
    const ways = open.map(
      (each) => 1 + mostAccepted(geometry, layout | (1 << each.index), weights, requests - 1),
    );
    const best = ways.length > 0 ? Math.max(...ways) : mostAccepted(geometry, layout, weights, requests - 1);
    return sum + (weight / total) * best;
  }, 0);
}

describe('over every sequence of requests', () => {
  const look =
    (geometry: MigGeometry, weights: readonly number[]) => (layout: number, p: number, requests: number) =>
      lookAheadPlacement(geometry, layout, p, { mix: { weights, requests } });
  const driver = (geometry: MigGeometry) => (layout: number, p: number) =>
    defaultPlacement(geometry, layout, p);

  test('an A30 that looks ahead accepts no fewer than the driver, and as many as any rule can', () => {
    let gained = 0;
    const mix = fc.array(fc.nat(4), { minLength: a30.profiles.length, maxLength: a30.profiles.length });
    fc.assert(
      fc.property(mix, picks, (drawn, list) => {
        const weights = drawn.map((each, p) => (a30.profiles[p]!.variant === 'plain' || each > 2 ? each : 0));
        weights[0]! += 1;
        const layout = layoutBy(a30, list.slice(0, 2));
        const ours = accepted(a30, layout, weights, 4, look(a30, weights));
        const usual = accepted(a30, layout, weights, 4, driver(a30));
        expect(ours).toBeGreaterThanOrEqual(usual - 1e-9);
        expect(ours).toBeLessThanOrEqual(mostAccepted(a30, layout, weights, 4) + 1e-9);
        expect(ours).toBeCloseTo(mostAccepted(a30, layout, weights, 4), 9);
        gained += ours - usual;
      }),
      { numRuns: 40, seed: 9 },
    );
    expect(gained).toBeGreaterThanOrEqual(0);
  });

  test('an A100 asked for small and half cards accepts more than with the starts of the driver', () => {
    const weights = a100.profiles.map((_, p) =>
      p === profile(a100, '1g') || p === profile(a100, '3g') ? 1 : 0,
    );
    const ours = accepted(a100, 0, weights, 6, look(a100, weights));
    const usual = accepted(a100, 0, weights, 6, driver(a100));
    expect(ours).toBeGreaterThanOrEqual(usual);
    const mixed = a100.profiles.map((_, p) =>
      [profile(a100, '1g'), profile(a100, '2g'), profile(a100, '4g')].includes(p) ? 1 : 0,
    );
    expect(accepted(a100, 0, mixed, 5, look(a100, mixed))).toBeGreaterThanOrEqual(
      accepted(a100, 0, mixed, 5, driver(a100)),
    );
  });
});

describe('with the time that residents still take', () => {
  const at = (start: number) => placement(a100, '1g', start);
  const residents = (ends: Readonly<Record<number, number>>) =>
    a100.placements.map((each) => ends[each.index]);

  test('a job goes to the half whose resident leaves when it does', () => {
    const layout = (1 << at(0)) | (1 << at(4));
    const chosen = (first: number, second: number, own: number) =>
      lookAheadPlacement(a100, layout, profile(a100, '2g'), {
        ends: { own, residents: residents({ [at(0)]: first, [at(4)]: second }) },
      })!.start;
    // 2g at 2 is beside 1g at 0, in the half that 4g wants.
    expect(chosen(100, 5, 90)).toBe(2);
    // Beside 1g at 4 there is only 6, which no 2g may take: no start but 2.
    expect(chosen(5, 100, 90)).toBe(2);
  });

  test('a short job goes beside the short one and a long job beside the long one', () => {
    const layout = (1 << at(0)) | (1 << at(4));
    const chosen = (own: number) =>
      lookAheadPlacement(a100, layout, profile(a100, '1g'), {
        ends: { own, residents: residents({ [at(0)]: 100, [at(4)]: 5 }) },
      })!.start;
    expect(chosen(100)).toBe(1);
    expect(chosen(5)).toBe(5);
  });

  test('the start chosen keeps larger profiles closed for no longer than another of the same room would', () => {
    const layouts = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 4 });
    fc.assert(
      fc.property(layouts, fc.nat(4), fc.nat(30), (list, p, own) => {
        const index = a100.profiles.flatMap((each, i) => (each.variant === 'plain' ? [i] : []))[p]!;
        const layout = layoutBy(a100, list);
        const ends = a100.placements.map((each) =>
          (layout >> each.index) & 1 ? (list[each.index % list.length]?.[1] ?? 3) : undefined,
        );
        const found = lookAheadPlacement(a100, layout, index, { ends: { own, residents: ends } });
        if (found === undefined) return;
        const closed = (place: MigPlacement) =>
          a100.placements
            .filter(
              (big) =>
                big.profile.gpuSlices > place.profile.gpuSlices ||
                (big.profile.gpuSlices === place.profile.gpuSlices &&
                  big.profile.memorySlices > place.profile.memorySlices),
            )
            .filter(
              (big) =>
                big.start < place.start + place.profile.size && place.start < big.start + big.profile.size,
            )
            .map((big) => {
              const opens = placementsIn(a100, layout)
                .filter(
                  (each) =>
                    big.start < each.start + each.profile.size && each.start < big.start + big.profile.size,
                )
                .map((each) => ends[each.index]!);
              return big.profile.gpuSlices * Math.max(0, own - Math.max(0, ...opens));
            })
            .reduce((sum, each) => sum + each, 0);
        const kinds = (place: MigPlacement) =>
          new Set(
            placementsIn(a100, creatable(a100, layout | (1 << place.index))).map((each) => each.profileIndex),
          ).size;
        const rivals = placementsIn(a100, creatable(a100, layout) & a100.ofProfile[index]!).filter(
          (each) =>
            largestLeft(a100, layout | (1 << each.index)) ===
              largestLeft(a100, layout | (1 << found.index)) && kinds(each) === kinds(found),
        );
        expect(closed(found)).toBe(Math.min(...rivals.map(closed)));
      }),
      { numRuns: 150, seed: 12 },
    );
  });
});

test('without any knowledge an empty A100 keeps a 4g possible', () => {
  const start = lookAheadPlacement(a100, 0, profile(a100, '1g'))!.start;
  expect(start).toBeGreaterThanOrEqual(4);
  expect(() => lookAheadPlacement(a100, 0, 0, { mix: { weights: [1], requests: 2 } })).toThrow(/weights/);
});
