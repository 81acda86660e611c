import { describe, expect, test } from 'vitest';
import { sharingMode } from '../../sim/sharing/index.ts';
import { cardBeyondCatalogue, cardOf, figures } from '../contract/examples.ts';
import { speedsOf } from '../contract/residents.ts';
import { namedOf, partOf, put, ruleOf, run, wholeOf } from './asks-for-tests.ts';

const mode = sharingMode('hook');
const V100 = cardOf('v100-sxm2-32gb');
const EXACT = { 'hook.efficiency': 1, 'hook.cap-accuracy': 1, 'hook.together': 1 };
const open = (stated: Record<string, number> = EXACT) =>
  mode.createCard({ mode: 'hook' }, V100, figures(stated));

describe('grants', () => {
  test('are 25 % with 10 GiB and 15 % with 8 GiB of one card, which no vGPU can be', () => {
    const card = open();
    expect(put(card, partOf(250, 10_240)).label).toBe('25 %');
    expect(put(card, partOf(150, 8192)).milli).toBe(150);
    expect(ruleOf(card, partOf(610, 0))).toBe('hook-compute');
    expect(ruleOf(card, partOf(600, 0))).toBe('fits');
    expect(ruleOf(card, partOf(0, V100.memoryMib - 10_240 - 8192))).toBe('fits');
    expect(ruleOf(card, partOf(0, V100.memoryMib - 10_240 - 8192 + 1))).toBe('hook-memory');
  });

  test('come in whole percent, rounded up', () => {
    const card = open();
    expect(put(card, partOf(143, 0)).milli).toBe(150);
    for (let i = 0; i < 5; i++) put(card, partOf(141, 0));
    expect(ruleOf(card, partOf(101, 0))).toBe('hook-compute');
    expect(ruleOf(card, partOf(100, 0))).toBe('fits');
  });

  test('hold what a job uses where it does not say, and refuse a job that uses more than it says', () => {
    const card = open();
    expect(put(card, partOf(100, 0, { memoryMib: 5000 })).memoryMib).toBe(5000);
    expect(ruleOf(card, partOf(100, 4000, { memoryMib: 5000 }))).toBe('memory-too-large');
    expect(ruleOf(card, partOf(100, 40_000))).toBe('memory-too-large');
  });

  test('of a whole card want it empty and leave nothing', () => {
    const card = open();
    const whole = put(card, wholeOf());
    expect([whole.milli, whole.memoryMib]).toEqual([1000, V100.memoryMib]);
    expect(ruleOf(card, partOf(0, 0))).toBe('held-whole');
    card.release(whole);
    put(card, partOf(0, 1024));
    expect(ruleOf(card, wholeOf())).toBe('card-taken');
  });

  test('have no names, draw nothing, and are for NVIDIA GPUs', () => {
    expect(ruleOf(open(), namedOf('1g.10gb'))).toBe('unknown-profile');
    expect(ruleOf(open(), partOf(0, 0, { workload: 'graphics' }))).toBe('api-missing');
    expect(mode.check({ mode: 'hook' }, cardOf('mi210'))).toHaveLength(1);
    expect(mode.check({ mode: 'hook' }, cardBeyondCatalogue('some GPU', 4096))).toEqual([]);
  });
});

describe('speed', () => {
  test('stays at the cap although the GPU is idle', () => {
    expect(run(open(), [partOf(250, 0)])).toEqual([0.25]);
    expect(run(open(), [partOf(250, 0, { busy: 0.5 })])).toEqual([0.5]);
    expect(run(open(), [partOf(250, 0, { busy: 0.2 })])).toEqual([1]);
  });

  test('without a percentage is free for all, up to what the caps of the others leave', () => {
    const [capped, free, other] = run(open(), [
      partOf(200, 1000),
      partOf(0, 1000),
      partOf(0, 1000, { processes: 3 }),
    ]);
    expect(capped).toBeCloseTo(0.2, 12);
    expect(free).toBeCloseTo(0.2, 12);
    expect(other).toBeCloseTo(0.6, 12);
  });

  test('is that of 60 % where two caps of 30 % are busy, whoever else sleeps', () => {
    const card = open();
    const use = partOf(300, 0).use;
    const settled = [true, false, true].map((isActive) => ({
      slot: put(card, partOf(300, 0)),
      use,
      isActive,
    }));
    expect(speedsOf(card, settled)).toEqual([0.3, 0, 0.3]);
  });

  test('loses what the library, its accuracy and the turns of the driver cost', () => {
    const stated = { 'hook.efficiency': 0.98, 'hook.cap-accuracy': 0.9, 'hook.together': 0.8 };
    expect(run(open(stated), [wholeOf()])[0]).toBeCloseTo(0.98, 12);
    expect(run(open(stated), [partOf(500, 0)])[0]).toBeCloseTo(0.98 * 0.45, 12);
    const both = run(open(stated), [partOf(500, 0), partOf(500, 0)]);
    expect(both[0]).toBeCloseTo(0.98 * 0.4, 12);
    expect(both[1]).toBeCloseTo(0.98 * 0.4, 12);
  });

  test('has the published loss: 0 to 2 %, and caps that hold to 88 % at worst', () => {
    const find = (id: string) => mode.parameters.find((each) => each.id === id)!;
    const { low, typical, high, evidence } = find('hook.efficiency');
    expect([low, typical, high, evidence]).toEqual([0.979, 0.99, 1, 'derived']);
    expect([find('hook.cap-accuracy').low, find('hook.cap-accuracy').high]).toEqual([0.88, 1]);
  });
});
