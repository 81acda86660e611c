import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadTraces } from '../cli/load-traces.ts';
import { normalizeScenario, PLACEMENT_POLICY_NAMES, replicate } from '../sim/index.ts';

/**
 * Time and memory of one fill run of the openb default workload (1,213 hosts, 6,212 GPUs, about 10,870 tasks), per policy:
 * the experiment alone (in this process, median of 9 after 2 to warm up), and for fgd the whole command line process from
 * start to exit (median of 5 wall times, largest resident memory). `node bench/run.mjs fill [DATA]`.
 */

const RUNS = 9;
const PROCESSES = 5;
/** Measured by others for one run of this experiment by the peer (traces/openb/procedure.md). */
const PEER = { cpuSec: 3369, residentGb: 3.95 };

const folder = join(resolve(process.argv[2] ?? '../shared'), 'traces', 'openb');
if (!existsSync(folder)) {
  console.error(`bench fill: no ${folder}; give the folder that holds traces/openb`);
  process.exit(2);
}
const document = (placement: string) => ({
  apiVersion: 'slicewise/v1',
  name: 'openb-default',
  seed: 42,
  fleet: { trace: { format: 'openb', nodes: join(folder, 'openb_node_list_gpu_node.csv') } },
  workload: { trace: { format: 'openb', pods: join(folder, 'openb_pod_list_default.csv') } },
  policy: { placement },
  experiment: { kind: 'fill', target: 1.3 },
});
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

const lines: string[] = [
  '| policy | one experiment, ms | placement decisions, per ms |',
  '| --- | ---: | ---: |',
];
for (const policy of PLACEMENT_POLICY_NAMES) {
  const checked = normalizeScenario(document(policy));
  if (!checked.ok) throw new Error(checked.problems[0]?.message);
  const { traces } = await loadTraces(checked.scenario, folder);
  const times: number[] = [];
  let arrived = 0;
  for (let i = 0; i < RUNS + 2; i++) {
    const started = performance.now();
    const run = replicate(checked.scenario, traces, 42);
    if (i >= 2) times.push(performance.now() - started);
    arrived = run.readings.find(([name]) => name === 'jobs.arrived')?.[1].value ?? 0;
  }
  const ms = median(times);
  lines.push(`| ${policy} | ${ms.toFixed(0)} | ${(arrived / ms).toFixed(0)} |`);
}

const temporary = mkdtempSync(join(tmpdir(), 'slicewise-bench-'));
const scenario = join(temporary, 'scenario.json');
writeFileSync(scenario, JSON.stringify(document('fgd')));
const wall: number[] = [];
let residentMb = 0;
// The child tells its own largest resident memory when it exits.
const tellMemory =
  "process.on('exit', () => process.stderr.write('maxrss=' + process.resourceUsage().maxRSS)); await import(process.env.SLICEWISE);";
for (let i = 0; i < PROCESSES; i++) {
  const started = performance.now();
  const child = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', tellMemory, '--', 'slicewise', 'run', scenario, '--json'],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, SLICEWISE: pathToFileURL(resolve('dist/cli.js')).href },
    },
  );
  wall.push(performance.now() - started);
  if (child.status !== 0) throw new Error(child.stderr);
  residentMb = Math.max(residentMb, Number(/maxrss=(\d+)/.exec(child.stderr)?.[1]) / 1024);
}
rmSync(temporary, { recursive: true, force: true });
const seconds = median(wall) / 1000;
const date = new Date().toISOString().slice(0, 10);
const text = `# Fill benchmark: openb default workload

${date}, ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}.

Whole process, fgd, from start to exit with \`--json\`: ${seconds.toFixed(2)} s (median of ${PROCESSES}), largest resident memory ${residentMb.toFixed(0)} MB.
The peer took ${PEER.cpuSec} CPU-seconds and ${PEER.residentGb} GB for the same experiment: ${(PEER.cpuSec / seconds).toFixed(0)} times as long, ${((1000 * PEER.residentGb) / residentMb).toFixed(0)} times the memory.

${lines.join('\n')}
`;
console.log(text);
mkdirSync('bench/results', { recursive: true });
writeFileSync(`bench/results/fill-${date}.md`, text);
