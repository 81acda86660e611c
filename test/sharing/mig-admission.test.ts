import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MigModel, MigProfile } from '../../sim/hardware/index.ts';
import { MIG_VARIANTS } from '../../sim/hardware/index.ts';
import { type Card, isRefusal, type Slot } from '../../sim/sharing/index.ts';
import { everyLayout, type Instance, isLegalByTheRules, layoutKey } from '../hardware/brute-force-mig.ts';
import { MIG_GPUS, migCard, partAsk, profileAsk, refusalOf, specOf, take, takeAll } from './mig-cards.ts';

/** Starts at which the plain rules allow one more. */
function legalStarts(model: MigModel, there: readonly Instance[], profile: MigProfile): number[] {
  return profile.starts.filter((start) => isLegalByTheRules(model, [...there, { profile, start }]));
}

/** How many (profile, start) pairs the plain rules still allow. */
function roomLeft(model: MigModel, there: readonly Instance[]): number {
  return model.profiles.reduce((sum, profile) => sum + legalStarts(model, there, profile).length, 0);
}

/** The published rule in the plainest form: most room left, ties to the lowest start. */
function driversStart(model: MigModel, there: readonly Instance[], profile: MigProfile): number | undefined {
  let best: number | undefined;
  let most = -1;
  for (const start of legalStarts(model, there, profile)) {
    const room = roomLeft(model, [...there, { profile, start }]);
    if (room > most) {
      most = room;
      best = start;
    }
  }
  return best;
}

/** Place the n-th profile, wherever or at its m-th start; or release the n-th tenant. */
const operations = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ place: fc.nat(10), at: fc.option(fc.nat(6), { nil: null }) }) },
    { weight: 2, arbitrary: fc.record({ release: fc.nat(6) }) },
  ),
  { maxLength: 25 },
);

describe.each(MIG_GPUS)('%s', (gpuId, model) => {
  test('instances are admitted where the plain rules allow, whatever came and went before', () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const card = migCard(gpuId);
        const there: (Instance & { slot: Slot })[] = [];
        for (const step of steps) {
          if ('release' in step) {
            const [gone] = there.splice(step.release % Math.max(1, there.length), 1);
            if (gone !== undefined) card.release(gone.slot);
            continue;
          }
          const profile = model.profiles[step.place % model.profiles.length]!;
          const start = step.at === null ? undefined : profile.starts[step.at % profile.starts.length]!;
          const legal = legalStarts(model, there, profile);
          const expected =
            start === undefined
              ? driversStart(model, there, profile)
              : legal.includes(start)
                ? start
                : undefined;
          const name = start === undefined ? profile.name : `${profile.name}@${start}`;
          const answer = card.admit(profileAsk(name));
          expect(isRefusal(answer) ? undefined : answer.start).toBe(expected);
          if (isRefusal(answer)) {
            expect(['mig-geometry', 'mig-engines', 'mig-max-instances']).toContain(answer.refused);
            continue;
          }
          card.place(answer);
          there.push({ profile, start: answer.start, slot: answer });
          expect(answer.label).toBe(`${profile.name}@${answer.start}`);
        }
        expect(card.slots.map((slot) => slot.label).sort()).toEqual(
          there.map((each) => each.slot.label).sort(),
        );
        const sum = (of: (slot: Slot) => number) => card.slots.reduce((all, slot) => all + of(slot), 0);
        expect(sum((slot) => slot.milli) + card.strandedMilli()).toBeLessThanOrEqual(1000);
        expect(sum((slot) => slot.memoryMib)).toBeLessThanOrEqual(specOf(gpuId).memoryMib);
        expect(sum((slot) => slot.computeShare)).toBeLessThanOrEqual(1 + 1e-12);
        expect(sum((slot) => slot.bandwidthShare)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  test('requests without a start go where the driver was seen to put them', () => {
    for (const { requested, starts, followsRule } of model.defaultPlacement.observations) {
      if (starts === undefined || !followsRule) continue;
      const card = migCard(gpuId);
      const seen = requested.map((name) => {
        const answer = card.admit(profileAsk(name));
        if (isRefusal(answer)) return null;
        card.place(answer);
        return answer.start;
      });
      expect(seen).toEqual(starts);
    }
  });

  test('releases in any order leave the same card', () => {
    const picks = fc.array(fc.nat(10), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        picks,
        fc.infiniteStream(fc.nat(1000)),
        fc.infiniteStream(fc.boolean()),
        (names, keys, goes) => {
          const cards = [migCard(gpuId), migCard(gpuId)];
          const placed = names.flatMap((pick) => {
            const { name } = model.profiles[pick % model.profiles.length]!;
            const slots = cards.map((card) => card.admit(profileAsk(name)));
            if (slots.some(isRefusal)) return [];
            cards.forEach((card, i) => {
              card.place(slots[i] as Slot);
            });
            return [{ slot: slots[0] as Slot, key: keys.next().value as number, goes: goes.next().value }];
          });
          const leaving = placed.filter((each) => each.goes);
          for (const { slot } of leaving) cards[0]!.release(slot);
          for (const { slot } of leaving.toSorted((a, b) => a.key - b.key)) cards[1]!.release(slot);
          expect(stateOf(cards[0]!, model)).toEqual(stateOf(cards[1]!, model));
          for (const { slot } of placed.filter((each) => !each.goes)) cards[0]!.release(slot);
          expect(stateOf(cards[0]!, model)).toEqual(stateOf(migCard(gpuId), model));
        },
      ),
      { numRuns: 30 },
    );
  });
});

/** All that can be seen of a card but its version. */
function stateOf(card: Card, model: MigModel) {
  return {
    slots: card.slots.map((slot) => slot.label),
    stranded: card.strandedMilli(),
    answers: model.profiles.map((profile) => card.admit(profileAsk(profile.name))),
  };
}

const SEARCHED = MIG_GPUS.filter(([, model]) =>
  ['a30-24gb', 'a100-40gb', 'h100-sxm-80gb', 'b200-180gb', 'rtx-pro-6000-blackwell-96gb'].includes(model.id),
);

describe.each(SEARCHED)('%s', (gpuId, model) => {
  const layouts = everyLayout(model, MIG_VARIANTS);

  test('the layouts that tenants can reach are the legal ones, all of them', () => {
    const card = migCard(gpuId);
    const reached = new Set<string>(['']);
    const here: Instance[] = [];
    const explore = (): void => {
      for (const profile of model.profiles) {
        for (const start of profile.starts) {
          const answer = card.admit(profileAsk(`${profile.name}@${start}`));
          if (isRefusal(answer)) continue;
          here.push({ profile, start });
          const key = layoutKey(here);
          if (!reached.has(key)) {
            reached.add(key);
            card.place(answer);
            explore();
            card.release(answer);
          }
          here.pop();
        }
      }
    };
    explore();
    expect(reached).toEqual(new Set(layouts.map(layoutKey)));
  });

  test('stranded is what no set of further instances can take', () => {
    const slices = (layout: readonly Instance[]) =>
      layout.reduce((sum, each) => sum + each.profile.gpuSlices, 0);
    // Most slices of any legal layout that contains a layout: each layout passes its own down to all its subsets.
    const most = new Map<string, number>(layouts.map((layout) => [layoutKey(layout), slices(layout)]));
    for (const layout of layouts.toSorted((a, b) => b.length - a.length)) {
      const own = most.get(layoutKey(layout))!;
      layout.forEach((_, i) => {
        const key = layoutKey(layout.toSpliced(i, 1));
        most.set(key, Math.max(most.get(key)!, own));
      });
    }
    const card = migCard(gpuId);
    for (const layout of layouts) {
      const slots = takeAll(card, ...layout.map(({ profile, start }) => `${profile.name}@${start}`));
      const stranded = model.gpuSlicesTotal - most.get(layoutKey(layout))!;
      expect(card.strandedMilli()).toBe(Math.floor((1000 * stranded) / model.gpuSlicesTotal));
      for (const slot of slots) card.release(slot);
    }
  });
});

test('two 3g strand a slice, and so does one at 0 already, but not one at 4', () => {
  const card = migCard('a100-sxm4-40gb');
  const [low] = takeAll(card, '3g@0');
  expect(card.strandedMilli()).toBe(142);
  takeAll(card, '3g@4');
  expect(card.strandedMilli()).toBe(142);
  card.release(low!);
  expect(card.strandedMilli()).toBe(0);
});

test('a refusal names the rule and what stands in the way', () => {
  const card = migCard('a100-sxm4-40gb');
  takeAll(card, '1g', '1g', '2g');
  expect(refusalOf(card, profileAsk('3g'))).toEqual({
    refused: 'mig-geometry',
    detail: '3g.20gb at 0 overlaps 2g.10gb at 0',
  });
  expect(refusalOf(card, profileAsk('5g')).refused).toBe('unknown-profile');
  expect(refusalOf(card, profileAsk('3g@2')).detail).toBe('3g.20gb starts at 0, 4, not at 2');
  expect(refusalOf(card, { ...partAsk(100, 0), count: 2 }).refused).toBe('one-per-job');
  const media = migCard('a100-sxm4-40gb');
  takeAll(media, '1g+me');
  expect(refusalOf(media, profileAsk('1g+me'))).toEqual({
    refused: 'mig-engines',
    detail: '1g.5gb+me at 0 needs 1 jpeg, 0 left',
  });
});

test('several slots of one card are admitted all or none', () => {
  const card = migCard('a100-sxm4-40gb');
  const before = card.version;
  expect(isRefusal(card.admit(profileAsk('1g', {}, 7)))).toBe(false);
  expect(refusalOf(card, profileAsk('1g', {}, 8)).detail).toMatch(/^8 are wanted, 7 fit: /);
  expect(refusalOf(card, profileAsk('2g', {}, 4)).detail).toMatch(/^4 are wanted, 3 fit: /);
  expect(card.version).toBe(before);
  expect(card.slots).toEqual([]);
  take(card, profileAsk('2g'));
  expect(isRefusal(card.admit(profileAsk('2g', {}, 2)))).toBe(false);
  expect(isRefusal(card.admit(profileAsk('2g', {}, 3)))).toBe(true);
});

test('names of other drivers, short names and resource names mean the same profile', () => {
  const card = migCard('a100-sxm4-80gb');
  const startOf = (name: string) => {
    const answer = card.admit(profileAsk(name));
    return isRefusal(answer) ? answer.refused : answer.profile;
  };
  expect(['7g.80gb', '7g.79gb', '7g', 'nvidia.com/mig-7g.80gb', 'MIG 7g.80gb'].map(startOf)).toEqual(
    Array(5).fill('7g.80gb'),
  );
  expect(['1g', '1g.double', '1g+me'].map(startOf)).toEqual(['1g.10gb', '1g.20gb', '1g.10gb+me']);
});

test('a slot that is taken or not free can be neither taken nor released twice', () => {
  const card = migCard('a100-sxm4-40gb');
  const slot = take(card, profileAsk('4g'));
  expect(() => card.place(slot)).toThrow('Cannot take slot 4g.20gb@0');
  const other = migCard('a100-sxm4-40gb');
  const half = take(other, profileAsk('2g@0'));
  expect(() => card.place(half)).toThrow(RangeError);
  expect(card.slots).toEqual([slot]);
  expect(() => card.release(half)).toThrow('Cannot release slot 2g.10gb@0');
  card.release(slot);
  expect(() => card.release(slot)).toThrow(RangeError);
});
