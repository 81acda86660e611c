import type { Chart } from '../charts/chart.ts';

/**
 * A piece of a line. A plain string is ours or a sentence of the result; `name` is what somebody outside chose (it keeps
 * its own direction of writing), `code` what is typed or looked up as it stands. All of it is text, never markup.
 */
export type Inline =
  | string
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly name: string };
export type Text = string | readonly Inline[];

export interface Column {
  readonly title: Text;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
  /** Sentences: wide enough on a telephone that a row is not a page high. */
  readonly isProse?: boolean;
}

export interface TableBlock {
  readonly kind: 'table';
  /** What the table shows; screen readers say it first. */
  readonly caption: string;
  /** The first one names the row. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Text[])[];
}

/** What a section is made of, whatever it is written as. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: Text }
  /** What the reader should see first. */
  | { readonly kind: 'answer'; readonly text: Text }
  | { readonly kind: 'heading'; readonly text: Text }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [label: string, text: Text])[] }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | TableBlock
  /** A picture with what it says in words, and the numbers behind it, folded. */
  | { readonly kind: 'chart'; readonly chart: Chart; readonly data: TableBlock }
  | { readonly kind: 'details'; readonly summary: string; readonly blocks: readonly Block[] }
  | { readonly kind: 'code'; readonly label: string; readonly text: string };

export interface ReportSection {
  /** Unique in the report; letters and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A report, before it is HTML or Markdown. */
export interface ReportDocument {
  readonly title: Text;
  readonly subtitle: Text;
  readonly sections: readonly ReportSection[];
}

export const paragraph = (text: Text): Block => ({ kind: 'paragraph', text });
export const heading = (text: Text): Block => ({ kind: 'heading', text });
export const name = (text: string): Inline => ({ name: text });
export const code = (text: string): Inline => ({ code: text });

/** The pieces of a text. */
export const inlines = (text: Text): readonly Inline[] => (typeof text === 'string' ? [text] : text);

/** A table; columns after the first hold numbers unless said otherwise. */
export function tableOf(
  caption: string,
  titles: readonly (string | Column)[],
  rows: readonly (readonly Text[])[],
): TableBlock {
  const columns = titles.map(
    (title, at): Column => (typeof title === 'string' ? { title, isNumber: at > 0 } : title),
  );
  return { kind: 'table', caption, columns, rows };
}

/** A column of words. */
export const words = (title: string): Column => ({ title });

/** A column of sentences. */
export const prose = (title: string): Column => ({ title, isProse: true });

/** A folded part; nothing where there is nothing in it. */
export function details(summary: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'details', summary, blocks }];
}

/** Rows of a folded table that somebody may still look through. */
const MOST_FOLDED = 200;

/** The first `most` rows, and the others folded below them, as far as a page goes. */
export function foldedTable(table: TableBlock, most: number, what: string): readonly Block[] {
  const { rows } = table;
  if (rows.length <= most + 2) return rows.length === 0 ? [] : [table];
  const rest = rows.slice(most);
  const left = rest.length - MOST_FOLDED;
  return [
    { ...table, rows: rows.slice(0, most) },
    ...details(`${rest.length} more ${what}`, [
      { ...table, rows: rest.slice(0, MOST_FOLDED) },
      ...(left > 0 ? [paragraph(`The other ${left} are left out of this page.`)] : []),
    ]),
  ];
}

/** Parts joined by `between`, as one line. */
export function joined(parts: readonly Text[], between: string): Text {
  return parts.flatMap((part, at) => (at === 0 ? inlines(part) : [between, ...inlines(part)]));
}
