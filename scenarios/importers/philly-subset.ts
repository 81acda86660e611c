import { type Chunks, csvRowBatches } from './csv-rows.ts';
import type { ImportOptions } from './import-report.ts';
import { type ImportedJobs, type JobRow, jobOfGpus, MAX_JOB_GPUS } from './job-row.ts';
import { pacificInstants } from './pacific-time.ts';
import { type Column, MAX_SECONDS, type TableColumns, type TableReader } from './table-reader.ts';
import { named, type RowParser, readJobTable, type TableLayout } from './table-rows.ts';

/**
 * Flattened copies of the Philly job log, CSV in either of two forms: `submit_s, duration_s, num_gpus, vc` with seconds
 * from the first day of the file, or `timestamp, duration, num_gpus` with `gpu_time` and `cluster`, whose timestamps are
 * local times in US Pacific time as in the log (or bare seconds). Jobs have no names there: they are named after their
 * lines.
 *
 * @see pkusys/ElasticFlow and petuum/adaptdl, `traces/philly.csv`, of msr-fiddle/philly-traces
 */
export function readPhillySubset(chunks: Chunks, options: ImportOptions = {}): Promise<ImportedJobs> {
  return readJobTable(csvRowBatches(chunks), LAYOUT, options, parser);
}

const IN_SECONDS: TableColumns = { required: ['submit_s', 'duration_s', 'num_gpus'], optional: ['vc'] };
const IN_LOCAL_TIME: TableColumns = {
  required: ['timestamp', 'duration', 'num_gpus'],
  optional: ['cluster', 'gpu_time'],
};

const LAYOUT: TableLayout = {
  needs: `${named(IN_SECONDS).needs}, or ${IN_LOCAL_TIME.required.join(', ')}`,
  open: (header) => ({ header, columns: hasTimestamp(header.fields) ? IN_LOCAL_TIME : IN_SECONDS }),
};

function hasTimestamp(fields: readonly string[]): boolean {
  return fields.some((field) => field.trim().toLowerCase() === 'timestamp');
}

/** How far `gpu_time` may be from the product that it is, as a part of it: copies round it to whole units. */
const GPU_TIME_TOLERANCE = 0.01;

function parser(table: TableReader): RowParser<JobRow> {
  const isLocal = table.column('timestamp').index >= 0;
  const submit = table.column(isLocal ? 'timestamp' : 'submit_s');
  const duration = table.column(isLocal ? 'duration' : 'duration_s');
  const gpus = table.column('num_gpus');
  const queue = table.column(isLocal ? 'cluster' : 'vc');
  const gpuTime = table.column('gpu_time');
  const read = (): JobRow => {
    const submitSec = isLocal ? localSeconds(table, submit) : table.decimal(submit, 0, MAX_SECONDS);
    const durationSec = table.decimal(duration, 0, MAX_SECONDS);
    const gpuCount = table.whole(gpus, 1, MAX_JOB_GPUS);
    checkGpuTime(table, gpuTime, durationSec * gpuCount);
    return {
      ...jobOfGpus(`line-${table.line}`, gpuCount),
      submitSec,
      durationSec,
      queue: table.text(queue),
    };
  };
  return { table, read };
}

/** What a copy says twice must agree: a row where it does not has a field in the wrong place or unit. */
function checkGpuTime(table: TableReader, column: Column, product: number): void {
  if (column.index < 0 || table.text(column) === '' || table.rowIsBad) return;
  const written = table.decimal(column, 0, Number.MAX_SAFE_INTEGER);
  if (table.rowIsBad || Math.abs(written - product) <= 1 + GPU_TIME_TOLERANCE * product) return;
  table.reject(column, `must be duration times num_gpus, ${product}`);
}

function localSeconds(table: TableReader, column: Column): number {
  const text = table.text(column);
  if (/^[0-9.]+$/.test(text)) return table.decimal(column, 0, MAX_SECONDS);
  const instants = pacificInstants(text);
  if (instants === undefined) {
    table.reject(column, 'must be a local time such as 2017-10-07 01:12:09, or seconds');
  } else if (instants.length === 0) {
    table.reject(column, 'must be a time that the clock showed: it went from 02:00 to 03:00 that day');
  }
  return instants?.[0] ?? 0;
}
