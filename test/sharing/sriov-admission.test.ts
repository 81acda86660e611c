import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SRIOV_GPUS, type SriovGpu } from '../../sim/hardware/index.ts';
import { type CardSpec, type ConfigOf, isAssumed, isRefusal, type Slot } from '../../sim/sharing/index.ts';
import { vfCounts } from '../../sim/sharing/modes/sriov/layout.ts';
import { sriov } from '../../sim/sharing/modes/sriov.ts';
import { ask, cardOf, named, part, values } from './vgpu-cards.ts';

function config(vfs: number, change: Partial<ConfigOf<'sriov'>> = {}): ConfigOf<'sriov'> {
  return { mode: 'sriov', vfs, scheduler: null, partition: null, ...change };
}

function cardOfRecord(gpu: SriovGpu): CardSpec {
  return gpu.catalogId === null
    ? { model: gpu.id, catalogue: null, memoryMib: gpu.memoryGib * 1024, linkBytesPerSec: 1e15 }
    : cardOf(gpu.catalogId);
}

const gpu = (id: string) => cardOfRecord(SRIOV_GPUS.find((each) => each.id === id)!);
const NON_NVIDIA = SRIOV_GPUS.filter((each) => each.vendor !== 'NVIDIA');

/** Counts that a card accepts, by asking for each. */
const accepted = (card: CardSpec, change: Partial<ConfigOf<'sriov'>> = {}) =>
  Array.from({ length: 70 }, (_, vfs) => vfs).filter(
    (vfs) => sriov.check(config(vfs, change), card).length === 0,
  );

const upTo = (most: number) => Array.from({ length: most }, (_, i) => i + 1);

describe('numbers of virtual functions', () => {
  // Typed in from the facts, not read from the tables that the mode reads.
  test.each([
    ['s7150', upTo(16)],
    ['s7150x2', upTo(16)],
    ['v340', upTo(16)],
    ['mi25', [1, 2, 4, 8]],
    ['v520', [1]],
    ['v620', [1, 2, 4]],
    ['v710', [1, 2, 3, 6]],
    ['mi210', [1]],
    ['mi300x', [1, 2, 4, 8]],
    ['flex170', upTo(31)],
    ['flex140', upTo(31)],
    ['max1100', [1, 2, 3, 4, 8, 16, 32, 63]],
    ['max1550', [1, 2, 4, 6, 8, 16, 32, 62]],
    ['bmg-e211', upTo(24)],
    ['bmg-e212', [1]],
  ])('%s has these', (id, counts) => {
    expect(accepted(gpu(id))).toEqual(counts);
  });

  test('of a GPU with two tiles are even above 1, also where a limit stands in place of a list', () => {
    const vfCount = { max: 9, any: true, evenOnlyAbove1: true };
    expect(vfCounts({ ...SRIOV_GPUS[0]!, vfCount }, undefined)).toEqual([1, 2, 4, 6, 8]);
  });

  test('partitions of the MI300X go with these numbers', () => {
    const byMode = ['SPX', 'DPX', 'QPX', 'CPX', 'cpx'].map((partition) =>
      accepted(gpu('mi300x'), { partition }),
    );
    expect(byMode).toEqual([[1], [2], [4], [1, 2, 4, 8], [1, 2, 4, 8]]);
  });

  test('every problem is told at once, with what is accepted', () => {
    expect(sriov.check(config(5, { partition: 'XPX', scheduler: 'fifo' }), gpu('mi300x'))).toEqual([
      { key: 'partition', message: 'must be one of SPX, DPX, QPX, CPX, got XPX' },
      { key: 'vfs', message: 'must be 1, 2, 4 or 8 on Instinct MI300X, got 5' },
      {
        key: 'scheduler',
        message: 'must be one of SOLID, LIQUID, FAIRNESS, ROUND_ROBIN, HYBRID_LIQUID, got fifo',
      },
    ]);
    expect(sriov.check(config(17, { partition: 'SPX' }), gpu('s7150')).map((each) => each.key)).toEqual([
      'partition',
      'vfs',
    ]);
    expect(sriov.check(config(2), gpu('v520'))[0]?.message).toMatch(/not published/);
  });

  test('NVIDIA cards point to vGPU, and GPUs without functions say so', () => {
    for (const name of ['a10', 'a40', 'h100-pcie-80gb', 't4', 'a10-azure']) {
      const card = name === 'a10-azure' ? { ...gpu('a10-azure') } : cardOf(name);
      expect(sriov.check(config(2), card), name).toMatchObject([
        { key: 'mode', message: expect.stringMatching(/vgpu/) },
      ]);
    }
    expect(sriov.check(config(2), cardOf('mi250x-gcd'))).toMatchObject([{ key: 'mode' }]);
    const unknown = { model: 'Voodoo 2', catalogue: null, memoryMib: 8, linkBytesPerSec: 1 };
    expect(sriov.check(config(1), unknown)).toMatchObject([{ key: 'mode' }]);
  });
});

describe('memory of a function', () => {
  // Published sizes: Azure NVv4, NGads V620 and NVads V710, and the partition table of the MI300X driver.
  test.each([
    ['mi25', { 1: 16, 2: 8, 4: 4, 8: 2 }],
    ['v620', { 1: 32, 2: 16, 4: 8 }],
    ['v710', { 1: 24, 2: 12, 3: 8, 6: 4 }],
    ['mi300x', { 1: 192, 2: 96, 4: 48, 8: 24 }],
  ])('of %s is what is sold or documented', (id, gibByCount) => {
    for (const [vfs, gib] of Object.entries(gibByCount)) {
      const slot = sriov
        .createCard(config(Number(vfs)), gpu(id), values())
        .admit(ask({ kind: 'profile', profile: 'VF' }));
      expect(isRefusal(slot) ? slot.refused : slot.memoryMib).toBe(gib * 1024);
    }
  });

  test('never adds up to more than the card has, on any GPU with any number', () => {
    let checked = 0;
    for (const record of NON_NVIDIA) {
      const card = cardOfRecord(record);
      for (const vfs of accepted(card)) {
        const slots = fill(sriov.createCard(config(vfs), card, values()));
        expect(slots.length, `${record.id} ${vfs}`).toBe(vfs);
        const memory = slots.reduce((sum, slot) => sum + slot.memoryMib, 0);
        expect(memory, `${record.id} ${vfs}`).toBeLessThanOrEqual(card.memoryMib);
        expect(slots.reduce((sum, slot) => sum + slot.milli, 0)).toBeLessThanOrEqual(1000);
        if (record.id.startsWith('s7150')) expect(slots[0]!.memoryMib).toBeGreaterThanOrEqual(256);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(150);
  });
});

function fill(card: ReturnType<typeof sriov.createCard>): Slot[] {
  const slots: Slot[] = [];
  for (;;) {
    const slot = card.admit(named('VF'));
    if (isRefusal(slot)) {
      expect(slot.refused).toBe('vf-none-free');
      return slots;
    }
    card.place(slot);
    slots.push(slot);
  }
}

describe('requests', () => {
  const refusal = (request: ReturnType<typeof ask>, vfs = 4, taken = 0) => {
    const card = sriov.createCard(config(vfs), gpu('mi25'), values());
    for (let i = 0; i < taken; i++) card.place(card.admit(named('VF')) as Slot);
    const answer = card.admit(request);
    return isRefusal(answer) ? answer.refused : answer.label;
  };

  test('are refused by the rule that stands against them', () => {
    expect(refusal(part(4096))).toBe('VF 0');
    expect(refusal(part(4097))).toBe('vf-memory');
    expect(refusal(part(0, { memoryMib: 4097 }))).toBe('vf-memory');
    expect(refusal(part(0, {}, 250))).toBe('VF 0');
    expect(refusal(part(0, {}, 251))).toBe('no-profile-large-enough');
    expect(refusal(named('vf'))).toBe('VF 0');
    expect(refusal(named('MI25-2B'))).toBe('unknown-profile');
    expect(refusal(named('VF', {}, 2))).toBe('one-per-job');
    expect(refusal(part(0), 4, 4)).toBe('vf-none-free');
  });

  test('a whole card needs a card that is not split, and the split stays while a function is in use', () => {
    const whole = ask({ kind: 'whole' });
    expect(refusal(whole, 1)).toBe('VF 0');
    expect(refusal(whole, 1, 1)).toBe('vf-none-free');
    expect(refusal(whole, 4)).toBe('no-profile-large-enough');
    expect(refusal(whole, 4, 1)).toBe('vf-fixed-while-used');
  });

  test('functions are taken from the lowest number, given back in any order, and never taken twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ leave: fc.boolean(), which: fc.nat(100) }), { maxLength: 80 }),
        (steps) => {
          const card = sriov.createCard(config(8), gpu('mi25'), values());
          const taken = new Map<number, Slot>();
          for (const { leave, which } of steps) {
            if (leave && taken.size > 0) {
              const number = [...taken.keys()][which % taken.size]!;
              card.release(taken.get(number)!);
              expect(() => card.release(taken.get(number)!)).toThrow(RangeError);
              taken.delete(number);
              continue;
            }
            const slot = card.admit(part(2048));
            const lowest = upTo(8).findIndex((_, number) => !taken.has(number));
            if (isRefusal(slot)) {
              expect(lowest).toBe(-1);
              continue;
            }
            expect(slot.start).toBe(lowest);
            card.place(slot);
            expect(() => card.place({ ...slot })).toThrow(RangeError);
            taken.set(slot.start, slot);
          }
          expect(card.slots.length).toBe(taken.size);
        },
      ),
    );
  });

  test('thirds leave a thousandth over that nobody can have', () => {
    expect(sriov.createCard(config(3), gpu('v710'), values()).strandedMilli()).toBe(1);
    expect(sriov.createCard(config(4), gpu('v620'), values()).strandedMilli()).toBe(0);
  });
});

test('figures that nobody has published are marked as assumed, and no licence is needed', () => {
  expect(sriov.parameters.every(isAssumed)).toBe(true);
  const card = gpu('flex170');
  const slot = sriov.createCard(config(4), card, values()).admit(named('VF')) as Slot;
  expect(sriov.licence(config(4), card, slot).edition).toBe('none');
});

test('the large-BAR path exists where one function has more than 64 GiB', () => {
  const paths = (id: string, vfs: number) =>
    sriov
      .operations(config(vfs), gpu(id))
      .filter((each) => each.operation === 'start')
      .map((each) => each.path);
  expect(paths('mi300x', 2)).toEqual(['host', 'host-large-bar']);
  expect(paths('mi300x', 4)).toEqual(['host']);
});
