import { type Chunks, csvRowBatches } from './csv-rows.ts';
import type { ImportOptions } from './import-report.ts';
import { type ImportedJobs, type JobRow, jobOfGpus, MAX_JOB_GPUS } from './job-row.ts';
import { MAX_SECONDS, type TableColumns, type TableReader } from './table-reader.ts';
import { named, type RowParser, readJobTable } from './table-rows.ts';

export interface MuriOptions extends ImportOptions {
  /** Unit of `submit_time` and `duration`. Default ms, as in the files of Muri. */
  readonly timeUnit?: 'ms' | 's';
}

/**
 * Job lists of the Tiresias simulator and of Muri, which grew out of it: CSV with `job_id, num_gpu, submit_time,
 * duration` and more. `interval` repeats the gap between submissions, and iterations and resource times are the parts
 * from which a run time was made: none of them is taken.
 *
 * @see Zhao et al., "Multi-Resource Interleaving for Deep Learning Training", SIGCOMM 2022; Rivendile/Muri
 */
export function readMuri(chunks: Chunks, options: MuriOptions = {}): Promise<ImportedJobs> {
  const perSec = options.timeUnit === 's' ? 1 : 1000;
  return readJobTable(csvRowBatches(chunks), named(COLUMNS), options, (table) => parser(table, perSec));
}

const COLUMNS: TableColumns = {
  required: ['job_id', 'num_gpu', 'submit_time', 'duration'],
  optional: [
    ...['iterations', 'model_name', 'batch_size', 'interval', 'iteration_time'],
    ...['resource_time_0', 'resource_time_1', 'resource_time_2', 'priority'],
  ],
};

const MAX_PRIORITY = 1e9;

function parser(table: TableReader, perSec: number): RowParser<JobRow> {
  const name = table.column('job_id');
  const gpus = table.column('num_gpu');
  const submit = table.column('submit_time');
  const duration = table.column('duration');
  const kind = table.column('model_name');
  const priority = table.column('priority');
  const read = (): JobRow => ({
    ...jobOfGpus(table.text(name), table.whole(gpus, 1, MAX_JOB_GPUS)),
    submitSec: table.decimal(submit, 0, MAX_SECONDS * perSec) / perSec,
    durationSec: table.decimal(duration, 0, MAX_SECONDS * perSec) / perSec,
    kind: table.text(kind),
    priority: table.text(priority) === '' ? undefined : table.decimal(priority, -MAX_PRIORITY, MAX_PRIORITY),
  });
  return { table, name, read };
}
