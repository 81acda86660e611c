import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { type LedgerRow, ledgerRow, money, paymentOf } from '../../sim/cost/index.ts';
import { rowsOfReport } from '../../sim/experiment/cost-report.ts';
import { FOCUS_COLUMNS, focusCsv, focusRows } from '../../sim/index.ts';
import { FOCUS_1_2, SERVICE_SUBCATEGORIES } from './focus-columns.ts';
import { runCost } from './run-cost.ts';

const row = (more: Partial<LedgerRow>): LedgerRow => ({
  kind: 'cloud',
  item: 'Hours',
  pool: 'p',
  model: 'L4',
  quantity: '730',
  unit: 'host-hours',
  unitPrice: money('0.5', 'USD'),
  listUnitPrice: money('0.5', 'USD'),
  payment: paymentOf(more.kind ?? 'cloud'),
  amount: money(365, 'USD'),
  source: 's',
  confidence: 'documented',
  ...more,
});
const setting = { month: '2026-12', account: 'test' };
const read = (rows: readonly LedgerRow[]) =>
  parse(focusCsv(focusRows(rows, setting)), { columns: true }) as Record<string, string>[];

test('rows have every mandatory column, in the order of the names, and amounts in full', () => {
  for (const [column, { level }] of Object.entries(FOCUS_1_2))
    if (level === 'mandatory') expect(FOCUS_COLUMNS).toContain(column);
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
    ChargeCategory: 'Usage',
    ChargeFrequency: 'Recurring',
    ConsumedQuantity: '730',
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
    PricingUnit: "'-X",
  });
});

test('a month that is none is refused', () => {
  expect(() => focusRows([], { ...setting, month: '2026-13' })).toThrow('need a month such as 2026-09');
});

type Cells = Readonly<Record<string, string>>;

const FORMATS: Readonly<Record<string, RegExp>> = {
  text: /\S/,
  decimal: /^-?\d+(\.\d+)?$/,
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  json: /^\{.*\}$/,
  currency: /^[A-Z]{3}$/,
  // Parts of a unit are capitalised, and time is in the plural.
  unit: /^([A-Z][A-Za-z]*-)?(GB|[A-Z][A-Za-z]*s)$/,
};

/** What is wrong with a row by the specification, in words. */
function faultsOf(cells: Cells): readonly string[] {
  const faults: string[] = [];
  const c = (name: string) => cells[name] ?? '';
  for (const [name, cell] of Object.entries(cells)) {
    if (name.startsWith('x_')) continue;
    const rule = FOCUS_1_2[name];
    if (rule === undefined) faults.push(`${name} is no column`);
    else if (cell === '') {
      if (!rule.isNullable) faults.push(`${name} is null`);
    } else if (rule.allowed !== undefined && !rule.allowed.includes(cell)) faults.push(`${name}=${cell}`);
    else if (!(FORMATS[rule.format] as RegExp).test(cell))
      faults.push(`${name}=${cell} is no ${rule.format}`);
  }
  const must = (holds: boolean, words: string) => {
    if (!holds) faults.push(words);
  };
  // The conditions of specification/columns/*.md for charges that are no corrections and no taxes.
  for (const name of [
    'ListUnitPrice',
    'ContractedUnitPrice',
    'PricingQuantity',
    'PricingUnit',
    'SkuId',
    'SkuPriceId',
    'PricingCategory',
  ])
    must(c(name) !== '', `${name} must not be null of usage and purchases`);
  must(
    c('ChargeCategory') !== 'Purchase' || c('ChargeFrequency') !== 'Usage-Based',
    'purchases are not by usage',
  );
  must(
    c('ChargeCategory') !== 'Purchase' || Number(c('EffectiveCost')) === 0,
    'purchases have no effective cost',
  );
  const isUnused = c('CommitmentDiscountStatus') === 'Unused';
  const isConsumed = c('ChargeCategory') === 'Usage' && !isUnused;
  must((c('ConsumedQuantity') !== '') === isConsumed, 'usage is consumed, and nothing else');
  must((c('ConsumedUnit') !== '') === isConsumed, 'usage has a unit, and nothing else');
  const isCommitted = c('CommitmentDiscountId') !== '';
  for (const name of ['Category', 'Type', 'Quantity', 'Unit'])
    must(
      (c(`CommitmentDiscount${name}`) !== '') === isCommitted,
      `CommitmentDiscount${name} goes with the id`,
    );
  must(
    (c('CommitmentDiscountStatus') !== '') === (isCommitted && c('ChargeCategory') === 'Usage'),
    'the status is of usage under a commitment',
  );
  must(
    (c('PricingCategory') === 'Committed') === (isCommitted && c('ChargeCategory') === 'Usage'),
    'usage under a commitment is priced so',
  );
  for (const kind of ['List', 'Contracted'])
    must(
      Math.abs(Number(c(`${kind}UnitPrice`)) * Number(c('PricingQuantity')) - Number(c(`${kind}Cost`))) <
        1e-6,
      `${kind}Cost is price times quantity`,
    );
  must(
    SERVICE_SUBCATEGORIES[c('ServiceCategory')]?.includes(c('ServiceSubcategory')) === true,
    `${c('ServiceSubcategory')} is not of ${c('ServiceCategory')}`,
  );
  return faults;
}

const EVERYTHING = `apiVersion: slicewise/v1
name: everything
replications: 2
fleet:
  hosts:
    - { name: own, cpu: 64, memory: 256GiB, gpus: { model: L4, count: 4 } }
    - { name: cloud, count: 3, cpu: 4, memory: 16GiB, gpus: { model: L4, count: 1 } }
    - { name: ahead, cpu: 4, memory: 16GiB, gpus: { model: L4, count: 1 } }
    - { name: rent, cpu: 4, memory: 16GiB, gpus: { model: A16, count: 1 } }
    - { name: gift, cpu: 4, memory: 16GiB, gpus: { model: A16, count: 1 } }
workload:
  synthetic:
    until: 300h
    arrivals: { process: poisson, rate: 1/h }
    classes: [ { name: train, tenant: x, gpus: 1, cpu: 2, memory: 4GiB, lifetime: { kind: exponential, mean: 2h } } ]
elastic: { removals: [ { at: 100h, hosts: [cloud-0001, cloud-0002] } ] }
cost:
  currency: EUR
  rates: [ { from: USD, to: EUR, rate: 0.9137, source: made up } ]
  hosts:
    - { name: bought, hosts: own, region: eu, owned: { host: 9000, gpu: 2600, months: 47, support: 3% }, space: { perKw: 133, kw: 2.5 } }
    - { name: demand, hosts: cloud, cloud: { perHour: { amount: 1.07, currency: USD }, committed: { hosts: 2, discount: 37%, months: 12 }, spot: { discount: 60% } } }
    - { name: before, hosts: ahead, cloud: { perHour: 1.07, committed: { discount: 37%, months: 36, paid: upfront } } }
    - { name: lease, hosts: rent, leased: { host: 100, months: 24 } }
    - { name: gift, hosts: gift, free: a present }
  energy: { perKwh: 0.3, pue: 1.3, gpus: [ { model: L4, idle: 16, max: 72 } ] }
  licences: [ { name: once, price: 100, term: perpetual, months: 60, support: 20, per: gpu }, { name: year, price: 7, term: subscription, per: core } ]
  egress: { perGb: 0.05, perJob: 1GiB }
  downtime: { perGpuHour: 1, perFailedJob: 2 }
  fixed: [ { name: disks, kind: storage, perMonth: 10 }, { name: uplink, kind: network, perMonth: 10 }, { name: misc, kind: other, perMonth: 1 } ]
  administration: [ { name: admins, people: 0.1, perYear: 120000 } ]
experiment: { kind: timed, horizon: 300h }
`;

const billOf = (yaml: string) => {
  const { cost } = runCost(yaml).result;
  if (cost === undefined) throw new Error('there is no bill');
  return cost;
};

test('rows of every kind of line are as the specification has them: names, nulls, formats, values, conditions', () => {
  const cost = billOf(EVERYTHING);
  const rows = read(rowsOfReport(cost));
  const kinds = new Set(rows.map(({ ServiceName }) => ServiceName));
  for (const kind of [
    'hardware',
    'support',
    'lease',
    'cloud',
    'space',
    'energy',
    'licence',
    'administration',
    'network',
    'storage',
    'egress',
    'downtime',
    'other',
  ])
    expect(kinds).toContain(kind);
  expect(
    rows.flatMap((cells) => faultsOf(cells).map((fault) => `${cells.ChargeDescription}: ${fault}`)),
  ).toEqual([]);
});

test.each(['cost-owned-fleet', 'cost-leased-desktops', 'cost-hybrid-burst'])(
  'rows of %s are as the specification has them',
  (name) => {
    const yaml = readFileSync(`scenarios/catalog/${name}.yaml`, 'utf8').replaceAll(/\b(30|7)d\b/g, '2d');
    expect(read(rowsOfReport(billOf(yaml))).flatMap(faultsOf)).toEqual([]);
  },
);

test('effective costs add up to the bill, and billed ones to what is invoiced of it', () => {
  const cost = billOf(EVERYTHING);
  const rows = read(rowsOfReport(cost));
  const total = (column: string) => rows.reduce((all, cells) => all + Number(cells[column]), 0);
  expect(total('EffectiveCost')).toBeCloseTo(Number(cost.perMonth), 2);
  const invoiced = cost.ledger
    .filter(({ payment }) => payment === 'billed' || payment.startsWith('commitment-'))
    .reduce((all, { amount }) => all + Number(amount), 0);
  expect(total('BilledCost')).toBeCloseTo(invoiced, 6);
  expect(invoiced).toBeLessThan(Number(cost.perMonth) - 100);
});

test('a commitment is a purchase that is billed and hours that have its cost, used and not, by hand', () => {
  // 2 hosts for 730 h at 1.00 less 40 %; 1,000 h of 1,460 were used: 600 and 276 of 876.
  const hours = { kind: 'cloud' as const, unit: 'host-hours', pool: 'p', listPrice: money(1, 'USD') };
  const price = { amount: money('0.6', 'USD'), source: 's', confidence: 'stated' as const };
  const rows = read([
    ledgerRow({ ...hours, item: 'used', quantity: 1000, price, payment: 'commitment-used' }),
    ledgerRow({ ...hours, item: 'not used', quantity: 460, price, payment: 'commitment-unused' }),
  ]);
  const of = (cells: Cells) =>
    [
      'ChargeCategory',
      'CommitmentDiscountStatus',
      'BilledCost',
      'EffectiveCost',
      'ListCost',
      'ConsumedQuantity',
      'CommitmentDiscountQuantity',
    ].map((name) => cells[name]);
  expect(rows.map(of)).toEqual([
    ['Usage', 'Used', '0', '600', '1000', '1000', '1000'],
    ['Usage', 'Unused', '0', '276', '460', '', '460'],
    ['Purchase', '', '876', '0', '876', '', '1460'],
  ]);
  const ahead = read([ledgerRow({ ...hours, item: 'used', quantity: 730, price, payment: 'prepaid-used' })]);
  expect(ahead.map(of)).toEqual([['Usage', 'Used', '0', '438', '730', '730', '730']]);
});
