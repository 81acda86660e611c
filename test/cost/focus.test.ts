import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { type LedgerRow, money } from '../../sim/cost/index.ts';
import { FOCUS_COLUMNS, focusCsv, focusRows } from '../../sim/index.ts';

/** The mandatory columns of FOCUS 1.2. */
const MANDATORY =
  'BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost InvoiceIssuerName ListCost PricingQuantity PricingUnit ProviderName PublisherName ServiceCategory ServiceName'.split(
    ' ',
  );

const row = (more: Partial<LedgerRow>): LedgerRow => ({
  kind: 'cloud',
  item: 'Hours',
  pool: 'p',
  model: 'L4',
  quantity: '730',
  unit: 'host-hours',
  unitPrice: money('0.5', 'USD'),
  amount: money(365, 'USD'),
  source: 's',
  confidence: 'documented',
  ...more,
});
const setting = { month: '2026-12', account: 'test' };
const read = (rows: readonly LedgerRow[]) =>
  parse(focusCsv(focusRows(rows, setting)), { columns: true }) as Record<string, string>[];

test('rows have every mandatory column, in the order of the names, and amounts in full', () => {
  for (const column of MANDATORY) expect(FOCUS_COLUMNS).toContain(column);
  const standard = FOCUS_COLUMNS.filter((name) => !name.startsWith('x_'));
  expect([...standard].sort()).toEqual(standard);
  const [first] = read([row({ amount: money('365.000000000001', 'USD') })]);
  expect(first).toMatchObject({
    BilledCost: '365.000000000001',
    EffectiveCost: '365.000000000001',
    ListUnitPrice: '0.5',
    ChargeCategory: 'Usage',
    ConsumedQuantity: '730',
    BillingPeriodStart: '2026-12-01T00:00:00Z',
    BillingPeriodEnd: '2027-01-01T00:00:00Z',
  });
});

test('what is written off is an amortised cost and in no invoice', () => {
  const [first] = read([row({ kind: 'hardware' })]);
  expect(first).toMatchObject({
    BilledCost: '0',
    EffectiveCost: '365',
    ChargeCategory: 'Purchase',
    ConsumedQuantity: '',
  });
});

test('hostile names stay text: no formulas, no broken lines, no control characters', () => {
  const [first] = read([
    row({ item: '=HYPERLINK("http://x")', pool: '@a,"b"\nc\u0007', source: '+1', unit: '-x' }),
  ]);
  expect(first).toMatchObject({
    ChargeDescription: '\'=HYPERLINK("http://x")',
    ResourceId: '\'@a,"b"\nc',
    x_Source: "'+1",
    PricingUnit: "'-x",
  });
});

test('a month that is none is refused', () => {
  expect(() => focusRows([], { ...setting, month: '2026-13' })).toThrow('need a month such as 2026-09');
});
