import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal, Residents, type Slot } from '../../sim/sharing/index.ts';
import { usesFor } from './arbitraries.ts';
import { EXAMPLES, openExample } from './examples.ts';
import { newcomersFor, type Resident, settle, speedsOf, VALUES } from './residents.ts';

const RUNS = { numRuns: 60 };
const ROUNDING = 1e-9;

describe.each(EXAMPLES)('$title', (example) => {
  test('runs everybody at 0 to 1 of the speed alone on the whole card, and the idle at 0', () => {
    fc.assert(
      fc.property(newcomersFor(example, { link: true }), (newcomers) => {
        const { card, settled } = settle(example, newcomers);
        speedsOf(card, settled).forEach((speed, i) => {
          expect(speed).toBeGreaterThanOrEqual(0);
          expect(speed).toBeLessThanOrEqual(1);
          if (!settled[i]!.isActive) expect(speed).toBe(0);
          else if (settled[i]!.use.speedByProfile === null) expect(speed).toBeGreaterThan(0);
        });
      }),
      RUNS,
    );
  });

  test('runs nobody faster than on the same card without the others', () => {
    fc.assert(
      fc.property(newcomersFor(example, { link: true }), (newcomers) => {
        const { card, settled } = settle(example, newcomers);
        const together = speedsOf(card, settled);
        for (const [i, resident] of settled.entries()) {
          const lone = openExample(example, VALUES);
          lone.place(resident.slot);
          expect(together[i]).toBeLessThanOrEqual(speedsOf(lone, [resident])[0]! + ROUNDING);
        }
      }),
      RUNS,
    );
  });

  test('makes nobody faster when another comes or starts to work', () => {
    fc.assert(
      fc.property(newcomersFor(example), fc.nat(), (newcomers, pick) => {
        const { card, settled } = settle(example, newcomers);
        if (settled.length < 2) return;
        const chosen = pick % settled.length;
        const others = settled.filter((_, i) => i !== chosen);
        const idle = settled.map((each, i) => (i === chosen ? { ...each, isActive: false } : each));
        const busy = settled.map((each, i) => (i === chosen ? { ...each, isActive: true } : each));
        const without = speedsOf(card, others);
        const beside = speedsOf(card, idle).filter((_, i) => i !== chosen);
        const contended = speedsOf(card, busy).filter((_, i) => i !== chosen);
        for (const i of others.keys()) {
          expect(beside[i]).toBeLessThanOrEqual(without[i]! + ROUNDING);
          expect(contended[i]).toBeLessThanOrEqual(beside[i]! + ROUNDING);
        }
      }),
      RUNS,
    );
  });

  test('gives away no more than there is', () => {
    const saturated = example.conserved === 'parts';
    // What a part of the hardware can do is what its best slot does that has nobody beside it.
    const best = (resident: Resident): number => {
      const { slot, use } = resident;
      const empty = openExample(example, VALUES);
      const alike = [
        slot,
        ...example.profiles.map((profile) =>
          empty.admitEmpty({ slot: { kind: 'profile', profile }, use: { ...use, memoryMib: 0 }, count: 1 }),
        ),
      ];
      return Math.max(
        ...alike.map((each) => {
          if (isRefusal(each) || each.computeShare !== slot.computeShare) return 0;
          if (each.bandwidthShare !== slot.bandwidthShare) return 0;
          const lone = openExample(example, VALUES);
          lone.place(each);
          return speedsOf(lone, [{ slot: each, use, isActive: true }])[0]!;
        }),
      );
    };
    fc.assert(
      fc.property(newcomersFor(example, { link: true, saturated }), (newcomers) => {
        const { card, settled } = settle(example, newcomers);
        const speeds = speedsOf(card, settled);
        const sum = (of: (resident: Resident, speed: number) => number) =>
          settled.reduce((total, resident, i) => total + of(resident, speeds[i]!), 0);
        if (example.conserved === 'time') {
          expect(sum(({ use }, speed) => use.busy * speed)).toBeLessThanOrEqual(1 + ROUNDING);
        } else if (example.conserved === 'compute') {
          expect(sum(({ use }, speed) => use.compute * speed)).toBeLessThanOrEqual(1 + ROUNDING);
          expect(sum(({ use }, speed) => use.bandwidth * speed)).toBeLessThanOrEqual(1 + ROUNDING);
        } else {
          for (const domain of new Set(settled.map(({ slot }) => slot.domain))) {
            const used = sum((resident, speed) =>
              resident.slot.domain === domain ? speed / best(resident) : 0,
            );
            expect(used).toBeLessThanOrEqual(1 + ROUNDING);
          }
        }
        // An edge board has one memory, and a CPU that draws has none of its own: there is no link to divide.
        if (example.config.mode === 'edge-pool' || example.config.mode === 'software') return;
        expect(sum(({ use }, speed) => use.linkBytesPerSec * speed)).toBeLessThanOrEqual(
          card.spec.linkBytesPerSec * (1 + ROUNDING),
        );
      }),
      RUNS,
    );
  });

  test('does not care in which order its residents came', () => {
    fc.assert(
      fc.property(newcomersFor(example, { link: true }), fc.infiniteStream(fc.nat()), (newcomers, picks) => {
        const { card, settled } = settle(example, newcomers);
        const speeds = speedsOf(card, settled);
        const numbers = settled.map((_, i) => i);
        const order: number[] = [];
        for (const pick of picks) {
          if (numbers.length === 0) break;
          order.push(...numbers.splice(pick % numbers.length, 1));
        }
        const shuffled = speedsOf(
          card,
          order.map((i) => settled[i]!),
        );
        order.forEach((i, at) => {
          expect(shuffled[at]).toBeCloseTo(speeds[i]!, 9);
        });
      }),
      RUNS,
    );
  });

  test('forgets those who have left', () => {
    fc.assert(
      fc.property(newcomersFor(example), fc.array(fc.nat(), { maxLength: 12 }), (newcomers, picks) => {
        const { card, settled } = settle(example, newcomers);
        const residents = new Residents();
        const seated: Resident[] = [];
        const into = new Float64Array(settled.length + 1);
        for (const each of settled) {
          residents.join(each.slot, each.use, !each.isActive);
          residents.setActive(residents.count - 1, each.isActive);
          seated.push(each);
          card.speeds(residents, into);
        }
        for (const pick of picks) {
          if (seated.length === 0) break;
          const seat = pick % seated.length;
          card.release(seated[seat]!.slot);
          const moved = residents.leave(seat);
          const last = seated.pop()!;
          if (moved >= 0) seated[seat] = last;
          card.speeds(residents, into);
          const anew = speedsOf(card, seated);
          anew.forEach((speed, i) => {
            expect(into[i]).toBeCloseTo(speed, 9);
          });
        }
      }),
      RUNS,
    );
  });

  test('runs nobody slower on a larger part', () => {
    // Fixed shares of instances: a seat of a large instance may be less than all of a small one, so that no part is
    // simply larger than another.
    if (example.config.mode === 'mig-vgpu' && example.config.scheduler === 'fixed-share') return;
    fc.assert(
      fc.property(
        usesFor(example),
        fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 })),
        fc.tuple(fc.nat(example.card.memoryMib), fc.nat(example.card.memoryMib)),
        ({ speedByProfile: _, ...rest }, compute, memory) => {
          const use = { ...rest, speedByProfile: null };
          const slots: Slot[] = [];
          const asks = [
            { kind: 'part', computeMilli: Math.min(...compute), memoryMib: Math.min(...memory) } as const,
            { kind: 'part', computeMilli: Math.max(...compute), memoryMib: Math.max(...memory) } as const,
            ...example.profiles.map((profile) => ({ kind: 'profile', profile }) as const),
          ];
          const speeds: number[] = [];
          for (const slot of asks) {
            const card = openExample(example, VALUES);
            const answer = card.admit({ slot, use, count: 1 });
            if (isRefusal(answer)) continue;
            card.place(answer);
            slots.push(answer);
            speeds.push(speedsOf(card, [{ slot: answer, use, isActive: true }])[0]!);
          }
          for (const [i, small] of slots.entries()) {
            for (const [j, large] of slots.entries()) {
              const isLarger =
                large.computeShare >= small.computeShare &&
                large.bandwidthShare >= small.bandwidthShare &&
                large.milli >= small.milli;
              if (isLarger) expect(speeds[i]).toBeLessThanOrEqual(speeds[j]! + ROUNDING);
            }
          }
        },
      ),
      RUNS,
    );
  });

  test('runs out of memory only where none is set aside', () => {
    const { card: spec } = example;
    fc.assert(
      fc.property(newcomersFor(example), (newcomers) => {
        const { card, settled } = settle(example, newcomers);
        const residents = new Residents();
        for (const { slot, use, isActive } of settled) {
          residents.join(slot, use, isActive);
          const fails = card.overflows(residents, use);
          if (slot.memoryMib > 0 && use.memoryMib <= slot.memoryMib) expect(fails).toBe(false);
          if (fails) {
            // Compute instances divide the time each by itself, and the memory of their GPU instance in common.
            const sharesWith = (each: Slot) =>
              each.domain === slot.domain || (slot.start >= 0 && each.start === slot.start);
            const inCommon = residents.slots.reduce(
              (mib, each, i) => (sharesWith(each) ? mib + residents.uses[i]!.memoryMib : mib),
              0,
            );
            expect(inCommon).toBeGreaterThan(spec.memoryMib / 32);
          }
        }
      }),
      RUNS,
    );
  });
});
