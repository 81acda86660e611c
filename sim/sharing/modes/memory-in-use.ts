import type { Residents } from '../residents.ts';

/** What the residents of a domain allocate together, MiB: it stays allocated while they idle. */
export function memoryInUseMib(residents: Residents, domain: number): number {
  let sum = 0;
  for (let seat = 0; seat < residents.count; seat++) {
    if (residents.domain[seat] === domain) sum += residents.uses[seat]?.memoryMib ?? 0;
  }
  return sum;
}
