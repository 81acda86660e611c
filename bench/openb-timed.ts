// The openb trace replayed in time on a part of its hosts, by queueing policy: how long its tasks wait.
// Usage: node bench/run.mjs openb-timed [HOSTS...]   (needs ../shared/traces/openb; default: 6 8 10 hosts)
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { loadTraces } from '../cli/load-traces.ts';
import type { TaskRow } from '../scenarios/importers/openb.ts';
import { normalizeScenario, replicate, type Scenario, type TraceData } from '../sim/index.ts';

const TRACE = resolve('../shared/traces/openb');

/** Name in the table, and what `policy` says beside the placement. */
const POLICIES: readonly (readonly [string, object])[] = [
  ['fifo', { queueing: 'fifo' }],
  ['fifo, skip', { queueing: 'fifo', scheduling: { fill: 'skip' } }],
  ['fifo, easy', { queueing: 'fifo', scheduling: { fill: 'easy' } }],
  ['fifo, conservative', { queueing: 'fifo', scheduling: { fill: 'conservative' } }],
  ['fifo, easy, noise 1', { queueing: 'fifo', scheduling: { fill: 'easy', estimates: { noise: 1 } } }],
  ['large-first', { queueing: 'large-first' }],
  ['priority by qos', { queueing: 'priority', scheduling: { preemption: 'none' } }],
  ['priority by qos, easy', { queueing: 'priority', scheduling: { preemption: 'none', fill: 'easy' } }],
  [
    'priority by qos, evict',
    { queueing: 'priority', scheduling: { preemption: 'evict', stopBy: 'suspend' } },
  ],
  [
    'priority by qos, evict, skip',
    { queueing: 'priority', scheduling: { preemption: 'evict', stopBy: 'suspend', fill: 'skip' } },
  ],
  ['sjf', { queueing: 'sjf' }],
  ['sjf, noise 1', { queueing: 'sjf', scheduling: { estimates: { noise: 1 } } }],
  ['srtf', { queueing: 'srtf', scheduling: { stopBy: 'suspend' } }],
  ['srsf', { queueing: 'srsf', scheduling: { stopBy: 'suspend' } }],
  ['las', { queueing: 'las', scheduling: { stopBy: 'suspend' } }],
];

/** The trace's classes of service from the least to the most urgent. The order is ours: the trace does not give one. */
const URGENCY = ['BE', 'Burstable', 'Guaranteed', 'LS'];

function scenarioOf(hosts: number, policy: object): Scenario {
  const checked = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'openb-timed',
    fleet: { trace: { format: 'openb', nodes: 'openb_node_list_gpu_node.csv', strict: true, keep: hosts } },
    workload: { trace: { format: 'openb', pods: 'openb_pod_list_default.csv', strict: true } },
    policy: { placement: 'best-fit', ...policy },
    experiment: { kind: 'timed' },
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.scenario;
}

/** Tasks with the urgency of their class as priority. */
function withPriorities({ tasks = [], ...rest }: TraceData): TraceData {
  return {
    ...rest,
    tasks: tasks.map((task) => ({ ...task, priority: URGENCY.indexOf((task.request as TaskRow).qos) })),
  };
}

const HEAD = [
  'policy',
  'mean',
  'p50',
  'p95',
  'max',
  'completion',
  'GPUs in use',
  'preemptions',
  'last end',
  'seconds',
];

const asked = process.argv.slice(2).map(Number);
const texts: string[] = [];
for (const hosts of asked.length > 0 ? asked : [6, 8, 10]) {
  const { traces, notes } = await loadTraces(scenarioOf(hosts, {}), TRACE);
  const data = withPriorities(traces);
  const rows = [HEAD];
  let rejected = 0;
  for (const [name, policy] of POLICIES) {
    const start = performance.now();
    const readings = new Map(replicate(scenarioOf(hosts, policy), data, 42).readings);
    const wall = (performance.now() - start) / 1000;
    const value = (metric: string) => readings.get(metric)?.value ?? 0;
    const hours = (metric: string) => (value(metric) / 3600).toFixed(2);
    rejected = value('jobs.rejected');
    rows.push([
      name,
      ...['wait.mean', 'wait.p50', 'wait.p95', 'wait.max', 'completion.mean'].map(hours),
      `${(100 * value('gpu.allocated.mean')).toFixed(1)} %`,
      String(value('jobs.preemptions')),
      `${(value('time.end') / 86_400).toFixed(1)} d`,
      wall.toFixed(1),
    ]);
  }
  texts.push(
    [
      `${notes[0]?.replace(/^[^:]*: /, '')}; ${rejected} tasks fit none of them.`,
      '',
      ...rows.map(
        (row, i) =>
          `| ${row.join(' | ')} |${i === 0 ? '\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|' : ''}`,
      ),
    ].join('\n'),
  );
  console.log(`${texts.at(-1)}\n`);
}
if (asked.length === 0) {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one core`;
  mkdirSync('bench/results', { recursive: true });
  const what = `Waiting of the 8,152 tasks of the openb trace (default list), in hours, replayed at their recorded times on a part of
its hosts (\`fleet.trace.keep\`), best-fit placement, tasks stopped and resumed without cost: mean, median, 95th
percentile and longest wait until a task first starts, and the mean time until it ends. The 897 tasks that were deleted before they
started run for as long as they had waited. Priorities are by the column \`qos\`: ${URGENCY.join(' < ')}, an order of ours. Estimates are the
true run times, with "noise 1" times a log-normal factor of median 1 and sigma 1. On the 61 hosts of \`keep: 5%\` nobody waits: the trace never
uses more than 65 of the 309 GPUs.`;
  writeFileSync(
    `bench/results/openb-timed-${date}.md`,
    `# The openb trace on few hosts, by policy\n\n${date}, ${machine}.\n\n${what}\n\n${texts.join('\n\n')}\n`,
  );
}
