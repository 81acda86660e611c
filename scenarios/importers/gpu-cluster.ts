import { QUEUEING_POLICY_NAMES, type QueueingPolicyName } from '../../sim/policies/queueing/names.ts';
import { parseScenarioText, type ScenarioDocument } from '../../sim/scenario/index.ts';
import { nearestName } from '../../sim/scenario/nearest-name.ts';
import { formatPath } from '../../sim/scenario/path.ts';
import { type Problem, quoteValue } from '../../sim/scenario/problem.ts';
import { sharingMode } from '../../sim/sharing/index.ts';
import { best, type Chosen, type Outcome, outcomesOf } from './gpu-cluster/choose.ts';
import { type AskedNode, type ClusterFile, readClusterFile } from './gpu-cluster/cluster-file.ts';
import { documentOf } from './gpu-cluster/document.ts';
import { Findings } from './gpu-cluster/findings.ts';
import { arrivalOf, type PlannedNode } from './gpu-cluster/placing.ts';
import { WAYS } from './gpu-cluster/ways/index.ts';
import { isPlan } from './gpu-cluster/ways/way.ts';

export { WAY_NAMES } from './gpu-cluster/ways/index.ts';

/**
 * The `gpu_cluster:` file of a cluster guide: nodes, their GPUs cut into vgpus with a memory and a share of the compute, and a
 * scheduler. What it asks goes beyond what NVIDIA's vGPUs are: those have a memory and no share of the compute. So
 * each node gets the way of sharing that keeps most of the figures asked, and what is not kept is said.
 */
export interface ImportedCluster {
  readonly scenario: ScenarioDocument;
  /** What is not as the file asks, what was assumed, and what else could be had. */
  readonly notes: readonly string[];
  readonly summary: {
    readonly hosts: number;
    readonly gpus: number;
    readonly vgpus: number;
    /** Titles of the sharing modes in use, in the order of the nodes. */
    readonly modes: readonly string[];
  };
}

export type ClusterResult =
  | ({ readonly ok: true } & ImportedCluster)
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ClusterOptions {
  /** A way for all nodes, one of `WAY_NAMES`; absent: for each node the one that keeps most. */
  readonly mode?: string;
  /** Name of the scenario. */
  readonly name: string;
}

/** Reads a cluster file (YAML or JSON) and makes a scenario of it. Never throws; wrong input is told all at once. */
export function importGpuCluster(text: string, fileName: string, options: ClusterOptions): ClusterResult {
  const parsed = parseScenarioText(text, fileName);
  if (!parsed.ok) return { ok: false, problems: parsed.problems.map(asClusterProblem) };
  const findings = new Findings(parsed.at);
  const cluster = readClusterFile(parsed.document, findings);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };

  const outcomes = cluster.nodes.map((node) => (isEmpty(node) ? [] : outcomesOf(node)));
  const planned: PlannedNode[] = [];
  const chosen: (Chosen | undefined)[] = cluster.nodes.map((node, at) => {
    if (isEmpty(node)) {
      planned.push({ node, plan: NOBODY(node) });
      return undefined;
    }
    const found = best((outcomes[at] ?? []).filter(({ way }) => isWanted(way.name, options)));
    if (found === undefined) {
      const { message, hint } = whyNone(outcomes[at] ?? [], options);
      findings.add(node.path, message, undefined, hint);
    } else planned.push({ node, plan: found.result });
    return found;
  });
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };

  const { tenants, without } = arrivalOf(planned);
  const queueing = queueingOf(cluster);
  return {
    ok: true,
    scenario: documentOf(options.name, planned, tenants, queueing.name, cluster.maxJobsPerUser),
    notes: [
      ...assumedTypes(cluster),
      ...shareNotes(cluster, chosen),
      ...changeNotes(planned),
      ...otherWays(cluster, outcomes, chosen, options),
      ...queueing.notes,
      ...(cluster.maxJobsPerUser === null
        ? []
        : [
            `gpu_cluster.scheduler.max_jobs_per_user: ${cluster.maxJobsPerUser} is taken, and holds nobody yet: the file does not say whose the vgpus are (state tenant in workload.sessions)`,
          ]),
      ...(without === 0
        ? []
        : [
            `${without} of ${tenants.length} vgpus find no room or no memory when each takes the first card that lets it in, and wait or fail in the run: a scenario cannot bind a vgpu to its card`,
          ]),
    ],
    summary: {
      hosts: cluster.nodes.length,
      gpus: cluster.nodes.reduce((sum, { gpus }) => sum + gpus.length, 0),
      vgpus: tenants.length,
      modes: [...new Set(chosen.flatMap((each) => (each === undefined ? [] : titleOf(each))))],
    },
  };
}

/** The parser speaks of scenarios. */
function asClusterProblem(problem: Problem): Problem {
  return problem.message.startsWith('is empty')
    ? { ...problem, message: 'is empty: must be a mapping with the key gpu_cluster' }
    : problem;
}

const isEmpty = (node: AskedNode) => node.gpus.every(({ parts }) => parts.length === 0);
/** Nobody is on it: its cards stay as they are. */
const NOBODY = (node: AskedNode): PlannedNode['plan'] => ({
  config: { mode: 'bare-metal' },
  gpus: node.gpus.map(() => []),
  changed: 0,
});
const isWanted = (name: string, { mode }: ClusterOptions) => mode === undefined || mode === name;
const titleOf = ({ way }: Outcome) => sharingMode(way.name).title;

function whyNone(
  outcomes: readonly Outcome[],
  options: ClusterOptions,
): { readonly message: string; readonly hint: string | undefined } {
  const reasons = outcomes.flatMap(({ way, result }) =>
    isWanted(way.name, options) && !isPlan(result) ? [`${way.name}: ${result.reason}`] : [],
  );
  const nearest = best(outcomes);
  return {
    message: `cannot be shared as asked: ${reasons.join('; ')}`,
    hint: nearest === undefined ? undefined : `--mode ${nearest.way.name} goes`,
  };
}

function assumedTypes({ nodes }: ClusterFile): readonly string[] {
  const notes = new Map<string, string>();
  for (const { gpus } of nodes) {
    for (const { path, type, gpu, assumption } of gpus) {
      if (assumption === null || notes.has(type)) continue;
      notes.set(
        type,
        `${formatPath(path)}.type: ${quoteValue(type)} is taken as ${gpu.name} (${gpu.id}): ${assumption}`,
      );
    }
  }
  return [...notes.values()];
}

/** Said once, because it is what such files get wrong: a vGPU with a share of the compute. */
function shareNotes({ nodes }: ClusterFile, chosen: readonly (Chosen | undefined)[]): readonly string[] {
  const asksForShare = nodes.some(({ gpus }, at) => {
    const isKept = chosen[at]?.way.name === 'vgpu' && chosen[at].result.changed === 0;
    return !isKept && gpus.some(({ parts }) => parts.some(({ computeMilli }) => computeMilli !== null));
  });
  if (!asksForShare) return [];
  return [
    'compute: a time-sliced NVIDIA vGPU has no share of the compute that could be set: its type sets the memory, and the scheduler of the card divides the time. Shares in percent are what MIG slices come near to and what libraries in containers cap',
  ];
}

const MOST_CHANGES_LISTED = 20;

function changeNotes(planned: readonly PlannedNode[]): readonly string[] {
  const notes = planned.flatMap(({ plan }) =>
    plan.gpus.flatMap((parts) =>
      parts.flatMap(({ asked, changes }) =>
        changes.map((change) => `${formatPath(asked.path)} (${asked.name}): ${change}`),
      ),
    ),
  );
  const rest = notes.length - MOST_CHANGES_LISTED;
  return rest <= 0
    ? notes
    : [...notes.slice(0, MOST_CHANGES_LISTED), `and ${rest} more figures that are not given as asked`];
}

/** What the other ways would do to the figures of the file. */
function otherWays(
  { nodes }: ClusterFile,
  outcomes: readonly (readonly Outcome[])[],
  chosen: readonly (Chosen | undefined)[],
  { mode }: ClusterOptions,
): readonly string[] {
  const used = nodes.flatMap((node, at) => (isEmpty(node) ? [] : [at]));
  const figures = nodes.reduce(
    (sum, { gpus }) =>
      sum +
      gpus.reduce(
        (inner, { parts }) =>
          inner + parts.reduce((n, { computeMilli }) => n + (computeMilli === null ? 1 : 2), 0),
        0,
      ),
    0,
  );
  const isOnly = (name: string) => used.every((at) => chosen[at]?.way.name === name);
  const texts = WAYS.flatMap((way, w) => {
    if (isOnly(way.name)) return [];
    let changed = 0;
    for (const at of used) {
      const result = outcomes[at]?.[w]?.result;
      if (result === undefined || !isPlan(result)) {
        return [`${way.name} does not go (${nodes[at]?.host}: ${result?.reason})`];
      }
      changed += result.changed;
    }
    return [`${way.name} changes ${changed}`];
  });
  const kept = used.reduce((sum, at) => sum + (chosen[at]?.result.changed ?? 0), 0);
  const names = [...new Set(used.flatMap((at) => chosen[at]?.way.name ?? []))];
  const why = mode === undefined ? ' and so keeps most' : '';
  const summaries = WAYS.filter(({ name }) => names.includes(name)).map(
    ({ name, summary }) => `${name} (${summary})`,
  );
  return [
    `mode: ${summaries.join(' and ')} changes ${kept} of the ${figures} figures asked${why}; with --mode: ${texts.join(', ')}`,
  ];
}

function queueingOf({ policy }: ClusterFile): {
  readonly name: QueueingPolicyName;
  readonly notes: readonly string[];
} {
  const [usual] = QUEUEING_POLICY_NAMES;
  if (policy === null) return { name: usual, notes: [] };
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_ ]/g, '');
  const same = QUEUEING_POLICY_NAMES.find((name) => plain(name) === plain(policy));
  if (same !== undefined) return { name: same, notes: [] };
  const near = nearestName(policy, QUEUEING_POLICY_NAMES);
  const name = QUEUEING_POLICY_NAMES.find((each) => each === near) ?? usual;
  const known = QUEUEING_POLICY_NAMES.join(', ');
  return {
    name,
    notes: [
      `gpu_cluster.scheduler.policy: ${quoteValue(policy)} is not a queueing discipline yet (known: ${known}): ${name} is taken`,
    ],
  };
}
