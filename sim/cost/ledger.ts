import type { Evidence } from '../hardware/evidence.ts';
import { type Money, quantityText, sum, times } from './money.ts';

/** What a line of the bill is for, in the order of reports. */
export const COST_KINDS = [
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
] as const;
export type CostKind = (typeof COST_KINDS)[number];

/** Where a price comes from: a fact of the catalogue with its evidence, or the scenario. */
export type PriceConfidence = Evidence | 'stated';

export interface Price {
  readonly amount: Money;
  readonly source: string;
  readonly confidence: PriceConfidence;
}

/** How a line comes to be paid. */
export const PAYMENTS = [
  /** By an invoice of the month. */
  'billed',
  /** Bought before, and written off month by month. */
  'written-off',
  /** By nobody: it is what an outage costs the business. */
  'unbilled',
  /** By an invoice of the month for a commitment, of which it is what was used, or was not. */
  'commitment-used',
  'commitment-unused',
  /** The same of a commitment that was paid for in advance. */
  'prepaid-used',
  'prepaid-unused',
] as const;
export type Payment = (typeof PAYMENTS)[number];

/** A line of the bill of one month. */
export interface LedgerRow {
  readonly kind: CostKind;
  /** What is paid for, in words. */
  readonly item: string;
  /** Name of the entry of hosts that it is for; empty: of the whole fleet. */
  readonly pool: string;
  /** GPU model; empty where it is for no single one. */
  readonly model: string;
  /** Decimal text of six places at most. */
  readonly quantity: string;
  /** What the quantity counts, in a month: `GPU-months`, `kWh`. */
  readonly unit: string;
  readonly unitPrice: Money;
  /** Before what a commitment takes off; the unit price elsewhere. */
  readonly listUnitPrice: Money;
  readonly payment: Payment;
  /** `quantity x unitPrice`. */
  readonly amount: Money;
  readonly source: string;
  readonly confidence: PriceConfidence;
}

export type LedgerItem = Pick<LedgerRow, 'kind' | 'item' | 'unit'> & {
  readonly pool?: string;
  readonly model?: string;
  readonly quantity: string | number;
  readonly price: Price;
  /** Absent: that of the kind, see `paymentOf`. */
  readonly payment?: Payment;
  readonly listPrice?: Money;
};

/** How lines of a kind are paid where nothing else is said. */
export function paymentOf(kind: CostKind): Payment {
  return kind === 'hardware' ? 'written-off' : kind === 'downtime' ? 'unbilled' : 'billed';
}

/** A line: the quantity is taken to six places, and the amount is that times the price. */
export function ledgerRow({
  kind,
  item,
  unit,
  pool = '',
  model = '',
  quantity,
  price,
  payment = paymentOf(kind),
  listPrice = price.amount,
}: LedgerItem): LedgerRow {
  const counted = quantityText(quantity);
  return {
    kind,
    item,
    pool,
    model,
    quantity: counted,
    unit,
    unitPrice: price.amount,
    listUnitPrice: listPrice,
    payment,
    amount: times(price.amount, counted),
    source: price.source,
    confidence: price.confidence,
  };
}

/** @throws {CurrencyError} if a line is of another currency */
export function totalOf(currency: string, rows: readonly LedgerRow[]): Money {
  return sum(
    currency,
    rows.map(({ amount }) => amount),
  );
}

/** Totals by kind, in the order of reports, of the kinds that have a line. */
export function totalsByKind(
  currency: string,
  rows: readonly LedgerRow[],
): readonly (readonly [CostKind, Money])[] {
  return COST_KINDS.flatMap((kind) => {
    const of = rows.filter((row) => row.kind === kind);
    return of.length === 0 ? [] : [[kind, totalOf(currency, of)] as const];
  });
}
