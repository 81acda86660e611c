import { type Chunks, csvRowBatches } from './csv-rows.ts';
import type { ImportOptions } from './import-report.ts';
import { type ImportedJobs, type JobRow, jobOfGpus, MAX_JOB_GPUS } from './job-row.ts';
import { MAX_SECONDS, type TableColumns, type TableReader } from './table-reader.ts';
import { named, type RowParser, readJobTable } from './table-rows.ts';

/**
 * Job lists of Microsoft's ITP clusters as published with ElasticFlow: CSV with `job_id, submission_time, duration,
 * num_gpu` in seconds, and in one file also `model_name` and `deadline`, a time on the same clock.
 *
 * @see Gu et al., "ElasticFlow", ASPLOS 2023; microsoft/elasticflow-traces
 */
export function readItp(chunks: Chunks, options: ImportOptions = {}): Promise<ImportedJobs> {
  return readJobTable(csvRowBatches(chunks), named(COLUMNS), options, parser);
}

const COLUMNS: TableColumns = {
  required: ['job_id', 'submission_time', 'duration', 'num_gpu'],
  optional: ['model_name', 'deadline', 'num_iteration', 'batch_size'],
};

function parser(table: TableReader): RowParser<JobRow> {
  const name = table.column('job_id');
  const submit = table.column('submission_time');
  const duration = table.column('duration');
  const gpus = table.column('num_gpu');
  const kind = table.column('model_name');
  const deadline = table.column('deadline');
  const read = (): JobRow => {
    const submitSec = table.decimal(submit, 0, MAX_SECONDS);
    const deadlineSec = table.seconds(deadline);
    if (deadlineSec !== undefined && !table.rowIsBad && deadlineSec < submitSec) {
      table.reject(deadline, 'must not be before submission_time');
    }
    return {
      ...jobOfGpus(table.text(name), table.whole(gpus, 1, MAX_JOB_GPUS)),
      submitSec,
      durationSec: table.decimal(duration, 0, MAX_SECONDS),
      kind: table.text(kind),
      deadlineSec,
    };
  };
  return { table, name, read };
}
