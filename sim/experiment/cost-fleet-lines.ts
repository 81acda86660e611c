import type { Fleet } from '../cluster/fleet.ts';
import {
  type FreeTerm,
  HOURS_PER_MONTH,
  type LedgerRow,
  ledgerRow,
  monthlyOf,
  monthlyWriteOff,
  nothing,
  type Price,
  type Purchase,
  timesRatio,
} from '../cost/index.ts';
import type { CostUsage } from '../observe/cost-meter.ts';
import type { Readings } from '../observe/metric.ts';
import type { Cost, LicenceCost } from '../scenario/cost-types.ts';
import type { Elastic } from '../scenario/elastic-types.ts';
import { type Lines, priceIn } from './cost-lines.ts';

const DEFAULT_CURRENCY = 'USD';

/** What of the run the lines of the whole fleet need. */
export interface RunFigures {
  readonly fleet: Fleet;
  readonly meter: CostUsage;
  readonly readings: Readings;
  /** Months in the whole run, inverse: counts of the run times this are those of a month. */
  readonly perRun: number;
  /** Mean number of hosts that were there. */
  readonly hosts: number;
}

/** Lines that are for no single entry of hosts: administration, fixed costs, data sent out, and outages. */
export function fleetLines(cost: Cost, { fleet, readings, perRun, hosts }: RunFigures): readonly LedgerRow[] {
  const read = (name: string) => readings.get(name)?.value ?? 0;
  const rows: LedgerRow[] = cost.administration.map(({ name, people, price }) => {
    const stated = priceIn(cost, price);
    return people === null
      ? ledgerRow({ kind: 'administration', item: name, unit: 'host-months', quantity: hosts, price: stated })
      : ledgerRow({
          kind: 'administration',
          item: name,
          unit: 'person-months',
          quantity: people,
          price: { ...stated, amount: monthlyOf(stated.amount) },
        });
  });
  for (const { name, kind, perMonth } of cost.fixed)
    rows.push(ledgerRow({ kind, item: name, unit: 'months', quantity: 1, price: priceIn(cost, perMonth) }));
  if (cost.egress !== null) {
    rows.push(
      ledgerRow({
        kind: 'egress',
        item: 'Data of finished jobs',
        unit: 'GB',
        quantity: read('jobs.completed') * cost.egress.gbPerJob * perRun,
        price: priceIn(cost, cost.egress.perGb),
      }),
    );
  }
  const { perGpuHour = null, perFailedJob = null } = cost.downtime ?? {};
  if (perGpuHour !== null) {
    const available = readings.get('faults.availability')?.value ?? 1;
    rows.push(
      ledgerRow({
        kind: 'downtime',
        item: 'GPUs not available',
        unit: 'GPU-hours',
        quantity: (1 - available) * fleet.gpuCount * HOURS_PER_MONTH,
        price: priceIn(cost, perGpuHour),
      }),
    );
  }
  if (perFailedJob !== null) {
    rows.push(
      ledgerRow({
        kind: 'downtime',
        item: 'Jobs that failed',
        unit: 'jobs',
        quantity: read('jobs.failed') * perRun,
        price: priceIn(cost, perFailedJob),
      }),
    );
  }
  return rows;
}

/**
 * What the groups of `elastic` were billed, carried over to a month: the hours are those of the bill, roundings and least
 * times included, so that hours times price are the bill.
 */
export function elasticLines(
  cost: Cost,
  elastic: Elastic | null,
  { readings, perRun }: RunFigures,
): readonly LedgerRow[] {
  return (elastic?.groups ?? []).flatMap(({ name, price }): LedgerRow[] => {
    if (price === null) return [];
    const billed = (part: string) => readings.get(`elastic.${name}.cost.${part}`)?.value ?? 0;
    const inUsd = (amount: number): Price =>
      priceIn(cost, {
        amount: String(amount),
        currency: DEFAULT_CURRENCY,
        source: `elastic.groups "${name}", price`,
        confidence: 'stated',
      });
    const rows = [
      ledgerRow({
        kind: 'cloud',
        item: 'Hours of hosts that come and go',
        unit: 'host-hours',
        pool: name,
        quantity: price.perHour === 0 ? 0 : (billed('compute') / price.perHour) * perRun,
        price: inUsd(price.perHour),
      }),
    ];
    if (price.egressPerGb > 0) {
      rows.push(
        ledgerRow({
          kind: 'egress',
          item: 'Data of finished jobs',
          unit: 'GB',
          pool: name,
          quantity: (billed('egress') / price.egressPerGb) * perRun,
          price: inUsd(price.egressPerGb),
        }),
      );
    }
    return rows;
  });
}

/** Licences: what is counted, and what is paid for it in the first month; those that come with the card cost nothing then. */
export function licenceLines(
  cost: Cost,
  { fleet, meter }: Pick<RunFigures, 'fleet' | 'meter'>,
): Omit<Lines, 'terms'> & { readonly freeTerms: readonly FreeTerm[]; readonly waived: readonly LedgerRow[] } {
  const rows: LedgerRow[] = [];
  const waived: LedgerRow[] = [];
  const purchases: Purchase[] = [];
  const freeTerms: FreeTerm[] = [];
  for (const licence of cost.licences) {
    const { name, perpetual, includedMonths, count } = licence;
    const price = priceIn(cost, licence.price);
    const licences = count ?? countOf(licence, fleet, meter);
    const monthly =
      perpetual === null ? monthlyOf(price.amount) : monthlyWriteOff(price.amount, perpetual.months, 0);
    const item = { kind: 'licence' as const, unit: 'licence-months', quantity: licences };
    const paid = ledgerRow({
      ...item,
      item: `${name}, ${perpetual === null ? 'subscription' : `written off over ${perpetual.months} months`}`,
      price: { ...price, amount: monthly },
      payment: perpetual === null ? 'billed' : 'written-off',
    });
    if (includedMonths > 0) {
      const none = { ...price, amount: nothing(cost.currency) };
      rows.push(
        ledgerRow({
          ...item,
          item: `${name}, comes with the card for ${includedMonths} months`,
          price: none,
        }),
      );
      waived.push(paid);
      freeTerms.push({ monthly: paid.amount, months: includedMonths });
    } else {
      rows.push(paid);
      if (perpetual !== null)
        purchases.push({
          price: timesRatio(price.amount, licences, 1),
          months: perpetual.months,
          residual: 0,
        });
    }
    if (perpetual?.support != null) {
      const support = priceIn(cost, perpetual.support);
      rows.push(
        ledgerRow({
          ...item,
          kind: 'support',
          item: `Support of ${name}`,
          price: { ...support, amount: monthlyOf(support.amount) },
        }),
      );
    }
  }
  return { rows, purchases, freeTerms, waived };
}

/** Users at one time: those of all session groups that count, each at its own peak, which is an upper bound. */
function countOf({ per, hosts, sessions }: LicenceCost, fleet: Fleet, meter: CostUsage): number {
  if (per === 'user') {
    let users = 0;
    for (const [label, peak] of meter.peakSessions) {
      if (sessions === null || sessions.includes(label)) users += peak;
    }
    return users;
  }
  const chosen = hosts === null ? undefined : new Set(hosts);
  let count = 0;
  for (let host = 0; host < fleet.hostCount; host++) {
    if (chosen !== undefined && !chosen.has(fleet.hostNames[host] as string)) continue;
    if (per === 'host') count += 1;
    else if (per === 'gpu') count += fleet.gpusOf(host);
    else count += Math.ceil((fleet.cpuCapacityMilli[host] as number) / 1000);
  }
  return count;
}
