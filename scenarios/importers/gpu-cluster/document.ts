import type { QueueingPolicyName } from '../../../sim/policies/queueing/names.ts';
import type { ScenarioDocument } from '../../../sim/scenario/index.ts';
import type { SharingConfig } from '../../../sim/sharing/index.ts';
import { useOf } from './cards.ts';
import type { AskedNode } from './cluster-file.ts';
import type { PlannedNode, Tenant } from './placing.ts';
import type { PartSlot } from './ways/way.ts';

/** What the file says nothing of, for each vgpu: cores and main memory of the container or machine on it. */
const CORES = 4;
const MEMORY_GIB = 16;
/** A node without any vgpu. */
const LEAST_PLACES = 4;

/** The scenario that a cluster file stands for: its nodes, and on them a tenant for each vgpu that never stops. */
export function documentOf(
  name: string,
  planned: readonly PlannedNode[],
  tenants: readonly Tenant[],
  queueing: QueueingPolicyName,
  maxJobsPerUser: number | null,
): ScenarioDocument {
  const names = tenantNames(tenants);
  return {
    apiVersion: 'slicewise/v1',
    name,
    description:
      'Imported from a gpu_cluster file. Each vgpu of the file is a tenant that is there from start to end and takes all that it is given: ' +
      'its speed, relative to having the card alone, is what the vgpu is worth while all others are busy. ' +
      "The placement decides which card a vgpu goes to. Assumed, as the file says nothing of it: the tenants' work, " +
      'cores and main memory of tenants and nodes. GB and MB of GPU memory are taken as GiB and MiB, as in the names of GPUs.',
    sources: ['nodes, GPUs, memory and compute of the vgpus: the imported file', 'use, cpu, memory: assumed'],
    seed: 42,
    fleet: { hosts: planned.map(hostGroup) },
    workload: {
      sessions: tenants.map(({ part, type }, at) => ({
        name: names[at] ?? '',
        users: 1,
        cpu: CORES,
        memory: `${MEMORY_GIB}GiB`,
        slot: slotDocument(part.slot),
        models: [type],
        use: useDocument(part.asked.memoryMib),
        logon: 'always' as const,
      })),
    },
    policy: {
      placement: 'first-fit',
      queueing,
      ...(maxJobsPerUser === null ? {} : { scheduling: { maxJobsPerUser } }),
    },
    experiment: { kind: 'timed', horizon: '1h' },
  };
}

function hostGroup({ node, plan }: PlannedNode) {
  const tenants = plan.gpus.reduce((sum, parts) => sum + parts.length, 0);
  const places = Math.max(LEAST_PLACES, tenants);
  const gpus = gpuGroups(node);
  return {
    name: node.host,
    cpu: CORES * places,
    memory: `${MEMORY_GIB * places}GiB`,
    gpus: gpus.length === 1 ? (gpus[0] as (typeof gpus)[number]) : gpus,
    sharing: sharingDocument(plan.config),
  };
}

/** A host has each model once. A tenant names its model, so that the order of the models changes nothing. */
function gpuGroups({ gpus }: AskedNode) {
  const counts = new Map<string, number>();
  for (const { type } of gpus) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([model, count]) => ({ model, count }));
}

type SharingMapping = NonNullable<NonNullable<ScenarioDocument['fleet']['hosts']>[number]['sharing']>;

/** The options of a mode as a document has them; those at their default are left out. */
function sharingDocument(config: SharingConfig): SharingMapping {
  switch (config.mode) {
    case 'vgpu': {
      const { mode, sizes, scheduler, series } = config;
      return { mode, sizes, scheduler, ...(series === null ? {} : { series: series as 'C' | 'Q' }) };
    }
    case 'sriov':
      return { mode: config.mode, vfs: config.vfs };
    case 'time-slicing':
      return { mode: config.mode, replicas: config.replicas };
    case 'bare-metal':
    case 'mig':
    case 'mig-vgpu':
    case 'hook':
      return config.mode;
    default:
      throw new RangeError(`Cannot write the mode ${config.mode}: no cluster file is imported so`);
  }
}

function slotDocument(slot: PartSlot) {
  if (slot.kind === 'profile') return { profile: slot.profile };
  const memory = `${slot.memoryMib}MiB`;
  return slot.computeMilli === 0 ? { memory } : { memory, compute: `${slot.computeMilli / 10}%` };
}

function useDocument(memoryMib: number) {
  const use = useOf(memoryMib);
  return {
    workload: use.workload,
    busy: use.busy,
    compute: use.compute,
    bandwidth: use.bandwidth,
    memory: `${use.memoryMib}MiB`,
  };
}

const LONGEST_NAME = 64;

/** The vgpu's own name where no other has it, else with its node and GPU before it. All differ. */
function tenantNames(tenants: readonly Tenant[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const { part } of tenants) uses.set(part.asked.name, (uses.get(part.asked.name) ?? 0) + 1);
  const taken = new Set<string>();
  // Own names first, so that none of the longer ones can take them.
  for (const [name, count] of uses) if (count === 1) taken.add(name);
  return tenants.map(({ part, node, gpuAt }, at) => {
    const own = part.asked.name;
    if (uses.get(own) === 1) return own;
    let name = `${node.host}.gpu${gpuAt}.${own}`;
    if (name.length > LONGEST_NAME) name = `vgpu.${at}`;
    for (let more = 2; taken.has(name); more++) name = `vgpu.${at}.${more}`;
    taken.add(name);
    return name;
  });
}
