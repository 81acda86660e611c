import fc from 'fast-check';
import {
  CLOUD_PRICES,
  CURRENCIES,
  type FigureKind,
  figureNames,
  powerOfGpu,
} from '../../sim/hardware/prices/index.ts';
import { hostName, type ScenarioDocument } from '../../sim/scenario/index.ts';
import { CATALOGUE_CURRENCY, namedFigure } from '../../sim/scenario/resolve/cost-figures.ts';
import type { CostDocument, PriceDocument, StatedDocument } from '../../sim/scenario/schema/cost.ts';

/** What a fleet with stated hosts may cost, in all the forms an author may choose between. */

type Groups = NonNullable<ScenarioDocument['fleet']['hosts']>;
type Entry = NonNullable<CostDocument['hosts']>[number];
type Licence = NonNullable<CostDocument['licences']>[number];
type Named = Extract<PriceDocument, { catalog: string }>;

const OTHERS = ['EUR', 'JPY', CATALOGUE_CURRENCY] as const;
const month = fc.integer({ min: 1, max: 1200 });
const amount = fc.oneof(fc.constantFrom(0, -0, 1e12, 0.1), fc.double({ min: 0, max: 1e6, noNaN: true }));
const share = fc.constantFrom<string | number>('10%', 0.25, 0, '100%');
const source = fc.constantFrom('offer of May', 'our own');

const WAYS: readonly Omit<Named, 'catalog'>[] = [
  {},
  { take: 'low' },
  { take: 'typical', unverified: false },
  { unverified: true },
  { take: 'high', unverified: true },
];
/** Figures of the price tables for each place that has some, each in the ways in which it can be taken. */
const FIGURES: ReadonlyMap<FigureKind, readonly Named[]> = new Map(
  (
    ['purchase', 'licence-year', 'licence-once', 'licence-support', 'space', 'energy', 'power-usage'] as const
  ).map((kind) => [
    kind,
    figureNames(kind)
      .flatMap((catalog) => WAYS.map((way): Named => ({ catalog, ...way })))
      .filter((each) => !('wrong' in namedFigure(each, kind))),
  ]),
);
const named = (kind: FigureKind | undefined) => {
  const known = (kind && FIGURES.get(kind)) ?? [];
  return known.length === 0 ? [] : [fc.constantFrom(...known)];
};

function price(kind?: FigureKind): fc.Arbitrary<PriceDocument> {
  const own = fc.record(
    { amount, currency: fc.constantFrom(...OTHERS), source },
    { requiredKeys: ['amount'] },
  );
  return fc.oneof<fc.Arbitrary<PriceDocument>[]>(amount, own, ...named(kind));
}

function stated(min: number, max: number, kind?: FigureKind): fc.Arbitrary<StatedDocument> {
  const number = fc.double({ min, max, noNaN: true });
  const own = fc.record({ amount: number, source }, { requiredKeys: ['amount'] });
  return fc.oneof<fc.Arbitrary<StatedDocument>[]>(number, own, ...named(kind));
}

const INSTANCES = CLOUD_PRICES.flatMap(({ provider, instance, confidence }) =>
  instance === undefined || instance === null || confidence === 'unverified'
    ? []
    : [{ provider, name: instance }],
);

const bought = { host: price('purchase'), gpu: price('purchase'), months: month };
/** How hosts are paid: exactly one of four keys. */
const paid = fc.oneof<fc.Arbitrary<Partial<Entry>>[]>(
  fc
    .record({ ...bought, residual: share, support: share }, { requiredKeys: ['host', 'months'] })
    .map((owned) => ({ owned })),
  fc.record(bought, { requiredKeys: ['gpu', 'months'] }).map((owned) => ({ owned })),
  fc
    .record({ host: price(), gpu: price(), months: month }, { requiredKeys: ['host', 'months'] })
    .map((leased) => ({ leased })),
  fc
    .record({
      rate: fc.oneof(
        price().map((perHour) => ({ perHour })),
        fc.constantFrom(...INSTANCES).map((instance) => ({ instance })),
      ),
      committed: fc.option(fc.record({ discount: share, months: month })),
    })
    .map(({ rate, committed }) => ({ cloud: { ...rate, ...(committed === null ? {} : { committed }) } })),
  fc.constantFrom('another budget', 'given').map((free) => ({ free })),
);
const kilowatts = fc.constantFrom(0.5, 12, 400);
const space = fc.oneof(
  fc.record({ perKw: price('space'), kw: kilowatts }),
  fc.record({ perRack: price(), racks: kilowatts }),
  fc.constant(null),
);
const entry = fc
  .tuple(
    paid,
    fc.record(
      { space, power: fc.constantFrom('metered' as const, 'included' as const), region: fc.constant('east') },
      { requiredKeys: [] },
    ),
  )
  .map(([way, more]) => ({ ...way, ...more }));

const lines = {
  administration: fc
    .constantFrom('a', 'b')
    .chain((name) =>
      fc.oneof(
        fc.record({ name: fc.constant(name), people: fc.constantFrom(0, 0.25, 3), perYear: price() }),
        fc.record({ name: fc.constant(name), perHost: price() }),
      ),
    ),
  fixed: fc.record({
    name: fc.constantFrom('uplink', 'disks'),
    kind: fc.constantFrom('network' as const, 'storage' as const, 'other' as const),
    perMonth: price(),
  }),
};

const BASES = ['allocated', 'peak', 'cores', 'memory', 'sessions'] as const;
const chargeback = fc
  .record({
    idle: fc.constantFrom('spread' as const, 'unallocated' as const, undefined),
    by: fc.constantFrom(...BASES, undefined),
    tariff: fc.oneof(
      fc.constant({ tariff: 'full-cost' as const }),
      fc.record({ tariff: fc.constant('fixed-and-variable' as const), fixed: share }),
      fc.record({
        tariff: fc.constant('rates' as const),
        rates: fc.array(fc.record({ by: fc.constantFrom(...BASES), price: price() }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    ),
  })
  .map(({ idle, by, tariff }) => ({
    ...tariff,
    ...(idle === undefined ? {} : { idle }),
    ...(by === undefined || tariff.tariff === 'rates' ? {} : { by }),
  }));

const sometimes = {
  month: fc.constantFrom('2026-09', '1999-12'),
  administration: fc.uniqueArray(lines.administration, { maxLength: 2, selector: ({ name }) => name }),
  fixed: fc.uniqueArray(lines.fixed, { maxLength: 2, selector: ({ name }) => name }),
  egress: fc.option(fc.record({ perGb: price(), perJob: fc.constantFrom('1GB', '300MiB') })),
  downtime: fc.option(fc.record({ perGpuHour: price(), perFailedJob: price() }, { requiredKeys: [] })),
  chargeback: fc.option(chargeback),
  baseline: fc.option(
    fc.record(
      {
        name: fc.constant('as it was'),
        upfront: price(),
        perMonth: price(),
        resale: price(),
        months: month,
        rate: fc.constantFrom(-0.99, 0, 0.08),
      },
      { requiredKeys: ['name', 'perMonth', 'months', 'rate'] },
    ),
  ),
  years: fc.integer({ min: 1, max: 100 }),
};

/** A licence of hosts or of users; of one region where all of its hosts stand there. */
function licenceOf(entries: readonly Entry[], sessions: readonly string[]): fc.Arbitrary<Licence> {
  const of = fc.constantFrom('gpu' as const, 'host' as const, 'core' as const, 'user' as const);
  const term = fc.oneof(
    fc.record({ term: fc.constant('subscription' as const), price: price('licence-year') }),
    fc.record(
      {
        term: fc.constant('perpetual' as const),
        price: price('licence-once'),
        months: month,
        support: price('licence-support'),
      },
      { requiredKeys: ['term', 'price', 'months'] },
    ),
  );
  const more = fc.record(
    { count: fc.option(fc.nat(1000)), includedMonths: fc.nat(1200) },
    { requiredKeys: [] },
  );
  return fc
    .tuple(of, term, more, fc.option(fc.constantFrom(...entries)), fc.boolean())
    .map(([per, paidFor, others, place, isNamed]) => {
      const hosts = per === 'user' || place === null ? {} : { hosts: place.hosts };
      const isThere = 'hosts' in hosts && place?.region !== undefined;
      return {
        name: 'l',
        per,
        ...paidFor,
        ...others,
        ...hosts,
        ...(isThere && isNamed ? { region: place.region } : {}),
        ...(per === 'user' && isNamed && sessions.length > 0 ? { sessions: [...sessions] } : {}),
      } as Licence;
    });
}

/** Watts of all GPU models of the fleet, those of the price tables among them. */
function wattsOf(groups: Groups) {
  const models = new Set(
    groups.flatMap(({ gpus = [] }) => (Array.isArray(gpus) ? gpus : [gpus]).map(({ model }) => model)),
  );
  return fc
    .tuple(
      ...[...models].map((model) => {
        const own = fc.constant({ model, idle: 20, max: 300, source: 'measured' });
        return powerOfGpu(model) === undefined
          ? own
          : fc.oneof(own, fc.constant({ model, unverified: true }));
      }),
    )
    .chain((gpus) =>
      fc.record(
        {
          perKwh: price('energy'),
          pue: stated(1, 10, 'power-usage'),
          hosts: fc.constantFrom(
            { idle: 80, max: 400.5 },
            { idle: { amount: 0, source: 'a guess' }, max: { amount: 1 } },
          ),
          gpus: fc.constant(gpus),
          gramsPerKwh: stated(0, 10_000),
        },
        { requiredKeys: ['perKwh', 'pue', 'gpus'] },
      ),
    );
}

/**
 * A section in which each host of the fleet is paid once: by its group, all groups in one entry, or the first host of a
 * group apart. Hosts of elastic groups with a price are paid there.
 */
export function costOf({ fleet, workload, elastic }: ScenarioDocument): fc.Arbitrary<CostDocument> {
  const all = fleet.hosts as Groups;
  const billed = new Set(
    (elastic?.groups ?? []).flatMap(({ price: has, hosts }) => (has == null ? [] : hosts)),
  );
  const groups = all.filter(({ name }) => !billed.has(name));
  const sessions = (workload.sessions ?? []).map(({ name }) => name as string);
  const apart = groups.find(({ count = 1 }) => count > 1 && count <= 8);
  const places = fc.constantFrom<(readonly (string | string[])[])[]>(
    groups.map(({ name }) => name),
    groups.length === 0 ? [] : [groups.map(({ name }) => name)],
    groups.flatMap(({ name, count = 1 }) =>
      name === apart?.name
        ? [
            hostName(name, 0, count),
            Array.from({ length: count - 1 }, (_, i) => hostName(name, i + 1, count)),
          ]
        : [[name]],
    ),
  );
  return places
    .chain((hosts) =>
      fc
        .array(entry, { minLength: hosts.length, maxLength: hosts.length })
        .map((ways) => ways.map((way, i) => ({ name: `e${i}`, hosts: hosts[i], ...way }) as Entry)),
    )
    .chain((entries) => {
      const licences =
        entries.length === 0
          ? fc.constant([])
          : fc
              .array(licenceOf(entries, sessions), { maxLength: 2 })
              .map((list) => list.map((each, i) => ({ ...each, name: `l${i}` })));
      const isMetered = entries.some(
        ({ owned, power }) => (power ?? (owned === undefined ? 'included' : 'metered')) === 'metered',
      );
      return fc
        .record({
          currency: fc.constantFrom(...OTHERS, CURRENCIES[0] as string),
          more: fc.record({ ...sometimes, licences }, { requiredKeys: [] }),
          energy: isMetered ? wattsOf(all) : fc.option(wattsOf(all)),
        })
        .map(({ currency, more, energy }) => ({
          currency,
          rates: [...new Set(OTHERS)]
            .filter((from) => from !== currency)
            .map((from, i) => ({ from, to: currency, rate: 1.1 + i, source: 'a bank, 2026-09-01' })),
          ...(entries.length === 0 ? {} : { hosts: entries }),
          energy,
          ...more,
        })) as fc.Arbitrary<object> as fc.Arbitrary<CostDocument>;
    });
}
