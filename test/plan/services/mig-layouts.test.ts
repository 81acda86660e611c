import { expect, test } from 'vitest';
import { migLayouts } from '../../../sim/experiment/plan/services/mig-layouts.ts';
import { allLayouts, geometryOf, MIG_MODELS, mixOf } from '../../../sim/hardware/index.ts';

test.each(MIG_MODELS.map((model) => [model.id, model] as const))(
  'Of %s every legal layout of plain profiles is within one of those given, and each of these is legal and within no other',
  (_id, model) => {
    const geometry = geometryOf(model);
    const plain = geometry.profiles.flatMap(({ variant }, index) => (variant === 'plain' ? [index] : []));
    const subsets = [plain, plain.slice(0, 2), plain.slice(1)].filter((each) => each.length > 0);
    for (const wanted of subsets) {
      const given = migLayouts(geometry, wanted);
      const legal = new Map(
        allLayouts(geometry)
          .map((layout) => mixOf(geometry, layout))
          .filter((mix) => mix.every((count, index) => count === 0 || wanted.includes(index)))
          .map((mix) => [mix.join(' '), mix]),
      );
      const isWithin = (a: readonly number[], b: readonly number[]) => a.every((n, i) => n <= b[i]!);
      for (const mix of legal.values()) expect(given.some((each) => isWithin(mix, each))).toBe(true);
      for (const mix of given) {
        expect(legal.has(mix.join(' '))).toBe(true);
        expect(given.filter((each) => isWithin(mix, each))).toEqual([mix]);
      }
    }
  },
);
