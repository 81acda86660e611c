import { OVERHEAD_DEFAULTS } from '../data/overhead-defaults.ts';
import type { OverheadDefault } from './overhead.ts';

/**
 * The assumption of one mode and parameter.
 *
 * @throws {RangeError} when there is none; the message lists the parameters of the mode
 */
export function overheadDefault(mode: string, parameter: string): OverheadDefault {
  const found = OVERHEAD_DEFAULTS.find((each) => each.mode === mode && each.parameter === parameter);
  if (found !== undefined) return found;
  const known = OVERHEAD_DEFAULTS.filter((each) => each.mode === mode).map((each) => `"${each.parameter}"`);
  throw new RangeError(
    `No overhead default "${parameter}" for mode "${mode}": known are ${known.join(', ') || 'none of that mode'}`,
  );
}
