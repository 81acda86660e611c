import { cited, powerOfGpu } from '../../hardware/prices/index.ts';
import type { CanonicalCost } from '../canonical/cost.ts';
import type { Cost, HostCost, LicenceCost, Tenure } from '../cost-types.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import type { Fleet } from '../types.ts';
import { HostLists } from './changes.ts';
import { decimalText, resolveInstance, resolvePrice, resolveStated } from './cost-figures.ts';

type Entry = CanonicalCost['hosts'][number];
type Licence = CanonicalCost['licences'][number];
type Price = Parameters<typeof resolvePrice>[0];

const BYTES_PER_MIB = 2 ** 20;
const BYTES_PER_GB = 1e9;

const shareNumber = (written: string) => readValid(shareOrZeroQuantity, written);
const shareText = (written: string) => decimalText(shareNumber(written));

/** The section in numbers. Hosts of a trace are named as written, one after another. */
export function resolveCost(cost: CanonicalCost, fleet: Fleet): Cost {
  const lists = fleet.kind === 'hosts' ? new HostLists(fleet.groups) : undefined;
  const hostsOf = (names: readonly string[]) => (lists === undefined ? names : lists.of(names));
  const { currency, energy, egress, downtime, chargeback, baseline } = cost;
  const price = (written: Price) => resolvePrice(written, null, currency);
  const priceOrNull = (written: Price | undefined) => (written === undefined ? null : price(written));
  return {
    currency: currency as Uppercase<string>,
    month: cost.month ?? null,
    rates: cost.rates.map((each) => ({ ...each, rate: decimalText(each.rate) })),
    hosts: cost.hosts.map((entry) => resolveEntry(entry, hostsOf(entry.hosts), currency)),
    energy:
      energy === undefined
        ? null
        : {
            perKwh: resolvePrice(energy.perKwh, 'energy', currency),
            pue: resolveStated(energy.pue, 'power-usage'),
            hosts:
              energy.hosts === undefined
                ? null
                : {
                    idle: resolveStated(energy.hosts.idle, null),
                    max: resolveStated(energy.hosts.max, null),
                  },
            gpus: energy.gpus.map(resolvePower),
            gramsPerKwh: energy.gramsPerKwh === undefined ? null : resolveStated(energy.gramsPerKwh, null),
          },
    administration: cost.administration.map(({ name, people, perYear, perHost }) => ({
      name,
      people: people === undefined ? null : decimalText(people),
      price: price((people === undefined ? perHost : perYear) ?? 0),
    })),
    fixed: cost.fixed.map(({ name, kind, perMonth }) => ({ name, kind, perMonth: price(perMonth) })),
    egress:
      egress === undefined
        ? null
        : {
            perGb: price(egress.perGb),
            gbPerJob: (readValid(memoryQuantity, egress.perJob) * BYTES_PER_MIB) / BYTES_PER_GB,
          },
    licences: cost.licences.map((licence) => resolveLicence(licence, hostsOf, currency)),
    downtime:
      downtime === undefined
        ? null
        : {
            perGpuHour: priceOrNull(downtime.perGpuHour),
            perFailedJob: priceOrNull(downtime.perFailedJob),
          },
    chargeback:
      chargeback === undefined
        ? null
        : {
            tariff: chargeback.tariff,
            by: chargeback.by ?? 'allocated',
            fixed: shareNumber(chargeback.fixed ?? '0%'),
            rates: (chargeback.rates ?? []).map((rate) => ({ by: rate.by, price: price(rate.price) })),
            idle: chargeback.idle,
          },
    baseline:
      baseline === undefined
        ? null
        : {
            name: baseline.name,
            upfront: priceOrNull(baseline.upfront),
            perMonth: price(baseline.perMonth),
            resale: priceOrNull(baseline.resale),
            months: baseline.months,
            rate: baseline.rate,
          },
    years: cost.years,
  };
}

function resolveEntry(entry: Entry, hosts: readonly string[], currency: string): HostCost {
  const { space } = entry;
  return {
    name: entry.name,
    hosts,
    region: entry.region ?? null,
    tenure: tenureOf(entry, currency),
    space:
      space === undefined
        ? null
        : space.perKw === undefined
          ? {
              unit: 'rack',
              units: decimalText(space.racks ?? 0),
              price: resolvePrice(space.perRack ?? 0, null, currency),
            }
          : {
              unit: 'kW',
              units: decimalText(space.kw ?? 0),
              price: resolvePrice(space.perKw, 'space', currency),
            },
    isMetered: entry.power === 'metered',
  };
}

function tenureOf({ owned, leased, cloud, free }: Entry, currency: string): Tenure {
  const price = (written: Price | undefined, kind: 'purchase' | null) =>
    written === undefined ? null : resolvePrice(written, kind, currency);
  if (owned !== undefined) {
    return {
      kind: 'owned',
      host: price(owned.host, 'purchase'),
      gpu: price(owned.gpu, 'purchase'),
      months: owned.months,
      residual: shareText(owned.residual),
      support: shareText(owned.support),
    };
  }
  if (leased !== undefined) {
    return {
      kind: 'leased',
      host: price(leased.host, null),
      gpu: price(leased.gpu, null),
      months: leased.months,
      renewal:
        leased.renewal === undefined
          ? null
          : { host: price(leased.renewal.host, null), gpu: price(leased.renewal.gpu, null) },
      atEnd: leased.atEnd,
      endFee: shareText(leased.endFee),
    };
  }
  if (cloud !== undefined) {
    const { perHour, instance, committed, spot } = cloud;
    return {
      kind: 'cloud',
      perHour:
        instance === undefined ? resolvePrice(perHour ?? 0, null, currency) : resolveInstance(instance),
      committed:
        committed === undefined
          ? null
          : {
              hosts: committed.hosts ?? null,
              discount: shareText(committed.discount),
              months: committed.months,
              paid: committed.paid,
              atEnd: committed.atEnd,
            },
      spot: spot === undefined ? null : shareText(spot.discount),
    };
  }
  return { kind: 'free', why: free ?? '' };
}

function resolveLicence(
  licence: Licence,
  hostsOf: (names: readonly string[]) => readonly string[],
  currency: string,
): LicenceCost {
  const { name, price, term, months, support, per, hosts, sessions, count, includedMonths, region } = licence;
  return {
    name,
    price: resolvePrice(price, term === 'perpetual' ? 'licence-once' : 'licence-year', currency),
    perpetual:
      term === 'perpetual'
        ? {
            months: months ?? 1,
            support: support === undefined ? null : resolvePrice(support, 'licence-support', currency),
          }
        : null,
    per,
    hosts: hosts === undefined ? null : hostsOf(hosts),
    sessions: sessions ?? null,
    count,
    includedMonths,
    region: region ?? null,
  };
}

type Power = NonNullable<Cost['energy']>['gpus'][number];

function resolvePower({
  model,
  idle,
  max,
  source,
}: NonNullable<CanonicalCost['energy']>['gpus'][number]): Power {
  if (idle !== undefined && max !== undefined)
    return {
      model,
      idleW: idle,
      maxW: max,
      source: source ?? 'stated in the scenario',
      confidence: 'stated',
    };
  const known = powerOfGpu(model);
  if (known === undefined)
    throw new RangeError(`Cannot use the watts of "${model}": the document was not checked`);
  const { idleW, maxW, confidence, gpu } = known;
  return { model, idleW, maxW, source: `${gpu}: ${cited(known.source)}`, confidence };
}
