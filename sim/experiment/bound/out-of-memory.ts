import type { Capacity } from './capacity.ts';

/** Modes without reserved memory whose tenants have all of what the card states. */
const WHOLE_MEMORY: readonly string[] = ['time-slicing', 'mps'];
/** Modes whose tenants never run out of memory: what does not fit is paged. */
const PAGED: readonly string[] = ['uvm-swap'];

/**
 * Whether tenants could allocate more than a card has, so that one of them fails and holds its place no longer. True where
 * that is not sure.
 */
export function mayRunOutOfMemory({ hosts, kinds, rooms }: Capacity, counts: readonly number[]): boolean {
  const largest = kinds.reduce((most, { request }) => Math.max(most, request.ask?.use.memoryMib ?? 0), 0);
  return hosts.some(({ cards }, h) =>
    cards.some(({ card: { sharing } }, c) => {
      if (sharing === undefined || counts[h] === 0) return false;
      const { mode, config, spec } = sharing;
      const isCut =
        (config.mode === 'mig' && config.computeInstances) ||
        (config.mode === 'time-slicing' && config.profile !== null);
      if (PAGED.includes(mode.name) || (mode.traits.memoryReserved && !isCut)) return false;
      if (isCut || !WHOLE_MEMORY.includes(mode.name)) return largest > 0;
      const layouts = rooms[h]?.[c]?.layouts;
      if (layouts === undefined) return largest > 0;
      const most = Math.max(0, ...layouts.map((slots) => slots.reduce((sum, n) => sum + n, 0)));
      return most * largest > spec.memoryMib;
    }),
  );
}
