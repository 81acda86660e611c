import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * A sweep of 1,000 short runs with one worker thread and with two, as a ratio: `node bench/run.mjs sweep [PAIRS]`. Pairs
 * alternate which comes first, and the ratio is that of each pair, so that a machine that slows down slows both.
 */

const PAIRS = Number(process.argv[2] ?? 3);
const PROMISE = 1.85;
/** Some tens of milliseconds a run. */
const SCENARIO = `apiVersion: slicewise/v1
name: short
fleet:
  hosts:
    - { name: a, count: 8, cpu: 64, memory: 512GiB, gpus: { model: A100, count: 8 } }
workload:
  synthetic:
    tasks: 3000
    arrivals: { process: poisson, rate: 60/h }
    classes:
      - { name: half, cpu: 2, memory: 4GiB, gpus: 1, gpu: 50%, lifetime: { kind: exponential, mean: 1h } }
      - { name: two, cpu: 2, memory: 4GiB, gpus: 2, lifetime: { kind: exponential, mean: 1h } }
`;
const DESIGN = [
  '--grid',
  'policy.placement=fgd,best-fit',
  '--grid',
  'fleet.hosts.a.count=4..8:1',
  '--replications',
  '100',
];

const folder = mkdtempSync(join(tmpdir(), 'slicewise-sweep-'));
const scenario = join(folder, 's.yaml');
writeFileSync(scenario, SCENARIO);
let made = 0;

function timed(workers: number): {
  readonly seconds: number;
  readonly digest: string;
  readonly runMs: number;
} {
  const out = join(folder, `sweep${made++}`);
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      resolve('bin/slicewise.mjs'),
      'sweep',
      scenario,
      ...DESIGN,
      '--workers',
      `${workers}`,
      '--out',
      out,
      '--json',
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - began) / 1000;
  const index = JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')) as { runs: { file: string }[] };
  const times = [...new Set(index.runs.map(({ file }) => file))].flatMap((file) =>
    readFileSync(join(out, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { run: { elapsedMs: number } }).run.elapsedMs),
  );
  rmSync(out, { recursive: true });
  return {
    seconds,
    digest: (JSON.parse(stdout) as { digest: string }).digest,
    runMs: times.reduce((sum, ms) => sum + ms, 0) / times.length,
  };
}

const loads = [loadavg()[0]];
const rows = Array.from({ length: PAIRS }, (_, pair) => {
  const first = pair % 2 === 0 ? 1 : 2;
  const a = timed(first);
  const b = timed(3 - first);
  const [one, two] = first === 1 ? [a, b] : [b, a];
  if (one.digest !== two.digest) throw new Error(`digests differ: ${one.digest}, ${two.digest}`);
  loads.push(loadavg()[0]);
  return { one, two, ratio: one.seconds / two.seconds };
});
rmSync(folder, { recursive: true });
const ratios = rows.map(({ ratio }) => ratio).sort((x, y) => x - y);
const median = ratios[Math.floor(ratios.length / 2)] as number;
const date = new Date().toISOString().slice(0, 10);
const text = `# Sweep of 1,000 short runs: two workers beside one

${date}, ${cpus()[0]?.model} (${cpus().length} cores), Node ${process.version}, load before and after each pair ${loads.map((load) => (load ?? 0).toFixed(1)).join(', ')}.
Whole commands, start and writing included. Made by \`node bench/run.mjs sweep ${PAIRS}\`.

| pair | 1 worker | mean of a run | 2 workers | mean of a run | ratio |
| ---: | ---: | ---: | ---: | ---: | ---: |
${rows.map(({ one, two, ratio }, i) => `| ${i + 1} | ${one.seconds.toFixed(1)} s | ${one.runMs.toFixed(1)} ms | ${two.seconds.toFixed(1)} s | ${two.runMs.toFixed(1)} ms | ${ratio.toFixed(2)} |`).join('\n')}

Median ratio ${median.toFixed(2)}; promised: at least ${PROMISE} (${median >= PROMISE ? 'kept' : 'not kept here'}). Both give the same digest.
`;
mkdirSync('bench/results', { recursive: true });
writeFileSync(`bench/results/sweep-${date}.md`, text);
console.log(text);
