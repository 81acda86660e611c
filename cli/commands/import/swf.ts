import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { readSwf } from '../../../scenarios/importers/swf.ts';
import { count, plural } from '../../../sim/report/format.ts';
import { UsageError } from '../../errors.ts';
import type { CliIo } from '../../io.ts';
import { TraceReader } from '../../load-traces.ts';
import { shellWord } from '../../shell-word.ts';
import { addFleetOptions, type FleetOptions, statedFleet, wholeUpTo } from './stated-fleet.ts';
import { checkPaths, pathFromScenario, writeScenario } from './written.ts';

interface SwfCliOptions extends FleetOptions {
  readonly jobs: string;
  readonly processors: 'gpus' | 'cores';
  readonly coresPerGpu?: number;
  readonly strict?: boolean;
  readonly name?: string;
  readonly out?: string;
}

/** The comments about the machine stand before the first job. */
const HEADER_BYTES = 1 << 18;
const MOST_CORES = 1_000_000;

/** `slicewise import swf --jobs FILE`. */
export function registerImportSwf(parent: Command, io: CliIo): void {
  const command = parent
    .command('swf')
    .description('Standard Workload Format, as in the Parallel Workloads Archive')
    .requiredOption('--jobs <file.swf>', 'jobs: 18 columns between blanks')
    .addOption(
      new Option('--processors <what>', "what the format's processors are")
        .choices(['gpus', 'cores'])
        .default('gpus'),
    )
    .option('--cores-per-gpu <n>', 'with cores: a job has a GPU for every so many', wholeUpTo(MOST_CORES));
  addFleetOptions(command, 'MaxNodes of the file')
    .option('--strict', 'refuse a file with any bad row instead of skipping such rows')
    .option('--name <name>', 'name of the scenario (default: that of the jobs file)')
    .option('--out <file.yaml>', 'where to write the scenario (default: stdout)')
    .addHelpText('after', '\nExample: slicewise import swf --jobs log.swf --hosts 64 --out log.yaml')
    .action((options: SwfCliOptions) => importSwf(options, io));
}

async function importSwf(options: SwfCliOptions, io: CliIo): Promise<void> {
  const { jobs: path, processors, coresPerGpu, out } = options;
  checkPaths({ jobs: path }, out);
  if (coresPerGpu !== undefined && processors === 'gpus') {
    throw new UsageError('wrong options', [
      { path: '--cores-per-gpu', value: String(coresPerGpu), message: 'needs --processors cores' },
    ]);
  }
  const strict = options.strict === true;
  const reading = {
    processorsAre: processors,
    ...(coresPerGpu === undefined ? {} : { processorsPerGpu: coresPerGpu }),
  };
  const reader = new TraceReader(process.cwd());
  const jobs = await reader.jobs(path, 'swf', { strict, ...reading });
  reader.throwProblems();
  const { header } = await readSwf(createReadStream(resolve(path), { end: HEADER_BYTES - 1 }));
  const { maxNodes, maxProcs } = header;
  if (options.hosts === undefined && !maxNodes) {
    throw new UsageError('wrong options', [
      { path: '--hosts', message: 'is missing: the file does not say how many nodes there are (MaxNodes)' },
    ]);
  }
  const procsPerNode = maxNodes && maxProcs ? Math.ceil(maxProcs / maxNodes) : undefined;
  const fleet = statedFleet(jobs, options, {
    hosts: maxNodes ?? 1,
    gpusPerHost: processors === 'gpus' ? procsPerNode : undefined,
  });
  const timed = jobs.filter((job) => job.durationSec !== undefined).length;
  const scenario = {
    apiVersion: 'slicewise/v1',
    name: options.name ?? basename(path).replace(/\.(swf|txt)$/i, ''),
    seed: 42,
    fleet: { hosts: fleet.hosts },
    workload: { trace: { format: 'swf', jobs: pathFromScenario(path, out), strict, ...reading } },
    policy: { placement: 'best-fit', tieBreak: 'host-order' },
    experiment: timed === 0 ? { kind: 'fill', order: 'file' } : { kind: 'timed' },
  };
  writeScenario(scenario, out, io, {
    notes: [...reader.notes, ...reader.inputs.flatMap(({ notes }) => notes), ...fleet.notes],
    summary: `swf: ${plural(jobs.length, 'job')}, ${count(timed)} of them with run times, on ${plural(fleet.hostCount, 'host')} with ${plural(fleet.gpuCount, 'GPU')}`,
    tryNext: (file) => `slicewise run ${shellWord(file)}`,
  });
}
