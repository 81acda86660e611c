import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Hosts of 8 GPUs: 10,000 GPUs. */
const HOSTS = 1250;
/** Jobs of a host and day, as in the scale benchmark. */
const JOBS_A_HOST_DAY = 5_000_000 / 10_000 / 90;
/** GPUs, share, cores, GiB, weight: made up, in the proportions of shared clusters (many small ones, few large ones). */
const SIZES = [
  [1, '25%', 4, 16, 20],
  [1, '50%', 8, 32, 15],
  [1, '1GPU', 8, 64, 30],
  [2, '1GPU', 16, 128, 15],
  [4, '1GPU', 32, 256, 12],
  [8, '1GPU', 64, 512, 8],
] as const;
/** Mean GPUs of a job by the weights above: 0.125 x ... = 2.045. */
const MEAN_GPUS =
  SIZES.reduce((sum, [gpus, share, , , weight]) => sum + gpus * wholeGpus(share) * weight, 0) /
  SIZES.reduce((sum, [, , , , weight]) => sum + weight, 0);
const LOAD = 0.95;
const TENANTS = ['vision', 'language', 'speech', 'ads', 'search', 'research', 'robots', 'finance', 'health'];

function wholeGpus(share: string): number {
  return share.endsWith('%') ? Number.parseFloat(share) / 100 : 1;
}

/** A busy shared cluster of 10,000 GPUs: jobs of many sizes by priority, in `jobs` of them. */
function document(jobs: number, placement: string): object {
  const meanSec = Math.round((8 * 86_400 * LOAD) / JOBS_A_HOST_DAY / MEAN_GPUS);
  const classes = SIZES.flatMap(([gpus, gpu, cpu, memory, weight]) =>
    [0, 1, 2].map((priority, i) => ({
      name: `g${gpus}-${gpu.replace('%', 'pct')}-p${priority}`,
      ...{ weight, cpu, gpus, gpu, priority, lifetime: 'work', memory: `${memory}GiB` },
      tenant: TENANTS[(gpus * 2 + i) % TENANTS.length],
    })),
  );
  return {
    apiVersion: 'slicewise/v1',
    name: 'viewer-benchmark',
    seed: 7,
    fleet: {
      hosts: [{ name: 'h', count: HOSTS, cpu: 128, memory: '1TiB', gpus: { model: 'A100-80GB', count: 8 } }],
    },
    workload: {
      synthetic: {
        tasks: jobs,
        arrivals: { process: 'poisson', rate: `${(HOSTS * JOBS_A_HOST_DAY).toFixed(6)}/d` },
        lifetimes: {
          work: { kind: 'lognormal', median: `${Math.round(meanSec / Math.exp(0.5))}s`, sigma: 1 },
        },
        classes,
      },
    },
    policy: { placement, queueing: 'priority', scheduling: { preemption: 'evict' } },
    experiment: { kind: 'timed', horizon: `${Math.ceil(jobs / HOSTS / JOBS_A_HOST_DAY)}d` },
  };
}

/** What the format is made of: replays that other sources wrote may not be readable any more. */
const FORMAT = resolve('sim', 'observe', 'replay');

/** A name for a file that the format's sources of now wrote from some text. */
export function formatKey(text: string): string {
  const hash = createHash('sha256').update(text);
  for (const file of readdirSync(FORMAT).sort()) hash.update(readFileSync(join(FORMAT, file)));
  return hash.digest('hex').slice(0, 12);
}

/**
 * The replay of a run with so many jobs, written by the command line; kept from one time to the next, as long as nobody
 * changes the format.
 *
 * @param placement the policy that places them: the same jobs arrive under each
 */
export function benchmarkReplay(jobs: number, placement = 'best-fit'): string {
  const text = JSON.stringify(document(jobs, placement));
  const folder = resolve('node_modules', '.cache', 'slicewise-bench');
  const name = formatKey(text);
  const path = join(folder, `${name}.replay`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const scenario = join(folder, `${name}.yaml`);
  // JSON is YAML, too.
  writeFileSync(scenario, text);
  const args = ['bin/slicewise.mjs', 'run', scenario, '--replay', `${path}.new`];
  const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  renameSync(`${path}.new`, path);
  return path;
}
