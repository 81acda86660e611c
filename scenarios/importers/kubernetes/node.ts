import { type GpuModel, migModelOfGpu, migProfileByName } from '../../../sim/hardware/index.ts';
import type { GpuNames } from '../gpu-names.ts';
import { isMigProfile, migShareMilli } from '../mig-share.ts';
import type { Item } from './item.ts';
import { readCount, readMib, readMilli } from './quantity.ts';
import type { KubernetesHost, KubernetesSharing, OfferedInstances } from './types.ts';

export const GPU = 'nvidia.com/gpu';
export const SHARED_GPU = 'nvidia.com/gpu.shared';
const MIG_RESOURCE = /^nvidia\.com\/mig-(.+?)(\.shared)?$/;
/** GPUs of other makers, which are told and not read. */
export const FOREIGN_GPU = /^(amd\.com\/gpu|gpu\.intel\.com\/.+|habana\.ai\/gaudi)$/;

const PRODUCT = 'nvidia.com/gpu.product';
const GKE_ACCELERATOR = 'cloud.google.com/gke-accelerator';
/** Labels that name the model of a node's GPUs, the better one first. */
export const PRODUCT_LABELS = [PRODUCT, GKE_ACCELERATOR] as const;

const MAX_GPUS = 64;
const MAX_OFFERED = 10_000;
const MAX_CPU_MILLI = 1e9;
const MAX_MEMORY_MIB = 1e9;
const GPU_MILLI = 1000;

/** What a node says beyond what a host is. */
export interface NodeReading {
  readonly host: KubernetesHost;
  readonly isReady: boolean;
  readonly foreignGpus: boolean;
  /** Fewer GPUs are offered than the labels count. */
  readonly lacksGpus: boolean;
}

/** The profile of a resource such as `nvidia.com/mig-1g.10gb.me.shared`; undefined for any other. */
export function profileOfResource(resource: string): string | undefined {
  const name = MIG_RESOURCE.exec(resource)?.[1];
  return name === undefined ? undefined : name.replace(/\.me\b/, '+me');
}

/** Parts of a product label: `NVIDIA-A100-SXM4-80GB-MIG-1g.10gb-SHARED`. */
export function productParts(label: string): {
  readonly product: string;
  readonly profile: string | undefined;
} {
  const match = /^(.*?)(?:-MIG-(.+?))?(?:-SHARED)?$/.exec(label);
  return { product: match?.[1] ?? label, profile: match?.[2]?.replace(/\.me\b/, '+me') };
}

/** The model that a product label means; `memoryMib`, where it is known, tells models of one name apart. */
export function modelOfProduct(product: string, names: GpuNames, memoryMib?: number): string {
  const plain = product.replace(/-(Generation|Edition)$/, '');
  const bare = plain.replace(/[-_ ]?\d+GB/i, '');
  const gb = memoryMib === undefined ? [] : [`${bare} ${Math.round(memoryMib / 1024)}GB`];
  return names.modelOf(product, [plain, ...gb]);
}

/** Reads a Node. What it returns for a bad one is not used. */
export function readNode(node: Item, names: GpuNames): NodeReading {
  const metadata = node.at('metadata');
  const status = node.at('status');
  const labels = new Map(metadata.at('labels').entries());
  const allocatable = status.at('allocatable').isPresent ? status.at('allocatable') : status.at('capacity');
  const offered = offeredOf(allocatable);
  const label = PRODUCT_LABELS.map((key) => labels.get(key)?.text()).find(Boolean) ?? '';
  const { product, profile } = productParts(label);
  // The label is about an instance where the profile stands in the product.
  const memory = profile === undefined ? countOf(labels.get('nvidia.com/gpu.memory')) : undefined;
  const model = product === '' ? '' : modelOfProduct(product, names, memory);
  const counted = countOf(labels.get('nvidia.com/gpu.count'));
  const gpus = gpusOf({
    counted,
    offered,
    labels,
    profile,
    gpu: product === '' ? undefined : names.gpuOf(product),
    node,
  });
  if (gpus.count > MAX_GPUS)
    allocatable.at(GPU).reject(`must be at most ${MAX_GPUS} GPUs, comes to ${gpus.count}`);
  return {
    host: {
      name: metadata.at('name').name(),
      cpuMilli: amount(allocatable.at('cpu'), (value) => readMilli(value, 'down'), MAX_CPU_MILLI, 'cores'),
      memoryMib: amount(
        allocatable.at('memory'),
        (value) => readMib(value, 'down'),
        MAX_MEMORY_MIB,
        'memory',
      ),
      gpuCount: gpus.count,
      model: gpus.count === 0 ? '' : model,
      product: label,
      sharing: gpus.sharing,
      isSchedulable: node.at('spec').at('unschedulable').value !== true,
      daemons: { pods: 0, cpuMilli: 0, memoryMib: 0 },
    },
    isReady: status
      .at('conditions')
      .list()
      .every((each) => each.at('type').value !== 'Ready' || each.at('status').value === 'True'),
    foreignGpus: allocatable
      .entries()
      .some(([name, value]) => FOREIGN_GPU.test(name) && readCount(value.value) !== 0),
    lacksGpus: gpus.sharing.mode === 'none' && gpus.count < (counted ?? 0),
  };
}

/** GPUs, replicas and instances by resource; those of count 0 are left out. */
function offeredOf(allocatable: Item): ReadonlyMap<string, number> {
  const offered = new Map<string, number>();
  for (const [name, value] of allocatable.entries()) {
    if (name !== GPU && name !== SHARED_GPU && profileOfResource(name) === undefined) continue;
    const count = readCount(value.value);
    if (count === undefined || count > MAX_OFFERED)
      value.reject(`must be a whole number from 0 to ${MAX_OFFERED}`);
    else if (count > 0) offered.set(name, count);
  }
  return offered;
}

interface GpuFacts {
  /** Of the label `nvidia.com/gpu.count`. */
  readonly counted: number | undefined;
  readonly offered: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<string, Item>;
  /** Of the product label: set under the MIG strategy `single`. */
  readonly profile: string | undefined;
  readonly gpu: GpuModel | undefined;
  readonly node: Item;
}

function gpusOf(facts: GpuFacts): { readonly count: number; readonly sharing: KubernetesSharing } {
  const { counted, offered, labels, profile } = facts;
  const plain = offered.get(GPU) ?? 0;
  const all = plain + (offered.get(SHARED_GPU) ?? 0);
  if (profile !== undefined) return single(facts, profile, all);
  const instances = instancesOf(offered, labels);
  if (instances.length > 0) {
    const needed = instances.reduce(
      (sum, { profile: name, count }) => sum + count * shareOf(name, facts.gpu),
      0,
    );
    // What instances there are is a lower bound, should the count be of GPUs without MIG only, or not be there.
    const count = Math.max(counted ?? 0, plain + Math.ceil(needed / GPU_MILLI));
    return { count, sharing: { mode: 'mig', strategy: 'mixed', instances } };
  }
  const isRenamed = offered.has(SHARED_GPU);
  const label = labels.get('nvidia.com/gpu.product')?.value;
  const stated = countOf(labels.get('nvidia.com/gpu.replicas')) ?? 1;
  const isShared = isRenamed || stated > 1 || (typeof label === 'string' && label.endsWith('-SHARED'));
  if (!isShared || all === 0) return { count: plain, sharing: { mode: 'none' } };
  const replicas = stated > 1 ? stated : counted === undefined ? 1 : Math.round(all / Math.max(1, counted));
  if (replicas < 2) {
    facts.node
      .at('metadata')
      .at('labels')
      .at('nvidia.com/gpu.replicas')
      .reject('must be at least 2, or gpu.count must tell how many GPUs are shared');
    return { count: 0, sharing: { mode: 'none' } };
  }
  const isMps = labels.get('nvidia.com/gpu.sharing-strategy')?.value === 'mps';
  return {
    count: counted ?? Math.ceil(all / replicas),
    sharing: { mode: isMps ? 'mps' : 'time-slicing', replicas, isRenamed },
  };
}

/** Strategy `single`: the offered GPUs are instances of one profile, as many on each card as go there. */
function single(
  { labels, gpu, node }: GpuFacts,
  profile: string,
  offered: number,
): { readonly count: number; readonly sharing: KubernetesSharing } {
  const none = { count: 0, sharing: { mode: 'none' } as const };
  // INVALID is what the label says when the cards of a node are not all cut alike.
  if (offered === 0) return none;
  if (!isMigProfile(profile) || migShareMilli(profile, gpu) === undefined) {
    node
      .at('metadata')
      .at('labels')
      .at(PRODUCT)
      .reject(`must name a MIG profile of its GPU after MIG-, has "${profile}"`);
    return none;
  }
  const replicas = Math.max(1, countOf(labels.get('nvidia.com/gpu.replicas')) ?? 1);
  const count = Math.ceil(offered / replicas);
  return {
    count: Math.ceil(count / mostOnCard(profile, gpu)),
    sharing: { mode: 'mig', strategy: 'single', instances: [{ profile, count, replicas }] },
  };
}

function mostOnCard(profile: string, gpu: GpuModel | undefined): number {
  const model = gpu === undefined ? undefined : migModelOfGpu(gpu);
  return model === undefined
    ? Math.floor(GPU_MILLI / shareOf(profile, undefined))
    : migProfileByName(model, profile).maxInstances;
}

function shareOf(profile: string, gpu: GpuModel | undefined): number {
  return migShareMilli(profile, gpu) ?? migShareMilli(profile, undefined) ?? GPU_MILLI;
}

function instancesOf(
  offered: ReadonlyMap<string, number>,
  labels: ReadonlyMap<string, Item>,
): readonly OfferedInstances[] {
  return [...offered].flatMap(([resource, all]) => {
    const profile = profileOfResource(resource);
    if (profile === undefined) return [];
    const label = labels.get(`${resource.replace(/\.shared$/, '')}.replicas`);
    const replicas = Math.max(1, countOf(label) ?? 1);
    return [{ profile, count: Math.ceil(all / replicas), replicas }];
  });
}

/** A count in a label, which is text; undefined where there is none. Reports what is no count. */
function countOf(label: Item | undefined): number | undefined {
  if (label === undefined || !label.isPresent) return undefined;
  const count = readCount(label.value);
  if (count !== undefined && count <= MAX_MEMORY_MIB) return count;
  label.reject('must be a whole number');
  return undefined;
}

function amount(
  value: Item,
  read: (value: unknown) => number | undefined,
  max: number,
  what: string,
): number {
  const result = read(value.value);
  if (result !== undefined && result >= 1 && result <= max) return result;
  value.reject(`must be an amount of ${what} such as ${what === 'cores' ? '32 or 31850m' : '263856356Ki'}`);
  return 0;
}
