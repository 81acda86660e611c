import type { InputSummary, Scenario, TaskRequest, TraceData, TraceTask } from '../sim/index.ts';
import { plural } from '../sim/report/format.ts';
import type { JobFormatName } from '../sim/scenario/names.ts';
import type { JobTrace, TracedFleet, WorkloadTrace } from '../sim/scenario/types.ts';
import { FleetSpeeds } from './fleet-speeds.ts';
import { type GavelThroughputs, readGavelThroughputs } from './importers/gavel-throughputs.ts';
import { selectHosts } from './importers/host-selection.ts';
import { type ImportReport, importProblems } from './importers/import-report.ts';
import { type JobReadOptions, jobFormat } from './importers/job-formats.ts';
import type { JobRow } from './importers/job-row.ts';
import { selectJobs } from './importers/job-selection.ts';
import { type ClusterSpec, readMuriCluster } from './importers/muri-cluster.ts';
import { durationSec, type HostRow, readOpenbNodes, readOpenbPods, type TaskRow } from './importers/openb.ts';

/** The traces of a scenario, and what reading them found. */
export interface LoadedTraces {
  readonly traces: TraceData;
  readonly inputs: readonly InputSummary[];
  /** What the user should know: skipped rows and the like, a line each. */
  readonly notes: readonly string[];
}

/** Something that keeps a trace from being used. */
export interface TraceProblem {
  readonly path: string;
  readonly value?: string;
  readonly message: string;
  readonly hint?: string;
}

/** The files that a scenario reads cannot be used: everything that is wrong with them at once. */
export class TraceError extends Error {
  readonly problems: readonly TraceProblem[];

  constructor(message: string, problems: readonly TraceProblem[]) {
    super(message);
    this.name = 'TraceError';
    this.problems = problems;
  }
}

/** Where files come from: a folder of a disk, or what was dropped on a page. */
export interface TraceSource {
  /** The bytes of a file, as the scenario names it. */
  open(path: string): AsyncIterable<Uint8Array>;
  /** Why one could not be read, for a person. */
  errorText(error: unknown): string;
}

const LISTED_BAD_CELLS = 50;

/**
 * Reads the files that a scenario refers to.
 *
 * @throws {TraceError} if a file cannot be read, is refused, or has no usable row
 */
export async function readTraces(scenario: Scenario, source: TraceSource): Promise<LoadedTraces> {
  const reader = new TraceReader(source);
  const { fleet, workload } = scenario;
  const listed = fleet.kind === 'trace' ? await reader.nodes(fleet.nodesPath, fleet.isStrict) : undefined;
  const models = listed === undefined ? gpuModelsOf(fleet) : [...new Set(listed.map(modelOf))];
  const { trace, typicalPath } = workload;
  const tasks = trace === null ? undefined : await readTasks(reader, trace, models);
  const typical = typicalPath === null ? undefined : await readTypical(reader, trace, typicalPath);
  reader.throwProblems();
  if (trace !== null && tasks !== undefined && scenario.experiment.kind === 'timed') {
    checkTimes(tasks, trace, reader);
  }
  const hosts =
    fleet.kind === 'trace' && listed !== undefined
      ? keptHosts(reader, fleet, listed, [
          ...namedModels(workload),
          ...(tasks ?? []).flatMap((t) => t.request.models),
        ])
      : undefined;
  return {
    traces: {
      ...(hosts === undefined ? {} : { hosts: hosts.map(hostSpec) }),
      ...(tasks === undefined ? {} : { tasks }),
      ...(typical === undefined ? {} : { typical }),
    },
    inputs: reader.inputs,
    notes: reader.notes,
  };
}

/** GPU models that a fleet names, each once, in its order; none of a fleet in a file. */
export function gpuModelsOf(fleet: Scenario['fleet']): readonly string[] {
  if (fleet.kind === 'trace') return [];
  return [...new Set(fleet.groups.flatMap(({ gpus }) => gpus.map(({ model }) => model)))];
}

/** GPU models that the demands of a scenario itself name, each once. */
export function namedModels({ synthetic, services, sessions }: Scenario['workload']): readonly string[] {
  const demands = [...(synthetic?.classes ?? []), ...services, ...sessions];
  return [...new Set(demands.flatMap(({ models }) => models))];
}

/** The hosts of a trace that make up the fleet, and a note on how many that is. */
function keptHosts(
  reader: TraceReader,
  { keep, nodesPath }: TracedFleet,
  hosts: readonly HostRow[],
  models: readonly string[],
): readonly HostRow[] {
  if (keep === null) return hosts;
  const kept = selectHosts(hosts, keep, new Set(models));
  const gpus = (rows: readonly HostRow[]) => rows.reduce((sum, { gpuCount }) => sum + gpuCount, 0);
  reader.note(
    nodesPath,
    `kept ${kept.length} of ${plural(hosts.length, 'host')}, with ${gpus(kept)} of ${plural(gpus(hosts), 'GPU')}`,
  );
  return kept;
}

async function readTasks(
  reader: TraceReader,
  trace: WorkloadTrace,
  models: readonly string[],
): Promise<readonly TraceTask[]> {
  if (trace.format === 'openb') {
    return (await reader.pods(trace.podsPath, trace.isStrict)).map(traceTask);
  }
  const { fromSec, untilSec, limit, arrivalScale, reading, jobsPath } = trace;
  const { throughputsPath } = reading;
  const throughputs = throughputsPath === null ? undefined : await reader.throughputs(throughputsPath);
  // Without the throughputs asked for every job would be wrong in the same way.
  if (throughputsPath !== null && throughputs === undefined) return [];
  const jobs = await reader.jobs(jobsPath, trace.format, readOptions(trace, throughputs));
  const taken = selectJobs(jobs, {
    fromSec: fromSec ?? undefined,
    untilSec: untilSec ?? undefined,
    limit: limit ?? undefined,
    arrivalScale,
  });
  if (jobs.length > 0 && taken.length === 0) {
    reader.problem(jobsPath, `has ${plural(jobs.length, 'job')} and none of them between from and until`);
  } else if (taken.length < jobs.length) {
    reader.note(jobsPath, `took ${taken.length} of ${plural(jobs.length, 'job')} (from, until, limit)`);
  }
  const speeds = new FleetSpeeds(models);
  const tasks = taken.map((job) => jobTask(job, speeds));
  for (const text of speeds.findings()) reader.note(throughputsPath ?? jobsPath, text);
  return tasks;
}

function readOptions(
  { isStrict, reading }: JobTrace,
  throughputs: GavelThroughputs | undefined,
): JobReadOptions {
  const { throughputsPath: _path, arrivalsPerHour, processorsPerGpu, shardsPerGpu, ...stated } = reading;
  return {
    ...stated,
    strict: isStrict,
    ...(throughputs === undefined ? {} : { throughputs }),
    ...(arrivalsPerHour === null ? {} : { arrivalsPerHour }),
    ...(processorsPerGpu === null ? {} : { processorsPerGpu }),
    ...(shardsPerGpu === null ? {} : { shardsPerGpu }),
  };
}

/** Of the mix only the requests count, so times that cannot be known are no matter. */
async function readTypical(
  reader: TraceReader,
  trace: WorkloadTrace | null,
  path: string,
): Promise<readonly TaskRequest[]> {
  if (trace === null || trace.format === 'openb') return reader.pods(path, false);
  return reader.jobs(path, trace.format, readOptions({ ...trace, isStrict: false }, undefined));
}

/** Reads files one by one and gathers what is wrong with all of them. */
export class TraceReader {
  readonly inputs: InputSummary[] = [];
  readonly notes: string[] = [];
  readonly #source: TraceSource;
  readonly #problems: TraceProblem[] = [];

  constructor(source: TraceSource) {
    this.#source = source;
  }

  async nodes(path: string, strict: boolean): Promise<readonly HostRow[]> {
    const read = await this.#read(path, (chunks) => readOpenbNodes(chunks, { strict }));
    return this.#take(path, read?.report, read?.hosts ?? []);
  }

  async pods(path: string, strict: boolean): Promise<readonly TaskRow[]> {
    const read = await this.#read(path, (chunks) => readOpenbPods(chunks, { strict }));
    return this.#take(path, read?.report, read?.tasks ?? []);
  }

  async jobs(path: string, format: JobFormatName, options: JobReadOptions): Promise<readonly JobRow[]> {
    const read = await this.#read(path, (chunks) => jobFormat(format).read(chunks, options));
    return this.#take(path, read?.report, read?.jobs ?? []);
  }

  /** Undefined where the file cannot be used, which is then a problem. */
  async throughputs(path: string): Promise<GavelThroughputs | undefined> {
    const read = await this.#read(path, (chunks) => readGavelThroughputs(chunks));
    this.#take(path, read?.report, read?.throughputs?.workerTypes ?? []);
    return read?.throughputs;
  }

  async cluster(path: string, strict: boolean): Promise<readonly ClusterSpec[]> {
    const read = await this.#read(path, (chunks) => readMuriCluster(chunks, { strict }));
    return this.#take(path, read?.report, read?.specs ?? []);
  }

  /** Something that keeps a file from being used. */
  problem(path: string, message: string): void {
    this.#problems.push({ path, message });
  }

  /** Something about a file that was read: for the person at the terminal and for the result. */
  note(path: string, text: string): void {
    this.notes.push(`${path}: ${text}`);
    const input = this.inputs.findIndex((each) => each.path === path);
    const summary = this.inputs[input];
    if (summary !== undefined) this.inputs[input] = { ...summary, notes: [...summary.notes, text] };
  }

  /** @throws {TraceError} with everything found wrong so far */
  throwProblems(): void {
    if (this.#problems.length > 0) throw new TraceError('cannot read the trace', this.#problems);
  }

  async #read<T>(
    path: string,
    parse: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await parse(this.#source.open(path));
    } catch (error) {
      this.#problems.push({
        path,
        message: `cannot be read: ${this.#source.errorText(error)}`,
      });
      return undefined;
    }
  }

  #take<T>(path: string, report: ImportReport | undefined, rows: readonly T[]): readonly T[] {
    if (report === undefined) return [];
    this.inputs.push({
      path,
      rows: report.rows,
      kept: report.kept,
      skipped: report.badCount,
      bad: report.bad,
      notes: report.notes,
    });
    const isUnusable = report.refused === undefined && rows.length === 0;
    if (isUnusable) this.#problems.push({ path, message: 'has no usable row' });
    if (report.refused !== undefined || isUnusable) {
      this.#problems.push(...importProblems(report, path).map(withValue));
    } else if (report.badCount > 0) {
      this.notes.push(
        `${path}: skipped ${report.badCount} of ${report.rows} rows; strict (import --strict, or strict: true in the scenario) refuses the file instead`,
      );
      for (const problem of importProblems(report, path, LISTED_BAD_CELLS)) {
        this.notes.push(`  ${problem.path}: ${withValue(problem).message}`);
      }
    }
    return rows;
  }
}

/** A problem whose message also tells what was found. */
function withValue<P extends { readonly message: string; readonly value?: string }>(problem: P): P {
  return problem.value === undefined
    ? problem
    : { ...problem, message: `${problem.message}, got "${problem.value}"` };
}

function checkTimes(tasks: readonly TraceTask[], trace: WorkloadTrace, reader: TraceReader): void {
  const timed = tasks.filter(
    (task) => task.arrivalSec !== undefined && task.durationSec !== undefined,
  ).length;
  const path = trace.format === 'openb' ? trace.podsPath : trace.jobsPath;
  if (timed === 0) {
    const isInSteps = trace.format === 'gavel' && trace.reading.throughputsPath === null;
    throw new TraceError('cannot replay the trace in time', [
      {
        path,
        message:
          trace.format === 'openb'
            ? 'no task has both a creation and a deletion time'
            : 'no job has both a submission and a run time',
        hint: isInSteps
          ? 'its work is in steps: name a throughputs file, --set workload.trace.throughputs=simulation_throughputs.json'
          : `use the fill experiment: --set "experiment={kind: fill}"${trace.format === 'openb' ? ', or import with --fill 1.3' : ''}`,
      },
    ]);
  }
  if (timed < tasks.length)
    reader.note(path, `left out ${plural(tasks.length - timed, 'task')} without times`);
}

/** Name for GPUs whose model a trace does not give. */
const UNNAMED_MODEL = 'unnamed';

function modelOf({ model }: HostRow): string {
  return model === '' ? UNNAMED_MODEL : model;
}

function hostSpec(row: HostRow) {
  return {
    name: row.name,
    cpuMilli: row.cpuMilli,
    memoryMib: row.memoryMib,
    gpus: row.gpuCount === 0 ? [] : [{ model: modelOf(row), count: row.gpuCount }],
  };
}

function traceTask(row: TaskRow): TraceTask {
  return { name: row.name, request: row, arrivalSec: row.createdSec, durationSec: durationSec(row) };
}

function jobTask(job: JobRow, speeds: FleetSpeeds): TraceTask {
  const { name, cpuMilli, memoryMib, gpuCount, gpuMilli } = job;
  const { priority, estimateSec, deadlineSec, workers } = job;
  const ofFleet = job.speedByModel === undefined ? undefined : speeds.of(job.speedByModel);
  return {
    name,
    request: { cpuMilli, memoryMib, gpuCount, gpuMilli, models: ofFleet?.models ?? job.models },
    arrivalSec: job.submitSec,
    durationSec: job.durationSec,
    ...(job.user === '' ? {} : { tenant: job.user }),
    ...(job.queue === '' ? {} : { queue: job.queue }),
    ...(job.kind === '' ? {} : { kind: job.kind }),
    ...(priority === undefined ? {} : { priority }),
    ...(estimateSec === undefined ? {} : { estimateSec }),
    ...(deadlineSec === undefined ? {} : { deadlineSec }),
    ...(workers === 0 ? {} : { workers }),
    ...(gpuCount > 1 && workers !== 1 ? { spansHosts: true } : {}),
    ...(ofFleet === undefined ? {} : { speedByModel: ofFleet.speedByModel }),
  };
}
