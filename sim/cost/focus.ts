import { csvLine } from './csv.ts';
import type { CostKind, LedgerRow } from './ledger.ts';
import { exactAmount, type Money, plus, times } from './money.ts';

/**
 * Columns of a cost and usage row, in the order of the specification's names: the mandatory columns, those of the others
 * that apply, and two of our own. An empty cell is a null.
 *
 * @see FOCUS 1.2, focus.finops.org/focus-specification/v1-2; `test/cost/focus-columns.ts` has what it demands of each
 */
export const FOCUS_COLUMNS = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'CapacityReservationId',
  'CapacityReservationStatus',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'CommitmentDiscountCategory',
  'CommitmentDiscountId',
  'CommitmentDiscountName',
  'CommitmentDiscountQuantity',
  'CommitmentDiscountStatus',
  'CommitmentDiscountType',
  'CommitmentDiscountUnit',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'ContractedUnitPrice',
  'EffectiveCost',
  'InvoiceId',
  'InvoiceIssuerName',
  'ListCost',
  'ListUnitPrice',
  'PricingCategory',
  'PricingCurrency',
  'PricingCurrencyContractedUnitPrice',
  'PricingCurrencyEffectiveCost',
  'PricingCurrencyListUnitPrice',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'RegionId',
  'RegionName',
  'ResourceId',
  'ResourceName',
  'ResourceType',
  'ServiceCategory',
  'ServiceName',
  'ServiceSubcategory',
  'SkuId',
  'SkuMeter',
  'SkuPriceDetails',
  'SkuPriceId',
  'SubAccountId',
  'SubAccountName',
  'Tags',
  'x_Confidence',
  'x_Source',
] as const;

type FocusColumn = (typeof FOCUS_COLUMNS)[number];
export type FocusRow = Readonly<Record<FocusColumn, string>>;

/** What the ledger does not know. */
export interface FocusSetting {
  /** Billed month, `2026-09`. */
  readonly month: string;
  /** Identifies what is billed; the name of the scenario will do. */
  readonly account: string;
}

/** Allowed values of ServiceCategory and its ServiceSubcategory by kind of cost. */
const SERVICE: Readonly<Record<CostKind, readonly [category: string, subcategory: string]>> = {
  hardware: ['Compute', 'Other (Compute)'],
  support: ['Management and Governance', 'Support'],
  lease: ['Compute', 'Other (Compute)'],
  cloud: ['Compute', 'Virtual Machines'],
  space: ['Other', 'Other (Other)'],
  energy: ['Other', 'Other (Other)'],
  licence: ['Other', 'Other (Other)'],
  administration: ['Management and Governance', 'Other (Management and Governance)'],
  network: ['Networking', 'Other (Networking)'],
  storage: ['Storage', 'Other (Storage)'],
  egress: ['Networking', 'Other (Networking)'],
  downtime: ['Other', 'Other (Other)'],
  other: ['Other', 'Other (Other)'],
};

/** Kinds whose price is by use; the others cost the same every month. */
const IS_METERED: ReadonlySet<CostKind> = new Set(['cloud', 'energy', 'egress', 'downtime']);

/**
 * The bill of a month as rows of cost and usage, for finance tools. What is written off is an amortised cost of something
 * that was bought before: it is in EffectiveCost, and in BilledCost there is nothing of it, because no invoice of the
 * month has it. A lost hour is no invoice either. Of a commitment there is the purchase of the month, which is billed,
 * and its hours, used and not, which have the effective cost; where it was paid in advance only these. All else is billed
 * as it stands.
 *
 * @throws {RangeError} if the month is none
 */
export function focusRows(rows: readonly LedgerRow[], { month, account }: FocusSetting): readonly FocusRow[] {
  const [start, end] = monthBounds(month);
  const base = {
    ...(Object.fromEntries(FOCUS_COLUMNS.map((column) => [column, ''])) as FocusRow),
    BillingAccountId: account,
    BillingAccountName: account,
    BillingPeriodEnd: end,
    BillingPeriodStart: start,
    ChargePeriodEnd: end,
    ChargePeriodStart: start,
    InvoiceIssuerName: 'Slicewise (simulated)',
    ProviderName: 'Slicewise (simulated)',
    PublisherName: 'Slicewise (simulated)',
  };
  return [...rows.map((row) => chargeOf(row, base)), ...purchasesOf(rows, base)];
}

function chargeOf(row: LedgerRow, base: FocusRow): FocusRow {
  const { kind, payment } = row;
  const isCommitted = isOfCommitment(row);
  const isUnused = payment === 'commitment-unused' || payment === 'prepaid-unused';
  return {
    ...base,
    ...aboutOf(row),
    ...priceOf(row.listUnitPrice, row.quantity),
    BilledCost: payment === 'billed' ? exactAmount(row.amount) : '0',
    ...effective(exactAmount(row.amount)),
    // A purchase has no effective cost in the specification: what is paid for by the month is used in it.
    ChargeCategory: 'Usage',
    ChargeDescription: row.item,
    ChargeFrequency: IS_METERED.has(kind) ? 'Usage-Based' : 'Recurring',
    ConsumedQuantity: !isUnused ? row.quantity : '',
    ConsumedUnit: !isUnused ? unitOf(row.unit) : '',
    PricingCategory: isCommitted ? 'Committed' : 'Standard',
    ...(isCommitted
      ? { ...commitmentOf(row, row.quantity), CommitmentDiscountStatus: isUnused ? 'Unused' : 'Used' }
      : {}),
  };
}

/** What is billed in the month for commitments that are paid month by month: one row for each entry of hosts. */
function purchasesOf(rows: readonly LedgerRow[], base: FocusRow): readonly FocusRow[] {
  const pools = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    if (row.payment !== 'commitment-used' && row.payment !== 'commitment-unused') continue;
    pools.set(row.pool, [...(pools.get(row.pool) ?? []), row]);
  }
  return [...pools.values()].map((parts): FocusRow => {
    const [first, ...others] = parts as [LedgerRow, ...LedgerRow[]];
    const amount = others.reduce((all, row) => plus(all, row.amount), first.amount);
    const hours = String(Number(parts.reduce((all, row) => all + Number(row.quantity), 0).toFixed(6)));
    return {
      ...base,
      ...aboutOf(first),
      ...priceOf(first.unitPrice, hours),
      BilledCost: exactAmount(amount),
      // Its hours have the cost.
      ...effective('0'),
      ChargeCategory: 'Purchase',
      ChargeDescription: `Commitment for ${first.pool}`,
      ChargeFrequency: 'Recurring',
      PricingCategory: 'Standard',
      SkuPriceId: `${skuOf(first)}/commitment`,
      ...commitmentOf(first, hours),
    };
  });
}

const isOfCommitment = ({ payment }: LedgerRow) =>
  payment.startsWith('commitment-') || payment.startsWith('prepaid-');

/** Without discounts for commitments, as the specification has it: a list price times the quantity, to the last digit. */
function priceOf(unitPrice: Money, quantity: string) {
  const cost = exactAmount(times(unitPrice, quantity));
  return {
    ContractedCost: cost,
    ContractedUnitPrice: exactAmount(unitPrice),
    ListCost: cost,
    ListUnitPrice: exactAmount(unitPrice),
    // What is priced in another currency has been converted: the ledger is of one.
    PricingCurrency: unitPrice.currency,
    PricingCurrencyContractedUnitPrice: exactAmount(unitPrice),
    PricingCurrencyListUnitPrice: exactAmount(unitPrice),
    PricingQuantity: quantity,
  };
}

const effective = (cost: string) => ({ EffectiveCost: cost, PricingCurrencyEffectiveCost: cost });

function commitmentOf({ pool, unit }: LedgerRow, quantity: string) {
  return {
    CommitmentDiscountCategory: 'Usage',
    CommitmentDiscountId: pool,
    CommitmentDiscountName: pool,
    CommitmentDiscountQuantity: quantity,
    CommitmentDiscountType: 'Reserved hours',
    CommitmentDiscountUnit: unitOf(unit),
  };
}

const skuOf = ({ kind, model, item }: LedgerRow) =>
  // One product whatever the price category of its hours.
  `${kind}/${kind === 'cloud' ? 'host-hours' : model === '' ? item : model}`;

function aboutOf(row: LedgerRow) {
  const resource = row.pool === '' ? 'fleet' : row.pool;
  const [category, subcategory] = SERVICE[row.kind];
  return {
    BillingCurrency: row.amount.currency,
    PricingUnit: unitOf(row.unit),
    ResourceId: resource,
    ResourceName: resource,
    ResourceType: row.model === '' ? row.kind : `GPU ${row.model}`,
    ServiceCategory: category,
    ServiceName: row.kind,
    ServiceSubcategory: subcategory,
    SkuId: skuOf(row),
    SkuMeter: row.item,
    SkuPriceId: `${skuOf(row)}/${row.item}`,
    SubAccountId: row.pool,
    SubAccountName: row.pool,
    Tags: JSON.stringify({ kind: row.kind, pool: row.pool, gpuModel: row.model }),
    x_Confidence: row.confidence,
    x_Source: row.source,
  };
}

/** Words of the specification for parts of our units that are not capitalised in it or by it. */
const UNIT_WORDS: Readonly<Record<string, string>> = { kWh: 'Kilowatt-Hours', kW: 'Kilowatt' };

/** A unit as the specification writes it: `Host-Hours`. */
function unitOf(unit: string): string {
  return unit
    .split('-')
    .map((part) => UNIT_WORDS[part] ?? `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join('-');
}

/** The rows with their header, as text. */
export function focusCsv(rows: readonly FocusRow[]): string {
  const lines = [FOCUS_COLUMNS, ...rows.map((row) => FOCUS_COLUMNS.map((column) => row[column]))];
  return `${lines.map(csvLine).join('\n')}\n`;
}

const LAST_MONTH = 12;

/** First instant of a month and of the next, as the specification writes times. */
function monthBounds(month: string): readonly [string, string] {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (match === null) throw new RangeError(`Cannot bill a month: need a month such as 2026-09, got ${month}`);
  const [year, number] = [Number(match[1]), Number(match[2])];
  const next = number === LAST_MONTH ? [year + 1, 1] : [year, number + 1];
  const text = (y: number, m: number) =>
    `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-01T00:00:00Z`;
  return [text(year, number), text(next[0] as number, next[1] as number)];
}
