import { describe, expect, test } from 'vitest';
import {
  allLayouts,
  distinctMixes,
  geometryOf,
  isLegal,
  layoutText,
  MIG_MODELS,
  MIG_VARIANTS,
  type MigVariant,
  maximalLayouts,
  placementsIn,
} from '../../sim/hardware/index.ts';
import { everyFullLayout, everyLayout, layoutKey, mixKey } from './brute-force-mig.ts';

const WITH_DOUBLE: readonly MigVariant[] = ['plain', 'double-memory'];

describe.each(MIG_MODELS.map((model) => [model.id, model] as const))('%s', (_id, model) => {
  const geometry = geometryOf(model);
  const counts = (variants: readonly MigVariant[]) => {
    const layouts = maximalLayouts(geometry, variants);
    return [layouts.length, distinctMixes(geometry, layouts).length];
  };

  test('the full layouts and mixes are as many as the catalogue says', () => {
    const { derived } = model;
    expect(counts(['plain'])).toEqual([derived.maximalLayoutsPlain, derived.maximalMixesPlain]);
    if (derived.maximalLayoutsWithDoubleMemory !== undefined) {
      expect(counts(WITH_DOUBLE)).toEqual([
        derived.maximalLayoutsWithDoubleMemory,
        derived.maximalMixesWithDoubleMemory,
      ]);
    }
  });

  test('a family has the counts of its slices: 19 and 14, with double memory 78 and 38; 5 and 4 for four slices', () => {
    if (model.gpuSlicesTotal === 7) {
      expect(counts(['plain'])).toEqual([19, 14]);
      expect(counts(WITH_DOUBLE)).toEqual([78, 38]);
    } else {
      expect(model.gpuSlicesTotal).toBe(4);
      expect(counts(['plain'])).toEqual([5, 4]);
    }
  });

  test('every legal layout is met once, and taking one instance away leaves a legal one', () => {
    const layouts = allLayouts(geometry, MIG_VARIANTS);
    expect(new Set(layouts).size).toBe(layouts.length);
    for (const layout of layouts) {
      for (const { index } of placementsIn(geometry, layout)) {
        if (!isLegal(geometry, layout & ~(1 << index))) {
          expect.fail(`${layoutText(geometry, layout)} without placement ${index} is not legal`);
        }
      }
    }
  });
});

// One model for each geometry; the others differ in memory only.
describe.each(['a30-24gb', 'a100-40gb', 'h100-sxm-80gb', 'b200-180gb', 'rtx-pro-6000-blackwell-96gb'])(
  'the slow enumeration of %s',
  (id) => {
    const model = MIG_MODELS.find((each) => each.id === id)!;
    const geometry = geometryOf(model);
    const keys = (layouts: readonly number[]) =>
      layouts.map((layout) => layoutKey(placementsIn(geometry, layout))).sort();

    test.each([
      ['plain', ['plain']],
      ['plain and double-memory', WITH_DOUBLE],
      ['plain and media', ['plain', 'media']],
      ['plain and graphics', ['plain', 'graphics']],
    ] as [string, MigVariant[]][])(
      'gives the same layouts, full layouts and mixes with %s profiles',
      (_name, variants) => {
        const slow = everyLayout(model, variants);
        const slowFull = everyFullLayout(model, variants);
        const full = maximalLayouts(geometry, variants);
        expect(keys(allLayouts(geometry, variants))).toEqual(slow.map(layoutKey).sort());
        expect(keys(full)).toEqual(slowFull.map(layoutKey).sort());
        expect(distinctMixes(geometry, full)).toHaveLength(new Set(slowFull.map(mixKey)).size);
      },
    );

    test('gives as many layouts with all variants', () => {
      expect(allLayouts(geometry, MIG_VARIANTS)).toHaveLength(everyLayout(model, MIG_VARIANTS).length);
    });
  },
);

test('the full layouts of the A100 are the nineteen that are commonly listed, largest instances first', () => {
  const geometry = geometryOf(MIG_MODELS.find((model) => model.id === 'a100-40gb')!);
  const layouts = maximalLayouts(geometry).map((layout) =>
    layoutText(geometry, layout).replaceAll('.20gb', '').replaceAll('.10gb', '').replaceAll('.5gb', ''),
  );
  expect(layouts).toEqual([
    '7g.40gb@0',
    '4g@0 3g@4',
    '4g@0 2g@4 1g@6',
    '4g@0 1g@4 1g@5 1g@6',
    '3g@0 3g@4',
    '2g@0 2g@2 3g@4',
    '1g@0 1g@1 2g@2 3g@4',
    '2g@0 1g@2 1g@3 3g@4',
    '1g@0 1g@1 1g@2 1g@3 3g@4',
    '3g@0 2g@4 1g@6',
    '3g@0 1g@4 1g@5 1g@6',
    '2g@0 2g@2 2g@4 1g@6',
    '1g@0 1g@1 2g@2 2g@4 1g@6',
    '2g@0 1g@2 1g@3 2g@4 1g@6',
    '1g@0 1g@1 1g@2 1g@3 2g@4 1g@6',
    '2g@0 2g@2 1g@4 1g@5 1g@6',
    '1g@0 1g@1 2g@2 1g@4 1g@5 1g@6',
    '2g@0 1g@2 1g@3 1g@4 1g@5 1g@6',
    '1g@0 1g@1 1g@2 1g@3 1g@4 1g@5 1g@6',
  ]);
});
