import { type Chunks, csvRowBatches } from './csv-rows.ts';
import { type ImportOptions, type ImportReport, ReportBuilder } from './import-report.ts';
import type { TableColumns, TableReader } from './table-reader.ts';
import { named, type RowParser, rowsOf } from './table-rows.ts';

/** Equal hosts of a cluster file, a switch with its nodes each. */
export interface ClusterSpec {
  readonly switches: number;
  readonly hostsPerSwitch: number;
  readonly gpusPerHost: number;
  readonly cpusPerHost: number;
  /** Main memory of each host in GB, as the simulators count it; undefined where the file does not say. */
  readonly memoryGb: number | undefined;
}

/**
 * Reads a cluster file of the Tiresias and Muri simulators (`n8g8.csv`): CSV, one row of `num_switch, num_node_p_switch,
 * num_gpu_p_node, num_cpu_p_node, mem_p_node`. Several rows are several kinds of hosts.
 */
export async function readMuriCluster(
  chunks: Chunks,
  options: ImportOptions = {},
): Promise<{ readonly specs: readonly ClusterSpec[]; readonly report: ImportReport }> {
  const builder = new ReportBuilder();
  const specs: ClusterSpec[] = [];
  for await (const batch of rowsOf(csvRowBatches(chunks), named(COLUMNS), builder, parser)) {
    specs.push(...batch);
  }
  const report = builder.finish(options);
  return { specs: report.refused === undefined ? specs : [], report };
}

const COLUMNS: TableColumns = {
  required: ['num_switch', 'num_node_p_switch', 'num_gpu_p_node', 'num_cpu_p_node'],
  optional: ['mem_p_node'],
};

const MOST_HOSTS = 1_000_000;
const MOST_GPUS = 64;
const MOST_CPUS = 100_000;
const MOST_MEMORY_GB = 1e6;

function parser(table: TableReader): RowParser<ClusterSpec & { readonly name: string }> {
  const switches = table.column('num_switch');
  const hosts = table.column('num_node_p_switch');
  const gpus = table.column('num_gpu_p_node');
  const cpus = table.column('num_cpu_p_node');
  const memory = table.column('mem_p_node');
  const read = () => ({
    name: `line-${table.line}`,
    switches: table.whole(switches, 1, MOST_HOSTS),
    hostsPerSwitch: table.whole(hosts, 1, MOST_HOSTS),
    gpusPerHost: table.whole(gpus, 1, MOST_GPUS),
    cpusPerHost: table.whole(cpus, 1, MOST_CPUS),
    memoryGb: table.text(memory) === '' ? undefined : table.whole(memory, 1, MOST_MEMORY_GB),
  });
  return { table, read };
}
