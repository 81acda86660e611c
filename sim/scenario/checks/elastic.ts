import { CLOUD_PRICES } from '../../hardware/prices/index.ts';
import { nameHint } from '../nearest-name.ts';
import { isMapping, type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import { secondsFrom } from '../resolve/distribution.ts';
import { priceOf } from '../resolve/elastic.ts';
import type { ElasticDocument } from '../schema/elastic.ts';
import { exactlyOne, isStated, repeats } from './common.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';
import { StatedHosts } from './stated-hosts.ts';

type Elastic = Sound<ElasticDocument>;
type Group = NonNullable<Elastic['groups']>[number];

const ELASTIC: Path = ['elastic'];
const DAY_SEC = 86_400;

/** What the section must satisfy together and with the fleet, the pools and the experiment. */
export function checkElastic(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const { elastic } = sound;
  if (elastic == null) return [];
  const groups = [...(elastic.groups ?? [])];
  return [
    ...checkTime(context, elastic),
    ...repeats(
      groups.map((group) => group?.name),
      (index) => [...ELASTIC, 'groups', index, 'name'],
    ),
    ...groups.flatMap((group, index) =>
      group === undefined ? [] : checkGroup(document, [...ELASTIC, 'groups', index], group),
    ),
    ...(elastic.removals ?? []).flatMap((removal, index) =>
      checkMigrate(document, [...ELASTIC, 'removals', index], removal?.running),
    ),
    ...checkBursts(context, elastic),
    ...checkHosts(context, elastic),
  ];
}

/** Hosts come and go in time, and some do so for ever. */
function checkTime({ document, sound }: CheckContext, elastic: Elastic): readonly Finding[] {
  if (isStated(document, ['experiment']) && sound.experiment?.kind === 'fill') {
    return [{ path: ELASTIC, message: 'needs a timed experiment: a fill experiment has no time' }];
  }
  const isEndless = (elastic.groups ?? []).some(
    (group) => group?.spot?.every != null || (group?.week ?? []).length > 0,
  );
  if (!isEndless || valueAt(document, ['experiment', 'horizon']) != null) return [];
  // What is no experiment at all has its own problem.
  if (isStated(document, ['experiment']) && !isMapping(valueAt(document, ['experiment']))) return [];
  return [
    {
      path: isStated(document, ['experiment']) ? ['experiment', 'horizon'] : ['experiment'],
      message: 'is missing: hosts that are taken back, or kept by the hours, come and go until a horizon',
    },
  ];
}

function checkMigrate(document: unknown, path: Path, running: string | undefined): readonly Finding[] {
  const isNeeded = running === 'migrate';
  const place = [...path, 'migrate'];
  if (isNeeded && valueAt(document, place) == null) {
    return [{ path: place, message: 'is missing: running: migrate needs the name of a way to migrate' }];
  }
  if (isNeeded || valueAt(document, place) == null) return [];
  return [{ path: place, message: 'is for running: migrate, and that is not stated' }];
}

/** Whether a host could leave for want of load, its jobs wait, and it come back for them, all at one instant. */
function isRestless({ in: rule, minLife }: NonNullable<Group>): boolean {
  if (rule?.allocated == null || rule.running !== 'preempt' || rule.window === undefined) return false;
  return secondsFrom(rule.window) === 0 && secondsFrom(minLife ?? '0s') === 0;
}

function checkGroup(document: unknown, path: Path, group: NonNullable<Group>): readonly Finding[] {
  const { min = 0, max, start, out, price, spot } = group;
  const findings: Finding[] = [];
  if (max != null && max < min)
    findings.push({ path: [...path, 'max'], message: `must be at least min (${min}), got ${max}` });
  if (start != null && start < min)
    findings.push({ path: [...path, 'start'], message: `must be at least min (${min}), got ${start}` });
  if (start != null && max != null && start > max)
    findings.push({ path: [...path, 'start'], message: `must be at most max (${max}), got ${start}` });
  const above = out?.allocated;
  const below = group.in?.allocated;
  if (above != null && below != null) {
    const [from, to] = [below, above].map((each) => readValid(shareOrZeroQuantity, each)) as [number, number];
    if (from >= to) {
      const message = `must be less than out.allocated (${above}), got ${below}`;
      findings.push({ path: [...path, 'in', 'allocated'], message });
    }
  }
  findings.push(...checkMigrate(document, [...path, 'in'], group.in?.running));
  if (isRestless(group)) {
    const message = 'must be above 0s where running is preempt, unless minLife is above 0s';
    const hint = 'those who have to go ask for the host at once: it would leave and come back without end';
    findings.push({ path: [...path, 'in', 'window'], message, hint });
  }
  for (const [index, slot] of (group.week ?? []).entries()) {
    const place = [...path, 'week', index];
    const fromSec = secondsFrom(slot?.from ?? '0s');
    const toSec = secondsFrom(slot?.to ?? '24h');
    if (toSec > DAY_SEC)
      findings.push({ path: [...place, 'to'], message: `must be at most 24h, got ${slot?.to}` });
    else if (toSec <= fromSec) {
      const message = `must be after from (${slot?.from ?? '0s'}), got ${slot?.to ?? '24h'}`;
      const hint = 'a time over midnight is two: up to 24h, and from 0h of the next day';
      findings.push({ path: [...place, 'to'], message, hint });
    }
  }
  if (price != null) findings.push(...checkPrice(document, [...path, 'price'], price));
  if (spot != null) {
    // Either may be written as null.
    const stated = ['every', 'log'].filter((key) => valueAt(document, [...path, 'spot', key]) != null);
    if (stated.length !== 1) {
      const message = `must have exactly one of every and log, got ${stated.join(' and ') || 'none'}`;
      findings.push({ path: [...path, 'spot'], message });
    }
  }
  return findings;
}

function checkPrice(
  document: unknown,
  path: Path,
  { instance }: NonNullable<NonNullable<Group>['price']>,
): readonly Finding[] {
  const findings = [...exactlyOne(document, path, ['perHour', 'instance'])];
  const { provider, name } = instance ?? {};
  if (provider === undefined || name === undefined || priceOf({ provider, name }) !== undefined)
    return findings;
  const known = CLOUD_PRICES.filter((each) => each.instance !== undefined);
  const providers = [...new Set(known.map((each) => each.provider))];
  if (!providers.includes(provider)) {
    const message = `must be a provider whose prices are known, got ${quoteValue(provider)}`;
    return [
      ...findings,
      { path: [...path, 'instance', 'provider'], message, hint: nameHint(provider, providers) },
    ];
  }
  const names = known.filter((each) => each.provider === provider).map((each) => each.instance as string);
  const message = `must be an instance type with a price, got ${quoteValue(name)}`;
  return [...findings, { path: [...path, 'instance', 'name'], message, hint: nameHint(name, names) }];
}

function checkBursts({ document, sound }: CheckContext, elastic: Elastic): readonly Finding[] {
  const pools = ['default', ...(sound.policy?.pools ?? []).flatMap((pool) => pool?.name ?? [])];
  const classes = (sound.workload?.synthetic?.classes ?? []).flatMap((each) => each?.name ?? []);
  const isTraced = isStated(document, ['workload', 'trace']);
  return [...(elastic.bursts ?? []).entries()].flatMap(([index, burst]): readonly Finding[] => {
    if (burst === undefined) return [];
    const path = [...ELASTIC, 'bursts', index];
    const findings: Finding[] = [];
    for (const key of ['from', 'to'] as const) {
      const pool = burst[key];
      if (pool === undefined || pools.includes(pool)) continue;
      const message = `must be a pool of the policy, got ${quoteValue(pool)}`;
      findings.push({ path: [...path, key], message, hint: nameHint(pool, pools) });
    }
    if (burst.to !== undefined && burst.to === (burst.from ?? 'default'))
      findings.push({ path: [...path, 'to'], message: 'must be another pool than from' });
    if (burst.waited == null && burst.jobs == null && valueAt(document, [...path, 'waited']) == null)
      findings.push({ path, message: 'needs waited or jobs: say when a job goes' });
    for (const [at, name] of (burst.classes ?? []).entries()) {
      if (name === undefined || isTraced || classes.includes(name)) continue;
      const message = `must be a class of the workload, got ${quoteValue(name)}`;
      findings.push({ path: [...path, 'classes', at], message, hint: nameHint(name, classes) });
    }
    return findings;
  });
}

/** Hosts must be there, and each be of one group, of one pool, and not come by date and by load as well. */
function checkHosts(context: CheckContext, elastic: Elastic): readonly Finding[] {
  const { document, sound } = context;
  const stated = StatedHosts.of(context);
  if (stated === undefined) return [];
  const { lists } = stated;
  const findings: Finding[] = [];
  const hostsAt = (path: Path) => stated.at(path, findings);
  const poolOf = new Map<string, string>();
  for (const [index, pool] of (sound.policy?.pools ?? []).entries()) {
    const written = valueAt(document, ['policy', 'pools', index, 'hosts']);
    const hosts = Array.isArray(written) ? written : [written];
    for (const host of lists.of(hosts.filter((name): name is string => typeof name === 'string')))
      poolOf.set(host, pool?.name ?? '');
  }
  const groupOf = new Map<string, string>();
  for (const [index, group] of (elastic.groups ?? []).entries()) {
    const path = [...ELASTIC, 'groups', index];
    const hosts = hostsAt([...path, 'hosts']);
    const pools = new Set(hosts.map((host) => poolOf.get(host) ?? 'default'));
    if (pools.size > 1) {
      const message = `must be of one pool, got hosts of ${[...pools].map((pool) => quoteValue(pool)).join(' and ')}`;
      findings.push({ path: [...path, 'hosts'], message });
    }
    for (const host of hosts) {
      const other = groupOf.get(host);
      if (other !== undefined) {
        const message = `must be hosts of no other group, got ${quoteValue(host)} of ${quoteValue(other)}`;
        findings.push({ path: [...path, 'hosts'], message });
        break;
      }
    }
    for (const host of hosts) groupOf.set(host, group?.name ?? '');
    for (const key of ['min', 'max', 'start'] as const) {
      const count = group?.[key];
      if (count == null || hosts.length === 0 || count <= hosts.length) continue;
      const message = `must be at most the number of its hosts (${hosts.length}), got ${count}`;
      findings.push({ path: [...path, key], message });
    }
  }
  for (const part of ['expansions', 'removals'] as const) {
    for (const index of (elastic[part] ?? []).keys()) {
      const path = [...ELASTIC, part, index, 'hosts'];
      const host = hostsAt(path).find((each) => groupOf.has(each));
      if (host === undefined) continue;
      const message = `must be hosts of no group, got ${quoteValue(host)} of ${quoteValue(groupOf.get(host))}`;
      findings.push({ path, message });
    }
  }
  return findings;
}
