import { plural } from '../../../sim/report/format.ts';
import { isMapping } from '../../../sim/scenario/path.ts';
import { GpuNames } from '../gpu-names.ts';
import type { ReportBuilder } from '../import-report.ts';
import type { Item } from './item.ts';
import { readNode } from './node.ts';
import { readPod } from './pod.ts';
import { FleetGpus } from './pod-gpus.ts';
import type { KubernetesHost, KubernetesJob, KubernetesOptions, Placement } from './types.ts';

/** Classes that every cluster has. */
const SYSTEM_PRIORITIES: readonly (readonly [string, number])[] = [
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
];

interface Found {
  readonly item: Item;
  readonly report: ReportBuilder;
}

/** Gathers the objects of all files, then reads nodes before the pods that are on them. */
export class ClusterReader {
  readonly #options: KubernetesOptions;
  readonly #names: GpuNames;
  readonly #nodes: Found[] = [];
  readonly #pods: Found[] = [];
  readonly #priorities = new Map<string, number>(SYSTEM_PRIORITIES);
  readonly #placeOf = new Map<string, string>();
  readonly #notes: string[] = [];
  #lastReport: ReportBuilder | undefined;

  constructor(options: KubernetesOptions) {
    this.#options = options;
    this.#names = new GpuNames(options.gpuProducts);
  }

  take(items: readonly Item[], report: ReportBuilder): void {
    const others = new Map<string, number>();
    let hasAny = false;
    for (const item of items) {
      const kind = isMapping(item.value) ? item.value.kind : undefined;
      if (kind === 'Node') this.#nodes.push({ item, report });
      else if (kind === 'Pod') this.#pods.push({ item, report });
      else if (kind === 'PriorityClass') this.#takePriority(item);
      else if (typeof kind === 'string') others.set(kind, (others.get(kind) ?? 0) + 1);
      else {
        report.startRow();
        item.reject('must be an object with a kind such as Node or Pod');
      }
      hasAny ||= kind === 'Node' || kind === 'Pod';
    }
    if (report.isRefused) return;
    this.#lastReport = report;
    const left = [...others].map(([kind, count]) => `${count} ${kind.slice(0, 40)}`);
    if (left.length > 0) report.note(`Left out, neither nodes nor pods: ${left.slice(0, 20).join(', ')}`);
    if (!hasAny) report.note('The file has neither nodes nor pods');
  }

  finish(): {
    readonly hosts: readonly KubernetesHost[];
    readonly jobs: readonly KubernetesJob[];
    readonly placements: readonly Placement[];
  } {
    const hosts = this.#readNodes();
    const pods = this.#readPods(hosts);
    for (const note of [...this.#notes, ...this.#names.notes]) this.#lastReport?.note(note);
    return pods;
  }

  #takePriority(item: Item): void {
    const name = item.at('metadata').at('name').value;
    const { value } = item.at('value');
    if (typeof name === 'string' && typeof value === 'number' && Number.isInteger(value)) {
      this.#priorities.set(name, value);
    }
  }

  #readNodes(): KubernetesHost[] {
    const hosts: KubernetesHost[] = [];
    const counts = { cordoned: 0, unready: 0, foreign: 0, lacking: 0, unnamed: 0 };
    for (const { item, report } of this.#nodes) {
      report.startRow();
      const { host, ...facts } = readNode(item, this.#names);
      this.#checkUnique(item, `node ${host.name}`);
      if (report.rowIsBad) continue;
      hosts.push(host);
      if (!host.isSchedulable) counts.cordoned += 1;
      if (!facts.isReady) counts.unready += 1;
      if (facts.foreignGpus) counts.foreign += 1;
      if (facts.lacksGpus) counts.lacking += 1;
      if (host.gpuCount > 0 && host.product === '') counts.unnamed += 1;
    }
    this.#note(counts.cordoned, 'node', 'cordoned, and a host like any other here');
    this.#note(counts.unready, 'node', 'not ready, and a host like any other here');
    this.#note(counts.foreign, 'node', 'with GPUs of another maker than NVIDIA: these are not read');
    this.#note(
      counts.lacking,
      'node',
      'offering fewer GPUs than its label gpu.count: those offered are taken',
    );
    this.#note(
      counts.unnamed,
      'node',
      'with GPUs and no label nvidia.com/gpu.product: the model is not known',
    );
    return hosts;
  }

  #readPods(listed: readonly KubernetesHost[]) {
    const hosts = new Map(listed.map((host) => [host.name, host]));
    const cluster = {
      hosts,
      gpus: new FleetGpus(listed, this.#names),
      names: this.#names,
      models: [...new Set(listed.map(({ model }) => model).filter((model) => model !== ''))],
      priorities: this.#learnPriorities(),
    };
    const jobs: KubernetesJob[] = [];
    const placements: Placement[] = [];
    const counts = {
      daemons: 0,
      cpuOnly: 0,
      tolerant: 0,
      wishes: 0,
      foreign: 0,
      classes: 0,
      going: 0,
      endless: 0,
      lost: 0,
    };
    for (const { item, report } of this.#pods) {
      report.startRow();
      const { job, ...pod } = readPod(item, cluster);
      this.#checkUnique(item, `pod ${job.name}`);
      if (report.rowIsBad) continue;
      const host = hosts.get(pod.nodeName);
      const isOver = job.phase === 'Succeeded' || job.phase === 'Failed';
      if (pod.isDaemon) {
        counts.daemons += 1;
        if (host !== undefined && !isOver) hosts.set(host.name, withDaemon(host, job));
        continue;
      }
      if (this.#options.pods === 'gpu' && job.gpuCount === 0) {
        counts.cpuOnly += 1;
        continue;
      }
      jobs.push(job);
      if (host !== undefined && !isOver) placements.push({ job: job.name, host: host.name });
      if (pod.nodeName !== '' && host === undefined && !isOver) counts.lost += 1;
      if (pod.hasTolerations) counts.tolerant += 1;
      if (pod.hasOtherWishes) counts.wishes += 1;
      if (pod.foreignGpus) counts.foreign += 1;
      if (pod.unknownPriority) counts.classes += 1;
      if (!isOver) counts.going += 1;
      else if (job.durationSec === undefined) counts.endless += 1;
    }
    this.#note(
      counts.daemons,
      'pod',
      'left out, as every node has them (DaemonSets, static pods): counted as daemons of the host',
    );
    this.#note(counts.cpuOnly, 'pod', 'without GPUs left out');
    this.#note(counts.going, 'pod', 'not over: without a duration');
    this.#note(counts.endless, 'pod', 'over without a container that ended: without a duration');
    this.#note(counts.lost, 'pod', 'on nodes that the files do not have: without a placement');
    this.#note(counts.tolerant, 'pod', 'with tolerations: taints are not read, so any node may take any pod');
    this.#note(
      counts.wishes,
      'pod',
      'with wishes about nodes or other pods beyond the GPU product: these are not read',
    );
    this.#note(counts.foreign, 'pod', 'with GPUs of another maker than NVIDIA: these are not read');
    this.#note(counts.classes, 'pod', 'with a priority class of unknown value: without a priority');
    return { hosts: [...hosts.values()], jobs, placements };
  }

  /** Pods whose priority has been worked out tell that of their class. */
  #learnPriorities(): ReadonlyMap<string, number> {
    const known = new Map(this.#priorities);
    for (const { item } of this.#pods) {
      if (!isMapping(item.value) || !isMapping(item.value.spec)) continue;
      const { priority, priorityClassName } = item.value.spec;
      if (typeof priorityClassName !== 'string' || typeof priority !== 'number') continue;
      if (Number.isInteger(priority) && !known.has(priorityClassName)) known.set(priorityClassName, priority);
    }
    return known;
  }

  #checkUnique(item: Item, key: string): void {
    if (item.rowIsBad) return;
    const first = this.#placeOf.get(key);
    if (first === undefined) this.#placeOf.set(key, item.line === 0 ? 'an item before' : `line ${item.line}`);
    else
      item
        .at('metadata')
        .at('name')
        .reject(`must be unique among the nodes or pods of a namespace; ${first} has it too`);
  }

  #note(count: number, noun: string, text: string): void {
    if (count > 0) this.#notes.push(`${plural(count, noun)} ${text}`);
  }
}

function withDaemon(host: KubernetesHost, job: KubernetesJob): KubernetesHost {
  const { pods, cpuMilli, memoryMib } = host.daemons;
  const daemons = { pods: pods + 1, cpuMilli: cpuMilli + job.cpuMilli, memoryMib: memoryMib + job.memoryMib };
  return { ...host, daemons };
}
