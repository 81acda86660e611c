import { type Exporter, header, refused } from './exporter.ts';
import { objectNames } from './names.ts';
import { quotaTree } from './quota-tree.ts';
import { yamlText } from './yaml-text.ts';

const NO_LIMIT = -1;

/**
 * Queues of the KAI scheduler with the scenario's quotas. Cores and memory are not limited: the scenario's quotas are of
 * GPUs.
 *
 * @see NVIDIA/KAI-Scheduler v0.13, scheduling.run.ai_queues.yaml (v2): `displayName`, `parentQueue`, `resources.gpu` with
 * `quota`, `limit` and `overQuotaWeight`, GPUs in fractions; docs/queues: -1 is no limit
 */
export const kai: Exporter = {
  name: 'kai',
  description: 'queues with quotas of the KAI scheduler (Kubernetes manifests, YAML)',
  settings: [],
  write(scenario) {
    const tree = quotaTree(scenario);
    if (!tree.ok) return refused(tree.problems);
    if (tree.nodes.length === 0) {
      return refused([
        {
          path: 'policy.scheduling.quotas',
          message: 'must name a queue at least: there is nothing to write',
        },
      ]);
    }
    const names = objectNames(63);
    const notes: string[] = [];
    const data = tree.nodes.map(({ path, parent, guaranteedGpus, maxGpus, weight }) => ({
      apiVersion: 'scheduling.run.ai/v2',
      kind: 'Queue',
      metadata: { name: names.of(path) },
      spec: {
        displayName: path,
        ...(parent === null ? {} : { parentQueue: names.of(parent.path) }),
        resources: {
          cpu: { quota: NO_LIMIT, limit: NO_LIMIT, overQuotaWeight: 1 },
          memory: { quota: NO_LIMIT, limit: NO_LIMIT, overQuotaWeight: 1 },
          gpu: {
            quota: guaranteedGpus,
            limit: Number.isFinite(maxGpus) ? maxGpus : NO_LIMIT,
            overQuotaWeight: weight,
          },
        },
      },
    }));
    notes.push('a queue is written with hyphens for the slashes of its path; its path is its displayName');
    notes.push(...schedulingNotes(scenario.policy.queueing));
    return { ok: true, text: header(scenario, notes) + data.map(yamlText).join('---\n'), data, notes };
  },
};

function schedulingNotes(queueing: string): string[] {
  return queueing === 'quotas'
    ? []
    : [`policy.queueing: ${queueing} is not what the scheduler does: it divides by quotas`];
}
