import type { GpuNames } from '../gpu-names.ts';
import { migShareMilli } from '../mig-share.ts';
import { GPU, productParts, profileOfResource, SHARED_GPU } from './node.ts';
import type { KubernetesHost, KubernetesSharing } from './types.ts';

export type PodGpus =
  | { readonly ok: true; readonly gpuCount: number; readonly gpuMilli: number; readonly profile: string }
  | { readonly ok: false; readonly message: string };

const GPU_MILLI = 1000;
const NONE: KubernetesSharing = { mode: 'none' };

/** Knows the nodes, to say what a resource that a pod asks for is of a GPU. */
export class FleetGpus {
  readonly #names: GpuNames;
  readonly #hosts: readonly KubernetesHost[];
  /** How nodes that offer `nvidia.com/gpu` share it, where they all do alike. */
  readonly #usual: KubernetesSharing;
  /** The fewest replicas that `nvidia.com/gpu.shared` has on a node. */
  readonly #renamedReplicas: number | undefined;

  constructor(hosts: readonly KubernetesHost[], names: GpuNames) {
    this.#hosts = hosts;
    this.#names = names;
    const offering = hosts.filter(({ gpuCount, sharing }) => gpuCount > 0 && !isRenamed(sharing));
    const [first] = offering;
    const isAlike = offering.every(({ sharing }) => keyOf(sharing) === keyOf(first?.sharing ?? NONE));
    this.#usual = isAlike ? (first?.sharing ?? NONE) : NONE;
    const replicas = hosts.flatMap(({ sharing }) => (isRenamed(sharing) ? [replicasOf(sharing)] : []));
    this.#renamedReplicas = replicas.length === 0 ? undefined : Math.min(...replicas);
  }

  /**
   * @param asked counts by resource, each above 0
   * @param host the node that the pod is on; undefined: on none yet
   */
  read(asked: ReadonlyMap<string, number>, host: KubernetesHost | undefined): PodGpus {
    const [first, second] = asked;
    if (first === undefined) return { ok: true, gpuCount: 0, gpuMilli: 0, profile: '' };
    if (second !== undefined) {
      return {
        ok: false,
        message: `must ask for GPUs of one resource, asks for ${[...asked.keys()].join(' and ')}`,
      };
    }
    const [resource, count] = first;
    const profile = profileOfResource(resource);
    if (profile !== undefined) return this.#instances(profile, count, resource, host);
    if (resource === SHARED_GPU) return this.#renamed(count, host);
    const sharing = host?.sharing ?? this.#usual;
    if (sharing.mode === 'mig' && sharing.strategy === 'single') {
      const [instances] = sharing.instances;
      return this.#instances(
        instances?.profile ?? '',
        count,
        resource,
        host ?? this.#hostWith(instances?.profile),
      );
    }
    const replicas = sharing.mode === 'mig' || isRenamed(sharing) ? 1 : replicasOf(sharing);
    return { ok: true, gpuCount: count, gpuMilli: part(GPU_MILLI, replicas), profile: '' };
  }

  #renamed(count: number, host: KubernetesHost | undefined): PodGpus {
    const replicas =
      host !== undefined && isRenamed(host.sharing) ? replicasOf(host.sharing) : this.#renamedReplicas;
    if (replicas === undefined) {
      return { ok: false, message: `no node says how many replicas a GPU has as ${SHARED_GPU}` };
    }
    return { ok: true, gpuCount: count, gpuMilli: part(GPU_MILLI, replicas), profile: '' };
  }

  #instances(profile: string, count: number, resource: string, host: KubernetesHost | undefined): PodGpus {
    const card = host ?? this.#hostWith(profile);
    const { product } = productParts(card?.product ?? '');
    const gpu = product === '' ? undefined : this.#names.gpuOf(product);
    const milli = migShareMilli(profile, gpu);
    if (milli === undefined)
      return { ok: false, message: `must be a MIG profile${product && ` of ${product}`}: ${profile}` };
    const sharing = card?.sharing ?? NONE;
    const offered =
      sharing.mode === 'mig' ? sharing.instances.find((each) => each.profile === profile) : undefined;
    const isShared = resource.endsWith('.shared') || resource === GPU || offered !== undefined;
    const replicas = isShared ? (offered?.replicas ?? 1) : 1;
    return { ok: true, gpuCount: count, gpuMilli: part(milli, replicas), profile };
  }

  #hostWith(profile: string | undefined): KubernetesHost | undefined {
    return this.#hosts.find(
      ({ sharing }) => sharing.mode === 'mig' && sharing.instances.some((each) => each.profile === profile),
    );
  }
}

const part = (milli: number, replicas: number) => Math.max(1, Math.floor(milli / replicas));

function isRenamed(sharing: KubernetesSharing): boolean {
  return (sharing.mode === 'time-slicing' || sharing.mode === 'mps') && sharing.isRenamed;
}

function replicasOf(sharing: KubernetesSharing): number {
  return sharing.mode === 'time-slicing' || sharing.mode === 'mps' ? sharing.replicas : 1;
}

/** What `nvidia.com/gpu` is on a node. */
function keyOf(sharing: KubernetesSharing): string {
  if (sharing.mode !== 'mig') return `${replicasOf(sharing)}`;
  if (sharing.strategy === 'mixed') return '1';
  return sharing.instances.map(({ profile, replicas }) => `${profile}x${replicas}`).join();
}
