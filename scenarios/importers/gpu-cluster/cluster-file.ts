import { CatalogueNameError, type GpuModel, gpuMemoryMib } from '../../../sim/hardware/index.ts';
import { MAX_GPUS_PER_HOST, MAX_HOST_GROUPS } from '../../../sim/scenario/limits.ts';
import type { Path } from '../../../sim/scenario/path.ts';
import { quoteValue } from '../../../sim/scenario/problem.ts';
import { lookUpGpu } from '../../../sim/scenario/resolve/card-spec.ts';
import type { Findings } from './findings.ts';
import { memoryText, readCompute, readMemory, shareText } from './quantities.ts';

/** A part of a GPU, as a cluster file asks for it. */
export interface AskedPart {
  readonly path: Path;
  /** Unique on its GPU. */
  readonly name: string;
  /** Whole MiB, GB taken as GiB; >= 1. */
  readonly memoryMib: number;
  /** Thousandths of the GPU's compute, 1 to 1000; null where the file says nothing. */
  readonly computeMilli: number | null;
}

export interface AskedGpu {
  readonly path: Path;
  /** As written. */
  readonly type: string;
  readonly gpu: GpuModel;
  /** What the name leaves open; null: nothing. */
  readonly assumption: string | null;
  /** In file order; empty: nobody is on it. */
  readonly parts: readonly AskedPart[];
}

export interface AskedNode {
  readonly path: Path;
  /** Unique in the file. */
  readonly host: string;
  readonly gpus: readonly AskedGpu[];
}

/** A `gpu_cluster:` file whose every value has been found sound. */
export interface ClusterFile {
  readonly nodes: readonly AskedNode[];
  /** As written; null where the file says nothing. */
  readonly policy: string | null;
  readonly maxJobsPerUser: number | null;
}

/** As many as a scenario has groups of sessions. */
const MOST_PARTS = 1000;
const MOST_PARTS_A_GPU = 1000;
const MOST_JOBS = 1e9;
const MOST_CANDIDATES = 8;

/**
 * Reads the document of a cluster file.
 *
 * @returns what it says; what is wrong is in `findings`, and then the result is not for use
 */
export function readClusterFile(document: unknown, findings: Findings): ClusterFile {
  const root = findings.mapping([], document, ['gpu_cluster']);
  const path = ['gpu_cluster'];
  const cluster =
    root === undefined ? undefined : findings.mapping(path, root.gpu_cluster, ['nodes', 'scheduler']);
  if (cluster === undefined) return { nodes: [], policy: null, maxJobsPerUser: null };
  const nodes = readNodes([...path, 'nodes'], cluster.nodes, findings);
  const scheduler =
    cluster.scheduler == null
      ? {}
      : (findings.mapping([...path, 'scheduler'], cluster.scheduler, ['policy', 'max_jobs_per_user']) ?? {});
  return { nodes, ...readScheduler([...path, 'scheduler'], scheduler, findings) };
}

function readNodes(path: Path, value: unknown, findings: Findings): readonly AskedNode[] {
  const hosts = new Map<string, number>();
  let parts = 0;
  const nodes = findings.list(path, value, 'nodes', 1, MAX_HOST_GROUPS).flatMap((item, index) => {
    const here = [...path, index];
    const node = findings.mapping(here, item, ['host', 'gpus']);
    if (node === undefined) return [];
    const host = findings.name([...here, 'host'], node.host, 'the name of the node');
    if (host !== undefined && hosts.has(host)) {
      findings.add(
        [...here, 'host'],
        `must be unique, nodes[${hosts.get(host)}] is ${quoteValue(host)}, too`,
        host,
      );
    } else if (host !== undefined) hosts.set(host, index);
    const gpus = findings
      .list([...here, 'gpus'], node.gpus, 'GPUs', 1, MAX_GPUS_PER_HOST)
      .flatMap((gpu, at) => readGpu([...here, 'gpus', at], gpu, findings) ?? []);
    for (const gpu of gpus) parts += gpu.parts.length;
    return [{ path: here, host: host ?? '', gpus }];
  });
  if (findings.problems.length > 0) return nodes;
  if (parts === 0) {
    findings.add(path, 'must have at least one vgpu on some GPU: without any there is nothing to run');
  } else if (parts > MOST_PARTS) {
    findings.add(
      path,
      `must have at most ${MOST_PARTS} vgpus in all: each becomes a group of sessions, got ${parts}`,
    );
  }
  return nodes;
}

function readGpu(path: Path, item: unknown, findings: Findings): AskedGpu | undefined {
  const written = findings.mapping(path, item, ['type', 'vgpus']);
  if (written === undefined) return undefined;
  const found = readType([...path, 'type'], written.type, findings);
  const parts =
    written.vgpus == null
      ? []
      : findings
          .list([...path, 'vgpus'], written.vgpus, 'vgpus', 0, MOST_PARTS_A_GPU)
          .flatMap((part, at) => readPart([...path, 'vgpus', at], part, findings) ?? []);
  checkNames(parts, findings);
  if (found === undefined) return undefined;
  checkSums(path, found.gpu, parts, findings);
  return { path, ...found, parts };
}

function readType(
  path: Path,
  value: unknown,
  findings: Findings,
): Pick<AskedGpu, 'type' | 'gpu' | 'assumption'> | undefined {
  const type = findings.line(path, value, 'a GPU by its name');
  if (type === undefined) return undefined;
  const found = lookUpGpu(type);
  if (!(found instanceof CatalogueNameError)) return { type, ...found };
  const candidates = found.candidates.slice(0, MOST_CANDIDATES).join(', ');
  if (found.reason === 'ambiguous') {
    findings.add(
      path,
      `must be the name of one GPU, got ${quoteValue(type)}, which several have`,
      type,
      `say which of ${candidates}`,
    );
  } else {
    findings.add(
      path,
      `must be a GPU of the catalogue, got ${quoteValue(type)}`,
      type,
      `nearest known names: ${candidates}`,
    );
  }
  return undefined;
}

function readPart(path: Path, item: unknown, findings: Findings): AskedPart | undefined {
  const written = findings.mapping(path, item, ['name', 'memory', 'compute']);
  if (written === undefined) return undefined;
  const name = findings.name([...path, 'name'], written.name, 'the name of the vgpu');
  const amount = (key: 'memory' | 'compute', read: typeof readMemory): number => {
    const reading = read(written[key]);
    if (reading.ok) return reading.value;
    const missing = written[key] == null ? 'is missing: ' : '';
    const found = written[key] == null ? '' : `, got ${quoteValue(written[key])}`;
    findings.add([...path, key], `${missing}${reading.message}${found}`, written[key] ?? undefined);
    return 0;
  };
  return {
    path,
    name: name ?? '',
    memoryMib: amount('memory', readMemory),
    computeMilli: written.compute == null ? null : amount('compute', readCompute),
  };
}

function checkNames(parts: readonly AskedPart[], findings: Findings): void {
  const known = new Set<string>();
  for (const { name, path } of parts) {
    if (name !== '' && known.has(name)) {
      findings.add([...path, 'name'], `must be unique on its GPU, got ${quoteValue(name)} twice`, name);
    }
    known.add(name);
  }
}

/** No way of sharing that keeps anything of what is asked gives more than there is. */
function checkSums(path: Path, gpu: GpuModel, parts: readonly AskedPart[], findings: Findings): void {
  const cardMib = Math.max(gpu.memoryGb * 1024, gpuMemoryMib(gpu));
  const memoryMib = parts.reduce((sum, part) => sum + part.memoryMib, 0);
  if (memoryMib > cardMib) {
    findings.add(
      [...path, 'vgpus'],
      `must ask for at most the ${memoryText(cardMib)} of ${gpu.name} together, got ${memoryText(memoryMib)} of memory`,
    );
  }
  const computeMilli = parts.reduce((sum, part) => sum + (part.computeMilli ?? 0), 0);
  if (computeMilli > 1000) {
    findings.add(
      [...path, 'vgpus'],
      `must ask for at most 100 % of the compute together, got ${shareText(computeMilli)}`,
    );
  }
}

function readScheduler(
  path: Path,
  { policy, max_jobs_per_user: most }: Record<string, unknown>,
  findings: Findings,
): Pick<ClusterFile, 'policy' | 'maxJobsPerUser'> {
  const name =
    policy == null ? null : (findings.line([...path, 'policy'], policy, 'a policy by its name') ?? null);
  if (most == null) return { policy: name, maxJobsPerUser: null };
  if (typeof most === 'number' && Number.isInteger(most) && most >= 1 && most <= MOST_JOBS) {
    return { policy: name, maxJobsPerUser: most };
  }
  const accepted = `must be a whole number from 1 to ${MOST_JOBS}`;
  findings.add([...path, 'max_jobs_per_user'], `${accepted}, got ${quoteValue(most)}`, most);
  return { policy: name, maxJobsPerUser: null };
}
