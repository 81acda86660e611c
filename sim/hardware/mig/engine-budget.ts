import { MIG_ENGINES, type MigEngines } from './mig-model.ts';

/**
 * Engine counts packed into one whole number, so that a search compares all five with one subtraction. Each engine
 * has six bits: five for the count, the top one a guard that a subtraction must leave standing.
 */
const BITS_PER_ENGINE = 6;
const LARGEST_COUNT = 31;
const GUARDS = 0b100000_100000_100000_100000_100000;

/** @throws {RangeError} if a count is not a whole number from 0 to 31 */
export function packEngines(engines: MigEngines): number {
  let packed = 0;
  for (const name of MIG_ENGINES) {
    const count = engines[name];
    if (!(Number.isInteger(count) && count >= 0 && count <= LARGEST_COUNT)) {
      throw new RangeError(`Cannot pack engine count ${name}: need 0 to ${LARGEST_COUNT}, got ${count}`);
    }
    packed = (packed << BITS_PER_ENGINE) | count;
  }
  return packed;
}

/** Whether every engine that is needed is left; both packed by `packEngines`. */
export function enginesSuffice(left: number, needed: number): boolean {
  return (((left | GUARDS) - needed) & GUARDS) === GUARDS;
}
