import fc from 'fast-check';
import { assert, test } from 'vitest';
import {
  computeInstanceLayouts,
  geometryOf,
  MIG_MODELS,
  maximalLayouts,
  placementsIn,
} from '../../sim/hardware/mig/index.ts';
import type { CardState, ReplayState } from '../../sim/observe/replay/index.ts';
import { cardPieces } from '../../viz/views/fleet/card-pieces.ts';
import { type FleetFacts, fleetFacts } from '../../viz/views/fleet/facts.ts';
import { PIECE, Pieces } from '../../viz/views/fleet/pieces.ts';
import { cardOf, headerOf, jobOf, slotOf, stateOf } from './fleet-made.ts';

interface Drawn {
  readonly kind: number;
  readonly occupant: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly isHeld: boolean;
}

const pieces = new Pieces();

/** A card with these slots on it, drawn. */
function draw(
  model: string,
  card: CardState | undefined,
  slots: readonly (ReturnType<typeof slotOf> | number)[],
) {
  const header = headerOf([{ pool: 0, gpus: [{ model, count: 1 }] }], [card]);
  const facts: FleetFacts = fleetFacts(header);
  const state: ReplayState = stateOf(header);
  for (const [i, slot] of slots.entries()) {
    const milli = typeof slot === 'number' ? slot : slot.milli;
    const occupant = { job: jobOf(i), slot: typeof slot === 'number' ? undefined : slot, milli };
    state.occupants[0] = [...(state.occupants[0] ?? []), occupant];
  }
  cardPieces(facts, state, 0, pieces);
  return Array.from(
    { length: pieces.count },
    (_, i): Drawn => ({
      kind: pieces.kind[i] as number,
      occupant: pieces.occupant[i] as number,
      x: pieces.x[i] as number,
      y: pieces.y[i] as number,
      width: pieces.width[i] as number,
      height: pieces.height[i] as number,
      label: pieces.label[i] as string,
      isHeld: pieces.isHeld[i] === 1,
    }),
  );
}

const TINY = 1e-9;

/** Whatever a card is: parts lie in it and beside each other, and each resident is there once. */
function checkCard(drawn: readonly Drawn[], residents: number): void {
  for (const { x, y, width, height } of drawn) {
    assert.isAbove(width, 0);
    assert.isAbove(height, 0);
    assert.isAtLeast(Math.min(x, y), -TINY);
    assert.isAtMost(Math.max(x + width, y + height), 1 + TINY);
  }
  const parts = drawn.filter(({ kind }) => kind !== PIECE.instance);
  for (const [i, a] of parts.entries())
    for (const b of parts.slice(i + 1)) {
      const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
      const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
      assert.isFalse(across > TINY && down > TINY, `${JSON.stringify(a)} meets ${JSON.stringify(b)}`);
    }
  const seen = parts.filter(({ kind }) => kind === PIECE.resident).map(({ occupant }) => occupant);
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    Array.from({ length: residents }, (_, i) => i),
  );
}

const areaOf = (drawn: readonly Drawn[], kind: number) =>
  drawn.filter((each) => each.kind === kind).reduce((sum, { width, height }) => sum + width * height, 0);

const migCase = fc.constantFrom(...MIG_MODELS).chain((model) => {
  const geometry = geometryOf(model);
  const layouts = maximalLayouts(geometry);
  return fc.record({
    model: fc.constant(model),
    layout: fc.constantFrom(...layouts),
    keep: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    held: fc.nat(2 ** 31 - 1),
    isStanding: fc.boolean(),
    order: fc.boolean(),
  });
});

test('GPU instances stand at their memory units, and their areas are their compute slices', () => {
  fc.assert(
    fc.property(migCase, ({ model, layout, keep, held, isStanding, order }) => {
      const geometry = geometryOf(model);
      const all = placementsIn(geometry, layout);
      const total = model.gpuSlicesTotal;
      const taken = all.filter((_, i) => keep[i % 8]);
      if (order) taken.reverse();
      const slots = taken.map(({ profile, start }) =>
        slotOf({
          label: `${profile.name}@${start}`,
          profile: profile.name,
          milli: Math.floor((1000 * profile.gpuSlices) / total),
          start,
          size: profile.size,
          domain: start,
        }),
      );
      const standing = isStanding ? layout : null;
      const card = cardOf(
        { mode: 'mig', layout: null, computeInstances: false },
        { standing, held: isStanding ? layout & held : 0 },
      );
      const drawn = draw(model.id, card, slots);
      checkCard(drawn, slots.length);
      const units = Math.max(...geometry.placements.map(({ profile, start }) => start + profile.size));
      const dense = Math.max(...geometry.placements.map(({ profile }) => profile.gpuSlices / profile.size));
      const shown = isStanding ? all : taken;
      const instances = drawn.filter(({ kind }) => kind === PIECE.instance);
      assert.equal(instances.length, shown.length);
      for (const { profile, start, index } of shown) {
        const own = instances.find(({ x }) => Math.abs(x * units - start) < TINY);
        assert.isDefined(own);
        assert.approximately(own.width * units, profile.size, TINY);
        if (profile.gpuSlices > 0)
          assert.approximately(own.width * own.height * units * dense, profile.gpuSlices, TINY);
        assert.equal(own.label, profile.name);
        assert.equal(own.isHeld, isStanding && (held & layout & (1 << index)) !== 0);
        const isTaken = taken.some((each) => each.start === start);
        const inside = drawn.filter(
          (each) =>
            each.kind !== PIECE.instance &&
            each.x >= own.x - TINY &&
            each.x + each.width <= own.x + own.width + TINY,
        );
        assert.deepEqual(
          inside.map(({ kind }) => kind),
          [isTaken ? PIECE.resident : PIECE.free],
        );
      }
      // Memory that no instance has is there, unit by unit.
      const covered = shown.reduce((sum, { profile }) => sum + profile.size, 0);
      const loose = drawn.filter(
        ({ kind, width, height }) =>
          kind === PIECE.free && height === 1 && Math.abs(width * units - 1) < TINY,
      );
      const free = shown.filter(
        ({ start, profile }) =>
          profile.size === 1 &&
          !taken.some((each) => each.start === start) &&
          profile.gpuSlices / profile.size === dense,
      );
      assert.equal(loose.length, units - covered + free.length);
    }),
  );
});

test('Compute instances divide their GPU instance by their slices, in the order of their numbers', () => {
  const model = MIG_MODELS.find(({ gpuSlicesTotal }) => gpuSlicesTotal === 7);
  assert.isDefined(model);
  const geometry = geometryOf(model);
  const placement = geometry.placements.find(
    ({ profile }) => profile.gpuSlices === 3 && profile.variant === 'plain',
  );
  assert.isDefined(placement);
  const { profile, start } = placement;
  assert.isNotEmpty(computeInstanceLayouts(model, profile));
  const slot = (slices: number, ordinal: number) =>
    slotOf({
      label: `${slices}c.${profile.name}@${start}#${ordinal}`,
      profile: `${slices}c.${profile.name}`,
      milli: Math.floor((1000 * slices) / 7),
      start,
      size: profile.size,
      domain: start + 8 * ordinal,
    });
  const card = cardOf({ mode: 'mig', layout: null, computeInstances: true });
  const drawn = draw(model.id, card, [slot(2, 1), slot(1, 0)]);
  checkCard(drawn, 2);
  const [small, large] = [1, 0].map((occupant) => drawn.find((each) => each.occupant === occupant));
  assert.isDefined(small);
  assert.isDefined(large);
  assert.isBelow(small.x, large.x);
  assert.approximately(large.width / small.width, 2, 0.03);
  const alone = draw(model.id, card, [slot(1, 0)]);
  checkCard(alone, 1);
  const part = areaOf(alone, PIECE.resident) / areaOf(alone, PIECE.instance);
  assert.approximately(part, 1 / 3, 0.01);
});

const shares = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 40 }).map((list) => {
  let left = 1000;
  return list.flatMap((milli) => {
    if (milli > left) return [];
    left -= milli;
    return [milli];
  });
});

test('GPUs shared by fraction are divided by thousandths', () => {
  fc.assert(
    fc.property(shares, (list) => {
      const drawn = draw('GPU', undefined, list);
      checkCard(drawn, list.length);
      for (const each of drawn)
        if (each.kind === PIECE.resident)
          assert.approximately(each.width, (list[each.occupant] as number) / 1000, TINY);
      assert.approximately(areaOf(drawn, PIECE.resident) + areaOf(drawn, PIECE.free), 1, TINY);
    }),
  );
});

test('Replicas and clients take turns in equal rows, free ones included', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 48 }),
      fc.array(fc.integer({ min: 1, max: 4 })),
      (replicas, sizes) => {
        let left = replicas;
        const taken = sizes.filter((size) => {
          if (size > left) return false;
          left -= size;
          return true;
        });
        const slots = taken.map((size) =>
          slotOf({ label: 'replica', milli: Math.floor((1000 * size) / replicas), size }),
        );
        const config = {
          mode: 'time-slicing',
          replicas,
          failRequestsGreaterThanOne: false,
          profile: null,
        } as const;
        const drawn = draw('GPU', cardOf(config), slots);
        checkCard(drawn, slots.length);
        assert.equal(drawn.filter(({ kind }) => kind === PIECE.free).length, left);
        for (const each of drawn)
          if (each.kind === PIECE.resident)
            assert.approximately(each.height * replicas, taken[each.occupant] as number, TINY);
      },
    ),
  );
});

test('Virtual functions stand at their numbers, of which there are as many as the card is cut into', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), fc.uniqueArray(fc.nat(15)), (vfs, numbers) => {
      const own = numbers.filter((number) => number < vfs);
      const slots = own.map((start) =>
        slotOf({ label: `VF ${start}`, start, size: 1, milli: Math.floor(1000 / vfs) }),
      );
      // What the card was bought as does not count once it is cut.
      const card = cardOf(
        { mode: 'sriov', vfs: 1, scheduler: null, partition: null },
        { cut: vfs === 1 ? '1 VF' : `${vfs} VFs` },
      );
      const drawn = draw('GPU', card, slots);
      checkCard(drawn, slots.length);
      assert.equal(drawn.length, vfs);
      for (const each of drawn)
        if (each.kind === PIECE.resident)
          assert.approximately(each.x * vfs, own[each.occupant] as number, TINY);
    }),
  );
});

const MIXED = {
  mode: 'vgpu',
  sizes: 'mixed',
  scheduler: 'best-effort',
  sliceMs: null,
  series: null,
} as const;

test('vGPUs of mixed sizes stand at their GiB, and all the memory is drawn', () => {
  const places = fc.array(fc.record({ size: fc.constantFrom(1, 2, 4, 8), gap: fc.nat(3) }), { maxLength: 8 });
  fc.assert(
    fc.property(places, (list) => {
      let at = 0;
      const slots = list.flatMap(({ size, gap }) => {
        const start = at + gap;
        if (start + size > 24) return [];
        at = start + size;
        return [
          slotOf({ label: `L4-${size}Q@${start}`, start, size, milli: Math.floor((1000 * size) / 24) }),
        ];
      });
      const drawn = draw('L4', cardOf(MIXED), slots);
      checkCard(drawn, slots.length);
      assert.approximately(areaOf(drawn, PIECE.resident) + areaOf(drawn, PIECE.free), 1, TINY);
      for (const each of drawn) {
        if (each.kind !== PIECE.resident) continue;
        assert.approximately(each.x * 24, slots[each.occupant]?.start as number, TINY);
        assert.approximately(each.width * 24, slots[each.occupant]?.size as number, TINY);
      }
    }),
  );
});

test('What is free of a card for vGPUs is shown as it is cut', () => {
  const slot = slotOf({ label: 'L4-8Q@0', start: 0, size: 8, milli: 333 });
  const drawn = draw('L4', cardOf(MIXED, { cut: '8 GiB@0, 4 GiB@8, 12 GiB@12', isCutHeld: true }), [slot]);
  checkCard(drawn, 1);
  const free = drawn.filter(({ kind }) => kind === PIECE.free);
  assert.deepEqual(
    free.map(({ label }) => label),
    ['4 GiB@8', '12 GiB@12'],
  );
  assert.isTrue(free.every(({ isHeld }) => isHeld));
  const equal = { ...MIXED, sizes: 'equal' } as const;
  const six = draw('L4', cardOf(equal, { cut: '6 x 4 GiB' }), [slotOf({ milli: 166 })]);
  checkCard(six, 1);
  assert.equal(six.length, 6);
  const four = draw('L4', cardOf(equal), [slotOf({ milli: 250 }), slotOf({ milli: 250 })]);
  checkCard(four, 2);
  assert.equal(four.length, 4);
});

test('One tenant that holds all of a card covers it', () => {
  const whole = slotOf({ label: 'whole', profile: 'whole', milli: 1000 });
  for (const config of [
    { mode: 'bare-metal' },
    { mode: 'hook' },
    { mode: 'mps', clients: null, threadPercent: null, cuda: null },
    { mode: 'paravirtual', tenants: 8 },
  ] as const) {
    const drawn = draw('GPU', cardOf(config), [whole]);
    checkCard(drawn, 1);
    assert.equal(drawn.length, 1);
    assert.equal(areaOf(drawn, PIECE.resident), 1);
  }
});
