import { hostName } from '../host-name.ts';
import { nameHint } from '../nearest-name.ts';
import type { Path } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { HostNames } from '../resolve/host-names.ts';
import type { SchedulingDocument } from '../schema/scheduling.ts';
import { isStated, repeats } from './common.ts';
import type { CheckContext } from './context.ts';
import { demandsOf } from './demands-of.ts';
import type { Sound } from './sound.ts';

type Scheduling = Sound<SchedulingDocument>;

/** What the policy, its pools and those who ask for them must satisfy together. */
export function checkPolicy(context: CheckContext): readonly Finding[] {
  const { sound, document } = context;
  const pools = [...(sound.policy?.pools ?? [])];
  const sections: { readonly path: Path; readonly scheduling: Scheduling | undefined }[] = [
    { path: ['policy'], scheduling: sound.policy?.scheduling },
    ...pools.map((pool, i) => ({ path: ['policy', 'pools', i], scheduling: pool?.scheduling })),
  ];
  return [
    ...sections.flatMap(({ path }) => onePlacement(document, path)),
    ...sections.flatMap(({ path, scheduling }) =>
      checkScheduling(document, [...path, 'scheduling'], scheduling),
    ),
    ...repeats(
      pools.map((pool) => pool?.name),
      (index) => ['policy', 'pools', index, 'name'],
    ),
    ...checkPoolHosts(context),
    ...checkPoolNames(context),
  ];
}

function onePlacement(document: unknown, path: Path): readonly Finding[] {
  if (!isStated(document, [...path, 'placement']) || !isStated(document, [...path, 'scores'])) return [];
  return [{ path: [...path, 'scores'], message: 'must not stand beside placement: state one of them' }];
}

function checkScheduling(
  document: unknown,
  path: Path,
  scheduling: Scheduling | undefined,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (scheduling?.migrate != null && scheduling.stopBy !== 'migrate') {
    const message = 'is for stopBy: migrate, and that is not stated';
    findings.push({ path: [...path, 'migrate'], message });
  }
  const { timeShare, preemption } = scheduling ?? {};
  if (timeShare !== undefined && preemption !== undefined && preemption !== 'refill') {
    const message = `must be refill where timeShare is stated, got ${quoteValue(preemption)}`;
    findings.push({ path: [...path, 'preemption'], message });
  }
  const limits = [...(scheduling?.attainedLimits ?? [])];
  limits.forEach((limit, i) => {
    const before = limits[i - 1];
    if (limit !== undefined && before !== undefined && limit <= before) {
      const message = `must be above the limit before it (${before}), got ${limit}`;
      findings.push({ path: [...path, 'attainedLimits', i], message });
    }
  });
  const quotas = scheduling?.quotas ?? {};
  const below = new Map<string, number>();
  for (const [name, quota] of Object.entries(quotas)) {
    const place = [...path, 'quotas', name];
    if (name.split('/').some((part) => part.trim() === '')) {
      findings.push({ path: place, message: 'must be a path of names joined by "/", none of them empty' });
    }
    const { guaranteed = 0, max } = quota ?? {};
    if (max != null && guaranteed > max) {
      findings.push({
        path: [...place, 'guaranteed'],
        message: `must be at most max (${max}), got ${guaranteed}`,
      });
    }
    const parent = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : undefined;
    if (parent !== undefined) below.set(parent, (below.get(parent) ?? 0) + guaranteed);
  }
  for (const [parent, sum] of below) {
    // A queue above that is not named has no guarantee to be short of; what is written wrongly has its own problem.
    if (quotas[parent] === undefined) continue;
    const place = [...path, 'quotas', parent, 'guaranteed'];
    if (quotas[parent].guaranteed === undefined && isStated(document, place)) continue;
    const { guaranteed = 0 } = quotas[parent];
    if (guaranteed >= sum) continue;
    const message = `must be at least what its children are guaranteed together (${sum}), got ${guaranteed}`;
    findings.push({ path: place, message });
  }
  return findings;
}

/** Hosts of pools must be there, and each in one pool. */
function checkPoolHosts({ document, sound, isFaulty }: CheckContext): readonly Finding[] {
  if (!isStated(document, ['fleet', 'hosts']) || isFaulty(['fleet', 'hosts'])) return [];
  const groups = [...(sound.fleet?.hosts ?? [])].map((group) => ({
    name: group?.name ?? '',
    count: group?.count ?? 1,
  }));
  const names = new HostNames(groups);
  const owner = new Map<string, string>();
  return [...(sound.policy?.pools ?? [])].flatMap((pool, p) =>
    [...(pool?.hosts ?? [])].flatMap((name, i): readonly Finding[] => {
      if (name === undefined) return [];
      const path = ['policy', 'pools', p, 'hosts', i];
      const choice = names.find(name);
      if (choice === undefined) {
        const message = `must be a host group or a host of the fleet, got ${quoteValue(name)}`;
        return [{ path, message, hint: nameHint(name, names.groupNames, names.near(name)) }];
      }
      const group = groups[choice.group] as (typeof groups)[number];
      const numbers = choice.host === null ? Array.from({ length: group.count }, (_, n) => n) : [choice.host];
      const taken = numbers.map((n) => hostName(group.name, n, group.count)).find((host) => owner.has(host));
      for (const n of numbers) owner.set(hostName(group.name, n, group.count), pool?.name ?? '');
      if (taken === undefined) return [];
      return [{ path, message: `must be hosts that no pool has yet, got ${quoteValue(taken)} once more` }];
    }),
  );
}

/** Whoever asks for a pool must name one that is there. */
function checkPoolNames(context: CheckContext): readonly Finding[] {
  const { sound } = context;
  const known = ['default', ...[...(sound.policy?.pools ?? [])].flatMap((pool) => pool?.name ?? [])];
  if (context.isFaulty(['policy', 'pools'])) return [];
  return demandsOf(context).flatMap(({ path, demand }): readonly Finding[] => {
    const pool = (demand as { readonly pool?: string }).pool;
    if (pool === undefined || known.includes(pool)) return [];
    const message = `must be one of policy.pools (${known.join(', ')}), got ${quoteValue(pool)}`;
    return [{ path: [...path, 'pool'], message, hint: nameHint(pool, known) }];
  });
}
