import { type ScaledQuantity, scaledQuantity, type UnitScale } from './scaled.ts';

/** Decimal units of bytes a second, largest first: the form that is written back. */
const BYTES: readonly (readonly [string, number])[] = [
  ['TB/s', 1e12],
  ['GB/s', 1e9],
  ['MB/s', 1e6],
  ['kB/s', 1e3],
  ['B/s', 1],
];

const units: Readonly<Record<string, UnitScale>> = {
  ...Object.fromEntries(BYTES.map(([unit, size]): [string, UnitScale] => [unit, [size, 1]])),
  'KiB/s': [2 ** 10, 1],
  'MiB/s': [2 ** 20, 1],
  'GiB/s': [2 ** 30, 1],
  'TiB/s': [2 ** 40, 1],
  'kbit/s': [1e3, 8],
  'Mbit/s': [1e6, 8],
  'Gbit/s': [1e9, 8],
};

/** The largest decimal unit that divides the rate exactly. */
function writeByteRate(bytesPerSec: number): string {
  if (bytesPerSec === 0) return '0B/s';
  for (const [unit, size] of BYTES) if (bytesPerSec % size === 0) return `${bytesPerSec / size}${unit}`;
  throw new RangeError(`Cannot write byte rate: need whole bytes a second, got ${bytesPerSec}`);
}

const common = {
  accepts: 'a byte rate such as 32GB/s (B/s, kB/s to TB/s, KiB/s to TiB/s, kbit/s to Gbit/s)',
  max: 1e15,
  units,
  base: 'bytes a second',
  examples: ['32GB/s', '500MB/s', '25Gbit/s'],
  write: writeByteRate,
} satisfies Omit<ScaledQuantity, 'range' | 'min'>;

/** Data over time in whole bytes a second. `GB` is 10^9 bytes, `GiB` 2^30, `Gbit` 10^9 bits. */
export const byteRateQuantity = scaledQuantity({
  ...common,
  range: 'a byte rate from 0B/s to 1000TB/s',
  min: 0,
});

/** A byte rate above zero. */
export const positiveByteRateQuantity = scaledQuantity({
  ...common,
  range: 'a byte rate from 1B/s to 1000TB/s',
  min: 1,
});
