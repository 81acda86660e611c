import { formatPath, isMapping, type Path } from '../../../sim/scenario/path.ts';
import type { ReportBuilder } from '../import-report.ts';
import { readIsoTime } from '../iso-time.ts';

/** A value inside an object of a list, which nobody has checked, with its place; reports what is wrong with it. */
export class Item {
  readonly value: unknown;
  readonly #path: Path;
  readonly #line: number;
  readonly #report: ReportBuilder;
  /** A mapping that is none is looked into once for each of its keys, and reported once. */
  #isReported = false;

  constructor(value: unknown, path: Path, line: number, report: ReportBuilder) {
    this.value = value;
    this.#path = path;
    this.#line = line;
    this.#report = report;
  }

  /** Whether there is something: null is how some clients write that there is nothing. */
  get isPresent(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get line(): number {
    return this.#line;
  }

  get rowIsBad(): boolean {
    return this.#report.rowIsBad;
  }

  /** The value under a key of this mapping; absent where this is absent. Reports what is neither. */
  at(key: string): Item {
    if (!this.isPresent) return this.#child(key, undefined);
    if (!isMapping(this.value)) {
      if (!this.#isReported) this.reject('must be a mapping');
      this.#isReported = true;
      return this.#child(key, undefined);
    }
    return this.#child(key, Object.hasOwn(this.value, key) ? this.value[key] : undefined);
  }

  /** All keys of this mapping with their values; none where it is absent. */
  entries(): (readonly [key: string, value: Item])[] {
    if (!this.isPresent) return [];
    if (isMapping(this.value)) {
      return Object.entries(this.value).map(([key, value]) => [key, this.#child(key, value)] as const);
    }
    this.reject('must be a mapping');
    return [];
  }

  /** All entries of this list; none where it is absent. */
  list(): Item[] {
    if (!this.isPresent) return [];
    if (Array.isArray(this.value)) return this.value.map((value, index) => this.#child(index, value));
    this.reject('must be a list');
    return [];
  }

  /** Undefined where it is absent. */
  text(): string | undefined {
    if (!this.isPresent) return undefined;
    if (typeof this.value === 'string') return this.value;
    this.reject('must be text');
    return undefined;
  }

  /** Text that is there and not empty; `''` for anything else, which is reported. */
  name(): string {
    if (typeof this.value === 'string' && this.value !== '') return this.value;
    this.reject('must be a name');
    return '';
  }

  /** Unix seconds; undefined where it is absent. */
  time(): number | undefined {
    if (!this.isPresent) return undefined;
    const time = typeof this.value === 'string' ? readIsoTime(this.value) : undefined;
    if (time?.hasZone === true) return time.sec;
    this.reject('must be a time such as 2024-04-11T05:18:35Z');
    return undefined;
  }

  reject(message: string): void {
    const value = typeof this.value === 'string' ? this.value : (JSON.stringify(this.value) ?? '');
    this.#report.reject(this.#line, formatPath(this.#path), value, message);
  }

  #child(key: string | number, value: unknown): Item {
    return new Item(value, [...this.#path, key], this.#line, this.#report);
  }
}
