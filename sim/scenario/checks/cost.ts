import { CLOUD_PRICES, powerOfGpu } from '../../hardware/prices/index.ts';
import { nameHint } from '../nearest-name.ts';
import { type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import type { HostLists } from '../resolve/changes.ts';
import { CATALOGUE_CURRENCY, instancePrice } from '../resolve/cost-figures.ts';
import type { HostNames } from '../resolve/host-names.ts';
import type { CostDocument } from '../schema/cost.ts';
import { exactlyOne, isStated, repeats } from './common.ts';
import type { CheckContext } from './context.ts';
import { checkFigures, checkRate } from './cost-figures.ts';
import type { Sound } from './sound.ts';
import { StatedHosts } from './stated-hosts.ts';

type Cost = Sound<CostDocument>;
type Entry = NonNullable<Cost['hosts']>[number];
type Licence = NonNullable<Cost['licences']>[number];

const COST: Path = ['cost'];

/** What the section must satisfy together and with the fleet, the sessions and the experiment. */
export function checkCost(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const { cost } = sound;
  if (cost == null) return [];
  const isFill = isStated(document, ['experiment']) && sound.experiment?.kind === 'fill';
  return [
    ...(isFill ? [{ path: COST, message: 'needs a timed experiment: a fill experiment has no time' }] : []),
    ...checkFigures(cost),
    ...checkRates(cost),
    ...checkNames(cost),
    ...(cost.hosts ?? []).flatMap((entry, at) =>
      entry === undefined ? [] : checkEntry(document, [...COST, 'hosts', at], entry, cost),
    ),
    ...checkHosts(context, cost),
    ...checkLines(document, cost),
    ...(cost.licences ?? []).flatMap((licence, at) =>
      licence === undefined ? [] : checkLicence(context, [...COST, 'licences', at], licence),
    ),
    ...checkChargeback(document, cost),
  ];
}

function checkRates({ rates = [] }: Cost): readonly Finding[] {
  return [
    ...rates.flatMap((rate, at) =>
      rate?.from !== undefined && rate.from === rate.to
        ? [
            {
              path: [...COST, 'rates', at, 'to'],
              message: `must be another currency than from, got ${rate.to}`,
            },
          ]
        : [],
    ),
    ...repeats(
      rates.map((rate) =>
        rate?.from === undefined || rate.to === undefined ? undefined : `${rate.from} to ${rate.to}`,
      ),
      (at) => [...COST, 'rates', at],
    ),
  ];
}

function checkNames(cost: Cost): readonly Finding[] {
  return (['hosts', 'administration', 'fixed', 'licences'] as const).flatMap((key) =>
    repeats(
      [...(cost[key] ?? [])].map((each) => each?.name),
      (at) => [...COST, key, at, 'name'],
    ),
  );
}

function checkEntry(
  document: unknown,
  path: Path,
  entry: NonNullable<Entry>,
  cost: Cost,
): readonly Finding[] {
  const findings = [...exactlyOne(document, path, ['owned', 'leased', 'cloud', 'free'])];
  for (const key of ['owned', 'leased'] as const) {
    const place = [...path, key];
    if (entry[key] === undefined) continue;
    if (!isStated(document, [...place, 'host']) && !isStated(document, [...place, 'gpu']))
      findings.push({ path: place, message: 'needs a price: host, gpu, or both' });
  }
  for (const key of ['host', 'gpu'] as const) {
    const place = [...path, 'leased', 'renewal', key];
    if (isStated(document, place) && !isStated(document, [...path, 'leased', key]))
      findings.push({ path: place, message: `goes with ${key}: there is no such rent in the first term` });
  }
  if (entry.cloud !== undefined) {
    const place = [...path, 'cloud'];
    findings.push(...exactlyOne(document, place, ['perHour', 'instance']));
    findings.push(...checkInstance([...place, 'instance'], entry.cloud.instance, cost));
  }
  if (entry.space != null) {
    const place = [...path, 'space'];
    const wrong = exactlyOne(document, place, ['perKw', 'perRack']);
    findings.push(...wrong);
    const [needed, other] = isStated(document, [...place, 'perKw']) ? ['kw', 'racks'] : ['racks', 'kw'];
    if (wrong.length === 0 && !isStated(document, [...place, needed as string]))
      findings.push({ path: place, message: `needs ${needed}: how many of them the hosts take` });
    if (wrong.length === 0 && isStated(document, [...place, other as string]))
      findings.push({ path: [...place, other as string], message: 'goes with the other price' });
  }
  return findings;
}

function checkInstance(
  path: Path,
  instance: Sound<{ provider: string; name: string }> | undefined,
  cost: Cost,
): readonly Finding[] {
  const { provider, name } = instance ?? {};
  if (provider === undefined || name === undefined) return [];
  const rates = new Set((cost.rates ?? []).map((rate) => `${rate?.from} ${rate?.to}`));
  if (instancePrice({ provider, name }) !== undefined)
    return checkRate(path, CATALOGUE_CURRENCY, cost.currency, rates);
  const known = CLOUD_PRICES.filter(
    (each) => each.instance !== undefined && each.confidence !== 'unverified',
  );
  const providers = [...new Set(known.map((each) => each.provider))];
  if (!providers.includes(provider)) {
    const message = `must be a provider whose prices are known, got ${quoteValue(provider)}`;
    return [{ path: [...path, 'provider'], message, hint: nameHint(provider, providers) }];
  }
  const names = known.filter((each) => each.provider === provider).map((each) => each.instance as string);
  const message = `must be an instance type with a price, got ${quoteValue(name)}`;
  return [{ path: [...path, 'name'], message, hint: nameHint(name, names) }];
}

/** Every host has one price, and every metered GPU its watts. Hosts of a trace are looked at when it has been read. */
function checkHosts(context: CheckContext, cost: Cost): readonly Finding[] {
  const { document, sound } = context;
  const stated = StatedHosts.of(context);
  if (stated === undefined) return [];
  const { names, lists } = stated;
  const findings: Finding[] = [];
  const hostsAt = (path: Path) => stated.at(path, findings);
  const paidBy = new Map<string, string>();
  for (const group of sound.elastic?.groups ?? []) {
    if (group?.price == null) continue;
    const written = typeof group.hosts === 'string' ? [group.hosts] : (group.hosts ?? []);
    const known = written.filter(
      (name): name is string => name !== undefined && names.find(name) !== undefined,
    );
    for (const host of lists.of(known)) paidBy.set(host, `the price of elastic group "${group.name}"`);
  }
  for (const [at, entry] of (cost.hosts ?? []).entries()) {
    const path = [...COST, 'hosts', at, 'hosts'];
    const hosts = hostsAt(path);
    const twice = hosts.find((host) => paidBy.has(host));
    if (twice !== undefined)
      findings.push({
        path,
        message: `must be hosts that nothing else pays for, got ${quoteValue(twice)}: ${paidBy.get(twice)} does`,
      });
    for (const host of hosts) paidBy.set(host, `cost.hosts "${entry?.name}"`);
    const committed = entry?.cloud?.committed?.hosts;
    if (committed !== undefined && findings.length === 0 && committed > hosts.length)
      findings.push({
        path: [...COST, 'hosts', at, 'cloud', 'committed', 'hosts'],
        message: `must be at most the hosts of the entry (${hosts.length}), got ${committed}`,
      });
  }
  for (const at of (cost.licences ?? []).keys()) hostsAt([...COST, 'licences', at, 'hosts']);
  if (!context.isFaulty(['elastic']) && !context.isFaulty([...COST, 'hosts'])) {
    const unpaid = lists.of(names.groupNames).filter((host) => !paidBy.has(host));
    if (unpaid.length > 0 && findings.length === 0) {
      const more = unpaid.length > 1 ? ` and ${unpaid.length - 1} more` : '';
      findings.push({
        path: isStated(document, [...COST, 'hosts']) ? [...COST, 'hosts'] : COST,
        message: `must say what every host costs, and says nothing of ${quoteValue(unpaid[0])}${more}`,
        hint: 'an entry of hosts with owned, leased, cloud, or free: and why; or elastic.groups[].price',
      });
    }
    findings.push(...checkPower(context, cost, lists));
    findings.push(...checkRegions(document, cost, lists, names));
  }
  return findings;
}

/** Watts of each GPU model of the metered hosts: verified ones, or what the section says. */
function checkPower(context: CheckContext, cost: Cost, lists: HostLists): readonly Finding[] {
  const { document, sound } = context;
  const findings: Finding[] = [];
  const allowed = new Set<string>();
  for (const [at, gpu] of (cost.energy?.gpus ?? []).entries()) {
    if (gpu?.model === undefined) continue;
    const path = [...COST, 'energy', 'gpus', at];
    const isWhole = gpu.idle !== undefined && gpu.max !== undefined;
    if (allowed.has(gpu.model))
      findings.push({
        path: [...path, 'model'],
        message: `must be a model of its own, got ${gpu.model} again`,
      });
    allowed.add(gpu.model);
    if (isWhole && (gpu.max as number) < (gpu.idle as number)) {
      findings.push({
        path: [...path, 'max'],
        message: `must be at least idle (${gpu.idle}), got ${gpu.max}`,
      });
    } else if (!isWhole && (gpu.idle !== undefined || gpu.max !== undefined)) {
      findings.push({ path, message: 'needs idle and max together' });
    } else if (!isWhole && powerOfGpu(gpu.model) === undefined) {
      findings.push({ path, message: 'needs idle and max: the price tables have no watts of this model' });
    } else if (!isWhole && powerOfGpu(gpu.model)?.confidence === 'unverified' && gpu.unverified !== true) {
      findings.push({
        path,
        message: 'needs idle and max, or unverified: true: nobody has verified the watts of this model',
      });
    }
  }
  const metered = new Set(
    (cost.hosts ?? []).flatMap((entry, at) => {
      const isMetered = (entry?.power ?? (entry?.owned === undefined ? 'included' : 'metered')) === 'metered';
      const written = valueAt(document, [...COST, 'hosts', at, 'hosts']);
      const list = (Array.isArray(written) ? written : [written]).filter(
        (name): name is string => typeof name === 'string',
      );
      return isMetered ? lists.of(list) : [];
    }),
  );
  if (metered.size === 0 || context.isFaulty([...COST, 'energy'])) return findings;
  if (cost.energy == null) {
    const message = 'is missing: the power of some hosts is metered; state it, or write power: included';
    return [...findings, { path: [...COST, 'energy'], message }];
  }
  const models = new Set(
    (sound.fleet?.hosts ?? []).flatMap((group) => {
      const isPaid = lists.of([group?.name ?? '']).some((host) => metered.has(host));
      const gpus = group?.gpus;
      if (!isPaid || gpus === undefined) return [];
      return (Array.isArray(gpus) ? gpus : [gpus]).flatMap((gpu) => gpu?.model ?? []);
    }),
  );
  for (const model of models) {
    if (allowed.has(model)) continue;
    const known = powerOfGpu(model);
    if (known !== undefined && known.confidence !== 'unverified') continue;
    const message =
      known === undefined
        ? `must have the watts of ${quoteValue(model)}, which the price tables do not have`
        : `must have the watts of ${quoteValue(model)}: those of the price tables (${known.idleW} to ${known.maxW} W) are not verified`;
    findings.push({
      path: [...COST, 'energy'],
      message,
      hint: 'gpus: [{ model, idle, max, source }], or { model, unverified: true } to use the unverified ones',
    });
  }
  return findings;
}

/** A licence of one region counts hosts of that region. */
function checkRegions(document: unknown, cost: Cost, lists: HostLists, names: HostNames): readonly Finding[] {
  const listAt = (path: Path) => {
    const written = valueAt(document, path);
    const all = (Array.isArray(written) ? written : [written]).filter(
      (name): name is string => typeof name === 'string' && names.find(name) !== undefined,
    );
    return lists.of(all);
  };
  const regionOf = new Map<string, string | undefined>();
  for (const [at, entry] of (cost.hosts ?? []).entries())
    for (const host of listAt([...COST, 'hosts', at, 'hosts'])) regionOf.set(host, entry?.region);
  return (cost.licences ?? []).flatMap((licence, at): readonly Finding[] => {
    if (licence?.region === undefined) return [];
    const path = [...COST, 'licences', at, 'hosts'];
    const hosts = isStated(document, path) ? listAt(path) : lists.of(names.groupNames);
    const outside = hosts.find((host) => regionOf.get(host) !== licence.region);
    if (outside === undefined) return [];
    const where = regionOf.get(outside);
    return [
      {
        path: isStated(document, path) ? path : [...COST, 'licences', at, 'region'],
        message: `holds in ${quoteValue(licence.region)} alone, and ${quoteValue(outside)} stands ${
          where === undefined ? 'in no stated region' : `in ${quoteValue(where)}`
        }`,
      },
    ];
  });
}

function checkLines(document: unknown, cost: Cost): readonly Finding[] {
  const findings: Finding[] = [];
  for (const at of (cost.administration ?? []).keys()) {
    const path = [...COST, 'administration', at];
    const wrong = exactlyOne(document, path, ['people', 'perHost']);
    findings.push(...wrong);
    if (wrong.length > 0) continue;
    if (isStated(document, [...path, 'people']) !== isStated(document, [...path, 'perYear']))
      findings.push({ path, message: 'needs people and perYear together' });
  }
  const watts = cost.energy?.hosts;
  const [idle, max] = [amountOf(watts?.idle), amountOf(watts?.max)];
  if (idle !== undefined && max !== undefined && max < idle)
    findings.push({
      path: [...COST, 'energy', 'hosts', 'max'],
      message: `must be at least idle (${idle}), got ${max}`,
    });
  return findings;
}

function amountOf(written: unknown): number | undefined {
  if (typeof written === 'number') return written;
  const amount = (written as { amount?: unknown } | undefined)?.amount;
  return typeof amount === 'number' ? amount : undefined;
}

function checkLicence(
  { document, sound }: CheckContext,
  path: Path,
  licence: NonNullable<Licence>,
): readonly Finding[] {
  const findings: Finding[] = [];
  const isPerpetual = licence.term === 'perpetual';
  if (isPerpetual && !isStated(document, [...path, 'months']))
    findings.push({ path: [...path, 'months'], message: 'is missing: a perpetual licence is written off' });
  for (const key of ['months', 'support'] as const) {
    if (licence.term === 'subscription' && isStated(document, [...path, key]))
      findings.push({ path: [...path, key], message: 'is for perpetual licences' });
  }
  const [other, reason] =
    licence.per === 'user'
      ? (['hosts', 'users are counted by their sessions'] as const)
      : (['sessions', 'hosts are counted, not users'] as const);
  if (licence.per !== undefined && isStated(document, [...path, other]))
    findings.push({ path: [...path, other], message: `has no place here: ${reason}` });
  const groups = (sound.workload?.sessions ?? []).flatMap((group) => group?.name ?? []);
  for (const [at, name] of (licence.sessions ?? []).entries()) {
    if (name === undefined || groups.includes(name)) continue;
    const message = `must be a session group of the workload, got ${quoteValue(name)}`;
    findings.push({ path: [...path, 'sessions', at], message, hint: nameHint(name, groups) });
  }
  return findings;
}

function checkChargeback(document: unknown, { chargeback }: Cost): readonly Finding[] {
  if (chargeback?.tariff === undefined) return [];
  const path = [...COST, 'chargeback'];
  const { tariff } = chargeback;
  const findings: Finding[] = [];
  const goes = (key: string, wanted: string, isNeeded: boolean) => {
    const has = isStated(document, [...path, key]);
    if (tariff === wanted && !has && isNeeded)
      findings.push({ path: [...path, key], message: `is missing: tariff ${wanted} needs it` });
    if (tariff !== wanted && has)
      findings.push({ path: [...path, key], message: `is for tariff ${wanted}, and that is ${tariff}` });
  };
  goes('rates', 'rates', true);
  goes('fixed', 'fixed-and-variable', true);
  if (tariff === 'rates' && isStated(document, [...path, 'by']))
    findings.push({
      path: [...path, 'by'],
      message: 'is for tariffs that divide the bill: rates have their own',
    });
  return findings;
}
