import type { HostSpec } from '../../cluster/fleet.ts';
import { hostName } from '../../scenario/host-name.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { SharedGpu } from '../../sharing/index.ts';
import { hostsOf } from '../hosts.ts';
import type { TraceData } from '../trace-data.ts';

/** GPUs of one model that are shared in one way. */
export interface CardKind {
  readonly model: string;
  /** Undefined: by fraction. */
  readonly sharing: SharedGpu | undefined;
}

/** Hosts that are alike, in one pool. */
export interface HostKind {
  /** Name of the group; of a trace, of its first host. */
  readonly name: string;
  readonly pool: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly cards: readonly { readonly card: CardKind; readonly perHost: number }[];
}

/** The kinds of hosts that a scenario could have; how many there are of each is up to `hostCounts`. */
export function hostKinds(scenario: Scenario, traces: TraceData): readonly HostKind[] {
  const { fleet, policy } = scenario;
  const pools = Array.from({ length: policy.pools.length + 1 }, (_, pool) => pool);
  if (fleet.kind === 'trace') {
    return [...byLikeness(scenario, traces).values()].map(([host, pool]) => kindOf(host.name, host, pool));
  }
  return fleet.groups.flatMap((group) => {
    const one = { ...scenario, fleet: { kind: 'hosts' as const, groups: [{ ...group, count: 1 }] } };
    const host = hostsOf(one, traces)[0] as HostSpec;
    return pools.map((pool) => kindOf(group.name, host, pool));
  });
}

/** How many hosts of each kind there are, in the order of `hostKinds`. */
export function hostCounts(scenario: Scenario, traces: TraceData): readonly number[] {
  const { fleet, policy } = scenario;
  const poolOf = poolsByHost(scenario);
  if (fleet.kind === 'trace') return [...byLikeness(scenario, traces).values()].map(([, , count]) => count);
  return fleet.groups.flatMap(({ name, count }) => {
    const counts = new Array<number>(policy.pools.length + 1).fill(0);
    if (policy.pools.length === 0) counts[0] = count;
    else for (let i = 0; i < count; i++) counts[poolOf.get(hostName(name, i, count)) ?? 0]! += 1;
    return counts;
  });
}

function poolsByHost({ policy }: Pick<Scenario, 'policy'>): ReadonlyMap<string, number> {
  return new Map(policy.pools.flatMap(({ hosts }, i) => hosts.map((host) => [host, i + 1] as const)));
}

function byLikeness(scenario: Scenario, traces: TraceData): Map<string, [HostSpec, number, number]> {
  const poolOf = poolsByHost(scenario);
  const kinds = new Map<string, [HostSpec, number, number]>();
  for (const host of hostsOf(scenario, traces)) {
    const pool = poolOf.get(host.name) ?? 0;
    const gpus = host.gpus.map(({ model, count }) => [model, count]);
    const key = JSON.stringify([pool, host.cpuMilli, host.memoryMib, gpus]);
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, [host, pool, 1]);
    else known[2] += 1;
  }
  return kinds;
}

function kindOf(name: string, { cpuMilli, memoryMib, gpus }: HostSpec, pool: number): HostKind {
  return {
    name,
    pool,
    cpuMilli,
    memoryMib,
    cards: gpus
      .filter(({ count }) => count > 0)
      .map(({ model, sharing, count }) => ({ card: { model, sharing }, perHost: count })),
  };
}
