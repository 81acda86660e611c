import type { SharingConfig } from '../../../../sim/sharing/index.ts';
import type { AskedGpu, AskedNode, AskedPart } from '../cluster-file.ts';

/** Which part of a card a tenant asks for in the scenario: by profile, or by size. */
export type PartSlot =
  | { readonly kind: 'profile'; readonly profile: string }
  | { readonly kind: 'part'; readonly memoryMib: number; readonly computeMilli: number };

/** What one vgpu of the file becomes. */
export interface PlannedPart {
  readonly asked: AskedPart;
  readonly slot: PartSlot;
  /** What differs from what is asked, in words, such as `8 GiB becomes 10 GiB`; empty: it is given as asked. */
  readonly changes: readonly string[];
}

/** How a node shares its GPUs, and what its vgpus become: by GPU, in the order of the file. */
export interface NodePlan {
  readonly config: SharingConfig;
  readonly gpus: readonly (readonly PlannedPart[])[];
}

/** Why a node cannot be shared in a way. */
export interface NoPlan {
  readonly reason: string;
}

/** A way to give a node's vgpus what they ask, or what comes near to it. */
export interface Way {
  /** Name for `--mode`: that of the sharing mode. */
  readonly name: SharingConfig['mode'];
  /** What it keeps and what not, in one line. */
  readonly summary: string;
  /**
   * The plan, not yet tried on a card (see `try-plan.ts`).
   *
   * @param node with at least one vgpu
   */
  plan(node: AskedNode): NodePlan | NoPlan;
}

export function isPlan<Plan extends NodePlan>(answer: Plan | NoPlan): answer is Plan {
  return 'config' in answer;
}

/** Plans every part of a node by itself; the first that cannot be given says why the node cannot. */
export function planParts(
  node: AskedNode,
  config: SharingConfig,
  plan: (part: AskedPart, gpu: AskedGpu) => Omit<PlannedPart, 'asked'> | NoPlan,
): NodePlan | NoPlan {
  const gpus: PlannedPart[][] = [];
  for (const gpu of node.gpus) {
    const planned: PlannedPart[] = [];
    for (const asked of gpu.parts) {
      const answer = plan(asked, gpu);
      if ('reason' in answer) return answer;
      planned.push({ asked, ...answer });
    }
    gpus.push(planned);
  }
  return { config, gpus };
}

/** GPUs of a node that have vgpus. */
export function usedGpus(node: AskedNode): readonly AskedGpu[] {
  return node.gpus.filter(({ parts }) => parts.length > 0);
}
