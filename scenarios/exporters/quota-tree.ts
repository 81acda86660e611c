import type { Problem, Scenario } from '../../sim/scenario/index.ts';
import type { Scheduling } from '../../sim/scenario/types.ts';

/** A queue of the scenario's quotas. */
export interface QuotaNode {
  /** `research/vision`. */
  readonly path: string;
  readonly parent: QuotaNode | null;
  readonly children: QuotaNode[];
  /** GPUs that it owns. */
  readonly guaranteedGpus: number;
  /** Infinity: no limit. */
  readonly maxGpus: number;
  readonly weight: number;
}

/**
 * The quotas as a tree, each queue after the one above it. Queues that only stand above others own what these own.
 * Several pools with quotas of their own cannot be one tree.
 */
export function quotaTree(
  scenario: Scenario,
):
  | { readonly ok: true; readonly nodes: readonly QuotaNode[] }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { policy } = scenario;
  const problems = policy.pools.flatMap(({ name, scheduling }, at): Problem[] =>
    scheduling.quotas.length === 0
      ? []
      : [
          {
            path: `policy.pools[${at}].scheduling.quotas`,
            message: `cannot be told apart from those of other pools: only the quotas of the default pool are written (pool "${name}")`,
          },
        ],
  );
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, nodes: treeOf(policy.scheduling.quotas) };
}

function treeOf(quotas: Scheduling['quotas']): readonly QuotaNode[] {
  const stated = new Map(quotas.map((quota) => [quota.path, quota]));
  const paths = new Set(
    quotas.flatMap(({ path }) => {
      const parts = path.split('/');
      return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
    }),
  );
  const nodes = new Map<string, QuotaNode>();
  // Parents are added before their children: a path comes after its beginnings.
  for (const path of paths) {
    const parent = nodes.get(path.slice(0, Math.max(0, path.lastIndexOf('/')))) ?? null;
    const own = stated.get(path);
    const node: QuotaNode = {
      path,
      parent,
      children: [],
      guaranteedGpus: own?.guaranteedGpus ?? ownedBelow(quotas, path),
      maxGpus: own?.maxGpus ?? Number.POSITIVE_INFINITY,
      weight: own?.weight ?? 1,
    };
    parent?.children.push(node);
    nodes.set(path, node);
  }
  return [...nodes.values()];
}

/** What the topmost stated queues below a path own. */
function ownedBelow(quotas: Scheduling['quotas'], path: string): number {
  const below = quotas.filter((quota) => quota.path.startsWith(`${path}/`));
  return below
    .filter((quota) => !below.some((other) => quota.path.startsWith(`${other.path}/`)))
    .reduce((sum, { guaranteedGpus }) => sum + guaranteedGpus, 0);
}
