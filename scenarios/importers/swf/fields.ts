import type { ReportBuilder } from '../import-report.ts';

/** The columns in order, by the names that reports use. */
export const SWF_COLUMNS = [
  'job number',
  'submit time',
  'wait time',
  'run time',
  'allocated processors',
  'average CPU time',
  'used memory',
  'requested processors',
  'requested time',
  'requested memory',
  'status',
  'user',
  'group',
  'application',
  'queue',
  'partition',
  'preceding job',
  'think time',
] as const;

export type SwfColumn = (typeof SWF_COLUMNS)[number];

const INDEX: ReadonlyMap<SwfColumn, number> = new Map(SWF_COLUMNS.map((column, index) => [column, index]));
const UNKNOWN = /^-1(?:\.0{1,9})?$/;
const WHOLE = /^\d{1,15}(?:\.0{1,9})?$/;
const DECIMAL = /^\d{1,15}(?:\.\d{1,15})?$/;
const MAX_SEC = 9e9;
/** Numbers of users, queues and the like. */
const MAX_NUMBER = 1e12;

/** Typed values of one line of 18 columns; reports each that is wrong. */
export class SwfFields {
  readonly #fields: readonly string[];
  readonly #line: number;
  readonly #report: ReportBuilder;

  constructor(fields: readonly string[], line: number, report: ReportBuilder) {
    this.#fields = fields;
    this.#line = line;
    this.#report = report;
  }

  text(column: SwfColumn): string {
    return this.#fields[INDEX.get(column) ?? -1] ?? '';
  }

  isUnknown(column: SwfColumn): boolean {
    return UNKNOWN.test(this.text(column));
  }

  /** A whole number; undefined for -1. Reports anything else. */
  whole(column: SwfColumn, max = MAX_NUMBER): number | undefined {
    return this.#read(column, WHOLE, max, `must be a whole number from 0 to ${max}, or -1 for unknown`);
  }

  /** Seconds; undefined for -1. Reports anything else. */
  seconds(column: SwfColumn): number | undefined {
    return this.#read(column, DECIMAL, MAX_SEC, 'must be seconds from 0 to 9e9, or -1 for unknown');
  }

  reject(column: SwfColumn, message: string): void {
    this.#report.reject(this.#line, column, this.text(column), message);
  }

  #read(column: SwfColumn, form: RegExp, max: number, accepted: string): number | undefined {
    const text = this.text(column);
    if (UNKNOWN.test(text)) return undefined;
    const value = form.test(text) ? Number(text) : Number.NaN;
    if (value <= max) return value;
    this.reject(column, accepted);
    return undefined;
  }
}
