import { stringify } from 'yaml';
import { type ImportedCluster, importGpuCluster } from '../../scenarios/importers/gpu-cluster.ts';
import { normalizeScenario, type Replication, replicate } from '../../sim/index.ts';
import type { Problem } from '../../sim/scenario/index.ts';

/** The cluster file of the source document, as it stands there. */
export const SAMPLE = `gpu_cluster:
  nodes:
    - host: node01
      gpus:
        - type: A100-40GB
          vgpus:
            - name: vgpu-01
              memory: 10GB
              compute: 25%
            - name: vgpu-02
              memory: 8GB
              compute: 15%
  scheduler:
    policy: "fair-share"
    max_jobs_per_user: 3
`;

export interface WrittenVgpu {
  readonly name?: unknown;
  readonly memory?: unknown;
  readonly compute?: unknown;
}

/** A file of one node with one GPU. */
export function oneGpu(type: unknown, vgpus: readonly WrittenVgpu[]): string {
  return clusterText([{ host: 'node01', gpus: [{ type, vgpus }] }]);
}

export function clusterText(nodes: unknown, scheduler?: unknown): string {
  return stringify({ gpu_cluster: { nodes, ...(scheduler === undefined ? {} : { scheduler }) } });
}

/** Vgpus of these sizes, `10GB 25%` or `10GB`. */
export function vgpus(...sizes: readonly string[]): WrittenVgpu[] {
  return sizes.map((size, at) => {
    const [memory, compute] = size.split(' ');
    return { name: `v${at}`, memory, ...(compute === undefined ? {} : { compute }) };
  });
}

export function imported(text: string, mode?: string): ImportedCluster {
  const result = importGpuCluster(text, 'cluster.yaml', {
    name: 'cluster',
    ...(mode === undefined ? {} : { mode }),
  });
  if (!result.ok)
    throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return result;
}

export function refused(text: string, mode?: string): readonly Problem[] {
  const result = importGpuCluster(text, 'cluster.yaml', {
    name: 'cluster',
    ...(mode === undefined ? {} : { mode }),
  });
  if (result.ok) throw new Error('should have been refused');
  return result.problems;
}

/** A short run of what has been imported. */
export function runOf({ scenario }: ImportedCluster): {
  readonly run: Replication;
  readonly value: (metric: string) => number;
} {
  const normalized = normalizeScenario(scenario);
  if (!normalized.ok) {
    throw new Error(normalized.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  }
  const run = replicate(normalized.scenario, {}, 42);
  const readings = new Map(run.readings);
  return { run, value: (metric) => readings.get(metric)?.value ?? Number.NaN };
}
