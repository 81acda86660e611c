import type { ImportOptions } from '../import-report.ts';
import type { JobRow } from '../job-row.ts';
import type { HostRow } from '../openb.ts';

export interface KubernetesOptions extends ImportOptions {
  /** Pods that become jobs: all but those that every node has (default), or of these only those with GPUs. */
  readonly pods?: 'all' | 'gpu';
  /** Models by the cluster's product labels, where the catalogue does not know those. */
  readonly gpuProducts?: Readonly<Record<string, string>>;
}

/** MIG instances of one profile that a node offers, all its GPUs together. */
export interface OfferedInstances {
  /** As the MIG guide writes it: `1g.10gb+me`. */
  readonly profile: string;
  readonly count: number;
  /** Times that each is offered. */
  readonly replicas: number;
}

/** How a node's device plugin hands out its GPUs. */
export type KubernetesSharing =
  | { readonly mode: 'none' }
  | {
      readonly mode: 'time-slicing' | 'mps';
      /** Times that each GPU is offered, >= 2. */
      readonly replicas: number;
      /** Whether they are offered as `nvidia.com/gpu.shared`. */
      readonly isRenamed: boolean;
    }
  | {
      readonly mode: 'mig';
      /** `single`: instances are offered as `nvidia.com/gpu`; `mixed`: as `nvidia.com/mig-PROFILE`. */
      readonly strategy: 'single' | 'mixed';
      readonly instances: readonly OfferedInstances[];
    };

/** A node. Its `model` is the catalogue's id, or the product label where the catalogue does not know it. */
export interface KubernetesHost extends HostRow {
  /** The label `nvidia.com/gpu.product` as it stands. */
  readonly product: string;
  readonly sharing: KubernetesSharing;
  /** False for a cordoned node. */
  readonly isSchedulable: boolean;
  /** What pods ask for that it has because every node has them (DaemonSets), or because its kubelet was told (static pods). */
  readonly daemons: { readonly pods: number; readonly cpuMilli: number; readonly memoryMib: number };
}

/** A pod. Its user is the namespace, its kind that of the owner, such as `Job`. */
export interface KubernetesJob extends JobRow {
  /** MIG profile that each of its GPUs is an instance of; empty for none. */
  readonly profile: string;
  /** Kind and name of the owner, such as `Job/train`; empty for a pod of its own. */
  readonly owner: string;
  readonly phase: string;
}

/** Where a pod is. */
export interface Placement {
  readonly job: string;
  readonly host: string;
}
