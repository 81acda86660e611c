import { describe, expect, test } from 'vitest';
import { mixedSizePlacements } from '../../sim/hardware/vgpu/index.ts';
import { cardSpecOf } from '../../sim/scenario/resolve/card-spec.ts';
import {
  type CardCut,
  type Cut,
  type GpuAsk,
  isRefusal,
  openCard,
  ParameterValues,
  SHARING_PARAMETERS,
  type SharingConfig,
  type Slot,
  type SlotRequest,
  sharingMode,
} from '../../sim/sharing/index.ts';

function cardOf(model: string, config: SharingConfig) {
  const spec = cardSpecOf(
    { uplinkBytesPerSec: null },
    { model, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null },
  );
  const values = new ParameterValues(SHARING_PARAMETERS);
  return openCard({ mode: sharingMode(config.mode), config, spec, values });
}

function ask(slot: SlotRequest): GpuAsk {
  const memoryMib = slot.kind === 'part' ? slot.memoryMib : 0;
  return {
    slot,
    count: 1,
    use: {
      workload: 'generic',
      busy: 1,
      compute: 1,
      bandwidth: 0,
      memoryMib,
      linkBytesPerSec: 0,
      processes: 1,
      syncCallsPerSec: 0,
      speedByProfile: null,
    },
  };
}
const named = (profile: string) => ask({ kind: 'profile', profile });
const vgpu = (sizes: 'equal' | 'mixed') =>
  ({ mode: 'vgpu', sizes, scheduler: 'best-effort', sliceMs: null, series: 'Q' }) as const;
const kindNamed = (cut: CardCut, name: string) => cut.kinds.findIndex((kind) => kind.name === name);

describe('The size of a card in equal-size mode as a choice', () => {
  test('newcomers have the kept size alone, tenants stay, and a card left to itself takes any size', () => {
    const card = cardOf('L4', vgpu('equal'));
    const cut = card.cut as CardCut;
    const small = card.admit(named('L4-4Q')) as Slot;
    card.place(small);
    expect(cut.now().text).toBe('6 x 4 GiB');
    const [large] = cut.cuts([], [kindNamed(cut, '24 GiB')]);
    cut.set(large ?? null, false);
    expect(card.admit(named('L4-4Q'))).toMatchObject({ refused: 'cut-anew' });
    expect(card.admit(named('L4-24Q'))).toMatchObject({ refused: 'vgpu-size-lock' });
    expect(cut.has(large!, small)).toBe(false);
    // One that was taken off for a moment can be put back.
    card.release(small);
    card.place(small);
    card.release(small);
    expect(card.admit(named('L4-4Q'))).toMatchObject({ refused: 'cut-anew' });
    expect(isRefusal(card.admit(named('L4-24Q')))).toBe(false);
    cut.set(null, false);
    expect(isRefusal(card.admit(named('L4-4Q')))).toBe(false);
  });

  test('with a tenant that stays its size does', () => {
    const card = cardOf('L4', vgpu('equal'));
    const cut = card.cut as CardCut;
    const slot = card.admit(named('L4-8Q')) as Slot;
    card.place(slot);
    expect(cut.cuts([slot], [0, 1, 2]).map(({ text }) => text)).toEqual(['3 x 8 GiB']);
  });
});

describe('The places of a card in mixed-size mode as a choice', () => {
  test.each(['L4', 'A40', 'A100-SXM4-80GB'])(
    'every cut of a %s is of published placements side by side, and takes its vGPUs',
    (model) => {
      const card = cardOf(model, { ...vgpu('mixed'), series: null });
      const cut = card.cut as CardCut;
      const memoryGib = Math.round(card.spec.memoryMib / 1024);
      const sizes = cut.kinds.map(({ name }) => Number.parseInt(name, 10));
      const wanted = cut.kinds.map((_, kind) => kind).filter((kind) => sizes[kind]! >= 4);
      const cuts = cut.cuts([], wanted);
      expect(cuts.length).toBeGreaterThan(3);
      for (const { places } of cuts.slice(0, 200)) {
        let end = 0;
        for (const { kind, start } of places) {
          const size = sizes[kind]!;
          expect(mixedSizePlacements(memoryGib, size)).toContain(start);
          expect(start).toBeGreaterThanOrEqual(end);
          end = start + size;
        }
        expect(end).toBeLessThanOrEqual(memoryGib);
      }
    },
  );

  test('leaves tenants where they are as far as the mix allows, and keeps those that stay', () => {
    const card = cardOf('L4', vgpu('mixed'));
    const cut = card.cut as CardCut;
    const slots = ['L4-4Q', 'L4-4Q', 'L4-8Q'].map((name) => {
      const slot = card.admit(named(name)) as Slot;
      card.place(slot);
      return slot;
    });
    const wanted = [kindNamed(cut, '4 GiB'), kindNamed(cut, '8 GiB')];
    // The same number of each beside others: nobody has to leave for it.
    const [beside] = cut.cuts(slots, wanted);
    const same = cut
      .cuts([], wanted)
      .find(({ counts }) => counts.every((count, kind) => count === beside?.counts[kind]));
    expect(slots.filter((slot) => cut.has(same as Cut, slot))).toHaveLength(3);
    for (const each of cut.cuts(slots, wanted))
      for (const slot of slots) expect(cut.has(each, slot)).toBe(true);
  });
});

describe('The number of virtual functions as a choice', () => {
  const config = { mode: 'sriov', vfs: 4, scheduler: null, partition: null } as const;
  const part = (gib: number) => ask({ kind: 'part', computeMilli: 0, memoryMib: gib * 1024 });

  test('is one of those of the model, has its own memory and its own options, and stays while a guest runs', () => {
    const card = cardOf('Radeon Pro V620', config);
    const cut = card.cut as CardCut;
    const one = cut.cuts([], [kindNamed(cut, '1 of 1 VFs')])[0]!;
    const guest = card.admit(part(6)) as Slot;
    card.place(guest);
    expect(() => cut.set(one, false)).toThrow(RangeError);
    expect(cut.cuts([guest], [0, 1, 2]).map(({ text }) => text)).toEqual(['4 VFs']);
    card.release(guest);
    expect(card.admitEmpty(part(20))).toMatchObject({ refused: 'vf-memory' });
    cut.letBecomeAny();
    expect(isRefusal(card.admitEmpty(part(20)))).toBe(false);
    expect(cut.wayTo(one)).toBe('vf-count');
    cut.set(one, true);
    expect(card.admit(part(20))).toMatchObject({ refused: 'cut-anew' });
    cut.set(one, false);
    expect(isRefusal(card.admit(part(20)))).toBe(false);
    expect(cut.config).toEqual({ ...config, vfs: 1 });
  });

  test('takes a reload of the driver where the compute partition changes with it', () => {
    const cut = cardOf('MI300X', { ...config, vfs: 1 }).cut as CardCut;
    const ways = cut.kinds.map((_, kind) => cut.wayTo(cut.cuts([], [kind])[0]!));
    expect(ways.at(-1)).toBeUndefined();
    expect(ways.slice(0, -1).every((way) => way === 'partition' || way === 'vf-count')).toBe(true);
    expect(ways).toContain('partition');
  });
});
