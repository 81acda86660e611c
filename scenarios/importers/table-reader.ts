import type { CsvRow } from './csv-rows.ts';
import type { ReportBuilder } from './import-report.ts';

/** Columns an importer knows, by header name. */
export interface TableColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** A column that was asked for and where it stands; index -1 when an optional one is absent. */
export interface Column {
  readonly name: string;
  readonly index: number;
}

/** Reads typed cells of one row after the other, by column, and reports each that is wrong. */
export class TableReader {
  readonly #report: ReportBuilder;
  readonly #columns = new Map<string, Column>();
  readonly #width: number;
  #fields: readonly string[] = [];
  #line = 0;

  /** Finds the columns by name, in any order and case; refuses the file when one that is needed is missing. */
  constructor(header: CsvRow, wanted: TableColumns, report: ReportBuilder) {
    this.#report = report;
    this.#width = header.fields.length;
    const known = new Set([...wanted.required, ...wanted.optional]);
    const ignored: string[] = [];
    header.fields.forEach((field, index) => {
      const name = field.trim().toLowerCase();
      if (!known.has(name)) ignored.push(field.trim());
      else if (this.#columns.has(name)) report.refuse(`line ${header.line}: has the column ${name} twice`);
      else this.#columns.set(name, { name, index });
    });
    const missing = wanted.required.filter((name) => !this.#columns.has(name));
    if (header.fault !== undefined) report.refuse(`line ${header.line}: the header ${header.fault}`);
    else if (missing.length > 0) report.refuse(missingColumns(missing, header));
    else if (ignored.length > 0) report.note(`Ignored columns: ${listSome(ignored)}`);
    const absent = wanted.optional.filter((name) => !this.#columns.has(name));
    if (absent.length > 0 && !report.isRefused) report.note(`Absent optional columns: ${absent.join(', ')}`);
  }

  column(name: string): Column {
    return this.#columns.get(name) ?? { name, index: -1 };
  }

  /** Starts a row; false when it has not as many fields as the header, which is reported. */
  startRow(row: CsvRow): boolean {
    this.#report.startRow();
    this.#line = row.line;
    this.#fields = row.fields;
    if (row.fault !== undefined) {
      this.#report.reject(row.line, '', row.text ?? '', row.fault);
    } else if (row.fields.length !== this.#width) {
      const found = `${row.fields.length} ${row.fields.length === 1 ? 'field' : 'fields'}`;
      this.#report.reject(
        row.line,
        '',
        row.fields.join(','),
        `must have ${this.#width} fields, as the header, has ${found}`,
      );
    }
    return !this.#report.rowIsBad;
  }

  /** The cell's text without spaces around it; empty when the column is absent. */
  text(column: Column): string {
    const field = column.index < 0 ? '' : (this.#fields[column.index] ?? '');
    const first = field.charCodeAt(0);
    const last = field.charCodeAt(field.length - 1);
    return first <= 32 || last <= 32 || first >= 127 || last >= 127 ? field.trim() : field;
  }

  /** A whole number within a range; reports anything else and returns 0. `12.0` is whole. */
  whole(column: Column, min: number, max: number): number {
    const text = this.text(column);
    const value = WHOLE.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.reject(column, `must be a whole number from ${min} to ${max}`);
    return 0;
  }

  /** A number within a range, written without exponent; reports anything else, an empty cell too, and returns 0. */
  decimal(column: Column, min: number, max: number): number {
    const text = this.text(column);
    const value = SIGNED.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value + 0; // -0 is 0
    this.reject(column, `must be a number from ${min} to ${max}`);
    return 0;
  }

  /** A time in seconds, 0 to 9e9; undefined when the cell is empty. Reports anything else. */
  seconds(column: Column): number | undefined {
    const text = this.text(column);
    if (text === '') return undefined;
    const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
    if (value >= 0 && value <= MAX_SECONDS) return value;
    this.reject(column, 'must be seconds from 0 to 9e9, or empty');
    return undefined;
  }

  /** Line of the current row. */
  get line(): number {
    return this.#line;
  }

  /** Reports a cell of the current row. */
  reject(column: Column, message: string): void {
    this.#report.reject(this.#line, column.name, this.text(column), message);
  }

  get rowIsBad(): boolean {
    return this.#report.rowIsBad;
  }
}

const SIGNED = /^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$/;
const WHOLE = /^[0-9]{1,15}(?:\.0{1,9})?$/;
const DECIMAL = /^[0-9]{1,15}(?:\.[0-9]{1,15})?$/;
/** The longest instant that whole microseconds in a double can hold. */
export const MAX_SECONDS = 9e9;

function missingColumns(missing: readonly string[], header: CsvRow): string {
  const only = header.fields.length === 1 ? (header.fields[0] ?? '') : '';
  const separator = only.includes(';') ? '";"' : only.includes('\t') ? 'tabs' : undefined;
  const hint = separator === undefined ? '' : `; its fields seem to be separated by ${separator}, need ","`;
  const found = listSome(header.fields.map((name) => name.trim()));
  return `line ${header.line}: the header must have the columns ${missing.join(', ')}; it has ${found}${hint}`;
}

function listSome(names: readonly string[]): string {
  const shown = names
    .slice(0, 20)
    .map((name) => (name.length > 40 ? `${name.slice(0, 37)}...` : name || '""'));
  return names.length > 20 ? `${shown.join(', ')} and ${names.length - 20} more` : shown.join(', ');
}
