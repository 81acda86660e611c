import type { HostSpec } from '../../cluster/fleet.ts';
import { normalizeScenario } from '../../scenario/normalize.ts';
import type { Scenario } from '../../scenario/types.ts';
import { SHARING_MODE_NAMES } from '../../sharing/names.ts';
import type { Change } from './change.ts';

/** What is known of the fleet when a change of it is looked for. */
export interface FleetSituation {
  readonly hosts: readonly HostSpec[];
  readonly scenario: Scenario;
  /** GPUs free on a host at the time that is asked about, in thousandths. */
  freeMilli(host: number): number;
  /** Whether the job may go to hosts of that pool, by the host's number. */
  isOfItsPool(host: number): boolean;
}

/** Every other mode that the GPUs of a group can be shared by with its default options. */
export function sharingChanges(document: unknown, { fleet }: Scenario): readonly Change[] {
  if (fleet.kind !== 'hosts') return [];
  return fleet.groups.flatMap((group, i) => {
    const { sharing } = group;
    if (sharing === null) return [];
    return SHARING_MODE_NAMES.filter((mode) => mode !== sharing.mode).flatMap((mode): readonly Change[] => {
      const result = normalizeScenario(withSharing(document, i, mode));
      if (!result.ok) return [];
      return [
        {
          kind: 'sharing',
          text: `${group.name}: ${mode} in place of ${sharing.mode}`,
          setting: `fleet.hosts.${group.name}.sharing=${mode}`,
          scenario: result.scenario,
        },
      ];
    });
  });
}

function withSharing(document: unknown, group: number, mode: string): unknown {
  const { fleet } = document as { readonly fleet: { readonly hosts: readonly object[] } };
  const hosts = fleet.hosts.map((host, i) => (i === group ? { ...host, sharing: mode } : host));
  return { ...(document as object), fleet: { ...fleet, hosts } };
}

/** One GPU more in a host of each kind: the host with most GPUs free, where the job may go. */
export function cardChanges(situation: FleetSituation): readonly Change[] {
  return kindsOf(situation).flatMap(({ hosts }) => {
    const roomiest = hosts.reduce((best, h) =>
      situation.freeMilli(h) > situation.freeMilli(best) ? h : best,
    );
    const spec = situation.hosts[roomiest] as HostSpec;
    return spec.gpus.map(
      ({ model }, g): Change => ({
        kind: 'card',
        text: `one more ${model} in ${spec.name}`,
        hosts: (stated) =>
          stated.map((host, h) =>
            h !== roomiest
              ? host
              : {
                  ...host,
                  gpus: host.gpus.map((gpu, i) => (i === g ? { ...gpu, count: gpu.count + 1 } : gpu)),
                },
          ),
      }),
    );
  });
}

/** One host more of each kind, in the pool of the job. */
export function hostChanges(situation: FleetSituation): readonly Change[] {
  const { scenario, hosts: stated } = situation;
  return kindsOf(situation).map(({ name, hosts }): Change => {
    const like = stated[hosts[0] as number] as HostSpec;
    const added = freshName(`${name}-more`, stated);
    return {
      kind: 'host',
      text: `one more host like ${hosts.length > 1 ? `those of ${name}` : name} (${gpusText(like)})`,
      scenario: withPoolHost(scenario, like.name, added),
      hosts: (all) => [...all, { ...like, name: added }],
    };
  });
}

interface Kind {
  readonly name: string;
  readonly hosts: readonly number[];
}

/** Hosts of the job's pool that are alike, by the group that states them, else by what they have. */
function kindsOf({ hosts, scenario, isOfItsPool }: FleetSituation): readonly Kind[] {
  const kinds = new Map<string, { name: string; hosts: number[] }>();
  const groupOf: string[] = [];
  if (scenario.fleet.kind === 'hosts') {
    for (const { name, count } of scenario.fleet.groups) {
      for (let i = 0; i < count; i++) groupOf.push(name);
    }
  }
  hosts.forEach((spec, h) => {
    if (!isOfItsPool(h)) return;
    const group = groupOf[h];
    const gpus = spec.gpus.map(({ model, count }) => `${count} ${model}`).join(' ');
    const key = group ?? `${spec.cpuMilli} ${spec.memoryMib} ${gpus}`;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { name: group ?? spec.name, hosts: [h] });
    else known.hosts.push(h);
  });
  return [...kinds.values()];
}

function gpusText({ gpus }: HostSpec): string {
  return gpus.length === 0 ? 'without GPU' : gpus.map(({ model, count }) => `${count} x ${model}`).join(', ');
}

function freshName(wanted: string, hosts: readonly HostSpec[]): string {
  let name = wanted;
  while (hosts.some((host) => host.name === name)) name += '-more';
  return name;
}

/** A host that is added is in the pool of the one that it is like. */
function withPoolHost(scenario: Scenario, like: string, added: string): Scenario {
  const { policy } = scenario;
  if (!policy.pools.some(({ hosts }) => hosts.includes(like))) return scenario;
  const pools = policy.pools.map((pool) =>
    pool.hosts.includes(like) ? { ...pool, hosts: [...pool.hosts, added] } : pool,
  );
  return { ...scenario, policy: { ...policy, pools } };
}
