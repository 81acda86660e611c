import { join } from 'node:path';
import { loadTraces } from '../../cli/load-traces.ts';
import {
  normalizeScenario,
  type PlacementPolicyName,
  type Replication,
  replicate,
  type TraceData,
} from '../../sim/index.ts';
import { publishedOrder } from './published-orders.ts';

/** One fill run of a workload under a policy. */
export interface FillTask {
  /** Folder with the openb files. */
  readonly folder: string;
  readonly workload: string;
  readonly policy: PlacementPolicyName;
  /** Seed of the published run. */
  readonly seed: number;
  /** Seed of what the policy draws for itself. */
  readonly drawSeed: number;
  /** `published`: hosts and tasks in the order of the published run of this seed. `own`: shuffled by our own streams. */
  readonly orders: 'published' | 'own';
}

/** Requested GPU as a multiple of capacity in the published runs. */
const TARGET = 1.3;

let kept: { readonly key: string; readonly traces: TraceData } | undefined;

/** What the thread pool calls. */
export default async function runFillTask(task: FillTask): Promise<Replication> {
  const isOwn = task.orders === 'own';
  const normalized = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: `openb-${task.workload}`,
    fleet: { trace: { format: 'openb', nodes: 'openb_node_list_gpu_node.csv', strict: true } },
    workload: { trace: { format: 'openb', pods: `openb_pod_list_${task.workload}.csv`, strict: true } },
    policy: {
      placement: task.policy,
      tieBreak: isOwn ? 'shuffled' : 'host-order',
      referenceHost: { cpu: 128, gpus: 8 },
    },
    experiment: isOwn ? { kind: 'fill', order: 'shuffle', target: TARGET } : { kind: 'fill', order: 'file' },
  });
  if (!normalized.ok)
    throw new RangeError(`${normalized.problems[0]?.path}: ${normalized.problems[0]?.message}`);
  const { scenario } = normalized;
  const key = join(task.folder, task.workload);
  if (kept?.key !== key) kept = { key, traces: (await loadTraces(scenario, task.folder)).traces };
  return replicate(scenario, isOwn ? kept.traces : inPublishedOrder(kept.traces, task.seed), task.drawSeed);
}

function inPublishedOrder({ hosts = [], tasks = [] }: TraceData, seed: number): TraceData {
  const order = publishedOrder(
    hosts.map(({ name, gpus }) => ({ name, gpuCount: gpus.reduce((sum, g) => sum + g.count, 0) })),
    tasks.map(({ name, request }) => ({ name, gpuCount: request.gpuCount, gpuMilli: request.gpuMilli })),
    TARGET,
    seed,
  );
  return {
    hosts: order.hosts.flatMap((i) => hosts[i] ?? []),
    tasks: order.tasks.flatMap((i) => tasks[i] ?? []),
    // The mix is that of the trace, not of the list with its copies.
    typical: tasks.map((task) => task.request),
  };
}
