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
import { weekProfile } from '../../sim/workload/arrivals.ts';
import { lifetimeQuantileSec, meanLifetimeSec, type ObservedLife, productLimit } from './product-limit.ts';

/**
 * Derives `scenarios/catalog/openb-like.yaml` from the published node and pod lists, so that each of its numbers can
 * be had again: `node bench/run.mjs validation/derive-openb-like DIR [OUT]`, where DIR holds the CSV files.
 *
 * The pod list is not a plain log of arrivals. Its first deletion falls on day 115.3 and all but 33 of its 8,152 tasks were
 * created after that: it was watched from then on for 34 days, and the 33 are what was still running when the watch
 * began. Rate, profile and lifetimes are therefore taken from that window, see `productLimit` for the lifetimes.
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
    '  kind: timed',
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

/** When the cluster was watched, in trace seconds. */
interface Window {
  readonly fromSec: number;
  readonly toSec: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Kinds of task that share a lifetime distribution: what they hold is what their lifetimes differ by most. */
const KINDS = ['cpu-only', 'shared-gpu', 'one-gpu', 'multi-gpu'] as const;
type Kind = (typeof KINDS)[number];

function kindOf(task: TaskRow): Kind {
  if (task.gpuCount === 0) return 'cpu-only';
  if (task.gpuCount > 1) return 'multi-gpu';
  return task.gpuMilli < 1000 ? 'shared-gpu' : 'one-gpu';
}

/** Probabilities of the lifetime tables; close together at the top, where most of the GPU time is. */
const QUANTILES = [
  0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1,
];

interface Lifetimes {
  readonly kind: Kind;
  readonly started: number;
  readonly lateEntries: number;
  readonly cutOff: number;
  readonly meanSec: number;
  /** Of the quantile table, straight between its points. */
  readonly tableMeanSec: number;
  readonly table: readonly (readonly [share: number, sec: number])[];
}

/** From the first deletion, when nothing can have been missed any more, to the last, at which what still ran was cut. */
function watchWindow(tasks: readonly TaskRow[]): Window {
  let fromSec = Infinity;
  let toSec = 0;
  for (const task of tasks) {
    fromSec = Math.min(fromSec, deletedSec(task));
    toSec = Math.max(toSec, deletedSec(task));
  }
  return { fromSec, toSec };
}

/** Lifetimes of the tasks of a kind that started; those that never did have none. */
function lifetimesOf(kind: Kind, tasks: readonly TaskRow[], window: Window): Lifetimes {
  const lives: ObservedLife[] = [];
  for (const task of tasks) {
    if (kindOf(task) !== kind || task.scheduledSec === undefined) continue;
    lives.push({
      fromSec: Math.max(0, window.fromSec - task.scheduledSec),
      toSec: deletedSec(task) - task.scheduledSec,
      hasEnded: deletedSec(task) < window.toSec,
    });
  }
  const points = productLimit(lives);
  // A quantile beyond the last but one of n lives says nothing.
  const shares = QUANTILES.filter((share) => share === 1 || share <= 1 - 1 / lives.length);
  const table = shares.map((share) => [share, Math.round(lifetimeQuantileSec(points, share))] as const);
  return {
    kind,
    started: lives.length,
    lateEntries: lives.filter((life) => life.fromSec > 0).length,
    cutOff: lives.filter((life) => !life.hasEnded).length,
    meanSec: meanLifetimeSec(points),
    tableMeanSec: tableMean(table, Infinity),
    table,
  };
}

/** Mean of the table's lifetimes, those above `capSec` counted as that. */
function tableMean(table: Lifetimes['table'], capSec: number): number {
  let mean = 0;
  for (let i = 1; i < table.length; i++) {
    const [lowShare, lowSec] = table[i - 1] as readonly [number, number];
    const [share, sec] = table[i] as readonly [number, number];
    const topSec = Math.min(sec, capSec);
    const below = sec <= lowSec ? 0 : Math.max(0, topSec - lowSec) / (sec - lowSec);
    const rising = lowSec >= capSec ? capSec : (below * (lowSec + topSec)) / 2 + (1 - below) * topSec;
    mean += (share - lowShare) * rising;
  }
  return mean;
}

/** Time average over the window of the GPUs that tasks held, fractions counted as such. */
function meanGpusInUse(tasks: readonly TaskRow[], window: Window): number {
  const heldGpuSec = sumOf(tasks, (task) => {
    if (task.scheduledSec === undefined) return 0;
    return gpus(task) * (deletedSec(task) - Math.max(task.scheduledSec, window.fromSec));
  });
  return heldGpuSec / (window.toSec - window.fromSec);
}

/** GPU seconds that the mean task of the scenario takes up within `capSec` of its start. */
function gpuSecPerTask(tasks: readonly TaskRow[], kinds: readonly Lifetimes[], capSec: number): number {
  const meanSec = new Map(kinds.map((lifetimes) => [lifetimes.kind, tableMean(lifetimes.table, capSec)]));
  return sumOf(tasks, (task) => gpus(task) * (meanSec.get(kindOf(task)) ?? 0)) / tasks.length;
}

/**
 * Expected GPUs held one day after an empty start, if all tasks find room: each past hour's arrivals times the share of
 * their GPUs still held. The day's profile matters, because most tasks are shorter than a day.
 */
function gpusAfterDay(
  tasks: readonly TaskRow[],
  kinds: readonly Lifetimes[],
  arrived: readonly TaskRow[],
  window: Window,
  ratePerHour: number,
): number {
  const profile = weekProfile(hourCounts(arrived), dayMedians(arrived, window)) as Float64Array;
  let held = 0;
  for (let hour = 0; hour < 24; hour++) {
    const ageSec = (23 - hour) * HOUR;
    const stillHeldSec = gpuSecPerTask(tasks, kinds, ageSec + HOUR) - gpuSecPerTask(tasks, kinds, ageSec);
    held += (ratePerHour / HOUR) * (profile[hour] as number) * stillHeldSec;
  }
  return held;
}

function hourCounts(tasks: readonly TaskRow[]): number[] {
  const counts = new Array<number>(24).fill(0);
  for (const task of tasks) {
    const hour = Math.floor((createdSec(task) % DAY) / HOUR);
    counts[hour] = (counts[hour] as number) + 1;
  }
  return counts;
}

/** Arrivals of each complete day of the window, counted by the trace's own days. */
function dayCounts(tasks: readonly TaskRow[], window: Window): number[] {
  const firstDay = Math.ceil(window.fromSec / DAY);
  const counts = new Array<number>(Math.floor(window.toSec / DAY) - firstDay).fill(0);
  for (const task of tasks) {
    const day = Math.floor(createdSec(task) / DAY) - firstDay;
    if (day >= 0 && day < counts.length) counts[day] = (counts[day] as number) + 1;
  }
  return counts;
}

/** By day modulo 7, the median over the complete days: two days of the last week are bursts, not a pattern. */
function dayMedians(tasks: readonly TaskRow[], window: Window): number[] {
  const firstDay = Math.ceil(window.fromSec / DAY);
  const counts = dayCounts(tasks, window);
  return [0, 1, 2, 3, 4, 5, 6].map((weekday) =>
    median(counts.filter((_, day) => (firstDay + day) % 7 === weekday)),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return (lower + upper) / 2;
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
    `  shapes of its default list with their counts as weights, its arrival rate and its lifetimes. In the long run that`,
    `  rate keeps only ${offeredGpus.toFixed(0)} GPUs busy, ${share(offeredGpus, ratePerHour)} % of the fleet, as in the trace, so a timed run shows where tasks`,
    `  go and no queueing. For a busy fleet raise arrivals.rate and the number of tasks: ${busyRate}/h takes`,
    `  ${share(gpusAfterDay, busyRate)} % of the GPUs one day after an empty start and ${share(offeredGpus, busyRate)} % in the long run. To fill the fleet, as the published`,
    '  comparison does, set experiment.kind to fill. Times of the trace count from an undisclosed zero, so hour 0 and day 0',
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

function gpus(task: TaskRow): number {
  return (task.gpuCount * task.gpuMilli) / 1000;
}

function createdSec(task: TaskRow): number {
  if (task.createdSec === undefined) throw new Error(`Task "${task.name}" has no creation time`);
  return task.createdSec;
}

function deletedSec(task: TaskRow): number {
  if (task.deletedSec === undefined) throw new Error(`Task "${task.name}" has no deletion time`);
  return task.deletedSec;
}

function sumOf<T>(things: readonly T[], amountOf: (thing: T) => number): number {
  return things.reduce((sum, thing) => sum + amountOf(thing), 0);
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
