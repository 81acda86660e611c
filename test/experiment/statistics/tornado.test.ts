import { describe, expect, test } from 'vitest';
import { tornado } from '../../../sim/experiment/statistics/index.ts';
import { RandomStream } from '../../../sim/kernel/random.ts';
import { normal } from '../../stats/lindley.ts';
import { reading, upTo } from './runs.ts';

const METRIC = 'wait.mean';
const SEEDS = upTo(10);
const range = (path: string) => ({ path, low: 0, high: 1 });

/** Runs of a setting: `mean`, what all settings share by seed, and noise of its own. */
const setting = (mean: number, noise = 0, random = RandomStream.named(1, 'x')) =>
  SEEDS.map((seed) => reading(seed, { [METRIC]: mean + 5 * (seed % 4) + noise * normal(random) }));

describe('a tornado', () => {
  test('has the largest effect first, whichever way it goes, and tells none from none shown', () => {
    const random = RandomStream.named(7, 'x');
    const inputs = ['small', 'idle', 'down', 'noisy'].map(range);
    const runs = [
      setting(10),
      setting(10, 0.1, random),
      setting(12, 0.1, random),
      setting(10),
      setting(10),
      setting(30, 0.1, random),
      setting(5, 0.1, random),
      setting(10, 3, random),
      setting(10, 3, random),
    ];
    const [found] = tornado(inputs, runs, [METRIC]);
    expect(found?.typical).toBeCloseTo(10 + (5 * (1 + 2 + 3 + 0 + 1 + 2 + 3 + 0 + 1 + 2)) / 10, 9);
    const byPath = new Map(found?.effects.map((effect) => [effect.path, effect]));
    expect(found?.effects[0]?.path).toBe('down');
    expect(byPath.get('down')?.difference).toBeCloseTo(-25, 0);
    expect(byPath.get('down')?.verdict).toBe('shown');
    expect(byPath.get('small')?.verdict).toBe('shown');
    expect(byPath.get('noisy')?.verdict).toBe('not-shown');
    expect(byPath.get('idle')).toMatchObject({ verdict: 'none', difference: 0, ci95: [0, 0], p: null });
    for (const { ci95, verdict } of found?.effects ?? []) {
      const holdsZero = (ci95?.[0] ?? 0) <= 0 && (ci95?.[1] ?? 0) >= 0;
      expect(holdsZero).toBe(verdict === 'not-shown' || verdict === 'none');
    }
  });

  test('takes the two values of a list that are furthest apart', () => {
    const inputs = [{ path: 'policy', values: ['a', 'b', 'c'] }];
    const [found] = tornado(inputs, [setting(1), setting(3), setting(9), setting(1)], [METRIC]);
    expect(found?.effects[0]).toMatchObject({ from: 'b', to: 'c', difference: -8, verdict: 'shown' });
    expect(found?.effects[0]?.levels.map(({ difference }) => difference)).toEqual([2, 8, 0]);
  });

  test('seldom shows an effect where there is none, though it looks for the widest pair of a list and at many inputs', () => {
    const random = RandomStream.named(3, 'x');
    const inputs = [{ path: 'list', values: ['a', 'b', 'c', 'd'] }, ...['x', 'y', 'z'].map(range)];
    const studies = 400;
    const alarms = { any: 0, list: 0, alone: 0 };
    for (let study = 0; study < studies; study++) {
      const runs = upTo(1 + 4 + 6).map(() => setting(0, 1, random));
      const effects = tornado(inputs, runs, [METRIC])[0]?.effects ?? [];
      if (effects.some(({ verdict }) => verdict === 'shown')) alarms.any += 1 / studies;
      if (effects.some(({ verdict }) => verdict === 'shown-alone')) alarms.alone += 1 / studies;
      const [lo, hi] = effects.find(({ path }) => path === 'list')?.ci95 ?? [0, 0];
      if (lo > 0 || hi < 0) alarms.list += 1 / studies;
    }
    // At most 0.05, and 3.3 standard errors of 400 studies.
    expect(alarms.any).toBeLessThan(0.086);
    expect(alarms.list).toBeLessThan(0.086);
    expect(alarms.list).toBeGreaterThan(0.01);
    expect(alarms.alone).toBeGreaterThan(0.05);
  });

  test('says where both ends lie on one side of the typical value', () => {
    const random = RandomStream.named(4, 'x');
    const of = (low: number, high: number) =>
      tornado(
        [range('x')],
        [setting(5, 0.1, random), setting(low, 0.1, random), setting(high, 0.1, random)],
        [METRIC],
      );
    expect(of(9, 9)[0]?.effects[0]?.bends).toBe(true);
    expect(of(1, 2)[0]?.effects[0]?.bends).toBe(true);
    expect(of(1, 9)[0]?.effects[0]?.bends).toBe(false);
    expect(of(5, 9)[0]?.effects[0]?.bends).toBe(false);
  });

  test('compares nothing that a run has not measured, and says why', () => {
    const none = SEEDS.map((seed) => reading(seed, { [METRIC]: null }));
    const [found] = tornado([range('x')], [setting(1), none, setting(2)], [METRIC]);
    expect(found?.effects[0]).toMatchObject({ verdict: 'not-comparable', difference: null });
    expect(found?.effects[0]?.reason).toMatch(/no seed has a value on both sides/);
    const once = [setting(1), setting(2), setting(3)].map((runs) => runs.slice(0, 1));
    expect(tornado([range('x')], once, [METRIC])[0]?.effects[0]).toMatchObject({
      verdict: 'not-comparable',
      difference: 1,
      ci95: null,
    });
    expect(() => tornado([range('x')], [setting(1)], [METRIC])).toThrow('need 3 runs, got 1');
  });
});
