/** What it costs: exact amounts, the bill of a month, bills of tenants, total cost of ownership, returns. */
export { allocate } from './allocate.ts';
export {
  type Appraisal,
  appraise,
  type CashPlan,
  type InternalRate,
  internalRate,
  netPresentValue,
  paybackPeriods,
  returnOnInvestment,
  savings,
} from './appraisal.ts';
export {
  type Capacity,
  chargeback,
  type IdlePolicy,
  type Tariff,
  type TenantBill,
  type TenantUsage,
  UNALLOCATED,
  USAGE_BASES,
  type UsageBasis,
} from './chargeback.ts';
export { csvLine } from './csv.ts';
export { energyKwh, facilityKwh, type PowerDraw } from './energy.ts';
export { converted, type ExchangeRate } from './exchange.ts';
export { FOCUS_COLUMNS, type FocusRow, type FocusSetting, focusCsv, focusRows } from './focus.ts';
export { internalRates } from './internal-rate.ts';
export {
  COST_KINDS,
  type CostKind,
  type LedgerItem,
  type LedgerRow,
  ledgerRow,
  PAYMENTS,
  type Payment,
  type Price,
  type PriceConfidence,
  paymentOf,
  totalOf,
  totalsByKind,
} from './ledger.ts';
export { auditLicences, type LicenceAuditRow } from './licence-audit.ts';
export {
  amountNumber,
  CurrencyError,
  exactAmount,
  fromMinorUnits,
  type Money,
  minorUnits,
  minus,
  money,
  negative,
  nothing,
  plus,
  shownAmount,
  sum,
  times,
  timesRatio,
} from './money.ts';
export {
  HOURS_PER_MONTH,
  MONTHS_PER_YEAR,
  monthlyOf,
  monthlyWriteOff,
  type Purchase,
  type PurchaseDate,
  purchaseDates,
  valueAt,
} from './owning.ts';
export { type FreeTerm, type TcoPlan, type TcoYear, totalCostOfOwnership } from './tco.ts';
export { meanTerm, type Term, type TermPayment, termPayments } from './terms.ts';
