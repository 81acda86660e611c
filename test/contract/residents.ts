import fc from 'fast-check';
import {
  type Card,
  type GpuAsk,
  type GpuUse,
  isRefusal,
  type ParameterValues,
  Residents,
  type Slot,
} from '../../sim/sharing/index.ts';
import { asksFor, type UseOptions } from './arbitraries.ts';
import { type Example, figures, openExample } from './examples.ts';

export const VALUES = figures();

/** Somebody on a card. */
export interface Resident {
  readonly slot: Slot;
  readonly use: GpuUse;
  readonly isActive: boolean;
}

export interface Newcomer {
  readonly ask: GpuAsk;
  readonly isActive: boolean;
}

export function newcomersFor(example: Example, options: UseOptions = {}): fc.Arbitrary<Newcomer[]> {
  return fc.array(
    fc
      .record({ ask: asksFor(example, options), isActive: fc.constantFrom(true, true, true, false) })
      .map(({ ask, isActive }) => ({ ask: { ...ask, count: 1 }, isActive })),
    { minLength: 1, maxLength: 24 },
  );
}

/** A card with as many of the newcomers as it takes. */
export function settle(
  example: Example,
  newcomers: readonly Newcomer[],
  values: ParameterValues = VALUES,
): { readonly card: Card; readonly settled: Resident[] } {
  const card = openExample(example, values);
  const settled: Resident[] = [];
  for (const { ask, isActive } of newcomers) {
    const slot = card.admit(ask);
    if (isRefusal(slot)) continue;
    card.place(slot);
    settled.push({ slot, use: ask.use, isActive });
  }
  return { card, settled };
}

/** Speeds of residents in the order in which they stand in the list. */
export function speedsOf(card: Card, settled: readonly Resident[]): number[] {
  const residents = new Residents();
  for (const { slot, use, isActive } of settled) residents.join(slot, use, isActive);
  // Rubbish first, so that a seat that is left out shows.
  const into = new Float64Array(settled.length + 3).fill(Number.NaN);
  card.speeds(residents, into);
  return Array.from(into.subarray(0, settled.length));
}
