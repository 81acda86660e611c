import { type Chunks, csvRowBatches } from './csv-rows.ts';
import { type ImportOptions, type ImportReport, ReportBuilder } from './import-report.ts';
import type { TableColumns, TableReader } from './table-reader.ts';
import { named, type RowParser, rowsOf } from './table-rows.ts';

export type { Chunks } from './csv-rows.ts';

/**
 * Node and pod lists of the Alibaba GPU trace of 2023 ("openb"): CSV, columns found by header name.
 *
 * @see Weng et al., "Beware of Fragmentation", USENIX ATC 2023; alibaba/clusterdata, cluster-trace-gpu-v2023
 */

/** One host of a node list. */
export interface HostRow {
  readonly name: string;
  /** Thousandths of a CPU core. */
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpuCount: number;
  /** GPU model; empty when the host has none, or none is named. */
  readonly model: string;
}

/** One task of a pod list. Times are seconds since a zero that the trace does not disclose. */
export interface TaskRow {
  readonly name: string;
  /** Thousandths of a CPU core. */
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpuCount: number;
  /** Thousandths of each of the GPUs; 0 when `gpuCount` is 0. */
  readonly gpuMilli: number;
  /** GPU models that will do, as listed; empty = any. Rows with the same list share the array. */
  readonly models: readonly string[];
  readonly qos: string;
  readonly phase: string;
  readonly createdSec: number | undefined;
  /** Undefined when the task never started. */
  readonly scheduledSec: number | undefined;
  readonly deletedSec: number | undefined;
}

export interface ImportedNodes {
  /** In file order; empty when the report says that the file was refused. */
  readonly hosts: readonly HostRow[];
  readonly report: ImportReport;
}

export interface ImportedPods {
  /** In file order; empty when the report says that the file was refused. */
  readonly tasks: readonly TaskRow[];
  readonly report: ImportReport;
}

/**
 * Reads a node list. Wrong input never throws: it is in the report.
 *
 * @throws whatever the source of the chunks throws, such as a file that cannot be opened
 */
export async function readOpenbNodes(chunks: Chunks, options: ImportOptions = {}): Promise<ImportedNodes> {
  const builder = new ReportBuilder();
  const hosts: HostRow[] = [];
  for await (const batch of rowsOf(csvRowBatches(chunks), named(NODE_COLUMNS), builder, nodeParser)) {
    for (const host of batch) hosts.push(host);
  }
  const report = builder.finish(options);
  return { hosts: report.refused === undefined ? hosts : [], report };
}

/**
 * Reads a pod list as a whole. Wrong input never throws: it is in the report.
 *
 * @throws whatever the source of the chunks throws, such as a file that cannot be opened
 */
export async function readOpenbPods(chunks: Chunks, options: ImportOptions = {}): Promise<ImportedPods> {
  const builder = new ReportBuilder();
  const tasks: TaskRow[] = [];
  for await (const batch of rowsOf(csvRowBatches(chunks), named(POD_COLUMNS), builder, podParser)) {
    for (const task of batch) tasks.push(task);
  }
  const report = builder.finish(options);
  return { tasks: report.refused === undefined ? tasks : [], report };
}

/**
 * Reads a pod list piece by piece, for traces that should not be in memory at once: of the rows read only the names are
 * kept, to find duplicates. The generator yields the good rows of each piece and returns the report at the end; under
 * `strict` a caller must not use what it was given before it has seen that report.
 */
export async function* streamOpenbPods(
  chunks: Chunks,
  options: ImportOptions = {},
): AsyncGenerator<readonly TaskRow[], ImportReport, undefined> {
  const builder = new ReportBuilder();
  yield* rowsOf(csvRowBatches(chunks), named(POD_COLUMNS), builder, podParser);
  return builder.finish(options);
}

/**
 * How long a task runs in a timed replay, in seconds: deletion minus start when both are known, else deletion minus
 * creation, else undefined (it would run to the end of the horizon).
 *
 * What the default pod list has, of 8,152 rows: all have a creation and a deletion time. 7,255 have a start (5,193
 * Running, 1,870 Failed, 192 Succeeded). The 897 Pending ones have none; they were deleted before they ran, so for them
 * this is how long they waited before they were given up (median 94 s), not a run time. None is negative; one Pending
 * row has 0 s. 34 rows, all Running, end at the last second of the trace, 12,902,960: they were still running, so
 * theirs is a lower bound.
 */
export function durationSec(
  task: Pick<TaskRow, 'createdSec' | 'scheduledSec' | 'deletedSec'>,
): number | undefined {
  const startSec = task.scheduledSec ?? task.createdSec;
  return task.deletedSec === undefined || startSec === undefined ? undefined : task.deletedSec - startSec;
}

const NODE_COLUMNS: TableColumns = {
  required: ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model'],
  optional: [],
};

const POD_COLUMNS: TableColumns = {
  required: ['name', 'cpu_milli', 'memory_mib', 'num_gpu', 'gpu_milli'],
  optional: ['gpu_spec', 'qos', 'pod_phase', 'creation_time', 'deletion_time', 'scheduled_time'],
};

/** Far above any machine, and small enough that sums over a million hosts stay exact. */
const MAX_CPU_MILLI = 1e9;
const MAX_MEMORY_MIB = 1e9;
const MAX_GPUS = 64;
const GPU_MILLI = 1000;

function nodeParser(table: TableReader): RowParser<HostRow> {
  const name = table.column('sn');
  const cpu = table.column('cpu_milli');
  const memory = table.column('memory_mib');
  const gpu = table.column('gpu');
  const model = table.column('model');
  const shared = new SharedTexts();
  const read = (): HostRow => ({
    name: table.text(name),
    cpuMilli: table.whole(cpu, 1, MAX_CPU_MILLI),
    memoryMib: table.whole(memory, 1, MAX_MEMORY_MIB),
    gpuCount: table.whole(gpu, 0, MAX_GPUS),
    model: shared.text(table.text(model)),
  });
  return { table, name, read };
}

function podParser(table: TableReader): RowParser<TaskRow> {
  const name = table.column('name');
  const cpu = table.column('cpu_milli');
  const memory = table.column('memory_mib');
  const count = table.column('num_gpu');
  const milli = table.column('gpu_milli');
  const models = table.column('gpu_spec');
  const qos = table.column('qos');
  const phase = table.column('pod_phase');
  const created = table.column('creation_time');
  const scheduled = table.column('scheduled_time');
  const deleted = table.column('deletion_time');
  const shared = new SharedTexts();
  const read = (): TaskRow => {
    const task: TaskRow = {
      name: table.text(name),
      cpuMilli: table.whole(cpu, 0, MAX_CPU_MILLI),
      memoryMib: table.whole(memory, 0, MAX_MEMORY_MIB),
      gpuCount: table.whole(count, 0, MAX_GPUS),
      gpuMilli: table.whole(milli, 0, GPU_MILLI),
      models: shared.list(table.text(models)),
      qos: shared.text(table.text(qos)),
      phase: shared.text(table.text(phase)),
      createdSec: table.seconds(created),
      scheduledSec: table.seconds(scheduled),
      deletedSec: table.seconds(deleted),
    };
    if (table.rowIsBad) return task;
    // A share below 1000 of each of several GPUs is not in the published files, but it is clear what it asks for.
    if (task.gpuCount > 0 && task.gpuMilli === 0)
      table.reject(milli, 'must be from 1 to 1000 when num_gpu is above 0');
    if (task.gpuCount === 0 && task.gpuMilli > 0) table.reject(milli, 'must be 0 when num_gpu is 0');
    if (isBefore(task.scheduledSec, task.createdSec))
      table.reject(scheduled, 'must not be before creation_time');
    if (isBefore(task.deletedSec, task.createdSec)) table.reject(deleted, 'must not be before creation_time');
    else if (isBefore(task.deletedSec, task.scheduledSec))
      table.reject(deleted, 'must not be before scheduled_time');
    return task;
  };
  return { table, name, read };
}

function isBefore(aSec: number | undefined, bSec: number | undefined): boolean {
  return aSec !== undefined && bSec !== undefined && aSec < bSec;
}

/** One copy of each text and list that many rows repeat. */
class SharedTexts {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();

  text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  /**
   * The parts between vertical bars, without empty ones. Order and repeats stay: published lists have such as
   * "V100M16|V100M32|V100M32", and the published typical mix tells tasks apart by that text.
   */
  list(text: string): readonly string[] {
    const known = this.#lists.get(text);
    if (known !== undefined) return known;
    const parts = text.split('|').map((part) => part.trim());
    const list = parts.filter((part) => part !== '');
    this.#lists.set(text, list);
    return list;
  }
}
