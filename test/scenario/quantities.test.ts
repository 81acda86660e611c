import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteRateQuantity, positiveByteRateQuantity } from '../../sim/scenario/quantities/byte-rate.ts';
import { cpuQuantity, hostCpuQuantity } from '../../sim/scenario/quantities/cpu.ts';
import { scaleDecimal } from '../../sim/scenario/quantities/decimal.ts';
import {
  durationQuantity,
  MAX_DURATION_US,
  positiveDurationQuantity,
} from '../../sim/scenario/quantities/duration.ts';
import { gpuShareQuantity } from '../../sim/scenario/quantities/gpu-share.ts';
import { hostMemoryQuantity, memoryQuantity } from '../../sim/scenario/quantities/memory.ts';
import type { QuantityKind } from '../../sim/scenario/quantities/quantity.ts';
import { callRateQuantity, rateOrZeroQuantity, rateQuantity } from '../../sim/scenario/quantities/rate.ts';
import {
  multipleQuantity,
  partQuantity,
  shareOrZeroQuantity,
  shareQuantity,
} from '../../sim/scenario/quantities/ratio.ts';

/** The value read, or the refusal. */
function read(kind: Pick<QuantityKind, 'read'>, written: string | number): number | string {
  const reading = kind.read(written);
  return reading.ok ? reading.value : reading.message;
}

test('CPU is read in cores and milli-cores without rounding error', () => {
  for (const written of [96, '96', '96.0', '96000m', ' 96000 m '])
    expect(read(cpuQuantity, written)).toBe(96_000);
  expect(read(cpuQuantity, 1.1)).toBe(1100); // 1.1 * 1000 is 1100.0000000000002
  expect(read(cpuQuantity, 0)).toBe(0);
  expect(read(hostCpuQuantity, 0)).toBe('must be CPU cores from 0.001 to 1000000');
  expect(read(cpuQuantity, 0.0005)).toBe('must be a whole number of milli-cores (0.001 core)');
  expect(read(cpuQuantity, '96 cores')).toBe('must be a number of CPU cores such as 96, "96" or "96000m"');
  for (const wrong of [-1, 1e7, 1e300, Number.NaN, Number.POSITIVE_INFINITY, '-1', '1e99']) {
    expect(read(cpuQuantity, wrong)).toMatch(/^must be /);
  }
});

test('memory is read in binary and decimal units, and rounding is noted', () => {
  expect(read(memoryQuantity, '384GiB')).toBe(393_216);
  expect(read(memoryQuantity, '1.5TiB')).toBe(1_572_864);
  expect(read(memoryQuantity, '2048KiB')).toBe(2);
  expect(memoryQuantity.read('1GB')).toEqual({ ok: true, value: 954, note: '1GB is rounded to 954MiB' }); // 953.67
  expect(read(memoryQuantity, '1048576kB')).toBe(1000); // exact: 2^20 x 1000 bytes
  expect(read(memoryQuantity, '0MiB')).toBe(0);
  expect(read(hostMemoryQuantity, '1kB')).toBe('must be memory from 1MiB to 1024TiB');
  expect(read(memoryQuantity, '2000TiB')).toBe('must be memory from 0MiB to 1024TiB');
  for (const wrong of ['384', 384, '384gib', 'GiB', '', '1 000GiB', '1e3GiB', '١٢GiB']) {
    expect(read(memoryQuantity, wrong)).toBe(
      'must be a quantity such as 384GiB (KiB, MiB, GiB, TiB, kB, MB, GB, TB)',
    );
  }
});

test('a GPU share is the same in every form', () => {
  for (const written of [0.5, '0.5', '0.5GPU', '50%', '500m'])
    expect(read(gpuShareQuantity, written)).toBe(500);
  expect(read(gpuShareQuantity, '1GPU')).toBe(1000);
  expect(read(gpuShareQuantity, '0.1%')).toBe(1);
  expect(read(gpuShareQuantity, '2GPU')).toBe('must be a share of one GPU from 0 to 1GPU');
  expect(read(gpuShareQuantity, '0.01%')).toBe('must be a whole number of thousandths of a GPU (0.001GPU)');
});

test('a duration always has a unit and is written in the largest that divides it', () => {
  expect(read(durationQuantity, '1.5h')).toBe(5400e6);
  expect(read(durationQuantity, '0.1s')).toBe(100_000);
  expect(read(durationQuantity, '36500d')).toBe(MAX_DURATION_US);
  expect(read(durationQuantity, '36501d')).toBe('must be a duration from 0s to 36500d');
  expect(read(positiveDurationQuantity, '0s')).toBe('must be a duration above 0s and at most 36500d');
  expect(read(durationQuantity, '0.5us')).toBe('must be a whole number of microseconds');
  expect(read(durationQuantity, 5)).toMatch(/such as 90s/);
  expect([0, 1, 1500, 90e6, 3600e6, 86_400e6, 86_401e6].map((us) => durationQuantity.write(us))).toEqual([
    '0s',
    '1us',
    '1500us',
    '90s',
    '1h',
    '1d',
    '86401s',
  ]);
});

test('a rate keeps its written unit', () => {
  expect(read(rateQuantity, '54.6/h')).toBe(54.6 / 3600);
  expect(read(rateQuantity, '2 /s')).toBe(2);
  expect(rateQuantity.write('054.60/h')).toBe('54.6/h');
  for (const wrong of ['54.6', 54.6, '1/w', '/h'])
    expect(read(rateQuantity, wrong)).toMatch(/^must be a rate such as/);
  for (const wrong of ['0/h', '-1/h', '1000001/s', '0.0001/d'])
    expect(read(rateQuantity, wrong)).toMatch(/^must be/);
});

test('a share and a multiple are plain numbers or percent', () => {
  expect(read(shareQuantity, '95%')).toBe(0.95);
  expect(read(shareQuantity, 0.95)).toBe(0.95);
  expect(shareQuantity.write(0.95)).toBe('95%');
  expect(shareQuantity.write(0.999)).toBe('99.9%');
  expect(read(multipleQuantity, '130%')).toBe(1.3);
  expect(read(shareQuantity, 1.01)).toMatch(/above 0 and at most 1/);
  expect(read(multipleQuantity, 0)).toMatch(/above 0/);
});

describe('every kind reads back what it writes', () => {
  const cases: readonly (readonly [string, QuantityKind, fc.Arbitrary<number>])[] = [
    ['CPU', cpuQuantity, fc.integer({ min: 0, max: 1_000_000_000 })],
    ['memory', memoryQuantity, fc.integer({ min: 0, max: 2 ** 30 })],
    ['GPU share', gpuShareQuantity, fc.integer({ min: 0, max: 1000 })],
    ['duration', durationQuantity, fc.maxSafeInteger().map((n) => Math.abs(n) % (MAX_DURATION_US + 1))],
    ['share', shareQuantity, fc.double({ min: 1e-9, max: 1, noNaN: true })],
    ['multiple', multipleQuantity, fc.double({ min: 1e-9, max: 100, noNaN: true })],
  ];
  test.each(cases)('%s', (_name, kind, values) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(read(kind, kind.write(value))).toBe(value);
        expect(kind.write(value)).toMatch(new RegExp(kind.pattern));
      }),
    );
  });
});

test('a decimal of thousandths is read as the exact whole number, whatever its binary form', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (milli) => {
      expect(read(cpuQuantity, milli / 1000)).toBe(milli);
      expect(read(cpuQuantity, (milli / 1000).toFixed(3))).toBe(milli);
    }),
  );
});

test('reading never throws', () => {
  const kinds = [
    cpuQuantity,
    memoryQuantity,
    gpuShareQuantity,
    durationQuantity,
    rateQuantity,
    shareQuantity,
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.oneof(fc.string(), fc.double(), fc.integer()),
      (kind, written) => {
        const reading = kind.read(written);
        if (reading.ok) expect(Number.isFinite(reading.value)).toBe(true);
        else expect(reading.message).toMatch(/^must be /);
      },
    ),
    { numRuns: 1000 },
  );
});

test('scaleDecimal agrees with whole-number arithmetic of any size', () => {
  const parts = fc.record({
    digits: fc.stringMatching(/^\d{1,20}$/),
    places: fc.nat(12),
    numerator: fc.constantFrom(1, 10, 1000, 2 ** 20, 1e12, 86_400e6),
    denominator: fc.constantFrom(1, 2 ** 20),
    isNegative: fc.boolean(),
  });
  fc.assert(
    fc.property(parts, ({ digits, places, numerator, denominator, isNegative }) => {
      const divisor = 10n ** BigInt(places) * BigInt(denominator);
      const scaled = BigInt(digits) * BigInt(numerator);
      const whole = scaled / divisor + (2n * (scaled % divisor) >= divisor ? 1n : 0n);
      const { value, isExact } = scaleDecimal({ isNegative, digits, places }, numerator, denominator);
      if (whole <= 2n ** 53n) expect(value).toBe(Number(isNegative ? -whole : whole));
      else expect(Math.abs(value)).toBe(Number.POSITIVE_INFINITY);
      expect(isExact).toBe(scaled % divisor === 0n);
    }),
    { numRuns: 2000 },
  );
});

test('a byte rate is read in bytes and bits, decimal and binary, without rounding error', () => {
  for (const written of ['32GB/s', '0.032TB/s', '32000 MB/s', '256Gbit/s', '32000000000B/s'])
    expect(read(byteRateQuantity, written)).toBe(32e9);
  expect(read(byteRateQuantity, '1GiB/s')).toBe(2 ** 30);
  expect(read(byteRateQuantity, '10Gbit/s')).toBe(1.25e9);
  expect(read(byteRateQuantity, '0B/s')).toBe(0);
  expect(read(positiveByteRateQuantity, '0B/s')).toBe('must be a byte rate from 1B/s to 1000TB/s');
  expect(read(byteRateQuantity, '1kbit/s')).toBe(125);
  expect(read(byteRateQuantity, '0.5B/s')).toBe('must be a whole number of bytes a second');
  for (const wrong of ['32GB', '32gb/s', 32, '-1GB/s', '1e9B/s', 'GB/s', '32GB/m'])
    expect(read(byteRateQuantity, wrong)).toMatch(/^must be a byte rate/);
});

test('a byte rate is written in the largest unit that divides it', () => {
  for (const [bytes, text] of [
    [0, '0B/s'],
    [1, '1B/s'],
    [32e9, '32GB/s'],
    [1.25e9, '1250MB/s'],
    [2e12, '2TB/s'],
    [2 ** 30, '1073741824B/s'],
  ] as const)
    expect(byteRateQuantity.write(bytes)).toBe(text);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e15 }), (bytes) => {
      expect(read(byteRateQuantity, byteRateQuantity.write(bytes))).toBe(bytes);
    }),
  );
});

test('rates may be 0 only where nothing may happen', () => {
  expect(read(rateQuantity, '0/h')).toBe('must be a rate from 0.001/d to 1000000/s');
  expect(read(rateOrZeroQuantity, '0.0/h')).toBe(0);
  expect(rateOrZeroQuantity.write('0.0 /h')).toBe('0/h');
  expect(read(rateOrZeroQuantity, '0.0001/d')).toBe('must be a rate of 0, or from 0.001/d to 1000000/s');
  expect(read(callRateQuantity, '120/m')).toBe(2);
  expect(read(callRateQuantity, '0.00001/d')).toBeGreaterThan(0);
  expect(read(callRateQuantity, '2000000000/s')).toMatch(/from 0\/s to 1000000000\/s/);
  for (const kind of [rateQuantity, rateOrZeroQuantity, callRateQuantity])
    expect(read(kind, '-0/h')).toMatch(/^must be a/);
});

test('shares have their own ends', () => {
  const values = [-0.1, 0, 1e-10, 1e-9, 0.5, 1, 1.5];
  const accepted = (kind: QuantityKind) => values.filter((value) => typeof read(kind, value) === 'number');
  expect(accepted(shareQuantity)).toEqual([1e-9, 0.5, 1]);
  expect(accepted(shareOrZeroQuantity)).toEqual([0, 1e-9, 0.5, 1]);
  expect(accepted(partQuantity)).toEqual([0, 1e-9, 0.5]);
  expect(accepted(multipleQuantity)).toEqual([1e-9, 0.5, 1, 1.5]);
  expect(shareOrZeroQuantity.write(0)).toBe('0%');
  // The longest text that a share is written as can be read again.
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1, noNaN: true }), (value) => {
      expect(read(shareQuantity, shareQuantity.write(value))).toBe(value);
    }),
  );
});
