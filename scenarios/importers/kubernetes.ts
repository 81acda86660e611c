import type { Chunks } from './csv-rows.ts';
import { type ImportReport, ReportBuilder } from './import-report.ts';
import { ClusterReader } from './kubernetes/cluster-reader.ts';
import { readObjects } from './kubernetes/documents.ts';
import type { KubernetesHost, KubernetesJob, KubernetesOptions, Placement } from './kubernetes/types.ts';

export type {
  KubernetesHost,
  KubernetesJob,
  KubernetesOptions,
} from './kubernetes/types.ts';

/**
 * The state of a cluster as `kubectl get nodes,pods -A -o json` writes it, in one file or several: nodes with their GPUs
 * by the labels of NVIDIA's GPU feature discovery and the resources of its device plugin, and pods. Of pods what they ask for counts.
 *
 * @see NVIDIA/k8s-device-plugin, README.md and docs/gpu-feature-discovery/README.md; Kubernetes API, Node and Pod
 */
export interface KubernetesState {
  /** In file order; empty when a report says that its file was refused. */
  readonly hosts: readonly KubernetesHost[];
  /** Pods in file order, without those that every node has. Times are Unix seconds. */
  readonly jobs: readonly KubernetesJob[];
  /** Nodes of the jobs that are on one and not over. */
  readonly placements: readonly Placement[];
}

export interface ImportedKubernetes extends KubernetesState {
  readonly report: ImportReport;
}

/** Reads one file, as `readKubernetesFiles` reads several. */
export async function readKubernetes(
  chunks: Chunks,
  options: KubernetesOptions = {},
): Promise<ImportedKubernetes> {
  const { reports, ...state } = await readKubernetesFiles([chunks], options);
  return { ...state, report: reports[0] as ImportReport };
}

/**
 * Reads the nodes and pods of a cluster from all of the files together. Wrong input never throws: it is in the report of
 * its file, the place as line of the object and path in the file. Each file is in memory as a whole.
 *
 * @throws whatever the source of the chunks throws, such as a file that cannot be opened
 */
export async function readKubernetesFiles(
  files: readonly Chunks[],
  options: KubernetesOptions = {},
): Promise<KubernetesState & { readonly reports: readonly ImportReport[] }> {
  const builders = files.map(() => new ReportBuilder());
  const reader = new ClusterReader(options);
  for (const [index, chunks] of files.entries()) {
    const report = builders[index] as ReportBuilder;
    reader.take(await readObjects(chunks, report), report);
  }
  const state = reader.finish();
  const reports = builders.map((builder) => builder.finish(options));
  const isRefused = reports.some(({ refused }) => refused !== undefined);
  return isRefused ? { hosts: [], jobs: [], placements: [], reports } : { ...state, reports };
}
