import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minorUnits, money, shownAmount, timesRatio } from '../../sim/cost/index.ts';
import { type Capacity, chargeback, type Tariff, type TenantUsage } from '../../sim/index.ts';

const hours = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e5, noNaN: true }));
const tenants = fc
  .array(
    fc.record({
      allocatedGpuHours: hours,
      usedGpuHours: hours,
      coreHours: hours,
      memoryGiBHours: hours,
      sessionHours: hours,
      peakGpus: fc.nat(500),
    }),
    { maxLength: 8 },
  )
  .map((all) => all.map((usage, i): TenantUsage => ({ tenant: `t${i}`, ...usage })));
const capacity: fc.Arbitrary<Capacity> = fc.record({
  allocatedGpuHours: hours,
  usedGpuHours: hours,
  coreHours: hours,
  memoryGiBHours: hours,
  sessionHours: hours,
  peakGpus: fc.nat(4000),
});
const basis = fc.constantFrom(
  'allocated',
  'used',
  'peak',
  'cores',
  'memory',
  'sessions',
) as fc.Arbitrary<'allocated'>;
const idle = fc.constantFrom('spread', 'unallocated') as fc.Arbitrary<'spread' | 'unallocated'>;
const cents = (n: number) => timesRatio(money(n, 'EUR'), 1, 100);
const tariff: fc.Arbitrary<Tariff> = fc.oneof(
  fc.record({ kind: fc.constant('full-cost' as const), by: basis, idle }),
  fc.record({
    kind: fc.constant('fixed-and-variable' as const),
    fixed: fc.double({ min: 0, max: 1, noNaN: true }),
    by: basis,
    idle,
  }),
  fc.record({
    kind: fc.constant('rates' as const),
    rates: fc.array(fc.record({ by: basis, price: fc.nat(1000).map(cents) }), { minLength: 1, maxLength: 3 }),
    idle,
  }),
);

test('bills of tenants add up to the bill, to the cent, whatever the tariff', () => {
  fc.assert(
    fc.property(fc.nat(10 ** 9), tenants, capacity, tariff, (n, all, there, rule) => {
      // A third of a cent on top: the bill is what is shown.
      const bill = timesRatio(money(3 * n + 1, 'EUR'), 1, 300);
      const bills = chargeback(bill, all, there, rule);
      expect(bills.map(({ tenant }) => tenant)).toEqual([
        ...all.map(({ tenant }) => tenant),
        '(unallocated)',
      ]);
      expect(bills.reduce((sum, { amount }) => sum + minorUnits(amount), 0n)).toBe(minorUnits(bill));
      if (rule.kind === 'rates') return;
      for (const { amount } of bills) expect(minorUnits(amount)).toBeGreaterThanOrEqual(0n);
    }),
    { numRuns: 500 },
  );
});

const usage = (tenant: string, gpu: number, peak: number, cores = 0): TenantUsage => ({
  tenant,
  allocatedGpuHours: gpu,
  coreHours: cores,
  memoryGiBHours: 0,
  sessionHours: 0,
  peakGpus: peak,
});
const there: Capacity = {
  allocatedGpuHours: 1000,
  coreHours: 0,
  memoryGiBHours: 0,
  sessionHours: 0,
  peakGpus: 10,
};
const two = [usage('a', 300, 6, 100), usage('b', 100, 2, 50)];
const paid = (rule: Tariff, all = two) =>
  chargeback(money('1000.00', 'USD'), all, there, rule).map(({ amount }) => shownAmount(amount));

describe('by hand, a bill of 1,000 for 1,000 GPU-hours on 10 GPUs', () => {
  test('full cost, idle kept apart: a GPU-hour is 1, and 600 are idle', () => {
    expect(paid({ kind: 'full-cost', by: 'allocated', idle: 'unallocated' })).toEqual([
      '300.00',
      '100.00',
      '600.00',
    ]);
  });

  test('full cost, idle spread: three to one', () => {
    expect(paid({ kind: 'full-cost', by: 'allocated', idle: 'spread' })).toEqual([
      '750.00',
      '250.00',
      '0.00',
    ]);
  });

  test('by peak: six and two of ten GPUs', () => {
    expect(paid({ kind: 'full-cost', by: 'peak', idle: 'unallocated' })).toEqual([
      '600.00',
      '200.00',
      '200.00',
    ]);
  });

  test('40 % fixed by peak, the rest by hours', () => {
    // 400 x 0.6 + 600 x 0.3; 400 x 0.2 + 600 x 0.1; the rest.
    expect(paid({ kind: 'fixed-and-variable', fixed: 0.4, by: 'allocated', idle: 'unallocated' })).toEqual([
      '420.00',
      '140.00',
      '440.00',
    ]);
  });

  test('rates: 1.50 a GPU-hour and 0.10 a core-hour, and what they do not bring in', () => {
    const rates = [
      { by: 'allocated' as const, price: money('1.5', 'USD') },
      { by: 'cores' as const, price: money('0.1', 'USD') },
    ];
    // 450 + 10; 150 + 5; 1,000 - 615.
    expect(paid({ kind: 'rates', rates, idle: 'unallocated' })).toEqual(['460.00', '155.00', '385.00']);
    // 385 divided 460 to 155.
    expect(paid({ kind: 'rates', rates, idle: 'spread' })).toEqual(['747.97', '252.03', '0.00']);
    const dear = [{ by: 'allocated' as const, price: money(3, 'USD') }];
    expect(paid({ kind: 'rates', rates: dear, idle: 'unallocated' })).toEqual([
      '900.00',
      '300.00',
      '-200.00',
    ]);
  });

  test('nobody used anything: all is idle, even if idle is to be spread', () => {
    expect(paid({ kind: 'full-cost', by: 'allocated', idle: 'spread' }, [usage('a', 0, 0)])).toEqual([
      '0.00',
      '1000.00',
    ]);
  });

  test('what was not measured cannot be billed', () => {
    expect(() => paid({ kind: 'full-cost', by: 'used', idle: 'spread' })).toThrow('not measured');
  });
});
