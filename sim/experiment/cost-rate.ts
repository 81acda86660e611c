import type { Fleet, FleetView } from '../cluster/fleet.ts';
import { amountNumber, HOURS_PER_MONTH, totalOf } from '../cost/index.ts';
import { CostRate, type PaidHosts } from '../observe/cost-rate.ts';
import type { Cost, HostCost } from '../scenario/cost-types.ts';
import type { Scenario } from '../scenario/types.ts';
import { billedHosts } from './cost.ts';
import { hostLines, priceIn } from './cost-lines.ts';
import { type HostQuantities, hostsByEntry } from './cost-quantities.ts';

/**
 * What hosts cost over time: clouds by the hosts that are there (of a commitment also by those that are not), bought and
 * leased ones and their space by the hour of a month, and groups of `elastic` by their price an hour.
 *
 * Leaves out what no host alone is paid for: energy, licences, administration, data, outages, and that clouds bill by whole
 * hours or least times.
 */
export function costRate(
  { cost, elastic }: { readonly cost: Cost; readonly elastic: Scenario['elastic'] },
  fleet: FleetView,
  warmupUs: number,
): CostRate {
  const lists = hostsByEntry(cost.hosts, fleet as Fleet, billedHosts(elastic));
  const entries = cost.hosts.map((entry, at): PaidHosts => {
    const hosts = lists[at] ?? [];
    return { hosts, rateOf: rateOf(cost, entry, gpusOf(hosts, fleet)) };
  });
  const numbers = new Map(fleet.hostNames.map((name, host) => [name, host]));
  for (const { price, hosts } of elastic?.groups ?? []) {
    if (price === null) continue;
    const { amount } = priceIn(cost, {
      amount: String(price.perHour),
      currency: 'USD',
      source: '',
      confidence: 'stated',
    });
    const perHour = amountNumber(amount);
    entries.push({
      hosts: hosts.map((name) => numbers.get(name) as number),
      rateOf: (there) => there * perHour,
    });
  }
  return new CostRate(fleet, warmupUs, entries);
}

/** By hosts that are there: the lines of a bill in which it was so all month, over its hours. Worked out once each. */
function rateOf(
  cost: Cost,
  entry: HostCost,
  { hosts, models }: Pick<HostQuantities, 'hosts' | 'models'>,
): (there: number) => number {
  const known = new Map<number, number>();
  const { tenure } = entry;
  const committed = tenure.kind === 'cloud' ? (tenure.committed?.hosts ?? hosts) : 0;
  return (there) => {
    let rate = known.get(there);
    if (rate === undefined) {
      const measured = { hosts, hostHours: there, cpuLoad: 0, cores: 0, models };
      const { rows } = hostLines(cost, entry, measured, HOURS_PER_MONTH, {
        usedHours: Math.min(there, committed),
        beyondHours: Math.max(0, there - committed),
      });
      rate = amountNumber(totalOf(cost.currency, rows)) / HOURS_PER_MONTH;
      known.set(there, rate);
    }
    return rate;
  };
}

function gpusOf(hosts: readonly number[], fleet: FleetView): Pick<HostQuantities, 'hosts' | 'models'> {
  const models: HostQuantities['models'] = new Map();
  for (const host of hosts) {
    for (let gpu = fleet.gpuStart[host] as number; gpu < (fleet.gpuStart[host + 1] as number); gpu++) {
      const model = fleet.modelNames[fleet.gpuModel[gpu] as number] as string;
      const of = models.get(model) ?? { gpus: 0, present: 0, allocated: 0, delivered: 0 };
      of.gpus += 1;
      models.set(model, of);
    }
  }
  return { hosts: hosts.length, models };
}
