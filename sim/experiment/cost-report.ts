import {
  allocate,
  amountNumber,
  appraise,
  type CashPlan,
  chargeback,
  exactAmount,
  fromMinorUnits,
  type LedgerRow,
  type Money,
  meanTerm,
  minorUnits,
  minus,
  money,
  type Payment,
  paymentOf,
  plus,
  purchaseDates,
  savings,
  shownAmount,
  sum,
  type Tariff,
  type TenantUsage,
  type Term,
  termPayments,
  timesRatio,
  totalCostOfOwnership,
  totalOf,
  totalsByKind,
} from '../cost/index.ts';
import { pow } from '../kernel/math.ts';
import type { CostPrice } from '../scenario/cost-types.ts';
import type { CostBasis } from './cost-basis.ts';
import { priceIn } from './cost-lines.ts';

const MONTHS_PER_YEAR = 12;

/** A line of the bill as text: amounts in the currency of the report, without loss. */
export type LedgerLine = Readonly<
  Record<
    | 'kind'
    | 'item'
    | 'pool'
    | 'model'
    | 'quantity'
    | 'unit'
    | 'unitPrice'
    | 'listUnitPrice'
    | 'payment'
    | 'amount'
    | 'source'
    | 'confidence',
    string
  >
>;

/** What is compared with a baseline; rates a year. */
export interface AppraisalReport {
  readonly baseline: string;
  readonly months: number;
  readonly rate: number;
  readonly npv: number;
  /** Null where there is none, or several. */
  readonly irrPerYear: number | null;
  /** All internal rates of return, ascending: several where the flows change sign several times. */
  readonly irrsPerYear: readonly number[];
  readonly paybackMonths: number | null;
  readonly discountedPaybackMonths: number | null;
  readonly roi: number | null;
  /** By month from now: what is saved less what is paid. */
  readonly flows: readonly number[];
}

/** What the GPUs of a model cost a month, and so each of their hours: there, held, and at work. */
interface GpuModelCost {
  readonly model: string;
  readonly amount: string;
  readonly perGpuHourPresent: number | null;
  readonly perGpuHourAllocated: number | null;
  readonly perGpuHourDelivered: number | null;
}

/** What the fleet costs: the bill of a month of 730 hours, mean over the replications. Amounts are decimal text. */
export interface CostReport {
  readonly currency: string;
  readonly month: string | null;
  readonly measuredHours: number;
  readonly ledger: readonly LedgerLine[];
  /** Rounded to the currency's minor unit, halves to the even neighbour. */
  readonly perMonth: string;
  readonly byKind: Readonly<Record<string, string>>;
  readonly tco: readonly Readonly<Record<'bought' | 'running' | 'due' | 'resale' | 'soFar', string>>[];
  /** By GPU model, in order of the fleet; amounts add up to `perMonth`. */
  readonly byGpuModel: readonly GpuModelCost[];
  /** Adds up to `perMonth`. */
  readonly chargeback: readonly { readonly tenant: string; readonly amount: string }[];
  readonly appraisal: AppraisalReport | null;
}

/** Joins the bills of replications to one: means, line by line; a line that a replication does not have is 0 there. */
export function costReport(bases: readonly CostBasis[]): CostReport | undefined {
  const [first] = bases;
  if (first === undefined) return undefined;
  const basis = bases.length === 1 ? first : meanBasis(bases, first);
  const { rows, terms } = basis;
  const { currency } = terms;
  const total = totalOf(currency, rows);
  return {
    currency,
    month: terms.month,
    measuredHours: basis.measuredHours,
    ledger: rows.map(lineOf),
    perMonth: shownAmount(total),
    byKind: Object.fromEntries(
      totalsByKind(currency, rows).map(([kind, amount]) => [kind, shownAmount(amount)]),
    ),
    byGpuModel: byGpuModel(basis, total),
    tco: tcoOf(basis),
    chargeback: chargebackOf(basis, total),
    appraisal: appraisalOf(basis) ?? null,
  };
}

const lineOf = (row: LedgerRow): LedgerLine => ({
  ...row,
  unitPrice: exactAmount(row.unitPrice),
  listUnitPrice: exactAmount(row.listUnitPrice),
  amount: exactAmount(row.amount),
});

/** The rows of a report, as functions of `sim/cost` take them. */
export function rowsOfReport({ ledger, currency }: CostReport): readonly LedgerRow[] {
  return ledger.map(
    (line) =>
      ({
        ...line,
        unitPrice: money(line.unitPrice, currency),
        // Results of earlier versions do not say.
        listUnitPrice: money(line.listUnitPrice ?? line.unitPrice, currency),
        payment: (line.payment ?? paymentOf(line.kind as LedgerRow['kind'])) as Payment,
        amount: money(line.amount, currency),
      }) as LedgerRow,
  );
}

function meanBasis(bases: readonly CostBasis[], first: CostBasis): CostBasis {
  const n = bases.length;
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / n;
  const meanRows = (pick: (basis: CostBasis) => readonly LedgerRow[]) => {
    const byKey = new Map<string, LedgerRow[]>();
    for (const row of bases.flatMap(pick)) {
      const key = JSON.stringify([row.kind, row.item, row.pool, row.model, row.unit]);
      byKey.set(key, [...(byKey.get(key) ?? []), row]);
    }
    return [...byKey.values()].map((rows): LedgerRow => {
      const [row] = rows as [LedgerRow];
      const amount = timesRatio(
        sum(
          row.amount.currency,
          rows.map((each) => each.amount),
        ),
        1,
        n,
      );
      const quantity = rows.reduce((a, each) => a + Number(each.quantity), 0) / n;
      return { ...row, quantity: String(Number(quantity.toFixed(6))), amount };
    });
  };
  const names = [...new Set(bases.flatMap(({ tenants }) => tenants.map(({ tenant }) => tenant)))].sort();
  const tenantMean = (tenant: string, key: Exclude<keyof TenantUsage, 'tenant'>) =>
    mean(bases.map(({ tenants }) => tenants.find((each) => each.tenant === tenant)?.[key] ?? 0));
  return {
    ...first,
    measuredHours: mean(bases.map(({ measuredHours }) => measuredHours)),
    rows: meanRows(({ rows }) => rows),
    waived: meanRows(({ waived }) => waived),
    purchases: first.purchases.map((purchase, at) => ({
      ...purchase,
      price: timesRatio(
        sum(
          purchase.price.currency,
          bases.map(({ purchases }) => purchases[at]?.price ?? money(0, purchase.price.currency)),
        ),
        1,
        n,
      ),
    })),
    freeTerms: first.freeTerms.map((term, at) => ({
      ...term,
      monthly: timesRatio(
        sum(
          term.monthly.currency,
          bases.map(({ freeTerms }) => freeTerms[at]?.monthly ?? money(0, term.monthly.currency)),
        ),
        1,
        n,
      ),
    })),
    tenants: names.map((tenant) => ({
      tenant,
      allocatedGpuHours: tenantMean(tenant, 'allocatedGpuHours'),
      usedGpuHours: tenantMean(tenant, 'usedGpuHours'),
      coreHours: tenantMean(tenant, 'coreHours'),
      memoryGiBHours: tenantMean(tenant, 'memoryGiBHours'),
      sessionHours: tenantMean(tenant, 'sessionHours'),
      peakGpus: tenantMean(tenant, 'peakGpus'),
    })),
    capacity: {
      ...first.capacity,
      allocatedGpuHours: mean(bases.map(({ capacity }) => capacity.allocatedGpuHours)),
      usedGpuHours: mean(bases.map(({ capacity }) => capacity.usedGpuHours ?? 0)),
    },
    contracts: first.contracts.map((_, at) => meanTerm(bases.map(({ contracts }) => contracts[at] as Term))),
    gpuHours: first.gpuHours.map((of, at) => {
      const meanOf = (key: 'present' | 'allocated' | 'delivered') =>
        mean(bases.map(({ gpuHours }) => gpuHours[at]?.[key] ?? 0));
      return {
        ...of,
        present: meanOf('present'),
        allocated: meanOf('allocated'),
        delivered: meanOf('delivered'),
      };
    }),
  };
}

/** What is paid every month, once nothing is waived: all that is no write-off of a purchase and under no contract. */
function runningCosts({ rows, waived, purchases, contracts, terms }: CostBasis): Money {
  const all = plus(totalOf(terms.currency, rows), totalOf(terms.currency, waived));
  const writtenOff = sum(
    terms.currency,
    purchases.map(({ price, months, residual }) =>
      timesRatio(minus(price, timesRatio(price, residual, 1)), 1, months),
    ),
  );
  const underContract = sum(
    terms.currency,
    contracts.map(({ monthly }) => monthly),
  );
  return minus(minus(all, writtenOff), underContract);
}

/**
 * The bill by GPU model. A line for a model is that model's; a line for an entry of hosts is divided among its models, and
 * one for the fleet among all, by the hours in which their GPUs were there.
 */
function byGpuModel({ rows, gpuHours }: CostBasis, total: Money): CostReport['byGpuModel'] {
  const models = [...new Set(gpuHours.map(({ model }) => model))];
  const parts = new Map(models.map((model) => [model, 0]));
  const present = (of: CostBasis['gpuHours']) => of.reduce((all, each) => all + each.present, 0);
  for (const { pool, model, amount } of rows) {
    if (parts.has(model)) {
      parts.set(model, (parts.get(model) as number) + amountNumber(amount));
      continue;
    }
    const own = gpuHours.filter((each) => each.pool === pool);
    // Hosts without GPUs, or that were never there, serve the whole fleet.
    const among = present(own) > 0 ? own : gpuHours;
    const all = present(among);
    if (all === 0) return [];
    for (const each of among) {
      const share = (amountNumber(amount) * each.present) / all;
      parts.set(each.model, (parts.get(each.model) as number) + share);
    }
  }
  if (![...parts.values()].some((part) => part > 0)) return [];
  const amounts = allocate(total, [...parts.values()]);
  return models.map((model, i): GpuModelCost => {
    const of = gpuHours.filter((each) => each.model === model);
    const amount = amounts[i] as Money;
    const per = (key: 'present' | 'allocated' | 'delivered') => {
      const hours = of.reduce((sum, each) => sum + each[key], 0);
      return hours > 0 ? amountNumber(amount) / hours : null;
    };
    return {
      model,
      amount: shownAmount(amount),
      perGpuHourPresent: per('present'),
      perGpuHourAllocated: per('allocated'),
      perGpuHourDelivered: per('delivered'),
    };
  });
}

function tcoOf(basis: CostBasis): CostReport['tco'] {
  const { terms, purchases, freeTerms, contracts } = basis;
  return totalCostOfOwnership({
    currency: terms.currency,
    purchases,
    running: runningCosts(basis),
    terms: contracts,
    freeTerms,
    years: terms.years,
  }).map(({ bought, running, due, resale, soFar }) => ({
    bought: shownAmount(bought),
    running: shownAmount(running),
    due: shownAmount(due),
    resale: shownAmount(resale),
    soFar: shownAmount(soFar),
  }));
}

function chargebackOf({ terms, tenants, capacity }: CostBasis, total: Money): CostReport['chargeback'] {
  const { chargeback: rule } = terms;
  if (rule === null) return [];
  const { by, idle } = rule;
  const tariff: Tariff =
    rule.tariff === 'rates'
      ? {
          kind: 'rates',
          idle,
          rates: rule.rates.map((rate) => ({ by: rate.by, price: priceIn(terms, rate.price).amount })),
        }
      : rule.tariff === 'full-cost'
        ? { kind: 'full-cost', by, idle }
        : { kind: 'fixed-and-variable', fixed: rule.fixed, by, idle };
  return chargeback(total, tenants, capacity, tariff).map(({ tenant, amount }) => ({
    tenant: tenant === '' ? '(no tenant)' : tenant,
    amount: shownAmount(amount),
  }));
}

/** The fleet compared with the baseline; undefined where none is stated. */
export function appraisalOf(basis: CostBasis): AppraisalReport | undefined {
  const { baseline, currency } = basis.terms;
  if (baseline === null) return undefined;
  const { name, months, rate } = baseline;
  const amount = (price: CostPrice | null) =>
    price === null ? 0 : amountNumber(priceIn(basis.terms, price).amount);
  const before: CashPlan = {
    monthly: amount(baseline.perMonth),
    dated: [
      { month: 0, amount: amount(baseline.upfront) },
      { month: months, amount: -amount(baseline.resale) },
    ],
  };
  const after: CashPlan = {
    monthly: amountNumber(runningCosts(basis)),
    dated: [
      ...basis.purchases.flatMap((purchase) =>
        purchaseDates(purchase, months).map(({ month, bought, sold }) => ({
          month,
          amount: amountNumber(minus(bought, sold)),
        })),
      ),
      ...basis.contracts.flatMap((term) =>
        termPayments(term, months).map(({ month, amount: paid }) => ({ month, amount: amountNumber(paid) })),
      ),
      ...basis.freeTerms.flatMap((term) =>
        Array.from({ length: Math.min(term.months, months) }, (_, i) => ({
          month: i + 1,
          amount: -amountNumber(term.monthly),
        })),
      ),
    ],
  };
  // In whole cents: what is left over by doubles is no money, and its sign would count for the rates.
  const flows = savings(before, after, months).map((flow) =>
    amountNumber(fromMinorUnits(minorUnits(money(flow, currency)), currency)),
  );
  const found = appraise(flows, pow(1 + rate, 1 / MONTHS_PER_YEAR) - 1);
  const rates =
    found.irr.kind === 'several' ? found.irr.rates : found.irr.kind === 'one' ? [found.irr.rate] : [];
  const irrsPerYear = rates.map((each) => pow(1 + each, MONTHS_PER_YEAR) - 1);
  return {
    baseline: name,
    months,
    rate,
    npv: found.npv,
    irrPerYear: irrsPerYear.length === 1 ? (irrsPerYear[0] as number) : null,
    irrsPerYear,
    paybackMonths: found.paybackMonths ?? null,
    discountedPaybackMonths: found.discountedPaybackMonths ?? null,
    roi: found.roi ?? null,
    flows,
  };
}

/** Months from which on a run is long enough to stand for one. */
const WHOLE_MONTH_HOURS = 730;

/** What the reader must know before using the bill. */
export function costNotes(report: CostReport | undefined): readonly string[] {
  if (report === undefined) return [];
  const notes: string[] = [];
  const { measuredHours, ledger, appraisal } = report;
  if (measuredHours < WHOLE_MONTH_HOURS - 0.5) {
    notes.push(
      `Costs are of a month of 730 h, made from ${Number(measuredHours.toFixed(1))} h measured: what depends on use is scaled up`,
    );
  }
  const doubtful = [
    ...new Set(ledger.flatMap(({ confidence, item }) => (confidence === 'unverified' ? [item] : []))),
  ];
  if (doubtful.length > 0)
    notes.push(`Nobody has verified figures that the scenario lets into these costs: ${doubtful.join('; ')}`);
  if (appraisal !== null && appraisal.irrsPerYear.length > 1) {
    const rates = appraisal.irrsPerYear.map((rate) => `${Number((rate * 100).toFixed(2))} %`).join(', ');
    notes.push(
      `The savings against "${appraisal.baseline}" change sign several times: they have several internal rates of return (${rates} a year); judge by the net present value`,
    );
  }
  if (appraisal !== null && appraisal.irrsPerYear.length === 0)
    notes.push(
      `The savings against "${appraisal.baseline}" have no internal rate of return: judge by the net present value`,
    );
  return notes;
}
