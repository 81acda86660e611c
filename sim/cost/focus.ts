import { csvLine } from './csv.ts';
import type { CostKind, LedgerRow } from './ledger.ts';
import { exactAmount } from './money.ts';

/**
 * Columns of a cost and usage row, in the order of the specification's names.
 *
 * @see FOCUS 1.2, focus.finops.org/focus-specification/v1-2: the mandatory columns, and those of the others that apply
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
  'CommitmentDiscountStatus',
  'CommitmentDiscountType',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'ListUnitPrice',
  'PricingCategory',
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
  'SkuId',
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

/** Allowed values of ServiceCategory by kind of cost. */
const SERVICE_CATEGORY: Readonly<Record<CostKind, string>> = {
  hardware: 'Compute',
  support: 'Management and Governance',
  lease: 'Compute',
  cloud: 'Compute',
  space: 'Other',
  energy: 'Other',
  licence: 'Other',
  administration: 'Management and Governance',
  network: 'Networking',
  storage: 'Storage',
  egress: 'Networking',
  downtime: 'Other',
  other: 'Other',
};

/** Kinds that are paid for whether used or not, and those that are paid by use. */
const IS_USAGE: ReadonlySet<CostKind> = new Set(['cloud', 'energy', 'egress', 'downtime']);

/**
 * The bill of a month as rows of cost and usage, for finance tools. What is written off is an amortised cost: it is in
 * EffectiveCost, and in BilledCost there is nothing of it, because no invoice of the month has it. A lost hour is no
 * invoice either. All else is billed as it stands.
 *
 * @throws {RangeError} if the month is none
 */
export function focusRows(rows: readonly LedgerRow[], { month, account }: FocusSetting): readonly FocusRow[] {
  const [start, end] = monthBounds(month);
  return rows.map((row): FocusRow => {
    const cost = exactAmount(row.amount);
    const isInvoiced = row.kind !== 'hardware' && row.kind !== 'downtime';
    const isUsage = IS_USAGE.has(row.kind);
    const resource = row.pool === '' ? 'fleet' : row.pool;
    return {
      BilledCost: isInvoiced ? cost : '0',
      BillingAccountId: account,
      BillingAccountName: account,
      BillingCurrency: row.amount.currency,
      BillingPeriodEnd: end,
      BillingPeriodStart: start,
      CapacityReservationId: '',
      CapacityReservationStatus: '',
      ChargeCategory: isUsage ? 'Usage' : 'Purchase',
      ChargeClass: '',
      ChargeDescription: row.item,
      ChargeFrequency: isUsage ? 'Usage-Based' : 'Recurring',
      ChargePeriodEnd: end,
      ChargePeriodStart: start,
      CommitmentDiscountCategory: '',
      CommitmentDiscountId: '',
      CommitmentDiscountName: '',
      CommitmentDiscountStatus: '',
      CommitmentDiscountType: '',
      ConsumedQuantity: isUsage ? row.quantity : '',
      ConsumedUnit: isUsage ? row.unit : '',
      ContractedCost: cost,
      EffectiveCost: cost,
      InvoiceIssuerName: 'Slicewise (simulated)',
      ListCost: cost,
      ListUnitPrice: exactAmount(row.unitPrice),
      PricingCategory: 'Standard',
      PricingQuantity: row.quantity,
      PricingUnit: row.unit,
      ProviderName: 'Slicewise (simulated)',
      PublisherName: 'Slicewise (simulated)',
      RegionId: '',
      RegionName: '',
      ResourceId: resource,
      ResourceName: resource,
      ResourceType: row.model === '' ? row.kind : `GPU ${row.model}`,
      ServiceCategory: SERVICE_CATEGORY[row.kind],
      ServiceName: row.kind,
      SkuId: `${row.kind}/${row.model === '' ? row.item : row.model}`,
      SubAccountId: row.pool,
      SubAccountName: row.pool,
      Tags: JSON.stringify({ kind: row.kind, pool: row.pool, gpuModel: row.model }),
      x_Confidence: row.confidence,
      x_Source: row.source,
    };
  });
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
