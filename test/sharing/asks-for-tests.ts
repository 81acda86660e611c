import { type Card, type GpuAsk, type GpuUse, isRefusal, type Slot } from '../../sim/sharing/index.ts';
import { type Resident, speedsOf } from '../contract/residents.ts';

/** A job that keeps the GPU and all its compute busy, but for what is stated. */
function useOf(stated: Partial<GpuUse> = {}): GpuUse {
  return {
    workload: 'generic',
    busy: 1,
    compute: stated.busy ?? 1,
    bandwidth: 0,
    memoryMib: 100,
    linkBytesPerSec: 0,
    processes: 1,
    syncCallsPerSec: 0,
    speedByProfile: null,
    ...stated,
  };
}

/** The smallest part that will do. */
export function partOf(computeMilli: number, memoryMib: number, use: Partial<GpuUse> = {}): GpuAsk {
  return { slot: { kind: 'part', computeMilli, memoryMib }, use: useOf(use), count: 1 };
}

export function wholeOf(use: Partial<GpuUse> = {}): GpuAsk {
  return { slot: { kind: 'whole' }, use: useOf(use), count: 1 };
}

export function namedOf(profile: string, use: Partial<GpuUse> = {}): GpuAsk {
  return { slot: { kind: 'profile', profile }, use: useOf(use), count: 1 };
}

/** Takes the slot that the card offers. */
export function put(card: Card, ask: GpuAsk): Slot {
  const answer = card.admit(ask);
  if (isRefusal(answer)) throw new Error(`refused: ${answer.refused}, ${answer.detail}`);
  card.place(answer);
  return answer;
}

/** The rule that refuses, or `fits`. */
export function ruleOf(card: Card, ask: GpuAsk): string {
  const answer = card.admit(ask);
  return isRefusal(answer) ? answer.refused : 'fits';
}

/** Puts the asks on the card, all active, and says how fast each runs. */
export function run(card: Card, asks: readonly GpuAsk[]): number[] {
  const settled = asks.map((ask): Resident => ({ slot: put(card, ask), use: ask.use, isActive: true }));
  return speedsOf(card, settled);
}

/** The same ask n times over. */
export function times<T>(n: number, each: T): T[] {
  return Array.from({ length: n }, () => each);
}
