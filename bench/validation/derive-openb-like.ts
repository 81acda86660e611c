import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type HostRow,
  readOpenbNodes,
  readOpenbPods,
  type TaskRow,
} from '../../scenarios/importers/openb.ts';
import {
  createdSec,
  DAY,
  dayCounts,
  dayMedians,
  gpuSecPerTask,
  gpusAfterDay,
  HOUR,
  hourCounts,
  KINDS,
  kindOf,
  type Lifetimes,
  lifetimesOf,
  meanGpusInUse,
  sumOf,
  type Window,
  watchWindow,
} from './openb-facts.ts';

/**
 * Derives `scenarios/catalog/openb-like.yaml` from the published node and pod lists, so that each of its numbers can
 * be had again: `node bench/run.mjs validation/derive-openb-like DIR [OUT]`, where DIR holds the CSV files.
 */

/** The node list of the published experiments: the hosts with GPUs. */
const NODES_FILE = 'openb_node_list_gpu_node.csv';
const PODS_FILE = 'openb_pod_list_default.csv';

/** Reads both lists from a folder and derives the scenario document. */
export async function deriveFromFolder(folder: string): Promise<string> {
  const nodes = await readOpenbNodes(createReadStream(join(folder, NODES_FILE)), { strict: true });
  const pods = await readOpenbPods(createReadStream(join(folder, PODS_FILE)), { strict: true });
  for (const { report } of [nodes, pods]) if (report.refused !== undefined) throw new Error(report.refused);
  return deriveOpenbLike(nodes.hosts, pods.tasks);
}

/** The scenario document, as YAML text. Tasks must have a creation and a deletion time. */
export function deriveOpenbLike(hosts: readonly HostRow[], tasks: readonly TaskRow[]): string {
  const window = watchWindow(tasks);
  const arrived = tasks.filter((task) => createdSec(task) >= window.fromSec);
  const ratePerHour = (arrived.length / (window.toSec - window.fromSec)) * 3600;
  const kinds = KINDS.map((kind) => lifetimesOf(kind, tasks, window));
  const facts: Facts = {
    capacityGpus: sumOf(hosts, (host) => host.gpuCount),
    hostCount: hosts.length,
    taskCount: tasks.length,
    underWay: tasks.length - arrived.length,
    neverStarted: tasks.filter((task) => task.scheduledSec === undefined).length,
    window,
    lastDays: dayCounts(arrived, window).slice(-2),
    ratePerHour,
    meanGpusInUse: meanGpusInUse(tasks, window),
    offeredGpus: (ratePerHour / HOUR) * gpuSecPerTask(tasks, kinds, Infinity),
    gpusAfterDay: gpusAfterDay(tasks, kinds, arrived, window, ratePerHour),
  };
  return [
    ...heading(facts),
    'apiVersion: slicewise/v1',
    'name: openb-like',
    ...description(facts),
    'sources:',
    '  - "Alibaba cluster-trace-gpu-v2023 (openb): openb_node_list_gpu_node.csv, openb_pod_list_default.csv; github.com/alibaba/clusterdata; Apache-2.0 as redistributed by hkust-adsl/kubernetes-scheduler-simulator"',
    '  - "Weng et al., Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent, USENIX ATC 2023"',
    'seed: 42',
    'replications: 1',
    'fleet:',
    '  hosts:',
    ...hostLines(hosts),
    'workload:',
    '  synthetic:',
    `    tasks: ${tasks.length}`,
    '    arrivals:',
    '      process: poisson',
    `      rate: ${ratePerHour.toFixed(2)}/h`,
    '      # Arrivals in each hour of the day, hour 0 beginning at the zero of the trace.',
    `      hourOfDay: [${hourCounts(arrived).join(', ')}]`,
    `      # Median arrivals of the complete days ${Math.ceil(window.fromSec / DAY)} to ${Math.floor(window.toSec / DAY) - 1}, by day number modulo 7.`,
    `      dayOfWeek: [${dayMedians(arrived, window).join(', ')}]`,
    '    lifetimes:',
    ...kinds.flatMap(lifetimeLines),
    '    classes:',
    ...classLines(tasks),
    'policy:',
    '  placement: fgd',
    '  typicalShare: 95%',
    'experiment:',
    '  kind: fill',
    '',
  ].join('\n');
}

interface Facts {
  readonly capacityGpus: number;
  readonly hostCount: number;
  readonly taskCount: number;
  readonly underWay: number;
  readonly neverStarted: number;
  readonly window: Window;
  /** Arrivals of the last two complete days. */
  readonly lastDays: readonly number[];
  readonly ratePerHour: number;
  readonly meanGpusInUse: number;
  /** GPUs that the scenario's arrivals hold in the long run, if all find room. */
  readonly offeredGpus: number;
  /** The same one day after starting empty: the expected number, at the daily peak of a busy day. */
  readonly gpusAfterDay: number;
}

function heading(facts: Facts): string[] {
  return [
    `# Derived by bench/validation/derive-openb-like.ts from the published lists. A test derives it anew: do not edit.`,
    `# Watched for ${days(facts.window.toSec - facts.window.fromSec)} days from trace second ${facts.window.fromSec}; ${facts.underWay} tasks were under way when that began.`,
    `# GPUs in use in that window: ${facts.meanGpusInUse.toFixed(1)} on average. This scenario offers ${facts.offeredGpus.toFixed(1)} in the long run.`,
  ];
}

function description(facts: Facts): string[] {
  const { capacityGpus, offeredGpus, gpusAfterDay, ratePerHour } = facts;
  const share = (gpuCount: number, rate: number) =>
    ((100 * gpuCount * rate) / ratePerHour / capacityGpus).toFixed(rate === ratePerHour ? 1 : 0);
  const busyRate = Math.round((ratePerHour * 0.8 * capacityGpus) / offeredGpus / 50) * 50;
  return [
    'description: >-',
    `  The ${facts.hostCount} GPU hosts (${capacityGpus} GPUs) and the task mix of the Alibaba GPU trace of 2023 ("openb"): all task`,
    `  shapes of its default list with their counts as weights, its arrival rate and its lifetimes. The run fills the fleet as`,
    `  the published comparison does: tasks come one after another and stay, until 1.3 times the GPUs are requested.`,
    `  With experiment.kind=timed tasks arrive and leave at the trace's pace, which keeps only ${offeredGpus.toFixed(0)} GPUs busy, ${share(offeredGpus, ratePerHour)} %`,
    `  of the fleet, and nothing queues; ${busyRate}/h in workload.synthetic.arrivals.rate, with more tasks, takes`,
    `  ${share(gpusAfterDay, busyRate)} % of the GPUs one day after an empty start and ${share(offeredGpus, busyRate)} % in the long run.`,
    `  Times of the trace count from an undisclosed zero, so hour 0 and day 0`,
    `  are relative. Left out: the ${facts.underWay} long tasks under way when the watched window began (a run starts empty); bursts,`,
    `  such as the last two complete days with ${facts.lastDays.join(' and ')} arrivals; how lifetimes depend on the shape`,
    `  within a kind, and on failures. The ${facts.neverStarted} tasks that were deleted before they started count as arrivals and run`,
    '  like others of their kind.',
  ];
}

function hostLines(hosts: readonly HostRow[]): string[] {
  const groups = countBy(hosts, (h) => `${h.cpuMilli},${h.memoryMib},${h.gpuCount},${h.model}`);
  groups.sort((a, b) => b.count - a.count);
  return groups.map(({ first, count }) => {
    const name = `${first.model.toLowerCase()}-x${first.gpuCount}-c${first.cpuMilli / 1000}`;
    const shape = `cpu: ${first.cpuMilli / 1000}, memory: ${memory(first.memoryMib)}`;
    return `    - { name: ${name}, count: ${count}, ${shape}, gpus: { model: ${first.model}, count: ${first.gpuCount} } }`;
  });
}

function lifetimeLines(lifetimes: Lifetimes): string[] {
  const { kind, started, lateEntries, cutOff, meanSec, tableMeanSec, table } = lifetimes;
  const points = table.map(([share, sec]) => `[${share}, ${sec}s]`).join(', ');
  return [
    `      # ${started} started, ${lateEntries} of them before the window, ${cutOff} cut off by its end. Mean ${meanSec.toFixed(0)} s, of the table ${tableMeanSec.toFixed(0)} s.`,
    `      ${kind}: { kind: empirical, quantiles: [${points}] }`,
  ];
}

function classLines(tasks: readonly TaskRow[]): string[] {
  const shapes = countBy(
    tasks,
    (t) => `${t.cpuMilli},${t.memoryMib},${t.gpuCount},${t.gpuMilli},${t.models.join('|')}`,
  );
  shapes.sort(
    (a, b) =>
      b.count - a.count ||
      a.first.cpuMilli - b.first.cpuMilli ||
      a.first.memoryMib - b.first.memoryMib ||
      a.first.gpuCount - b.first.gpuCount ||
      a.first.gpuMilli - b.first.gpuMilli,
  );
  return shapes.map(({ first, count }) => {
    const { cpuMilli, memoryMib, gpuCount, gpuMilli, models } = first;
    const isShared = gpuCount > 0 && gpuMilli < 1000;
    const gpuName = gpuCount === 0 ? '' : `-g${gpuCount}${isShared ? `x${gpuMilli}` : ''}`;
    const gpu = gpuCount === 0 ? '' : `, gpus: ${gpuCount}${isShared ? `, gpu: ${gpuMilli}m` : ''}`;
    const list = models.length === 0 ? '' : `, models: [${models.join(', ')}]`;
    const name = `c${cpuMilli}-m${memoryMib}${gpuName}${models.map((model) => `-${model}`).join('')}`;
    return `      - { name: ${name}, weight: ${count}, cpu: ${cpuMilli}m, memory: ${memory(memoryMib)}${gpu}${list}, lifetime: ${kindOf(first)} }`;
  });
}

/** Groups of equal things in order of first sight. */
function countBy<T>(things: readonly T[], keyOf: (thing: T) => string): { first: T; count: number }[] {
  const groups = new Map<string, { first: T; count: number }>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: thing, count: 1 });
    else group.count += 1;
  }
  return [...groups.values()];
}

function memory(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024}GiB` : `${mib}MiB`;
}

function days(seconds: number): string {
  return (seconds / DAY).toFixed(1);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, out = 'scenarios/catalog/openb-like.yaml'] = process.argv.slice(2);
  if (folder === undefined) {
    process.stderr.write('usage: derive-openb-like DIR [OUT]; DIR holds the openb CSV files\n');
    process.exitCode = 2;
  } else {
    await writeFile(out, await deriveFromFolder(folder));
  }
}
