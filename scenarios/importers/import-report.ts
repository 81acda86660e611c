/** One value of an input file that cannot be taken. */
export interface BadCell {
  /** Line of the file on which the row starts, from 1; 0 where `column` is the path of a value inside a JSON file. */
  readonly line: number;
  /** Column name; empty when the row as a whole is wrong. */
  readonly column: string;
  /** The text found there, cut to 80 characters. */
  readonly value: string;
  /** What is accepted. */
  readonly message: string;
}

/** What an import read, took and left. `kept + badCount` is always `rows`. */
export interface ImportReport {
  /** Data rows seen: no header, no blank lines. */
  readonly rows: number;
  readonly kept: number;
  /** The first 1,000 bad cells, in file order. */
  readonly bad: readonly BadCell[];
  /** Rows with at least one bad cell. They are left out. */
  readonly badCount: number;
  /** All bad cells, listed or not. */
  readonly badCellCount: number;
  /** Why nothing was taken at all: no such columns, an empty file, or a bad row under `strict`. */
  readonly refused: string | undefined;
  /** Things worth knowing that are not wrong: ignored columns, empty times. */
  readonly notes: readonly string[];
}

/** How an importer treats bad rows. */
export interface ImportOptions {
  /** True: one bad row refuses the whole file. False (default): bad rows are named, counted and left out. */
  readonly strict?: boolean;
}

const MAX_LISTED = 1000;
const MAX_VALUE_CHARS = 80;

/** Collects a report while rows are read. */
export class ReportBuilder {
  readonly #bad: BadCell[] = [];
  readonly #notes: string[] = [];
  #rows = 0;
  #badRows = 0;
  #badCells = 0;
  #refused: string | undefined;
  #rowIsBad = false;

  /** Starts the next data row. */
  startRow(): void {
    this.#rows += 1;
    this.#rowIsBad = false;
  }

  /** Whether the current row has a bad cell. */
  get rowIsBad(): boolean {
    return this.#rowIsBad;
  }

  /** Marks a cell of the current row as bad. */
  reject(line: number, column: string, value: string, message: string): void {
    if (!this.#rowIsBad) this.#badRows += 1;
    this.#rowIsBad = true;
    this.#badCells += 1;
    if (this.#bad.length < MAX_LISTED) this.#bad.push({ line, column, value: shorten(value), message });
  }

  /** Refuses the file; the first reason stays. */
  refuse(reason: string): void {
    this.#refused ??= reason;
  }

  get isRefused(): boolean {
    return this.#refused !== undefined;
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  finish(options: ImportOptions): ImportReport {
    if (options.strict === true && this.#badRows > 0) {
      this.refuse(
        `${this.#badRows} of ${this.#rows} rows are wrong, and a strict import takes all or nothing`,
      );
    }
    return {
      rows: this.#rows,
      kept: this.#rows - this.#badRows,
      bad: this.#bad,
      badCount: this.#badRows,
      badCellCount: this.#badCells,
      refused: this.#refused,
      notes: this.#notes,
    };
  }
}

/** One problem for a person to read, as the command line lists them. */
export interface ImportProblem {
  /** `pods.csv:12 cpu_milli`. */
  readonly path: string;
  readonly value?: string;
  readonly message: string;
}

/**
 * The bad cells of a report as problems, the reason for a refusal first.
 *
 * @param fileName what to call the file in the paths
 * @param limit most problems listed; one more line says how many were not
 */
export function importProblems(report: ImportReport, fileName: string, limit = 50): ImportProblem[] {
  const problems: ImportProblem[] = [];
  if (report.refused !== undefined) problems.push({ path: fileName, message: report.refused });
  for (const cell of report.bad.slice(0, limit)) {
    const place = cell.line === 0 ? fileName : `${fileName}:${cell.line}`;
    const path = cell.column === '' ? place : `${place} ${cell.column}`;
    problems.push({ path, value: cell.value, message: cell.message });
  }
  const unlisted = report.badCellCount - Math.min(report.bad.length, limit);
  if (unlisted > 0)
    problems.push({ path: fileName, message: `has ${unlisted} more bad values that are not listed` });
  return problems;
}

function shorten(text: string): string {
  return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS - 3)}...`;
}
