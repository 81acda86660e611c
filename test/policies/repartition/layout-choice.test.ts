import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  gpuById,
  gpuMemoryMib,
  isLegal,
  layoutText,
  type MigGeometry,
  placementsIn,
  sriovByName,
} from '../../../sim/hardware/index.ts';
import { mixedSizePlacements } from '../../../sim/hardware/vgpu/index.ts';
import {
  chooseEqualSize,
  chooseMigLayouts,
  chooseMixedSizes,
  chooseVfCount,
  type Demand,
  REPARTITIONING,
  type VgpuKind,
} from '../../../sim/policies/repartition/index.ts';
import { everyFullLayout, type Instance } from '../../hardware/brute-force-mig.ts';
import { geometryNamed, placement, profile } from './cases.ts';

const a30 = geometryNamed('a30-24gb');
const a100 = geometryNamed('a100-40gb');

/** The most value and the free parts of the best use, by trying every use of every part. */
function bestUse(demands: readonly Demand[], parts: readonly number[], sizeOf: (part: number) => number) {
  let best: { value: number; free: number[] } | undefined;
  const left = demands.map((each) => each.count);
  const free: number[] = [];
  const go = (at: number, value: number): void => {
    if (at === parts.length) {
      const sizes = free.map(sizeOf).sort((a, b) => b - a);
      if (best === undefined || value > best.value || (value === best.value && isLarger(sizes, best.free))) {
        best = { value, free: sizes };
      }
      return;
    }
    free.push(parts[at]!);
    go(at + 1, value);
    free.pop();
    demands.forEach((demand, d) => {
      if (left[d] === 0 || !demand.accepts.includes(parts[at]!)) return;
      left[d]! -= 1;
      go(at + 1, value + demand.value);
      left[d]! += 1;
    });
  };
  go(0, 0);
  return best!;
}

function isLarger(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

const sizeIn = (geometry: MigGeometry) => (p: number) =>
  100 * geometry.profiles[p]!.gpuSlices + geometry.profiles[p]!.memorySlices;

function demandsOf(profiles: readonly number[]): fc.Arbitrary<Demand[]> {
  const demand = fc.record({
    accepts: fc.uniqueArray(fc.constantFrom(...profiles), { minLength: 1, maxLength: 2 }),
    count: fc.nat(3),
    value: fc.integer({ min: 1, max: 4 }),
  });
  return fc.array(demand, { minLength: 1, maxLength: 3 });
}

const plain = (geometry: MigGeometry) =>
  geometry.profiles.flatMap((each, p) => (each.variant === 'plain' ? [p] : []));

describe('the layouts chosen are the best of all full layouts, by value, free instances and changes', () => {
  const compare = (geometry: MigGeometry, cards: number, runs: number) => {
    const full = everyFullLayout(geometry.model, ['plain']);
    const indices = (layout: readonly Instance[]) =>
      layout.map(
        ({ profile: of, start }) =>
          geometry.placements.find((each) => each.profile === of && each.start === start)!.index,
      );
    const layouts = full.map((layout) => ({
      set: indices(layout),
      parts: layout.map((each) => geometry.profiles.indexOf(each.profile)),
    }));
    const present = fc.tuple(fc.nat(full.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        demandsOf(plain(geometry)),
        fc.array(present, { minLength: cards, maxLength: cards }),
        fc.nat(255),
        (demands, standing, kept) => {
          const now = standing.map(([pick, some]) => layouts[pick]!.set.filter((_, i) => (some >> i) & 1));
          const keep = now.map((set, c) =>
            c === 0 ? set.filter((_, i) => (kept >> i) & 1).slice(0, 2) : [],
          );
          const bits = (set: readonly number[]) => set.reduce((sum, each) => sum | (1 << each), 0);
          const chosen = chooseMigLayouts(
            geometry,
            demands,
            now.map((set, c) => ({ present: bits(set), keep: bits(keep[c]!) })),
          );
          const ways = now.map((set, c) =>
            layouts
              .filter((layout) => keep[c]!.every((each) => layout.set.includes(each)))
              .map((layout) => ({
                parts: layout.set
                  .filter((each) => !keep[c]!.includes(each))
                  .map((each) => geometry.placements[each]!.profileIndex),
                changes:
                  layout.set.filter((each) => !set.includes(each)).length +
                  set.filter((each) => !layout.set.includes(each)).length,
              })),
          );
          let best: { value: number; free: number[]; changes: number } | undefined;
          const go = (card: number, parts: number[], changes: number): void => {
            if (card === ways.length) {
              const use = bestUse(demands, parts, sizeIn(geometry));
              const isBetter =
                best === undefined ||
                use.value > best.value ||
                (use.value === best.value &&
                  (isLarger(use.free, best.free) ||
                    (!isLarger(best.free, use.free) && changes < best.changes)));
              if (isBetter) best = { ...use, changes };
              return;
            }
            for (const way of ways[card]!) go(card + 1, [...parts, ...way.parts], changes + way.changes);
          };
          go(0, [], 0);
          expect(chosen.isProven).toBe(true);
          expect(chosen.value).toBe(best!.value);
          expect(chosen.bound).toBe(chosen.value);
          const free = chosen.free.flatMap((count, p) => new Array<number>(count).fill(sizeIn(geometry)(p)));
          expect(free.sort((a, b) => b - a)).toEqual(best!.free);
          expect(chosen.changes).toBe(best!.changes);
          chosen.layouts.forEach((layout, c) => {
            expect(isLegal(geometry, layout)).toBe(true);
            expect(layout & bits(keep[c]!)).toBe(bits(keep[c]!));
          });
        },
      ),
      { numRuns: runs, seed: 3 },
    );
  };

  test('one A100', () => compare(a100, 1, 300));
  test('one A30', () => compare(a30, 1, 200));
  test('three A30', () => compare(a30, 3, 100));
});

test('one A100 asked for a 4g, a 2g and a 1g gets exactly these, and keeps what stands already', () => {
  const of = (name: string) => profile(a100, name);
  const demands = ['4g', '2g', '1g'].map((name) => ({ accepts: [of(name)], count: 1, value: 1 }));
  const present = 1 << placement(a100, '2g', 4);
  const chosen = chooseMigLayouts(a100, demands, [{ present, keep: 0 }]);
  expect(layoutText(a100, chosen.layouts[0]!)).toBe('4g.20gb@0 2g.10gb@4 1g.5gb@6');
  expect(chosen.changes).toBe(2);
});

describe('more cards than the exact search takes', () => {
  test('the value is never above the bound, the bound holds for what exact search finds, and the gap is small', () => {
    let gaps = 0;
    let total = 0;
    fc.assert(
      fc.property(demandsOf(plain(a30)), fc.integer({ min: 1, max: 3 }), (demands, n) => {
        const more = demands.map((each) => ({ ...each, count: each.count * n }));
        const cards = Array.from({ length: n }, () => ({ present: 0, keep: 0 }));
        const exact = chooseMigLayouts(a30, more, cards);
        const rough = chooseMigLayouts(a30, more, cards, { nodeLimit: 0 });
        expect(rough.isProven).toBe(false);
        expect(rough.value).toBeLessThanOrEqual(exact.value);
        expect(rough.bound).toBeGreaterThanOrEqual(exact.value);
        gaps += rough.bound - rough.value;
        total += exact.value;
      }),
      { numRuns: 60, seed: 5 },
    );
    expect(total).toBeGreaterThan(200);
    expect(gaps / total).toBeLessThan(0.05);
  });

  test('twelve A100 asked for more than they hold are within 3 % of the bound', () => {
    const of = (name: string) => profile(a100, name);
    const demands: Demand[] = [
      { accepts: [of('4g')], count: 9, value: 9 },
      { accepts: [of('3g')], count: 11, value: 6 },
      { accepts: [of('2g'), of('3g')], count: 13, value: 5 },
      { accepts: [of('1g'), of('2g')], count: 20, value: 2 },
    ];
    const cards = Array.from({ length: 12 }, () => ({ present: 0, keep: 0 }));
    const chosen = chooseMigLayouts(a100, demands, cards);
    expect(chosen.layouts).toHaveLength(12);
    expect(chosen.isProven).toBe(false);
    expect(chosen.value).toBeLessThanOrEqual(chosen.bound);
    expect(chosen.bound - chosen.value).toBeLessThan(0.03 * chosen.bound);
    const held = chosen.layouts.flatMap((layout) => placementsIn(a100, layout)).length;
    expect(held).toBe(
      chosen.served.reduce((sum, each) => sum + each, 0) + chosen.free.reduce((sum, each) => sum + each, 0),
    );
  });
});

/** Types of a card with this memory: the published counts of sizes that all boards have. */
function kindsFor(memoryGib: number, sizes: readonly number[]): VgpuKind[] {
  return sizes.map((size) => ({
    name: `${size}Q`,
    sizeMib: size * 1024,
    maxPerGpu: Math.floor(memoryGib / size),
    maxMixed: Math.min(mixedSizePlacements(memoryGib, size).length, Math.floor(memoryGib / size)),
  }));
}

describe('vGPU sizes', () => {
  test('the one size of a card is the best of all, by value', () => {
    const kinds = kindsFor(24, [24, 12, 8, 6, 4, 3, 2, 1]);
    const demands = demandsOf(kinds.map((_, k) => k));
    fc.assert(
      fc.property(demands, (asked) => {
        const values = kinds.map((kind, k) => {
          const fitting = asked
            .filter(({ accepts }) => accepts.includes(k))
            .flatMap(({ count, value }) => new Array<number>(count).fill(value));
          return fitting
            .sort((a, b) => b - a)
            .slice(0, kind.maxPerGpu)
            .reduce((sum, each) => sum + each, 0);
        });
        const chosen = chooseEqualSize(kinds, asked)!;
        expect(chosen.value).toBe(Math.max(...values));
        expect(values[kinds.findIndex((kind) => kind.sizeMib === chosen.sizesMib[0])]).toBe(chosen.value);
      }),
    );
  });

  test('a vGPU that stays locks the size, and the smallest count of the types on the card holds for all', () => {
    const kinds: VgpuKind[] = [
      { name: '8Q', sizeMib: 8192, maxPerGpu: 3, maxMixed: 2 },
      { name: '8C', sizeMib: 8192, maxPerGpu: 2, maxMixed: 2 },
      { name: '4Q', sizeMib: 4096, maxPerGpu: 6, maxMixed: 4 },
    ];
    const demands = [
      { accepts: [0], count: 5, value: 1 },
      { accepts: [1], count: 1, value: 3 },
      { accepts: [2], count: 6, value: 5 },
    ];
    expect(chooseEqualSize(kinds, demands)).toMatchObject({ value: 30, sizesMib: new Array(6).fill(4096) });
    expect(chooseEqualSize(kinds, demands.slice(0, 2))).toMatchObject({ value: 4, served: [1, 1] });
    const locked = chooseEqualSize(kinds, demands, [{ kind: 0, startGib: 0 }]);
    expect(locked).toMatchObject({ value: 3, served: [0, 1, 0] });
  });

  test('the sizes and starts of a card are the best of every set of placements, and legal', () => {
    for (const memory of [16, 20, 24]) {
      const sizes = [2, 4, 5, 8, 10, 12, 16].filter((size) => size <= memory);
      const kinds = kindsFor(memory, sizes);
      const places = kinds.flatMap((kind, k) =>
        mixedSizePlacements(memory, kind.sizeMib / 1024).map((start) => ({
          k,
          start,
          end: start + kind.sizeMib / 1024,
        })),
      );
      const three = [0, 1, 2].map(() => fc.nat(kinds.length - 1));
      const asked = fc.tuple(...three).chain(([a, b, c]) => demandsOf([a!, b!, c!]));
      fc.assert(
        fc.property(asked, fc.nat(places.length - 1), fc.boolean(), (demands, at, keeps) => {
          const kept = keeps ? [places[at]!] : [];
          const chosen = chooseMixedSizes(
            memory,
            kinds,
            demands,
            kept.map(({ k, start }) => ({ kind: k, startGib: start })),
          );
          const useful = places.filter(({ k }) => demands.some(({ accepts }) => accepts.includes(k)));
          let most = 0;
          const seen = new Set<string>();
          const go = (i: number, taken: typeof places): void => {
            const key = taken
              .slice(kept.length)
              .map(({ k }) => k)
              .sort()
              .join(' ');
            if (!seen.has(key)) {
              seen.add(key);
              most = Math.max(
                most,
                bestUse(
                  demands,
                  taken.slice(kept.length).map(({ k }) => k),
                  (k) => k,
                ).value,
              );
            }
            for (let next = i; next < useful.length; next++) {
              const place = useful[next]!;
              if (taken.some((other) => place.start < other.end && other.start < place.end)) continue;
              if (taken.filter(({ k }) => k === place.k).length >= kinds[place.k]!.maxMixed) continue;
              if (taken.length - kept.length >= demands.reduce((sum, { count }) => sum + count, 0)) continue;
              go(next + 1, [...taken, place]);
            }
          };
          go(0, kept);
          expect(chosen.value).toBe(most);
          const made = chosen.sizesMib.map((size, i) => ({
            start: chosen.startsGib[i]!,
            end: chosen.startsGib[i]! + size / 1024,
            size,
          }));
          expect(made).toHaveLength(chosen.served.reduce((sum, each) => sum + each, 0));
          made.forEach((one, i) => {
            expect(mixedSizePlacements(memory, one.size / 1024)).toContain(one.start);
            for (const other of [...made.slice(i + 1), ...kept])
              expect(one.start < other.end && other.start < one.end).toBe(false);
          });
        }),
        { numRuns: 25, seed: 6 },
      );
    }
  });

  test('beside two 4 GiB vGPUs on 24 GiB there is still room for 12 GiB', () => {
    const kinds = kindsFor(24, [12, 8, 4]);
    const chosen = chooseMixedSizes(24, kinds, [{ accepts: [2], count: 2, value: 1 }]);
    expect(chosen.sizesMib).toEqual([4096, 4096]);
    const halves = chosen.startsGib.map((start) => Math.floor(start / 12));
    expect(new Set(halves).size).toBe(1);
  });

  test('eighty GiB with eight sizes are weighed in time', () => {
    const kinds = kindsFor(80, [80, 40, 20, 16, 10, 8, 5, 4]);
    const demands = [2, 3, 4, 5, 7].map((k) => ({ accepts: [k], count: 3, value: 8 - k }));
    const chosen = chooseMixedSizes(80, kinds, demands);
    expect(chosen.value).toBeGreaterThan(0);
    expect(chosen.sizesMib.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(80 * 1024);
  });
});

describe('virtual functions', () => {
  const v620 = sriovByName('v620')!;
  const gpu = gpuById('radeon-pro-v620')!;
  const card = { model: 'V620', catalogue: gpu, memoryMib: gpuMemoryMib(gpu), linkBytesPerSec: 32e9 };
  const tenant = (memoryGib: number, share: number, count: number, value: number) => ({
    memoryMib: memoryGib * 1024,
    share,
    count,
    value,
  });

  test('a V620 is cut in one, two or four as its tenants need memory and time', () => {
    const vfs = (...demands: ReturnType<typeof tenant>[]) => chooseVfCount(v620, card, demands)!.vfs;
    expect(vfs(tenant(7, 0, 4, 1))).toBe(4);
    expect(vfs(tenant(12, 0, 4, 1))).toBe(2);
    expect(vfs(tenant(7, 0.5, 4, 1))).toBe(2);
    expect(vfs(tenant(20, 0, 1, 1), tenant(7, 0, 4, 1))).toBe(4);
    expect(vfs(tenant(20, 0, 1, 9), tenant(7, 0, 4, 1))).toBe(1);
  });

  test('of equals the present count stays, and a guest that may not be interrupted keeps it', () => {
    const one = [tenant(7, 0, 1, 1)];
    expect(chooseVfCount(v620, card, one)!.vfs).toBe(1);
    expect(chooseVfCount(v620, card, one, { vfs: 4, occupied: 0 })!.vfs).toBe(4);
    expect(chooseVfCount(v620, card, [tenant(20, 0, 1, 9)], { vfs: 4, occupied: 2 })).toMatchObject({
      vfs: 4,
      value: 0,
    });
    expect(chooseVfCount(v620, card, [tenant(4, 0, 9, 1)], { vfs: 4, occupied: 3 })).toMatchObject({
      served: [1],
    });
  });
});

test('demands and kept instances that make no sense are refused', () => {
  expect(() =>
    chooseMigLayouts(a30, [{ accepts: [0], count: -1, value: 1 }], [{ present: 0, keep: 0 }]),
  ).toThrow(/whole count/);
  expect(() => chooseMigLayouts(a30, [], [{ present: 0, keep: 1 }])).toThrow(/Cannot keep/);
  expect(() => chooseMigLayouts(a30, [], [])).toThrow(/at least one card/);
  expect(new Set(REPARTITIONING.map((each) => each.name)).size).toBe(REPARTITIONING.length);
});
