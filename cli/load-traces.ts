import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { type ImportReport, importProblems } from '../scenarios/importers/import-report.ts';
import {
  durationSec,
  type HostRow,
  readOpenbNodes,
  readOpenbPods,
  type TaskRow,
} from '../scenarios/importers/openb.ts';
import type { InputSummary, Scenario, TraceData } from '../sim/index.ts';
import { plural } from '../sim/report/format.ts';
import { UsageError } from './errors.ts';
import { fileErrorText } from './file-errors.ts';

/** The traces of a scenario, and what reading them found. */
export interface LoadedTraces {
  readonly traces: TraceData;
  readonly inputs: readonly InputSummary[];
  /** What the user should know: skipped rows and the like, a line each. */
  readonly notes: readonly string[];
}

const LISTED_BAD_CELLS = 50;

/**
 * Reads the files that a scenario refers to.
 *
 * @param folder where relative paths start
 * @throws {UsageError} if a file cannot be read, is refused, or has no usable row
 */
export async function loadTraces(scenario: Scenario, folder: string): Promise<LoadedTraces> {
  const reader = new TraceReader(folder);
  const { fleet, workload } = scenario;
  const hosts = fleet.kind === 'trace' ? await reader.nodes(fleet.nodesPath, fleet.isStrict) : undefined;
  const tasks =
    workload.trace === null ? undefined : await reader.pods(workload.trace.podsPath, workload.trace.isStrict);
  const typical = workload.typicalPath === null ? undefined : await reader.pods(workload.typicalPath, false);
  reader.throwProblems();
  if (tasks !== undefined && scenario.experiment.kind === 'timed')
    checkTimes(tasks, workload.trace?.podsPath ?? '', reader);
  return {
    traces: {
      ...(hosts === undefined ? {} : { hosts: hosts.map(hostSpec) }),
      ...(tasks === undefined ? {} : { tasks: tasks.map(traceTask) }),
      ...(typical === undefined ? {} : { typical }),
    },
    inputs: reader.inputs,
    notes: reader.notes,
  };
}

/** Reads files one by one and gathers what is wrong with all of them. */
export class TraceReader {
  readonly inputs: InputSummary[] = [];
  readonly notes: string[] = [];
  readonly #folder: string;
  readonly #problems: { path: string; value?: string; message: string }[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async nodes(path: string, strict: boolean): Promise<readonly HostRow[]> {
    const read = await this.#read(path, (chunks) => readOpenbNodes(chunks, { strict }));
    return this.#take(path, read?.report, read?.hosts ?? []);
  }

  async pods(path: string, strict: boolean): Promise<readonly TaskRow[]> {
    const read = await this.#read(path, (chunks) => readOpenbPods(chunks, { strict }));
    return this.#take(path, read?.report, read?.tasks ?? []);
  }

  /** Something about a file that was read: for the person at the terminal and for the result. */
  note(path: string, text: string): void {
    this.notes.push(`${path}: ${text}`);
    const input = this.inputs.findIndex((each) => each.path === path);
    const summary = this.inputs[input];
    if (summary !== undefined) this.inputs[input] = { ...summary, notes: [...summary.notes, text] };
  }

  /** @throws {UsageError} with everything found wrong so far */
  throwProblems(): void {
    if (this.#problems.length > 0) throw new UsageError('cannot read the trace', this.#problems);
  }

  async #read<T>(
    path: string,
    parse: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await parse(createReadStream(resolve(this.#folder, path), { highWaterMark: 1 << 20 }));
    } catch (error) {
      this.#problems.push({
        path,
        message: `cannot be read: ${fileErrorText(error)}`,
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

function checkTimes(tasks: readonly TaskRow[], path: string, reader: TraceReader): void {
  const timed = tasks.filter(
    (task) => task.createdSec !== undefined && durationSec(task) !== undefined,
  ).length;
  if (timed === 0) {
    throw new UsageError('cannot replay the trace in time', [
      {
        path,
        message: 'no task has both a creation and a deletion time',
        hint: 'use the fill experiment: --set "experiment={kind: fill}", or import with --fill 1.3',
      },
    ]);
  }
  if (timed < tasks.length)
    reader.note(path, `left out ${plural(tasks.length - timed, 'task')} without times`);
}

/** Name for GPUs whose model a trace does not give. */
const UNNAMED_MODEL = 'unnamed';

function hostSpec(row: HostRow) {
  return {
    name: row.name,
    cpuMilli: row.cpuMilli,
    memoryMib: row.memoryMib,
    gpus:
      row.gpuCount === 0
        ? []
        : [{ model: row.model === '' ? UNNAMED_MODEL : row.model, count: row.gpuCount }],
  };
}

function traceTask(row: TaskRow) {
  return { name: row.name, request: row, arrivalSec: row.createdSec, durationSec: durationSec(row) };
}
