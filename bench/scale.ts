import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { normalizeScenario, replicate } from '../sim/index.ts';

/**
 * A large fleet over a long time: 10,000 hosts with 8 GPUs each, 5 million jobs over 90 simulated days under priorities, by
 * placement policy, and time per job by the size of the fleet at the same load.
 *
 * `npm run bench:scale -- [--hosts 1000,10000] [--policies best-fit,fgd] [--days 90]`: one row each, printed as it comes.
 */
const { values: options } = parseArgs({
  options: {
    hosts: { type: 'string', default: '1000,10000' },
    policies: { type: 'string', default: 'best-fit,fgd' },
    days: { type: 'string', default: '90' },
  },
});

/** Jobs of a host and day at which 10,000 hosts see 5 million jobs in 90 days. */
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
const PRIORITIES = [0, 1, 2, 3];
/** Mean GPUs of a job by the weights above. */
const MEAN_GPUS =
  SIZES.reduce(
    (sum, [gpus, share, , , weight]) =>
      sum + gpus * Number.parseFloat(share === '1GPU' ? '1' : share) * (share === '1GPU' ? 1 : 0.01) * weight,
    0,
  ) / SIZES.reduce((sum, [, , , , weight]) => sum + weight, 0);
const LOAD = 0.95;

function document(hosts: number, days: number, placement: string): object {
  // GPU-time of a day, over the jobs of a day, over the GPUs of a job.
  const meanSec = Math.round((8 * 86_400 * LOAD) / JOBS_A_HOST_DAY / MEAN_GPUS);
  return {
    apiVersion: 'slicewise/v1',
    name: 'scale',
    seed: 7,
    fleet: {
      hosts: [{ name: 'h', count: hosts, cpu: 128, memory: '1TiB', gpus: { model: 'A100-80GB', count: 8 } }],
    },
    workload: {
      synthetic: {
        tasks: Math.round(hosts * days * JOBS_A_HOST_DAY),
        arrivals: { process: 'poisson', rate: `${(hosts * JOBS_A_HOST_DAY).toFixed(6)}/d` },
        lifetimes: {
          work: { kind: 'lognormal', median: `${Math.round(meanSec / Math.exp(0.5))}s`, sigma: 1 },
        },
        classes: SIZES.flatMap(([gpus, gpu, cpu, memory, weight]) =>
          PRIORITIES.map((priority) => ({
            name: `g${gpus}-${gpu.replace('%', 'pct')}-p${priority}`,
            weight,
            cpu,
            memory: `${memory}GiB`,
            gpus,
            gpu,
            priority,
            lifetime: 'work',
          })),
        ),
      },
    },
    policy: { placement, queueing: 'priority', scheduling: { preemption: 'none' } },
    experiment: { kind: 'timed', horizon: `${days}d` },
  };
}

console.log(`${cpus()[0]?.model.trim()}, Node ${process.version}, one thread`);
for (const placement of options.policies.split(',')) {
  for (const hosts of options.hosts.split(',').map(Number)) {
    const checked = normalizeScenario(document(hosts, Number(options.days), placement));
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const started = performance.now();
    const run = replicate(checked.scenario, {}, 7);
    const seconds = (performance.now() - started) / 1000;
    const reading = (name: string) => run.readings.find(([each]) => each === name)?.[1].value ?? Number.NaN;
    const jobs = reading('jobs.completed');
    const mib = process.resourceUsage().maxRSS / 1024;
    console.log(
      `${placement} ${hosts} hosts ${jobs} jobs: ${seconds.toFixed(1)} s, ${((seconds / jobs) * 1e6).toFixed(2)} us a job, ` +
        `${mib.toFixed(0)} MiB, GPUs allocated ${(reading('gpu.allocated.mean') * 100).toFixed(1)} %, mean wait ${reading('wait.mean').toFixed(1)} s, digest ${run.digest}`,
    );
  }
}
