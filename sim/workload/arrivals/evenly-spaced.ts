import { US_PER_SECOND } from '../../kernel/time.ts';
import { type ArrivalProcess, checkRate } from './process.ts';

/** One arrival every 1/rate. */
export interface EvenlySpacedSpec {
  readonly process: 'deterministic';
  readonly ratePerSecond: number;
}

/** The first at 0, then one every 1/rate. Each instant comes from its number, so that rounding does not add up. */
export function evenlySpaced({ ratePerSecond }: EvenlySpacedSpec): ArrivalProcess {
  checkRate(ratePerSecond);
  let count = 0;
  return { nextUs: () => Math.round((count++ * US_PER_SECOND) / ratePerSecond) };
}
