import { describe, expect, test } from 'vitest';
import {
  canAddComputeInstance,
  computeInstanceLayouts,
  computeInstanceName,
  computeInstanceProfiles,
  computeSlicesLeft,
  MIG_MODELS,
  migProfileByName,
} from '../../sim/hardware/index.ts';

const a100 = MIG_MODELS.find((model) => model.id === 'a100-40gb')!;
const profile = (name: string) => migProfileByName(a100, name);
const layoutsOf = (name: string) =>
  computeInstanceLayouts(a100, profile(name)).map((sizes) => sizes.join('+'));

test('a 4g instance divides into four, two and one, or two and two compute slices', () => {
  expect(layoutsOf('4g')).toEqual(['4', '2+2', '2+1+1', '1+1+1+1']);
});

test('a 3g instance divides into three, or two and one, and never into two pairs', () => {
  expect(layoutsOf('3g')).toEqual(['3', '2+1', '1+1+1']);
});

test('a 7g instance divides in twelve ways, none with a five or six slice piece', () => {
  const layouts = layoutsOf('7g');
  expect(layouts).toHaveLength(12);
  expect(layouts).toContain('4+3');
  expect(layouts).toContain('3+3+1');
  expect(layouts).toContain('1+1+1+1+1+1+1');
  expect(layouts.some((layout) => /[56]/.test(layout))).toBe(false);
});

test('a double-memory instance has one compute slice', () => {
  expect(layoutsOf('1g.double')).toEqual(['1']);
});

describe.each(MIG_MODELS.map((model) => [model.id, model] as const))('%s', (_id, model) => {
  test('the most compute instances of one size are as many as fit by their slices', () => {
    for (const each of model.profiles) {
      for (const { gpuSlices, maxInGpuInstance } of computeInstanceProfiles(model, each)) {
        expect(maxInGpuInstance).toBe(Math.floor(each.gpuSlices / gpuSlices));
      }
    }
  });

  test('every full division uses all slices, and every set of pieces that does so is found', () => {
    for (const each of model.profiles) {
      const found = computeInstanceLayouts(model, each);
      for (const sizes of found) expect(computeSlicesLeft(each, sizes)).toBe(0);
      const pieces = computeInstanceProfiles(model, each).map((ci) => ci.gpuSlices);
      expect(found).toHaveLength(partitions(each.gpuSlices, pieces));
    }
  });
});

/** Number of ways to write a total as a sum of the given pieces, order aside. */
function partitions(total: number, pieces: readonly number[]): number {
  const ways = [1, ...new Array<number>(total).fill(0)];
  for (const piece of pieces) {
    for (let sum = piece; sum <= total; sum++) ways[sum]! += ways[sum - piece]!;
  }
  return ways[total]!;
}

test('a compute instance is refused when its size is unknown, its slices are gone or its number is reached', () => {
  expect(canAddComputeInstance(a100, profile('7g'), [], 5)).toBe(false);
  expect(canAddComputeInstance(a100, profile('4g'), [2, 1], 2)).toBe(false);
  expect(canAddComputeInstance(a100, profile('4g'), [2, 1], 1)).toBe(true);
  expect(canAddComputeInstance(a100, profile('3g'), [2], 2)).toBe(false);
});

test('a compute instance of full size carries no prefix in its name', () => {
  expect(computeInstanceName(profile('3g'), 3)).toBe('3g.20gb');
  expect(computeInstanceName(profile('3g'), 1)).toBe('1c.3g.20gb');
});
