import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { SACCT_FIELDS } from '../../../scenarios/importers/sacct.ts';
import { count, plural } from '../../../sim/report/format.ts';
import { UsageError } from '../../errors.ts';
import type { CliIo } from '../../io.ts';
import { TraceReader } from '../../load-traces.ts';
import { shellWord } from '../../shell-word.ts';
import { addFleetOptions, type FleetOptions, statedFleet, wholeUpTo } from './stated-fleet.ts';
import { checkPaths, pathFromScenario, writeScenario } from './written.ts';

interface SacctCliOptions extends FleetOptions {
  readonly jobs: string;
  readonly utcOffset?: number;
  readonly amounts?: 'allocated' | 'requested';
  readonly shardsPerGpu?: number;
  readonly gpuType?: Readonly<Record<string, string>>;
  readonly strict?: boolean;
  readonly name?: string;
  readonly out?: string;
}

const MOST_SHARDS = 1000;

/** `slicewise import sacct --jobs FILE`. */
export function registerImportSacct(parent: Command, io: CliIo): void {
  const command = parent
    .command('sacct')
    .description('accounting of Slurm (sacct -P)')
    .requiredOption('--jobs <file>', 'jobs: JobID, Submit and other fields between "|", with a header')
    .option('--utc-offset <+hh:mm>', "how far the site's clock is ahead of UTC (default: 0)", offsetMinutes)
    .addOption(
      new Option(
        '--amounts <whose>',
        'what a job asks for: what it was allocated, or what it requested',
      ).choices(['allocated', 'requested']),
    )
    .option('--shards-per-gpu <n>', 'parts that gres/shard cuts a GPU into', wholeUpTo(MOST_SHARDS))
    .option('--gpu-type <type=model>', 'model of a GPU type of the site; may be given again', gpuType);
  addFleetOptions(command, 'must be given')
    .option('--strict', 'refuse a file with any bad row instead of skipping such rows')
    .option('--name <name>', 'name of the scenario (default: that of the jobs file)')
    .option('--out <file.yaml>', 'where to write the scenario (default: stdout)')
    .addHelpText(
      'after',
      `\nTo get a file: sacct -P -a -S now-30days -o ${SACCT_FIELDS} > jobs.txt` +
        '\nExample: slicewise import sacct --jobs jobs.txt --hosts 16 --gpu-type a100=A100-SXM4-80GB --out jobs.yaml',
    )
    .action((options: SacctCliOptions) => importSacct(options, io));
}

async function importSacct(options: SacctCliOptions, io: CliIo): Promise<void> {
  const { jobs: path, utcOffset, amounts, shardsPerGpu, gpuType: gpuTypes, hosts, out } = options;
  checkPaths({ jobs: path }, out);
  if (hosts === undefined) {
    throw new UsageError('wrong options', [
      { path: '--hosts', message: 'is missing: the file does not say what machines there are' },
    ]);
  }
  const strict = options.strict === true;
  const reading = {
    ...(utcOffset === undefined ? {} : { utcOffsetMinutes: utcOffset }),
    ...(amounts === undefined ? {} : { amounts }),
    ...(shardsPerGpu === undefined ? {} : { shardsPerGpu }),
    ...(gpuTypes === undefined ? {} : { gpuTypes }),
  };
  const reader = new TraceReader(process.cwd());
  const jobs = await reader.jobs(path, 'sacct', { strict, ...reading });
  reader.throwProblems();
  const fleet = statedFleet(jobs, options, { hosts });
  const timed = jobs.filter((job) => job.durationSec !== undefined).length;
  const scenario = {
    apiVersion: 'slicewise/v1',
    name: options.name ?? basename(path).replace(/\.(csv|psv|txt)$/i, ''),
    seed: 42,
    fleet: { hosts: fleet.hosts },
    workload: { trace: { format: 'sacct', jobs: pathFromScenario(path, out), strict, ...reading } },
    policy: { placement: 'best-fit', tieBreak: 'host-order' },
    experiment: timed === 0 ? { kind: 'fill', order: 'file' } : { kind: 'timed' },
  };
  writeScenario(scenario, out, io, {
    notes: [...reader.notes, ...reader.inputs.flatMap(({ notes }) => notes), ...fleet.notes],
    summary: `sacct: ${plural(jobs.length, 'job')}, ${count(timed)} of them with run times, on ${plural(fleet.hostCount, 'host')} with ${plural(fleet.gpuCount, 'GPU')}`,
    tryNext: (file) => `slicewise run ${shellWord(file)}`,
  });
}

/** Minutes of `+02:00`, `-8`, `5:30`. */
function offsetMinutes(text: string): number {
  const match = /^([+-]?)(\d{1,2})(?::(\d{2}))?$/.exec(text);
  const minutes = match === null ? Number.NaN : Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes <= 14 * 60 && Number(match?.[3] ?? 0) < 60) return match?.[1] === '-' ? 0 - minutes : minutes;
  throw new InvalidArgumentError('must be hours and minutes from -14:00 to +14:00');
}

function gpuType(text: string, before: Readonly<Record<string, string>> | undefined) {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('must be TYPE=MODEL');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
