import { type Chunks, type CsvRow, csvRowBatches } from './csv-rows.ts';
import { GAVEL_REFERENCE, type GavelThroughputs } from './gavel-throughputs.ts';
import { type ImportOptions, ReportBuilder } from './import-report.ts';
import { type ImportedJobs, type JobRow, jobOfGpus, MAX_JOB_GPUS } from './job-row.ts';
import { lineRowBatches } from './line-rows.ts';
import { type Column, MAX_SECONDS, type TableColumns, type TableReader } from './table-reader.ts';
import { named, type RowParser, readJobTable, type TableLayout } from './table-rows.ts';

export interface GavelOptions extends ImportOptions {
  /** Turns steps into seconds alone on a V100, and says how fast each kind of job runs on the other GPU models. */
  readonly throughputs?: GavelThroughputs;
}

export interface GavelContinuousOptions extends GavelOptions {
  /** Mean arrivals per hour: one file serves every rate. Needed. */
  readonly arrivalsPerHour?: number;
}

/**
 * Traces of the Gavel scheduler: tab separated without header. Ten fields in its own experiments, seven in the traces
 * made of Philly's virtual clusters. Work is in steps: without `throughputs` there are no run times. Jobs have no names:
 * they are named after their lines.
 *
 * @see Narayanan et al., "Heterogeneity-Aware Cluster Scheduling Policies for Deep Learning Workloads", OSDI 2020;
 *   stanford-futuredata/gavel, scheduler/traces
 */
export async function readGavel(chunks: Chunks, options: GavelOptions = {}): Promise<ImportedJobs> {
  const { throughputs } = options;
  const rows = lineRowBatches(chunks, (line) => line.split('\t'));
  const read = await readJobTable(rows, LAYOUT, options, (table) => traceParser(table, throughputs));
  return throughputs === undefined && read.report.refused === undefined
    ? noted(read, 'Steps are not seconds: without a throughputs file the run times are not known')
    : read;
}

/**
 * Gavel's synthetic arrivals: CSV with `job_id, arrival_unit, model, scale_factor, total_steps, v100_duration_s`, where
 * `arrival_unit` sums gaps of mean 1: a job arrives at that many mean gaps. The run time is `total_steps` by the
 * throughputs where they are given, else `v100_duration_s`.
 */
export function readGavelContinuous(
  chunks: Chunks,
  options: GavelContinuousOptions = {},
): Promise<ImportedJobs> {
  const { arrivalsPerHour, throughputs } = options;
  if (arrivalsPerHour === undefined || !(arrivalsPerHour > 0)) {
    const report = new ReportBuilder();
    report.refuse('needs the mean number of arrivals per hour: the file has them in units of the mean gap');
    return Promise.resolve({ jobs: [], report: report.finish(options) });
  }
  return readJobTable(csvRowBatches(chunks), named(CONTINUOUS), options, (table) =>
    continuousParser(table, 3600 / arrivalsPerHour, throughputs),
  );
}

/** Fields of the traces made of Philly's virtual clusters, and of Gavel's own. */
const OF_SEVEN = [
  ...['job_type', 'command', 'num_steps_arg', 'needs_data_dir'],
  ...['total_steps', 'arrival_time', 'scale_factor'],
];
const OF_TEN = [
  ...['job_type', 'command', 'working_directory', 'num_steps_arg', 'needs_data_dir'],
  ...['total_steps', 'scale_factor', 'priority_weight', 'slo', 'arrival_time'],
];

const LAYOUT: TableLayout = {
  needs: `rows of ${OF_SEVEN.length} or ${OF_TEN.length} fields separated by tabs`,
  open(first, report) {
    const names = [OF_SEVEN, OF_TEN].find((fields) => fields.length === first.fields.length);
    if (names !== undefined) {
      const header: CsvRow = { line: 0, fields: names };
      return { header, columns: { required: names, optional: [] } };
    }
    const found = first.fault === undefined ? `has ${first.fields.length}` : `it ${first.fault}`;
    report.refuse(`line ${first.line}: must have 7 or 10 fields separated by tabs; ${found}`);
    return undefined;
  },
};

const CONTINUOUS: TableColumns = {
  required: ['job_id', 'arrival_unit', 'model', 'scale_factor', 'total_steps', 'v100_duration_s'],
  optional: [],
};

const MOST_STEPS = 1e15 - 1;
const MOST_PRIORITY = 1e9;

function traceParser(table: TableReader, throughputs: GavelThroughputs | undefined): RowParser<JobRow> {
  const kind = table.column('job_type');
  const steps = table.column('total_steps');
  const gpus = table.column('scale_factor');
  const arrival = table.column('arrival_time');
  const weight = table.column('priority_weight');
  const slo = table.column('slo');
  const read = (): JobRow => {
    const gpuCount = table.whole(gpus, 1, MAX_JOB_GPUS);
    const submitSec = table.decimal(arrival, 0, MAX_SECONDS);
    const total = table.decimal(steps, 0, MOST_STEPS);
    const priority = weight.index < 0 ? undefined : table.decimal(weight, 0, MOST_PRIORITY);
    const measured = workOf(table, kind, gpuCount, total, throughputs);
    // A completion objective as a multiple of the time alone; -1 stands for none.
    const factor = slo.index < 0 ? -1 : table.decimal(slo, -1, MOST_PRIORITY);
    const { durationSec } = measured;
    return {
      ...jobOfGpus(`line-${table.line}`, gpuCount),
      ...measured,
      submitSec,
      kind: table.text(kind),
      priority,
      deadlineSec: factor > 0 && durationSec !== undefined ? submitSec + factor * durationSec : undefined,
    };
  };
  return { table, read };
}

function continuousParser(
  table: TableReader,
  gapSec: number,
  throughputs: GavelThroughputs | undefined,
): RowParser<JobRow> {
  const name = table.column('job_id');
  const arrival = table.column('arrival_unit');
  const kind = table.column('model');
  const gpus = table.column('scale_factor');
  const steps = table.column('total_steps');
  const duration = table.column('v100_duration_s');
  const read = (): JobRow => {
    const gpuCount = table.whole(gpus, 1, MAX_JOB_GPUS);
    const total = table.decimal(steps, 0, MOST_STEPS);
    const writtenSec = table.decimal(duration, 0, MAX_SECONDS);
    const submitSec = table.decimal(arrival, 0, MAX_SECONDS) * gapSec;
    if (submitSec > MAX_SECONDS) table.reject(arrival, `must come to at most ${MAX_SECONDS} s at this rate`);
    return {
      ...jobOfGpus(table.text(name), gpuCount),
      ...(throughputs === undefined
        ? { durationSec: writtenSec }
        : workOf(table, kind, gpuCount, total, throughputs)),
      submitSec,
      kind: table.text(kind),
    };
  };
  return { table, name, read };
}

/** Seconds alone on the reference, and speeds relative to it; nothing of either without throughputs. */
function workOf(
  table: TableReader,
  kind: Column,
  scaleFactor: number,
  steps: number,
  throughputs: GavelThroughputs | undefined,
): Pick<JobRow, 'durationSec' | 'speedByModel'> {
  const model = table.text(kind);
  if (model === '') table.reject(kind, 'must not be empty');
  if (throughputs === undefined || table.rowIsBad) return { durationSec: undefined };
  const alone = throughputs.alone(GAVEL_REFERENCE, { model, scaleFactor });
  const speedByModel = throughputs.speedByModel({ model, scaleFactor });
  if (alone === undefined || speedByModel === undefined) {
    const gpus = scaleFactor === 1 ? '1 GPU' : `${scaleFactor} GPUs`;
    table.reject(
      kind,
      `must have a throughput above 0 on ${GAVEL_REFERENCE} with ${gpus} in the throughputs file`,
    );
    return { durationSec: undefined };
  }
  if (steps / alone > MAX_SECONDS) table.reject(kind, `must take at most ${MAX_SECONDS} s for its steps`);
  return { durationSec: steps / alone, speedByModel };
}

function noted(read: ImportedJobs, note: string): ImportedJobs {
  return { ...read, report: { ...read.report, notes: [...read.report.notes, note] } };
}
