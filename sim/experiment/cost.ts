import type { Fleet } from '../cluster/fleet.ts';
import {
  amountNumber,
  HOURS_PER_MONTH,
  type LedgerRow,
  type Purchase,
  type TenantUsage,
  type Term,
  totalOf,
  totalsByKind,
} from '../cost/index.ts';
import type { TimedOutcome } from '../engine/timed.ts';
import { CostMeter, type CostUsage, type TenantHours } from '../observe/cost-meter.ts';
import type { Readings } from '../observe/metric.ts';
import type { Cost } from '../scenario/cost-types.ts';
import type { Scenario } from '../scenario/types.ts';
import type { CostBasis } from './cost-basis.ts';
import { elasticLines, fleetLines, licenceLines, type RunFigures } from './cost-fleet-lines.ts';
import { energyLines, hostLines } from './cost-lines.ts';
import { gpuHoursOf, type HostQuantities, hostsByEntry, quantitiesOf } from './cost-quantities.ts';
import { appraisalOf } from './cost-report.ts';

const US_PER_HOUR = 3600e6;

/**
 * Measures what the bill of a run needs.
 *
 * @throws {ScenarioError} where hosts and their prices do not go together: in fleets from a trace this shows only now
 */
export function costMeter(
  { cost, elastic }: Pick<Scenario, 'cost' | 'elastic'>,
  fleet: Fleet,
  warmupUs: number,
): CostMeter {
  const entries = cost?.hosts ?? [];
  const lists = hostsByEntry(entries, fleet, billedHosts(elastic));
  return new CostMeter(
    fleet,
    warmupUs,
    entries.flatMap(({ tenure }, at) => {
      if (tenure.kind !== 'cloud' || tenure.committed === null) return [];
      const hosts = lists[at] ?? [];
      return [{ hosts, count: tenure.committed.hosts ?? hosts.length }];
    }),
  );
}

/** Names of hosts that groups of `elastic` are billed for. */
export const billedHosts = (elastic: Scenario['elastic']): ReadonlySet<string> =>
  new Set((elastic?.groups ?? []).flatMap(({ price, hosts }) => (price === null ? [] : hosts)));

/**
 * The bill of a run, carried over to a month of 730 hours, with its readings as `cost...`. Means are of the time after the
 * warm-up; counts of jobs and the bills of elastic groups are of the whole run. Undefined where the run ended within its
 * warm-up: nothing was measured.
 *
 * @param readings of the run; faults, elastic groups and jobs are already in it
 */
export function readCost(
  readings: Readings,
  { cost, elastic }: { readonly cost: Cost; readonly elastic: Scenario['elastic'] },
  fleet: Fleet,
  meter: CostUsage,
  outcome: Pick<TimedOutcome, 'endUs'>,
): CostBasis | undefined {
  const { currency } = cost;
  const runHours = outcome.endUs / US_PER_HOUR;
  if (!(meter.hours > 0)) {
    readings.set('cost.perMonth', { value: null, unit: `${currency}/month` });
    return undefined;
  }
  const scale = HOURS_PER_MONTH / meter.hours;
  const lists = hostsByEntry(cost.hosts, fleet, billedHosts(elastic));
  const all = quantitiesOf(
    fleet.hostNames.map((_, host) => host),
    fleet,
    meter,
  );
  const run: RunFigures = {
    fleet,
    meter,
    readings,
    perRun: HOURS_PER_MONTH / runHours,
    hosts: all.hostHours / meter.hours,
  };
  const rows: LedgerRow[] = [];
  const purchases: Purchase[] = [];
  const contracts: Term[] = [];
  const gpuHoursByEntry: CostBasis['gpuHours'][number][] = [];
  const noteHours = (pool: string, { models }: HostQuantities) => {
    for (const [model, { present, allocated, delivered }] of models) {
      gpuHoursByEntry.push({
        pool,
        model,
        present: present * scale,
        allocated: allocated * scale,
        delivered: delivered * scale,
      });
    }
  };
  const committed = meter.commitments().values();
  for (const [at, entry] of cost.hosts.entries()) {
    const measured = quantitiesOf(lists[at] ?? [], fleet, meter);
    const { tenure } = entry;
    const hours = tenure.kind === 'cloud' && tenure.committed !== null ? committed.next().value : undefined;
    const lines = hostLines(cost, entry, measured, scale, hours);
    rows.push(...lines.rows, ...energyLines(cost, entry, measured, scale));
    purchases.push(...lines.purchases);
    contracts.push(...lines.terms);
    noteHours(entry.name, measured);
  }
  const numbers = new Map(fleet.hostNames.map((name, host) => [name, host]));
  for (const { name, price, hosts } of elastic?.groups ?? []) {
    if (price === null) continue;
    noteHours(
      name,
      quantitiesOf(
        hosts.map((host) => numbers.get(host) as number),
        fleet,
        meter,
      ),
    );
  }
  const licences = licenceLines(cost, run);
  rows.push(...elasticLines(cost, elastic, run), ...licences.rows, ...fleetLines(cost, run));
  const gpuHours = gpuHoursOf(all);
  const tenants = meter.tenants().map((usage) => scaled(usage, scale));
  const basis: CostBasis = {
    terms: {
      currency,
      month: cost.month,
      rates: cost.rates,
      chargeback: cost.chargeback,
      baseline: cost.baseline,
      years: cost.years,
    },
    measuredHours: meter.hours,
    rows,
    waived: licences.waived,
    purchases: [...purchases, ...licences.purchases],
    freeTerms: licences.freeTerms,
    contracts,
    tenants,
    capacity: {
      allocatedGpuHours: gpuHours.present * scale,
      usedGpuHours: gpuHours.present * scale,
      coreHours: (fleet.cpuTotalMilli / 1000) * HOURS_PER_MONTH,
      memoryGiBHours: (fleet.memoryTotalMib / 1024) * HOURS_PER_MONTH,
      // A session has no room of its own: what nobody uses cannot be told.
      sessionHours: 0,
      peakGpus: fleet.gpuCount,
    },
    gpuHours: gpuHoursByEntry,
  };
  const carbon = cost.energy?.gramsPerKwh?.amount;
  readMetrics(readings, basis, {
    present: gpuHours.present * scale,
    allocated: gpuHours.allocated * scale,
    delivered: gpuHours.delivered * scale,
    jobs: (readings.get('jobs.completed')?.value ?? 0) * run.perRun,
    userHours: tenants.reduce((sum, { sessionHours }) => sum + sessionHours, 0),
    runMonths: runHours / HOURS_PER_MONTH,
    gramsPerKwh: carbon === undefined ? null : Number(carbon),
  });
  return basis;
}

function scaled(usage: TenantHours, by: number): TenantUsage {
  const { tenant, allocatedGpuHours, usedGpuHours, coreHours, memoryGiBHours, sessionHours, peakGpus } =
    usage;
  return {
    tenant,
    allocatedGpuHours: allocatedGpuHours * by,
    usedGpuHours: usedGpuHours * by,
    coreHours: coreHours * by,
    memoryGiBHours: memoryGiBHours * by,
    sessionHours: sessionHours * by,
    peakGpus,
  };
}

/** What a month had of everything that a cost is told by. */
interface MonthCounts {
  readonly present: number;
  readonly allocated: number;
  readonly delivered: number;
  readonly jobs: number;
  readonly userHours: number;
  readonly runMonths: number;
  readonly gramsPerKwh: number | null;
}

const GRAMS_PER_KG = 1000;

function readMetrics(into: Readings, basis: CostBasis, month: MonthCounts): void {
  const { rows, terms } = basis;
  const { currency } = terms;
  const total = amountNumber(totalOf(currency, rows));
  const per = (count: number) => (count > 0 ? total / count : null);
  into.set('cost.perMonth', { value: total, unit: `${currency}/month` });
  for (const [kind, amount] of totalsByKind(currency, rows))
    into.set(`cost.${kind}.perMonth`, { value: amountNumber(amount), unit: `${currency}/month` });
  into.set('cost.overRun', { value: total * month.runMonths, unit: currency });
  into.set('cost.perGpuHourPresent', { value: per(month.present), unit: `${currency}/GPU-hour` });
  into.set('cost.perGpuHourAllocated', { value: per(month.allocated), unit: `${currency}/GPU-hour` });
  into.set('cost.perGpuHourDelivered', { value: per(month.delivered), unit: `${currency}/GPU-hour` });
  into.set('cost.perJob', { value: per(month.jobs), unit: `${currency}/job` });
  if (month.userHours > 0)
    into.set('cost.perUserHour', { value: per(month.userHours), unit: `${currency}/user-hour` });
  const energy = rows.filter(({ kind }) => kind === 'energy');
  if (energy.length > 0) {
    const kwh = energy.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    into.set('cost.energy.kWh', { value: kwh, unit: 'kWh/month' });
    if (month.gramsPerKwh !== null)
      into.set('cost.carbon.kg', { value: (kwh * month.gramsPerKwh) / GRAMS_PER_KG, unit: 'kg/month' });
  }
  const appraisal = appraisalOf(basis);
  if (appraisal === undefined) return;
  into.set('cost.npv', { value: appraisal.npv, unit: currency });
  into.set('cost.irr', { value: appraisal.irrPerYear, unit: 'fraction/year' });
  into.set('cost.payback', { value: appraisal.paybackMonths, unit: 'months' });
  into.set('cost.discountedPayback', { value: appraisal.discountedPaybackMonths, unit: 'months' });
  into.set('cost.roi', { value: appraisal.roi, unit: 'ratio' });
}
