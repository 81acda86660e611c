import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { JOB_FORMATS, type JobFormat } from '../../../scenarios/importers/job-formats.ts';
import type { JobRow } from '../../../scenarios/importers/job-row.ts';
import type { ClusterSpec } from '../../../scenarios/importers/muri-cluster.ts';
import { count, plural } from '../../../sim/report/format.ts';
import { rateQuantity } from '../../../sim/scenario/quantities/rate.ts';
import { type Problem, UsageError } from '../../errors.ts';
import type { CliIo } from '../../io.ts';
import { TraceReader } from '../../load-traces.ts';
import { shellWord } from '../../shell-word.ts';
import { wholeUpTo } from './stated-fleet.ts';
import { checkPaths, pathFromScenario, writeScenario } from './written.ts';

interface JobsOptions {
  readonly jobs: string;
  readonly hosts?: number;
  readonly gpusPerHost: number;
  readonly gpu: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly cluster?: string;
  readonly throughputs?: string;
  readonly rate?: string;
  readonly timeUnit?: 'ms' | 's';
  readonly strict?: boolean;
  readonly name?: string;
  readonly out?: string;
}

/** What a format's command has beside the options of all. */
interface Extras {
  /** Columns or structure of the file, for help. */
  readonly needs: string;
  readonly add?: (command: Command) => Command;
  /** GPU model of the machines that the format was made for; where none is known hosts have unnamed ones. */
  readonly gpu?: string;
}

const throughputs = (command: Command) =>
  command.option(
    '--throughputs <file.json>',
    'simulation_throughputs.json: turns steps into time, and says how fast each kind of job runs on V100, P100 and K80',
  );

/** Formats whose files come from here; others have commands of their own. */
const EXTRAS: Partial<Record<JobFormat['name'], Extras>> = {
  philly: { needs: 'the job log, a JSON array' },
  'philly-subset': { needs: 'jobs: submit_s, duration_s, num_gpus, vc; or timestamp, duration, num_gpus' },
  itp: { needs: 'jobs: job_id, submission_time, duration, num_gpu' },
  gavel: { needs: 'jobs: 7 or 10 fields separated by tabs', add: throughputs, gpu: 'V100' },
  'gavel-continuous': {
    needs: 'jobs: job_id, arrival_unit, model, scale_factor, total_steps, v100_duration_s',
    add: (command) => throughputs(command).requiredOption('--rate <rate>', 'mean arrivals, such as 2.4/h'),
    gpu: 'V100',
  },
  muri: {
    needs: 'jobs: job_id, num_gpu, submit_time, duration',
    add: (command) =>
      command
        .option(
          '--cluster <file.csv>',
          'the fleet in place of --hosts: num_switch, num_node_p_switch, num_gpu_p_node, num_cpu_p_node, mem_p_node',
        )
        .addOption(
          new Option('--time-unit <unit>', 'unit of submit_time and duration')
            .choices(['ms', 's'])
            .default('ms'),
        ),
    gpu: 'V100',
  },
};

const MOST_HOSTS = 1_000_000;
const MOST_GPUS = 64;
const GPUS_PER_HOST = 8;
const UNNAMED_MODEL = 'unnamed';
/** Size of hosts whose format says nothing of CPU and memory, as its jobs ask for none. */
const UNASKED = { cpu: 1, memory: '1GiB' };

/** `slicewise import philly`, `itp`, `gavel` and the like: a command for each format of recorded jobs. */
export function registerImportJobs(command: Command, io: CliIo): void {
  for (const format of JOB_FORMATS) {
    const extras = EXTRAS[format.name];
    if (extras !== undefined) register(command, io, format, extras);
  }
}

function register(parent: Command, io: CliIo, format: JobFormat, { needs, add, gpu }: Extras): void {
  const command = parent
    .command(format.name)
    .description(format.title)
    .requiredOption('--jobs <file>', needs)
    .option('--hosts <n>', 'fleet: number of hosts, of each of the models of --gpu', wholeUpTo(MOST_HOSTS))
    .option('--gpus-per-host <n>', 'fleet: GPUs of each host', wholeUpTo(MOST_GPUS), GPUS_PER_HOST)
    .option('--gpu <models>', 'fleet: GPU model, or several with commas', gpu ?? UNNAMED_MODEL)
    .option('--cpu <cores>', 'fleet: CPU cores of each host (default: as little as there can be)')
    .option('--memory <size>', 'fleet: main memory of each host (default: as little as there can be)');
  (add?.(command) ?? command)
    .option('--strict', 'refuse files with any bad row instead of skipping such rows')
    .option('--name <name>', 'name of the scenario (default: that of the jobs file)')
    .option('--out <file.yaml>', 'where to write the scenario (default: stdout)')
    .addHelpText(
      'after',
      `\nExample: slicewise import ${format.name} --jobs jobs --hosts 8${format.name === 'gavel-continuous' ? ' --rate 2.4/h' : ''} --out ${format.name}.yaml`,
    )
    .action((options: JobsOptions) => importJobs(format, options, io));
}

async function importJobs(format: JobFormat, options: JobsOptions, io: CliIo): Promise<void> {
  const { jobs: path, cluster, throughputs: speeds, out } = options;
  checkPaths({ jobs: path, cluster, throughputs: speeds }, out);
  const perHour = checkOptions(options);
  const strict = options.strict === true;
  const reader = new TraceReader(process.cwd());
  const specs = cluster === undefined ? undefined : await reader.cluster(cluster, strict);
  const table = speeds === undefined ? undefined : await reader.throughputs(speeds);
  const jobs = await reader.jobs(path, format.name, {
    strict,
    ...(options.timeUnit === undefined ? {} : { timeUnit: options.timeUnit }),
    ...(table === undefined ? {} : { throughputs: table }),
    ...(perHour === undefined ? {} : { arrivalsPerHour: perHour }),
  });
  reader.throwProblems();
  const timed = jobs.filter((job) => job.durationSec !== undefined).length;
  const notes = [...reader.notes];
  if (timed === 0) {
    notes.push(`${path}: has no run times, so the scenario fills the fleet instead of replaying the jobs`);
  }
  const hosts = specs === undefined ? statedHosts(options) : hostsOf(specs, options);
  notes.push(...fleetNotes(jobs, hosts, options));
  const written = (file: string) => pathFromScenario(file, out);
  const scenario = {
    apiVersion: 'slicewise/v1',
    name: options.name ?? basename(path).replace(/\.(csv|trace|json|txt)$/i, ''),
    seed: 42,
    fleet: { hosts },
    workload: {
      trace: {
        format: format.name,
        jobs: written(path),
        strict,
        ...(options.rate === undefined ? {} : { rate: options.rate }),
        ...(options.timeUnit === undefined ? {} : { timeUnit: options.timeUnit }),
        ...(speeds === undefined ? {} : { throughputs: written(speeds) }),
      },
    },
    policy: { placement: 'best-fit', tieBreak: 'host-order' },
    experiment: timed === 0 ? { kind: 'fill', order: 'file' } : { kind: 'timed' },
  };
  const gpus = hosts.reduce((sum, host) => sum + host.count * host.gpus.count, 0);
  const hostCount = hosts.reduce((sum, host) => sum + host.count, 0);
  writeScenario(scenario, out, io, {
    notes,
    summary: `${format.name}: ${plural(jobs.length, 'job')}, ${count(timed)} of them with run times, on ${plural(hostCount, 'host')} with ${plural(gpus, 'GPU')}`,
    tryNext: (file) => `slicewise run ${shellWord(file)}`,
  });
}

interface HostGroup {
  readonly name: string;
  readonly count: number;
  readonly cpu: number | string;
  readonly memory: string;
  readonly gpus: { readonly model: string; readonly count: number };
}

function statedHosts({ hosts, gpusPerHost, gpu, cpu, memory }: JobsOptions): readonly HostGroup[] {
  return modelsOf(gpu).map((model, index, all) => ({
    name: all.length === 1 ? 'host' : `host-${index + 1}`,
    count: hosts ?? 1,
    cpu: cpu ?? UNASKED.cpu,
    memory: memory ?? UNASKED.memory,
    gpus: { model, count: gpusPerHost },
  }));
}

/** A group for each switch, so that hosts of one switch are neighbours. */
function hostsOf(specs: readonly ClusterSpec[], { gpu, cpu, memory }: JobsOptions): readonly HostGroup[] {
  const model = modelsOf(gpu)[0] ?? UNNAMED_MODEL;
  const groups = specs.flatMap((spec) =>
    Array.from({ length: spec.switches }, () => ({
      count: spec.hostsPerSwitch,
      cpu: cpu ?? spec.cpusPerHost,
      memory: memory ?? (spec.memoryGb === undefined ? UNASKED.memory : `${spec.memoryGb}GB`),
      gpus: { model, count: spec.gpusPerHost },
    })),
  );
  return groups.map((group, index) => ({
    name: groups.length === 1 ? 'host' : `switch-${index + 1}`,
    ...group,
  }));
}

function modelsOf(gpu: string): readonly string[] {
  return gpu.split(',').map((model) => model.trim());
}

/** What the fleet cannot give, and what was made up for it. */
function fleetNotes(
  jobs: readonly JobRow[],
  hosts: readonly HostGroup[],
  { cpu, memory, cluster }: JobsOptions,
): readonly string[] {
  const largest = hosts.reduce((most, host) => Math.max(most, host.gpus.count), 0);
  const wide = jobs.filter((job) => job.gpuCount > largest).length;
  const total = hosts.reduce((sum, host) => sum + host.count * host.gpus.count, 0);
  const beyond = jobs.filter((job) => job.gpuCount > total).length;
  return [
    ...(wide > beyond
      ? [
          `${plural(wide - beyond, 'job')} ask for more GPUs than a host has (${largest}), and so for several hosts`,
        ]
      : []),
    ...(beyond > 0 ? [`${plural(beyond, 'job')} ask for more GPUs than the fleet has (${total})`] : []),
    ...(cluster === undefined && (cpu === undefined || memory === undefined)
      ? ['hosts have the least CPU and memory that there can be: jobs of this format ask for none']
      : []),
  ];
}

/** @returns mean arrivals per hour, where a rate was given */
function checkOptions({ hosts, cluster, rate, gpu }: JobsOptions): number | undefined {
  const problems: Problem[] = [];
  if (hosts === undefined && cluster === undefined) {
    problems.push({ path: '--hosts', message: 'is missing: the file does not say what machines there are' });
  }
  if (hosts !== undefined && cluster !== undefined) {
    problems.push({ path: '--hosts', message: 'must not be given beside --cluster' });
  }
  if (modelsOf(gpu).includes('')) {
    problems.push({ path: '--gpu', value: gpu, message: `must be names of GPU models, got "${gpu}"` });
  }
  const reading = rate === undefined ? undefined : rateQuantity.read(rate);
  if (reading !== undefined && !reading.ok) {
    problems.push({ path: '--rate', value: rate ?? '', message: `${reading.message}, got "${rate}"` });
  }
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  return reading?.ok === true ? reading.value * 3600 : undefined;
}
