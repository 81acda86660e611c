import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MIXED_SIZE_TABLE, type VgpuType, vgpuGpus, vgpuTypesOf } from '../../sim/hardware/vgpu/index.ts';
import { type Card, isRefusal, type RefusalRule, type Slot } from '../../sim/sharing/index.ts';
import { vgpu } from '../../sim/sharing/modes/vgpu.ts';
import { ask, cardOf, cardOfEntry, entry, named, part, values, vgpuConfig } from './vgpu-cards.ts';

const VALUES = values();
const EQUAL = vgpuConfig();
const MIXED = vgpuConfig({ sizes: 'mixed' });

function sliced(gpuId: string): readonly VgpuType[] {
  return vgpuTypesOf(gpuId).filter((type) => type.backing === 'time-sliced');
}

function open(gpuId: string, config = EQUAL): Card {
  return vgpu.createCard(config, cardOfEntry(entry(gpuId)), VALUES);
}

function admitted(card: Card, profile: string): Slot {
  const answer = card.admit(named(profile));
  if (isRefusal(answer)) throw new Error(`${profile}: ${answer.refused}, ${answer.detail}`);
  return answer;
}

function refusedBy(card: Card, request: Parameters<Card['admit']>[0]): RefusalRule | undefined {
  const answer = card.admit(request);
  return isRefusal(answer) ? answer.refused : undefined;
}

/** Places the type as often as it goes. */
function fill(card: Card, profile: string): Slot[] {
  const slots: Slot[] = [];
  for (;;) {
    const answer = card.admit(named(profile));
    if (isRefusal(answer)) return slots;
    card.place(answer);
    slots.push(answer);
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe('equal sizes', () => {
  test('every time-sliced type of the table fills a GPU to its published count and no further', () => {
    let checked = 0;
    for (const gpu of vgpuGpus()) {
      const spec = cardOfEntry(gpu);
      for (const type of sliced(gpu.id)) {
        const card = vgpu.createCard(EQUAL, spec, VALUES);
        const slots = fill(card, type.type);
        expect(slots.length, type.type).toBe(type.maxPerGpu);
        expect(refusedBy(card, named(type.type)), type.type).toBe('vgpu-max-count');
        const milli = sum(slots.map((slot) => slot.milli));
        expect(milli + card.strandedMilli(), type.type).toBe(1000);
        expect(sum(slots.map((slot) => slot.memoryMib)), type.type).toBeLessThanOrEqual(spec.memoryMib);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(850);
  });

  test('no MIG-backed type goes on a time-sliced card, whichever its GPU', () => {
    let checked = 0;
    for (const gpu of vgpuGpus()) {
      const spec = cardOfEntry(gpu);
      if (sliced(gpu.id).length === 0) {
        expect(vgpu.check(EQUAL, spec)[0]?.message).toMatch(/MIG-backed/);
        continue;
      }
      const card = vgpu.createCard(EQUAL, spec, VALUES);
      for (const type of vgpuTypesOf(gpu.id)) {
        if (type.backing === 'time-sliced') continue;
        expect(refusedBy(card, named(type.type)), type.type).toBe('vgpu-backing');
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(200);
  });

  const gpus = ['a16', 'a40', 'a100-80-pcie', 'l4', 't4', 'p40', 'm60', 'h100-94-nvl', 'rtx8000-passive'];
  test.each(gpus)(
    'on %s what fits after any history is what the rules say of the list of residents',
    (gpuId) => {
      const types = sliced(gpuId);
      const step = fc.record({ type: fc.nat(types.length - 1), leave: fc.boolean(), which: fc.nat(1000) });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const card = open(gpuId);
          const there: { readonly type: VgpuType; readonly slot: Slot }[] = [];
          for (const { type: number, leave, which } of steps) {
            if (leave && there.length > 0) {
              card.release(there.splice(which % there.length, 1)[0]!.slot);
              continue;
            }
            const type = types[number]!;
            const isLocked = there.some((other) => other.type.fbMib !== type.fbMib);
            const counts = [type, ...there.map((other) => other.type)].map((each) => each.maxPerGpu);
            const isFull = there.length >= Math.min(...counts);
            const rule = isLocked ? 'vgpu-size-lock' : isFull ? 'vgpu-max-count' : undefined;
            expect(refusedBy(card, named(type.type))).toBe(rule);
            if (rule !== undefined) continue;
            const slot = admitted(card, type.type);
            card.place(slot);
            there.push({ type, slot });
            const taken = sum(there.map((each) => each.slot.milli));
            expect(taken + card.strandedMilli()).toBeLessThanOrEqual(1000);
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  test('series of one size share a card, and the size is free again once the last has left', () => {
    const card = open('a40');
    const office = admitted(card, 'A40-2B');
    card.place(office);
    const cad = admitted(card, 'A40-2Q');
    card.place(cad);
    expect(refusedBy(card, named('A40-4Q'))).toBe('vgpu-size-lock');
    card.release(office);
    expect(refusedBy(card, named('A40-4Q'))).toBe('vgpu-size-lock');
    card.release(cad);
    expect(admitted(card, 'A40-4Q').profile).toBe('A40-4Q');
  });

  test('a 47 GiB vGPU on 94 GiB locks the rest: half of the card is stranded for others, none of it for its like', () => {
    const card = open('h100-94-nvl');
    card.place(admitted(card, 'H100L-47C'));
    expect(card.strandedMilli()).toBe(0);
    expect(refusedBy(card, named('H100L-23C'))).toBe('vgpu-size-lock');
    card.place(admitted(card, 'H100L-47C'));
    expect(refusedBy(card, named('H100L-47C'))).toBe('vgpu-max-count');
  });
});

/** Placement ids by the words of rule R-mixed-3, in exact fractions; published lists where there are some. */
function placementIds(memoryGib: number, sizeGib: number): readonly number[] {
  const published = MIXED_SIZE_TABLE.find((row) => row[0] === memoryGib && row[1] === sizeGib);
  if (published !== undefined) return published[4];
  let n = 1;
  while (2 * n * sizeGib <= memoryGib) n *= 2;
  return Array.from({ length: n }, (_, i) =>
    i % 2 === 0
      ? (i * memoryGib - ((i * memoryGib) % n)) / n
      : Math.floor(((i + 1) * memoryGib) / n) - sizeGib,
  );
}

/** A card as a list of intervals. */
interface Stretch {
  readonly start: number;
  readonly size: number;
}

function freeIds(memoryGib: number, sizeGib: number, taken: readonly Stretch[]): number[] {
  return placementIds(memoryGib, sizeGib).filter((id) =>
    taken.every(({ start, size }) => id >= start + size || start >= id + sizeGib),
  );
}

describe('mixed sizes', () => {
  test('every row of the published placement tables is what a card fills up to', () => {
    const done = new Set<string>();
    for (const gpu of vgpuGpus()) {
      for (const type of sliced(gpu.id)) {
        const row = MIXED_SIZE_TABLE.find(
          ([memory, size]) => memory === gpu.memoryGib && size * 1024 === type.fbMib,
        );
        if (row === undefined || type.maxPerGpuMixedSize === null) continue;
        const slots = fill(open(gpu.id, MIXED), type.type);
        expect(
          slots.map((slot) => slot.start).sort((a, b) => a - b),
          type.type,
        ).toEqual(row[4]);
        expect(slots.length, type.type).toBe(row[3]);
        done.add(`${row[0]} ${row[1]}`);
      }
    }
    expect(done.size).toBe(MIXED_SIZE_TABLE.length);
  });

  test('a type that does not divide by powers of two loses places: 16 GiB of 80 five to four, 8 GiB of 24 three to two', () => {
    expect(fill(open('a100-80-pcie', EQUAL), 'A100D-16C').length).toBe(5);
    expect(fill(open('a100-80-pcie', MIXED), 'A100D-16C').length).toBe(4);
    expect(fill(open('l4', EQUAL), 'L4-8Q').length).toBe(3);
    expect(fill(open('l4', MIXED), 'L4-8Q').length).toBe(2);
  });

  const gpus = [
    'a16',
    'a40',
    'a100-80-pcie',
    'h100-94-nvl',
    'l4',
    't4',
    'a10m',
    'h200-nvl',
    'rtx-pro-6000-bse',
  ];
  test.each(gpus)(
    'on %s after any history exactly the types with a free placement id fit, and intervals never overlap',
    (gpuId) => {
      const { memoryGib } = entry(gpuId);
      const types = sliced(gpuId);
      const sizes = [...new Set(types.map((type) => type.fbMib / 1024))].sort((a, b) => b - a);
      const step = fc.record({ type: fc.nat(types.length - 1), leave: fc.nat(2), which: fc.nat(1000) });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          const card = open(gpuId, MIXED);
          const taken: Slot[] = [];
          for (const { type: number, leave, which } of steps) {
            if (leave === 0 && taken.length > 0) {
              card.release(taken.splice(which % taken.length, 1)[0]!);
              continue;
            }
            const type = types[number]!;
            const size = type.fbMib / 1024;
            const ids = freeIds(memoryGib, size, taken);
            const isFull = taken.filter((slot) => slot.size === size).length >= type.maxPerGpuMixedSize!;
            const rule = isFull ? 'vgpu-max-count' : ids.length === 0 ? 'vgpu-placement' : undefined;
            expect(refusedBy(card, named(type.type))).toBe(rule);
            if (rule !== undefined) continue;
            const slot = admitted(card, type.type);
            // The rule of choice, by trying every id: most free places left for the largest size, then the next.
            const left = (id: number) => {
              const after = [...taken, { start: id, size }];
              return sizes.map((each) => freeIds(memoryGib, each, after).length);
            };
            const best = ids.reduce((a, b) => (isMore(left(b), left(a)) ? b : a));
            expect(slot.start).toBe(best);
            card.place(slot);
            taken.push(slot);
            expect(card.strandedMilli()).toBe(strandedByCells(memoryGib, sizes, taken));
            expect(sum(taken.map((each) => each.milli)) + card.strandedMilli()).toBeLessThanOrEqual(1000);
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  test('the choice of ids keeps larger types placeable than the lowest free id, near to what hindsight could keep', () => {
    // Every order in which three vGPUs of one series come to a GPU; all choices of ids are tried for hindsight.
    const total = { chosen: 0, lowest: 0, hindsight: 0 };
    for (const gpuId of ['l4', 't4', 'a100-80-pcie']) {
      const { memoryGib } = entry(gpuId);
      const types = sliced(gpuId).filter((type) => type.series === (gpuId === 'a100-80-pcie' ? 'C' : 'Q'));
      const sizes = types.map((type) => type.fbMib / 1024);
      for (const first of types) {
        for (const second of types) {
          for (const third of types) {
            const card = open(gpuId, MIXED);
            const lowest: Stretch[] = [];
            for (const type of [first, second, third]) {
              const answer = card.admit(named(type.type));
              const size = type.fbMib / 1024;
              const start = freeIds(memoryGib, size, lowest)[0];
              if (!isRefusal(answer)) card.place(answer);
              if (start !== undefined) lowest.push({ start, size });
            }
            if (card.slots.length < 3 || lowest.length < 3) continue;
            const wanted = card.slots.map((slot) => slot.size);
            total.chosen += largestLeft(memoryGib, sizes, card.slots);
            total.lowest += largestLeft(memoryGib, sizes, lowest);
            total.hindsight += bestLargestLeft(memoryGib, sizes, wanted, []);
          }
        }
      }
    }
    expect(total.chosen).toBeGreaterThan(total.lowest);
    expect(total.chosen / total.hindsight).toBeGreaterThan(0.98);
  });

  test('stretches between two neighbours that no placement covers are stranded', () => {
    const card = open('l4', MIXED);
    const slots = fill(card, 'L4-8Q');
    expect(slots.map((slot) => slot.start)).toEqual([0, 16]);
    expect(card.strandedMilli()).toBe(0);
    expect(fill(card, 'L4-4Q').map((slot) => slot.start)).toEqual([8, 12]);
    card.release(slots[0]!);
    for (const slot of fill(card, 'L4-6Q')) expect(slot.start).toBe(0);
    // 6 to 8 GiB are left: 2 GiB types start at 6 and 10, 1 GiB types at 6.
    expect(card.strandedMilli()).toBe(0);
  });

  test('GPUs without placements, fixed shares and vGPUs without a place are refused beforehand', () => {
    const keys = (gpuId: string, config: typeof EQUAL) =>
      vgpu.check(config, cardOfEntry(entry(gpuId))).map((problem) => problem.key);
    expect(keys('p40', MIXED)).toEqual(['sizes']);
    expect(keys('m60', vgpuConfig({ sizes: 'mixed', scheduler: 'fixed-share' }))).toEqual([
      'scheduler',
      'sizes',
      'scheduler',
    ]);
    expect(keys('gb200', MIXED)).toEqual(['sizes']);
    expect(keys('a40', MIXED)).toEqual([]);
  });
});

function isMore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && a[at]! > b[at]!;
}

function strandedByCells(memoryGib: number, sizes: readonly number[], taken: readonly Stretch[]): number {
  let stranded = 0;
  for (let cell = 0; cell < memoryGib; cell++) {
    const isTaken = taken.some(({ start, size }) => start <= cell && cell < start + size);
    const isUsable = sizes.some((size) =>
      freeIds(memoryGib, size, taken).some((id) => id <= cell && cell < id + size),
    );
    if (!isTaken && !isUsable) stranded += 1;
  }
  return Math.floor((1000 * stranded) / memoryGib);
}

function largestLeft(memoryGib: number, sizes: readonly number[], taken: readonly Stretch[]): number {
  return Math.max(0, ...sizes.filter((size) => freeIds(memoryGib, size, taken).length > 0));
}

/** The same over every choice of ids for the sizes, in their order. */
function bestLargestLeft(
  memoryGib: number,
  sizes: readonly number[],
  wanted: readonly number[],
  taken: readonly Stretch[],
): number {
  const [size, ...rest] = wanted;
  if (size === undefined) return largestLeft(memoryGib, sizes, taken);
  const ids = freeIds(memoryGib, size, taken);
  return Math.max(
    0,
    ...ids.map((start) => bestLargestLeft(memoryGib, sizes, rest, [...taken, { start, size }])),
  );
}

describe('requests', () => {
  test('a type is found by its name in any spelling, with the maker in front or without', () => {
    const card = open('a16');
    for (const name of ['A16-2B', 'a16-2b', 'NVIDIA A16-2B', 'nvidia_a16-2b', 'GRID A16-2B', 'grid-A16-2b']) {
      expect(admitted(card, name).profile).toBe('A16-2B');
    }
    expect(refusedBy(card, named('A16-3B'))).toBe('unknown-profile');
    expect(refusedBy(card, named('A40-2B'))).toBe('unknown-profile');
    expect(refusedBy(open('a100-80-pcie'), named('A100D-10Q'))).toBe('vgpu-edition');
  });

  test('a board sold with two coolers answers to the names of both, and to the one that the scenario names', () => {
    const either = vgpu.createCard(EQUAL, cardOf('quadro-rtx-8000'), VALUES);
    expect(admitted(either, 'RTX8000-4Q').profile).toBe('RTX8000P-4Q');
    expect(admitted(either, 'RTX8000P-4C').profile).toBe('RTX8000P-4C');
    const active = vgpu.createCard(EQUAL, { ...cardOf('quadro-rtx-8000'), model: 'rtx8000' }, VALUES);
    expect(admitted(active, 'RTX8000P-4Q').profile).toBe('RTX8000-4Q');
    expect(refusedBy(active, named('RTX8000P-4C'))).toBe('unknown-profile');
  });

  test('a request by size gets the smallest type in the series of its purpose', () => {
    const got = (gpuId: string, request: ReturnType<typeof part>, config = EQUAL) => {
      const answer = open(gpuId, config).admit(request);
      return isRefusal(answer) ? answer.refused : answer.profile;
    };
    expect(got('a16', part(2048, { workload: 'desktop' }))).toBe('A16-2B');
    expect(got('a16', part(2049, { workload: 'desktop' }))).toBe('A16-4Q');
    expect(got('a16', part(1, { workload: 'graphics' }))).toBe('A16-1Q');
    expect(got('a16', part(4096, { workload: 'training' }))).toBe('A16-4C');
    expect(got('t4', part(2048, { workload: 'desktop' }))).toBe('T4-2B');
    expect(got('a16', part(2048, { workload: 'desktop' }), vgpuConfig({ series: 'Q' }))).toBe('A16-2Q');
    expect(got('a16', part(0, { workload: 'training' }, 500))).toBe('A16-8C');
    expect(got('a16', part(0, { workload: 'training' }, 501))).toBe('A16-16C');
    expect(got('a16', part(17 * 1024, { workload: 'training' }))).toBe('no-profile-large-enough');
    expect(got('a100-80-pcie', part(4096, { workload: 'graphics' }))).toBe('vgpu-edition');
  });

  test('a locked card offers its own size to those who want less, and nothing to those who want more', () => {
    const card = open('a16');
    card.place(admitted(card, 'A16-4Q'));
    const answer = card.admit(part(2048, { workload: 'desktop' }));
    expect(isRefusal(answer) ? answer.refused : answer.profile).toBe('A16-4Q');
    expect(refusedBy(card, part(8192, { workload: 'desktop' }))).toBe('vgpu-size-lock');
  });

  test('a whole card is the full-size type of the purpose, and needs a card without tenants', () => {
    const whole = (workload: 'training' | 'graphics' | 'desktop') => ask({ kind: 'whole' }, { workload });
    const card = open('a40');
    const answers = (['training', 'graphics', 'desktop'] as const).map((each) => card.admit(whole(each)));
    expect(answers.map((each) => (isRefusal(each) ? each.refused : each.profile))).toEqual([
      'A40-48C',
      'A40-48Q',
      'A40-48Q',
    ]);
    card.place(admitted(card, 'A40-48Q'));
    expect(refusedBy(card, whole('training'))).toBe('card-taken');
    expect(isRefusal(card.admitEmpty(whole('training')))).toBe(false);
  });

  test('a use beyond what the guest sees is refused, unless it is the size that was asked for', () => {
    const card = open('a16');
    const guest = sliced('a16').find((type) => type.type === 'A16-2Q')!.guestFbMib!;
    expect(refusedBy(card, named('A16-2Q', { memoryMib: guest }))).toBeUndefined();
    expect(refusedBy(card, named('A16-2Q', { memoryMib: guest + 1 }))).toBe('memory-too-large');
    expect(
      refusedBy(card, named('A16-2Q', { memoryMib: admitted(card, 'A16-2Q').memoryMib })),
    ).toBeUndefined();
    expect(refusedBy(card, named('A16-2Q', { memoryMib: 2049 }))).toBe('memory-too-large');
    expect(refusedBy(card, part(2048, { memoryMib: 2048, workload: 'graphics' }))).toBeUndefined();
    const larger = card.admit(part(1024, { memoryMib: guest + 1, workload: 'graphics' }));
    expect(isRefusal(larger) ? larger.refused : larger.profile).toBe('A16-4Q');
  });

  test('types of one size leave the guest the same memory on every GPU that says so', () => {
    for (const gpu of vgpuGpus()) {
      const seen = new Map<number, number>();
      for (const { fbMib, guestFbMib, type } of sliced(gpu.id)) {
        if (guestFbMib === null) continue;
        expect(seen.get(fbMib) ?? guestFbMib, type).toBe(guestFbMib);
        seen.set(fbMib, guestFbMib);
      }
    }
  });

  test('several vGPUs for one machine come only of a type that allows it, and only if all fit', () => {
    expect(refusedBy(open('a40'), named('A40-2B', {}, 2))).toBe('one-per-job');
    expect(refusedBy(open('a40'), named('A40-24Q', {}, 2))).toBeUndefined();
    expect(refusedBy(open('a40'), named('A40-24Q', {}, 3))).toBe('vgpu-max-count');
    expect(refusedBy(open('a40', MIXED), named('A40-24Q', {}, 2))).toBeUndefined();
    expect(refusedBy(open('a40'), ask({ kind: 'whole' }, {}, 2))).toBe('one-per-job');
  });
});

describe('books', () => {
  test('slots given back in any order leave the card as new, and what is not there cannot be taken or given back', () => {
    const seeds = fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 });
    for (const config of [EQUAL, MIXED]) {
      fc.assert(
        fc.property(seeds, seeds, (picks, order) => {
          const card = open('a40', config);
          const types = sliced('a40');
          const there: Slot[] = [];
          for (const pick of picks) {
            const answer = card.admit(named(types[pick % types.length]!.type));
            if (isRefusal(answer)) continue;
            card.place(answer);
            expect(() => card.place(answer)).toThrow(RangeError);
            there.push(answer);
          }
          expect(card.slots).toEqual(there);
          for (let i = 0; there.length > 0; i++) {
            const slot = there.splice(order[i % order.length]! % there.length, 1)[0]!;
            card.release(slot);
            expect(() => card.release(slot)).toThrow(RangeError);
          }
          expect(card.strandedMilli()).toBe(0);
          for (const type of types)
            expect(card.admit(named(type.type))).toEqual(card.admitEmpty(named(type.type)));
        }),
        { numRuns: 40 },
      );
    }
  });

  test('a slot that was admitted before the card changed is not taken', () => {
    for (const config of [EQUAL, MIXED]) {
      const card = open('a40', config);
      const [large, small] = [admitted(card, 'A40-48Q'), admitted(card, 'A40-4Q')];
      card.place(small);
      expect(() => card.place(large)).toThrow(RangeError);
      expect(card.slots).toEqual([small]);
      card.release(small);
      card.place(large);
      expect(card.version).toBe(3);
    }
  });
});
