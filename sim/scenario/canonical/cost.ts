import { memoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import type { CostDocument, PriceDocument, StatedDocument } from '../schema/cost.ts';
import { canonicalNumber } from './distribution.ts';

type HostsEntry = NonNullable<CostDocument['hosts']>[number];
type Licence = NonNullable<CostDocument['licences']>[number];
type Energy = NonNullable<CostDocument['energy']>;

const listed = (hosts: string | readonly string[]) => (typeof hosts === 'string' ? [hosts] : [...hosts]);

const share = (written: string | number | undefined) =>
  shareOrZeroQuantity.write(readValid(shareOrZeroQuantity, written ?? 0));

/** The key with the value, or nothing where there is none. */
function key<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value };
}

const map = <From, To>(value: From | undefined, to: (value: From) => To): To | undefined =>
  value === undefined ? undefined : to(value);

/** A price or a figure: a bare number stays one. */
function figure<Written extends PriceDocument | StatedDocument>(written: Written): Written {
  return plainFigure(written) as Written;
}

function plainFigure(written: PriceDocument | StatedDocument): PriceDocument | StatedDocument {
  if (typeof written === 'number') return canonicalNumber(written);
  if ('amount' in written) return { ...written, amount: canonicalNumber(written.amount) };
  return { ...written, take: written.take ?? 'typical', unverified: written.unverified ?? false };
}

/** The section with every default written out. */
export function canonicalCost(cost: CostDocument) {
  return {
    currency: cost.currency,
    ...key('month', cost.month),
    rates: (cost.rates ?? []).map(({ from, to, rate, source }) => ({
      from,
      to,
      rate: canonicalNumber(rate),
      source,
    })),
    hosts: (cost.hosts ?? []).map(canonicalHosts),
    ...key('energy', cost.energy == null ? undefined : canonicalEnergy(cost.energy)),
    administration: (cost.administration ?? []).map(({ name, people, perYear, perHost }) => ({
      name,
      ...key('people', map(people, canonicalNumber)),
      ...key('perYear', map(perYear, figure)),
      ...key('perHost', map(perHost, figure)),
    })),
    fixed: (cost.fixed ?? []).map(({ name, kind, perMonth }) => ({ name, kind, perMonth: figure(perMonth) })),
    ...key(
      'egress',
      cost.egress == null
        ? undefined
        : {
            perGb: figure(cost.egress.perGb),
            perJob: memoryQuantity.write(readValid(memoryQuantity, cost.egress.perJob)),
          },
    ),
    licences: (cost.licences ?? []).map(canonicalLicence),
    ...key(
      'downtime',
      cost.downtime == null
        ? undefined
        : {
            ...key('perGpuHour', map(cost.downtime.perGpuHour, figure)),
            ...key('perFailedJob', map(cost.downtime.perFailedJob, figure)),
          },
    ),
    ...key('chargeback', cost.chargeback == null ? undefined : canonicalChargeback(cost.chargeback)),
    ...key('baseline', cost.baseline == null ? undefined : canonicalBaseline(cost.baseline)),
    years: cost.years ?? 3,
  };
}

function canonicalHosts(entry: HostsEntry) {
  const { owned, leased, cloud, free, space } = entry;
  return {
    name: entry.name,
    hosts: listed(entry.hosts),
    ...key('region', entry.region),
    ...key(
      'owned',
      map(owned, ({ host, gpu, months, residual, support }) => ({
        ...key('host', map(host, figure)),
        ...key('gpu', map(gpu, figure)),
        months,
        residual: share(residual),
        support: share(support),
      })),
    ),
    ...key(
      'leased',
      map(leased, ({ host, gpu, months, atEnd, renewal, endFee }) => ({
        ...key('host', map(host, figure)),
        ...key('gpu', map(gpu, figure)),
        months,
        atEnd: atEnd ?? ('monthly' as const),
        ...key(
          'renewal',
          map(renewal, (rents) => ({
            ...key('host', map(rents.host, figure)),
            ...key('gpu', map(rents.gpu, figure)),
          })),
        ),
        endFee: share(endFee ?? 1),
      })),
    ),
    ...key(
      'cloud',
      map(cloud, ({ perHour, instance, committed, spot }) => ({
        ...key('perHour', map(perHour, figure)),
        ...key(
          'instance',
          map(instance, ({ provider, name }) => ({ provider, name })),
        ),
        ...key(
          'committed',
          map(committed, ({ hosts, discount, months, paid, atEnd }) => ({
            ...key('hosts', hosts),
            discount: share(discount),
            months,
            paid: paid ?? ('monthly' as const),
            atEnd: atEnd ?? ('on-demand' as const),
          })),
        ),
        ...key(
          'spot',
          map(spot, ({ discount }) => ({ discount: share(discount) })),
        ),
      })),
    ),
    ...key('free', free),
    ...key(
      'space',
      space == null
        ? undefined
        : {
            ...key('perKw', map(space.perKw, figure)),
            ...key('kw', map(space.kw, canonicalNumber)),
            ...key('perRack', map(space.perRack, figure)),
            ...key('racks', map(space.racks, canonicalNumber)),
          },
    ),
    power: entry.power ?? (owned === undefined ? ('included' as const) : ('metered' as const)),
  };
}

function canonicalEnergy({ perKwh, pue, hosts, gpus, gramsPerKwh }: Energy) {
  return {
    perKwh: figure(perKwh),
    pue: figure(pue),
    ...key(
      'hosts',
      map(hosts, ({ idle, max }) => ({ idle: figure(idle), max: figure(max) })),
    ),
    gpus: (gpus ?? []).map(({ model, idle, max, source, unverified }) => ({
      model,
      ...key('idle', map(idle, canonicalNumber)),
      ...key('max', map(max, canonicalNumber)),
      ...key('source', source),
      ...key('unverified', unverified),
    })),
    ...key('gramsPerKwh', map(gramsPerKwh, figure)),
  };
}

function canonicalLicence(licence: Licence) {
  const { name, price, term, months, support, per, hosts, sessions, count, includedMonths, region } = licence;
  return {
    name,
    price: figure(price),
    term,
    ...key('months', months),
    ...key('support', map(support, figure)),
    per,
    ...key('hosts', map(hosts, listed)),
    ...key(
      'sessions',
      map(sessions, (names) => [...names]),
    ),
    count: count ?? null,
    includedMonths: includedMonths ?? 0,
    ...key('region', region),
  };
}

function canonicalChargeback({ tariff, by, fixed, rates, idle }: NonNullable<CostDocument['chargeback']>) {
  return {
    tariff,
    ...(tariff === 'rates' ? {} : { by: by ?? ('allocated' as const) }),
    ...key('fixed', map(fixed, share)),
    ...key(
      'rates',
      map(rates, (all) => all.map((rate) => ({ by: rate.by, price: figure(rate.price) }))),
    ),
    idle: idle ?? ('unallocated' as const),
  };
}

function canonicalBaseline(baseline: NonNullable<CostDocument['baseline']>) {
  const { name, upfront, perMonth, resale, months, rate } = baseline;
  return {
    name,
    ...key('upfront', map(upfront, figure)),
    perMonth: figure(perMonth),
    ...key('resale', map(resale, figure)),
    months,
    rate: canonicalNumber(rate),
  };
}

export type CanonicalCost = ReturnType<typeof canonicalCost>;
