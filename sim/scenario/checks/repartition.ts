import { nameHint } from '../nearest-name.ts';
import { type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { HostNames } from '../resolve/host-names.ts';
import { isStated } from './common.ts';
import type { CheckContext } from './context.ts';

/** Keys that only some policies have. */
const KEYS_OF = {
  every: ['periodic', 'defragment'],
  atUnserved: ['periodic', 'defragment'],
  atChange: ['periodic'],
  gap: ['periodic', 'defragment'],
  running: ['periodic'],
  patience: ['periodic'],
  runningWeight: ['periodic'],
  gainPerCost: ['defragment'],
  maxMoves: ['defragment'],
  horizon: ['periodic', 'defragment'],
  migrate: ['periodic', 'defragment'],
} as const;

/** What cutting cards anew asks of the experiment, the hosts and their modes. */
export function checkRepartition(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const rules = sound.repartition ?? [];
  if (rules.length === 0) return [];
  return [
    ...checkTime(document),
    ...rules.flatMap((rule, index) => {
      const path = ['repartition', index];
      const { policy } = rule ?? {};
      if (policy === undefined) return [];
      return Object.entries(KEYS_OF).flatMap(([key, policies]) =>
        (policies as readonly string[]).includes(policy) || !isStated(document, [...path, key])
          ? []
          : [{ path: [...path, key], message: `must not be there: policy ${policy} has no such option` }],
      );
    }),
    ...checkHosts(context),
  ];
}

function checkTime(document: unknown): readonly Finding[] {
  if (valueAt(document, ['experiment', 'kind']) !== 'fill') return [];
  return [{ path: ['repartition'], message: 'needs a timed experiment: a fill experiment has no time' }];
}

/** Hosts must be there, each in one entry, and have cards that can be cut in the way that the policy does. */
function checkHosts(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  if (!isStated(document, ['fleet', 'hosts'])) {
    return [
      {
        path: ['repartition'],
        message: 'needs hosts that the scenario states, with sharing: mig, mig-vgpu, vgpu or sriov',
      },
    ];
  }
  if (context.isFaulty(['fleet', 'hosts'])) return [];
  const groups = sound.fleet?.hosts ?? [];
  const names = new HostNames(groups.map((group) => ({ name: group?.name ?? '', count: group?.count ?? 1 })));
  const findings: Finding[] = [];
  const taken: { group: number; host: number | null; index: number }[] = [];
  for (const [index, rule] of (sound.repartition ?? []).entries()) {
    const path = ['repartition', index, 'hosts'];
    const written = valueAt(document, path);
    const list: readonly (readonly [Path, unknown])[] = Array.isArray(written)
      ? written.map((name, at) => [[...path, at], name] as const)
      : [[path, written]];
    for (const [at, name] of list) {
      if (typeof name !== 'string') continue;
      const choice = names.find(name);
      if (choice === undefined) {
        findings.push({
          path: at,
          message: `must be a host group or a host of the fleet, got ${quoteValue(name)}`,
          hint: nameHint(name, names.groupNames, names.near(name)),
        });
        continue;
      }
      const { group, host } = choice;
      const other = taken.find(
        (each) => each.group === group && (each.host === null || host === null || each.host === host),
      );
      if (other !== undefined) {
        findings.push({
          path: at,
          message: `must be in one entry only, got ${quoteValue(name)} as in repartition[${other.index}]`,
        });
      }
      taken.push({ group, host, index });
      if (rule?.policy === undefined) continue;
      const message = modeProblem(groups[group]?.sharing, rule.policy);
      if (message !== undefined) findings.push({ path: at, message: `${message}, got ${quoteValue(name)}` });
    }
  }
  return findings;
}

function modeProblem(sharing: unknown, policy: string): string | undefined {
  const mode = typeof sharing === 'string' ? sharing : valueAt(sharing, ['mode']);
  if (mode === 'vgpu') {
    if (policy === 'periodic') return undefined;
    return policy === 'on-demand'
      ? 'must be of other hosts, as an empty card of vGPUs is on demand what the next job wants by itself'
      : 'must be of hosts with sharing: mig or mig-vgpu for policy defragment';
  }
  if (mode === 'sriov') {
    return policy === 'defragment'
      ? 'must be of hosts with sharing: mig or mig-vgpu for policy defragment'
      : undefined;
  }
  if (mode !== 'mig' && mode !== 'mig-vgpu') {
    return 'must be of hosts with sharing: mig, mig-vgpu, vgpu or sriov';
  }
  const layout = valueAt(sharing, ['layout']);
  if (policy === 'periodic' && layout == null) {
    return 'must be of hosts whose mode states a layout, with which policy periodic begins';
  }
  if (policy !== 'periodic' && layout != null) {
    return `must be of hosts whose mode states no layout, as policy ${policy} makes instances on demand`;
  }
  return undefined;
}
