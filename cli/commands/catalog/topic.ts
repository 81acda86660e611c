import { CatalogueNameError } from '../../../sim/hardware/index.ts';
import { UsageError } from '../../errors.ts';
import { wrap } from '../../table.ts';

/** What was asked of a topic. Each topic names the options it understands; others are refused before it runs. */
export interface CatalogQuery {
  readonly gpu?: string;
  readonly layouts?: boolean;
  readonly variants?: string;
  readonly mode?: string;
}

export type CatalogOption = keyof CatalogQuery;

/** An answer in both shapes. `records` keeps every field of the tables; `sources` explains the keys they cite. */
export interface CatalogAnswer {
  readonly records: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, string>>;
  /** Remarks for people, printed to the notes and not among the data. */
  readonly notes: readonly string[];
  /** @param width page width in columns */
  readonly text: (width: number) => string;
}

/** One subject of the catalogue. Its tables are loaded only when it is asked for. */
export interface CatalogTopic {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CatalogOption[];
  readonly load: () => Promise<{ readonly answer: (query: CatalogQuery) => CatalogAnswer }>;
}

/** Only the sources with these keys, in the order of the table. */
export function pickSources(
  table: Readonly<Record<string, string>>,
  cited: Iterable<string>,
): Record<string, string> {
  const wanted = new Set(cited);
  return Object.fromEntries(Object.entries(table).filter(([key]) => wanted.has(key)));
}

/**
 * Runs a look-up by name.
 *
 * @throws {UsageError} for a name the catalogue does not know, with the nearest ones as a hint
 */
export function lookUp<T>(option: string, name: string, find: (name: string) => T): T {
  try {
    return find(name);
  } catch (error) {
    if (!(error instanceof CatalogueNameError)) throw error;
    throw wrongOption(option, name, error.message);
  }
}

/** The error for an option with a value that cannot be used. */
export function wrongOption(option: string, value: string, message: string): UsageError {
  return new UsageError('catalog: no answer', [{ path: option, value, message }]);
}

/** `[key] text` footnotes, wrapped. */
export function sourceList(sources: Readonly<Record<string, string>>, width: number): string {
  return Object.entries(sources)
    .flatMap(([key, text]) =>
      wrap(`[${key}] ${text}`, width).map((line, i) => (i === 0 ? line : `  ${line}`)),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** A heading with a blank line before it, unless it is the first. */
export function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

/** A range as text: `0.9 .. 0.98`; one number when both are equal. */
export function rangeText(range: readonly [number, number]): string {
  return range[0] === range[1] ? String(range[0]) : `${range[0]} .. ${range[1]}`;
}
