import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Card,
  type GpuAsk,
  isRefusal,
  REFUSAL_RULES,
  type Slot,
  sharingMode,
} from '../../sim/sharing/index.ts';
import { asksFor } from './arbitraries.ts';
import { EXAMPLES, type Example, figures, openExample } from './examples.ts';

const VALUES = figures();
const RUNS = { numRuns: 40 };

/** Comes with an ask, or goes as the resident of that number. */
type Step = { readonly ask: GpuAsk } | { readonly leave: number };

function stepsFor(example: Example): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof(
      { arbitrary: asksFor(example).map((ask) => ({ ask })), weight: 3 },
      { arbitrary: fc.nat(30).map((leave) => ({ leave })), weight: 1 },
    ),
    { minLength: 1, maxLength: 40 },
  );
}

function play(card: Card, steps: readonly Step[], after: () => void = () => {}): void {
  for (const step of steps) {
    if ('ask' in step) {
      const answer = card.admit(step.ask);
      if (!isRefusal(answer)) card.place(answer);
    } else {
      const slot = card.slots[step.leave % Math.max(1, card.slots.length)];
      if (slot !== undefined) card.release(slot);
    }
    after();
  }
}

/** All that can be seen of a card's books. */
function bookOf(card: Card, probes: readonly GpuAsk[]): unknown {
  return {
    slots: card.slots.map((slot) => ({ ...slot })),
    stranded: card.strandedMilli(),
    answers: probes.map((ask) => card.admit(ask)),
    emptyAnswers: probes.map((ask) => card.admitEmpty(ask)),
  };
}

const probesFor = (example: Example) => fc.array(asksFor(example), { minLength: 4, maxLength: 8 });

describe.each(EXAMPLES)('$title', (example) => {
  const { config, card: spec } = example;

  test('has no problem with its options', () => {
    expect(sharingMode(config.mode).check(config, spec)).toEqual([]);
  });

  test('never books more than the card has', () => {
    fc.assert(
      fc.property(stepsFor(example), (steps) => {
        const card = openExample(example, VALUES);
        play(card, steps, () => {
          let milli = 0;
          let memoryMib = 0;
          for (const slot of card.slots) {
            expect(Number.isInteger(slot.milli) && slot.milli >= 0).toBe(true);
            expect(Number.isInteger(slot.memoryMib) && slot.memoryMib >= 0).toBe(true);
            expect(slot.computeShare).toBeGreaterThan(0);
            expect(slot.computeShare).toBeLessThanOrEqual(1);
            expect(slot.bandwidthShare).toBeGreaterThan(0);
            expect(slot.bandwidthShare).toBeLessThanOrEqual(1);
            milli += slot.milli;
            memoryMib += slot.memoryMib;
          }
          expect(milli).toBeLessThanOrEqual(1000);
          expect(memoryMib).toBeLessThanOrEqual(spec.memoryMib);
          expect(card.strandedMilli()).toBeGreaterThanOrEqual(0);
          expect(card.strandedMilli()).toBeLessThanOrEqual(1000 - milli);
        });
      }),
      RUNS,
    );
  });

  test('is after any history as if the slots that are left had been the only ones', () => {
    fc.assert(
      fc.property(stepsFor(example), probesFor(example), (steps, probes) => {
        const card = openExample(example, VALUES);
        play(card, steps);
        const fresh = openExample(example, VALUES);
        for (const slot of card.slots) fresh.place(slot);
        expect(bookOf(card, probes)).toEqual(bookOf(fresh, probes));
      }),
      RUNS,
    );
  });

  test('is empty again once all have left, in whatever order', () => {
    fc.assert(
      fc.property(
        stepsFor(example),
        probesFor(example),
        fc.infiniteStream(fc.nat()),
        (steps, probes, picks) => {
          const card = openExample(example, VALUES);
          play(card, steps);
          for (const pick of picks) {
            const slot = card.slots[pick % Math.max(1, card.slots.length)];
            if (slot === undefined) break;
            card.release(slot);
          }
          expect(bookOf(card, probes)).toEqual(bookOf(openExample(example, VALUES), probes));
          for (const ask of probes) expect(card.admitEmpty(ask)).toEqual(card.admit(ask));
        },
      ),
      RUNS,
    );
  });

  test('changes nothing by being asked, and counts its version up at every change', () => {
    fc.assert(
      fc.property(stepsFor(example), probesFor(example), (steps, probes) => {
        const card = openExample(example, VALUES);
        let version = card.version;
        for (const step of steps) {
          const before = bookOf(card, probes);
          expect(bookOf(card, probes)).toEqual(before);
          expect(card.version).toBe(version);
          const slots = card.slots.length;
          play(card, [step]);
          if (card.slots.length === slots) expect(card.version).toBe(version);
          else expect(card.version).toBeGreaterThan(version);
          version = card.version;
        }
      }),
      { numRuns: 15 },
    );
  });

  test('takes no slot that it would not give, and lets go of none that it has not', () => {
    fc.assert(
      fc.property(asksFor(example), stepsFor(example), probesFor(example), (ask, steps, probes) => {
        const card = openExample(example, VALUES);
        const early = card.admit(ask);
        play(card, steps);
        if (isRefusal(early)) return;
        const before = bookOf(card, probes);
        const version = card.version;
        // Given once and refused now: the slot of then is not free, or the refusal would be wrong. Not so for a whole
        // card, which is refused for having tenants though its largest part may be free.
        if (ask.count === 1 && ask.slot.kind !== 'whole' && isRefusal(card.admit(ask))) {
          expect(() => card.place(early)).toThrow(RangeError);
        }
        const answer = card.admit(ask);
        const isTaken = (slot: Slot) => card.slots.some((each) => each.label === slot.label);
        if (!isRefusal(answer) && !isTaken(answer)) expect(() => card.release(answer)).toThrow(RangeError);
        expect(bookOf(card, probes)).toEqual(before);
        expect(card.version).toBe(version);
      }),
      RUNS,
    );
  });

  test('can hold on to what it has promised: an ask that fits an empty card is refused only beside tenants', () => {
    fc.assert(
      fc.property(asksFor(example), stepsFor(example), (ask, steps) => {
        const card = openExample(example, VALUES);
        const empty = card.admitEmpty(ask);
        expect(card.admit(ask)).toEqual(empty);
        play(card, steps);
        // What does not even go onto an empty card never goes.
        if (isRefusal(empty)) expect(isRefusal(card.admit(ask))).toBe(true);
        expect(card.admitEmpty(ask)).toEqual(empty);
      }),
      RUNS,
    );
  });

  test('refuses by a named rule with the figures of the case', () => {
    fc.assert(
      fc.property(stepsFor(example), asksFor(example), (steps, ask) => {
        const card = openExample(example, VALUES);
        play(card, steps);
        for (const answer of [card.admit(ask), card.admitEmpty(ask)]) {
          if (!isRefusal(answer)) continue;
          expect(Object.keys(REFUSAL_RULES)).toContain(answer.refused);
          expect(answer.detail).not.toBe('');
          expect(answer.detail).not.toMatch(/\.$|undefined|NaN|null|\[object/);
        }
      }),
      RUNS,
    );
  });

  test('gives several parts of one card only where all of them fit', () => {
    fc.assert(
      fc.property(
        asksFor(example),
        stepsFor(example),
        fc.integer({ min: 2, max: 4 }),
        (one, steps, count) => {
          if (one.slot.kind !== 'profile') return;
          const card = openExample(example, VALUES);
          play(card, steps);
          if (isRefusal(card.admit({ ...one, count }))) return;
          for (let left = count; left > 0; left--) {
            const answer = card.admit({ ...one, count: left });
            expect(isRefusal(answer)).toBe(false);
            if (!isRefusal(answer)) card.place(answer);
          }
        },
      ),
      RUNS,
    );
  });
});
