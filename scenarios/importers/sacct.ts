import type { Chunks } from './csv-rows.ts';
import { ReportBuilder } from './import-report.ts';
import type { ImportedJobs } from './job-row.ts';
import { lineRowBatches } from './line-rows.ts';
import { checkedOptions, type SacctOptions } from './sacct/options.ts';
import { SacctRows } from './sacct/rows.ts';

export type { SacctOptions } from './sacct/options.ts';

/** Fields worth asking sacct for: all that is read. */
export const SACCT_FIELDS =
  'JobID,User,Account,Partition,Submit,Start,End,ElapsedRaw,State,ReqTRES,AllocTRES,ReqMem,NCPUS,NNodes,TimelimitRaw,Priority';

/**
 * Reads accounting of jobs as a whole. Wrong input never throws: it is in the report.
 *
 * Job steps are left out, tasks of arrays and components of heterogeneous jobs are jobs of their own. The GPU types that
 * a job is bound to are those that it requested; where nothing requested is known, those it was allocated. A job that never started,
 * or has not ended, has no duration. Times are Unix seconds.
 *
 * @throws {RangeError} if an option is out of range
 * @throws whatever the source of the chunks throws, such as a file that cannot be opened
 */
export async function readSacct(chunks: Chunks, options: SacctOptions = {}): Promise<ImportedJobs> {
  const builder = new ReportBuilder();
  const rows = new SacctRows(builder, checkedOptions(options));
  for await (const batch of lineRowBatches(chunks, (line) => line.split('|'))) {
    for (const row of batch) rows.take(row);
    if (builder.isRefused) break;
  }
  rows.finish();
  const report = builder.finish(options);
  return { jobs: report.refused === undefined ? rows.jobs : [], report };
}
