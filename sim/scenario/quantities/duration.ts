import { scaledQuantity, type UnitScale } from './scaled.ts';

/** Units of time in whole microseconds, largest first. */
const UNITS_US: readonly (readonly [string, number])[] = [
  ['d', 86_400e6],
  ['h', 3_600e6],
  ['m', 60e6],
  ['s', 1e6],
  ['ms', 1e3],
  ['us', 1],
];

/** Longest duration, 100 years of 365 days, so that a sum of two stays within the clock's 9e9 s. */
export const MAX_DURATION_US = 36_500 * 86_400e6;

/** The largest unit that divides the duration exactly: 90 minutes are `90m`, two hours `2h`. */
function writeDuration(durationUs: number): string {
  if (durationUs === 0) return '0s';
  for (const [unit, sizeUs] of UNITS_US) {
    if (durationUs % sizeUs === 0) return `${durationUs / sizeUs}${unit}`;
  }
  throw new RangeError(`Cannot write duration: need whole microseconds, got ${durationUs} us`);
}

const units = Object.fromEntries(UNITS_US.map(([unit, sizeUs]): [string, UnitScale] => [unit, [sizeUs, 1]]));

const common = {
  accepts: 'a duration such as 90s, 15m, 2h or 30d (us, ms, s, m, h, d)',
  max: MAX_DURATION_US,
  units,
  base: 'microseconds',
  examples: ['90s', '2h', '30d'],
  write: writeDuration,
};

/** A length of time in whole microseconds. A unit is always needed: `m` is minutes. */
export const durationQuantity = scaledQuantity({ ...common, range: 'a duration from 0s to 36500d', min: 0 });

/** A length of time above zero. */
export const positiveDurationQuantity = scaledQuantity({
  ...common,
  range: 'a duration above 0s and at most 36500d',
  min: 1,
});
