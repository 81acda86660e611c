import { z } from 'zod';
import { CURRENCIES } from '../../hardware/prices/index.ts';
import { MAX_HOST_GROUPS } from '../limits.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import {
  finiteNumber,
  flag,
  identifier,
  line,
  list,
  oneOf,
  orNone,
  prose,
  quantity,
  quantityOrNumber,
  section,
  wholeNumber,
} from './leaves.ts';

const MOST = 1e12;
const MOST_MONTHS = 1200;
const MOST_YEARS = 100;

const currency = z
  .enum(CURRENCIES as readonly [string, ...string[]], {
    error: `must be the code of a currency: ${CURRENCIES.join(', ')}`,
  })
  .meta({ description: 'Code of a currency (ISO 4217), such as USD.' });

const source = prose(2000, 'Where the figure comes from. Default: the scenario.').optional();
const catalog = line(128, 'Name of a figure of the price tables (slicewise catalog prices).');
const take = oneOf(['low', 'typical', 'high'], 'Which value of a figure that is a range. Default typical.');
const unverified = flag(
  'Whether a figure may be used that nobody has verified; the report says so. Default false.',
);

/** A price: a number, a number with currency and source, or a figure of the catalogue. */
const price = (description: string) =>
  z
    .union(
      [
        finiteNumber(0, MOST, `${description} In the currency of the section.`),
        section(
          {
            amount: finiteNumber(0, MOST, 'The price.'),
            currency: currency.optional(),
            source,
          },
          'A price with its source.',
        ),
        section(
          { catalog, take: take.optional(), unverified: unverified.optional() },
          'A price of the catalogue.',
        ),
      ],
      {
        error:
          'must be a number, {amount, currency, source} or {catalog, take, unverified}: a price of your own or of slicewise catalog prices',
      },
    )
    .meta({ description });

/** A number that is no price: watts, PUE. */
const stated = (min: number, max: number, description: string) =>
  z
    .union(
      [
        finiteNumber(min, max, description),
        section({ amount: finiteNumber(min, max, description), source }, 'A figure with its source.'),
        section(
          { catalog, take: take.optional(), unverified: unverified.optional() },
          'A figure of the catalogue.',
        ),
      ],
      { error: `must be a number from ${min} to ${max}, {amount, source} or {catalog, take, unverified}` },
    )
    .meta({ description });

const host = line(128, 'A host group, or a host by its name: cloud-03.');
const hostList = (description: string) =>
  z
    .union([host, list(host, 'host groups or hosts', 1, MAX_HOST_GROUPS, description)], {
      error: 'must be a host group, a host, or a list of these',
    })
    .meta({ description });

const months = (description: string) => wholeNumber(1, MOST_MONTHS, description);
const share = (description: string) => quantityOrNumber(shareOrZeroQuantity, description);

const owned = section(
  {
    host: price('What a host costs to buy, its GPUs left out.').optional(),
    gpu: price('What a GPU costs to buy.').optional(),
    months: months('Months over which it is written off in a straight line.'),
    residual: share('What it sells for at the end, as a part of the price. Default 0.').optional(),
    support: share('Maintenance a year, as a part of the price. Default 0.').optional(),
  },
  'Bought hosts.',
);

const leased = section(
  {
    host: price('Rent of a host a month, its GPUs left out.').optional(),
    gpu: price('Rent of a GPU a month.').optional(),
    months: months('Months of a term: for so long the rent is due, come what may.'),
    atEnd: oneOf(
      ['monthly', 'renew'],
      'What follows a term: the rent goes on month by month and may be ended with any, or another term of as many months. Default monthly.',
    ).optional(),
    renewal: section(
      {
        host: price('Rent of a host a month once the first term is over.').optional(),
        gpu: price('Rent of a GPU a month once the first term is over.').optional(),
      },
      'Rents once the first term is over. Default: as before.',
    ).optional(),
    endFee: share(
      'Part of the rents still to come that is due when a term is ended early. Default 100%.',
    ).optional(),
  },
  'Leased hosts.',
);

const cloud = section(
  {
    perHour: price('An hour of one host. This, or instance.').optional(),
    instance: section(
      {
        provider: line(64, 'Provider, such as AWS.'),
        name: line(64, 'Instance type, such as g6.48xlarge.'),
      },
      'An instance type with an on-demand price (slicewise catalog prices).',
    ).optional(),
    committed: section(
      {
        hosts: wholeNumber(
          1,
          1e6,
          'Hosts of the entry that it is for, whichever of them are there. Default: all.',
        ).optional(),
        discount: share('Taken off the price for the commitment.'),
        months: months('Months for which every hour is paid, used or not: 12 or 36 are usual.'),
        paid: oneOf(
          ['monthly', 'upfront'],
          'Whether it is paid month by month, or a whole term in advance. Default monthly.',
        ).optional(),
        atEnd: oneOf(
          ['on-demand', 'renew'],
          'What follows a term: the hours in which hosts are there, without the discount, or another term. Default on-demand.',
        ).optional(),
      },
      'A commitment: all hours are paid. Default: on demand, the hours in which the host is there.',
    ).optional(),
    spot: section(
      { discount: share('Taken off the price on demand.') },
      'Hours that no commitment pays for are bought on the spot market. Interruptions: spot of an elastic group. Default: on demand.',
    ).optional(),
  },
  'Hosts of a cloud whose hours are paid. Groups of elastic with a price of their own are billed by that.',
);

const space = section(
  {
    perKw: price('A kW of connected load a month.').optional(),
    kw: finiteNumber(0, MOST, 'Connected load of the hosts together.', true).optional(),
    perRack: price('A rack a month.').optional(),
    racks: finiteNumber(0, MOST, 'Racks that they take.', true).optional(),
  },
  'Space or colocation: perKw and kw, or perRack and racks.',
);

const hostsEntry = section(
  {
    name: identifier('Name of the entry, for results.'),
    hosts: hostList(
      'The hosts. Every host of the fleet is in one entry, or of an elastic group with a price.',
    ),
    region: line(64, 'Where they stand, for licences that hold in one region.').optional(),
    owned: owned.optional(),
    leased: leased.optional(),
    cloud: cloud.optional(),
    free: line(200, 'Why they cost nothing, such as: paid by another budget.').optional(),
    space: orNone(space),
    power: oneOf(
      ['metered', 'included'],
      'Whether their energy is paid by the kWh. Default: metered where owned, included elsewhere.',
    ).optional(),
  },
  'What hosts cost: exactly one of owned, leased, cloud and free.',
);

const gpuPower = section(
  {
    model: line(128, 'GPU model, as the fleet names it.'),
    idle: finiteNumber(0, MOST, 'Watts of an idle GPU.').optional(),
    max: finiteNumber(0, MOST, 'Watts of a busy GPU.').optional(),
    source,
    unverified: unverified.optional(),
  },
  'Watts of a GPU model: of your own, or the unverified ones of the price tables.',
);

const energy = section(
  {
    perKwh: price('A kWh at the meter.'),
    pue: stated(1, 10, 'Energy of the site over that of the machines.'),
    hosts: section(
      {
        idle: stated(0, MOST, 'Watts of an idle host, its GPUs left out.'),
        max: stated(0, MOST, 'Watts of a host all of whose cores are taken, its GPUs left out.'),
      },
      'Watts of hosts. Default: those of the GPUs alone.',
    ).optional(),
    gpus: list(
      gpuPower,
      'GPU models',
      0,
      1000,
      'Watts of GPUs, where the price tables have none that are verified, or others are wanted.',
    ).optional(),
    gramsPerKwh: stated(0, 10_000, 'Grams of CO2 equivalent for a kWh of the grid.').optional(),
  },
  'Energy of the hosts whose power is metered.',
);

const administration = section(
  {
    name: identifier('Name of the line.'),
    people: finiteNumber(0, 1e6, 'Persons, or parts of one, at work for the fleet. With perYear.').optional(),
    perYear: price('What a person costs a year.').optional(),
    perHost: price('A host a month, in place of persons.').optional(),
  },
  'Administration: people and perYear, or perHost.',
);

const fixed = section(
  {
    name: identifier('Name of the line.'),
    kind: oneOf(['network', 'storage', 'space', 'support', 'other'], 'What it is for.'),
    perMonth: price('A month.'),
  },
  'A fixed cost.',
);

const egress = section(
  {
    perGb: price('A GB (10^9 bytes) sent out.'),
    perJob: quantity(memoryQuantity, 'Data that a finished job sends out.'),
  },
  'Data sent out. What groups of elastic send is billed there.',
);

const licence = section(
  {
    name: identifier('Name of the licence.'),
    price: price('What one licence costs: a year, or once where it is perpetual.'),
    term: oneOf(['subscription', 'perpetual'], 'Whether it is paid every year, or once.'),
    months: months('Months over which a perpetual licence is written off.').optional(),
    support: price('Support a year of a perpetual licence.').optional(),
    per: oneOf(
      ['gpu', 'host', 'core', 'user'],
      'What is counted: GPUs, hosts or cores of the hosts, or users of the sessions at one time.',
    ),
    hosts: hostList('Hosts whose GPUs or cores count. Default: all.').optional(),
    sessions: list(
      line(128, 'A session group.'),
      'session groups',
      1,
      1000,
      'Sessions whose users count. Default: all.',
    ).optional(),
    count: orNone(wholeNumber(0, 1e9, 'Licences that are bought, in place of those that are counted.')),
    includedMonths: wholeNumber(
      0,
      MOST_MONTHS,
      'Months for which it comes with the card: nothing is paid for them. Default 0.',
    ).optional(),
    region: line(64, 'The region in which it holds. Default: any.').optional(),
  },
  'A licence.',
);

const downtime = section(
  {
    perGpuHour: price('What an hour costs in which a GPU is not available.').optional(),
    perFailedJob: price('What a job costs that is over before its work is done.').optional(),
  },
  'What outages cost the business. Such costs are in no invoice.',
);

const BASES = ['allocated', 'used', 'peak', 'cores', 'memory', 'sessions'] as const;

const chargeback = section(
  {
    tariff: oneOf(
      ['full-cost', 'fixed-and-variable', 'rates'],
      'Whether tenants share the whole bill, by use or in part by peak, or pay rates.',
    ),
    by: oneOf(
      BASES,
      'What the bill is shared by: GPU-hours held, GPU-hours of work, greatest number of GPUs held, core-hours, GiB-hours or hours of users. Default allocated.',
    ).optional(),
    fixed: share('Part of the bill that goes by peak (fixed-and-variable).').optional(),
    rates: list(
      section(
        {
          by: oneOf(BASES, 'What the rate is for.'),
          price: price('One hour of it, or one GPU of the peak.'),
        },
        'A rate.',
      ),
      'rates',
      1,
      10,
      'Rates: fee = rate x share x hours, added up.',
    ).optional(),
    idle: oneOf(
      ['spread', 'unallocated'],
      'Whether what nobody used is divided among those who used something. Default unallocated.',
    ).optional(),
  },
  'How tenants are billed.',
);

const baseline = section(
  {
    name: line(200, 'What is compared with: how it was, or the other offer.'),
    upfront: price('What it costs at once. Default 0.').optional(),
    perMonth: price('What it costs a month.'),
    resale: price('What of it is sold at the end. Default 0.').optional(),
    months: months('Months over which the two are compared.'),
    rate: finiteNumber(-0.99, 10, 'Discount rate a year: 0.08 is 8 %.'),
  },
  'What the fleet is compared with: net present value, rate of return, payback.',
);

export const costSchema = section(
  {
    currency,
    month: z
      .string({ error: 'must be a month such as "2026-09"' })
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'must be a month such as "2026-09"' })
      .meta({ description: 'The month that is billed, for exports.' })
      .optional(),
    rates: list(
      section(
        {
          from: currency,
          to: currency,
          rate: finiteNumber(0, MOST, 'So many of `to` are one of `from`.', true),
          source: prose(2000, 'Where the rate comes from, and of which day it is.'),
        },
        'A rate of exchange.',
      ),
      'rates of exchange',
      0,
      1000,
      'Rates of exchange for prices in other currencies.',
    ).optional(),
    hosts: list(hostsEntry, 'entries', 0, 1000, 'What the hosts cost.').optional(),
    energy: orNone(energy),
    administration: list(administration, 'lines', 0, 1000, 'Administration.').optional(),
    fixed: list(fixed, 'lines', 0, 1000, 'Fixed costs.').optional(),
    egress: orNone(egress),
    licences: list(licence, 'licences', 0, 1000, 'Licences.').optional(),
    downtime: orNone(downtime),
    chargeback: orNone(chargeback),
    baseline: orNone(baseline),
    years: wholeNumber(1, MOST_YEARS, 'Years of the total cost of ownership. Default 3.').optional(),
  },
  'What the fleet costs. Timed experiments only. Every price is stated, or a figure of the catalogue by name.',
);

export type CostDocument = z.infer<typeof costSchema>;
export type PriceDocument = NonNullable<NonNullable<CostDocument['downtime']>['perGpuHour']>;
export type StatedDocument = NonNullable<CostDocument['energy']>['pue'];
