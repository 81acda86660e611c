import {
  type Block,
  type Column,
  foldedTable,
  joined,
  name,
  type TableBlock,
  type Text,
  tableOf,
} from '../document/blocks.ts';
import { metricText } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import { barChart } from './bar-chart.ts';
import { thingsTable } from './side-by-side.ts';

/** Parts of a kind whose rows stand open. */
const MOST_ROWS = 20;
const MOST_BARS = 12;

type Columns = readonly (readonly [title: string, last: string])[];

/** What is shown of the parts of the fleet or the workload. */
export interface PartTables {
  /** Kinds of parts, as the groups of a result name them, and in words. */
  readonly kinds: readonly (readonly [kind: string, word: string])[];
  /** What the tables show, each with its columns. */
  readonly tables: readonly { readonly title: string; readonly columns: Columns }[];
  /** Metrics that the bars show, the first that a part has. */
  readonly bars: readonly string[];
  /** Where there are many parts, those with the largest of these come first; of equals the next one decides. */
  readonly order: readonly string[];
  readonly barTitle: string;
  /** What the bars measure, without its unit. */
  readonly axis: string;
  readonly largestFirst: string;
  /** Whether a part that is alone of its kind says what the results say of the whole: left out beside other parts. */
  readonly isWholeKnown: boolean;
  readonly to?: number;
  /** Whether a part has anything to say. */
  readonly isShown: (run: ReportedRun, kind: string, part: string) => boolean;
}

/** Tables and bars by kind of part; kinds with one part alone share a table, where equal rows are one. */
export function partBlocks(runs: readonly ReportedRun[], tables: PartTables): readonly Block[] {
  const kinds = tables.kinds
    .map(([kind, word]) => ({ kind, word, names: namesOf(runs, kind, tables) }))
    .filter(({ names }) => names.length > 0);
  const isLone = ({ kind, names }: (typeof kinds)[number]) =>
    runs.every((run) => names.filter((part) => tables.isShown(run, kind, part)).length <= 1);
  const told = kinds.filter((each) => !isLone(each)).flatMap((each) => kindBlocks(runs, each, tables));
  return told.length > 0 && tables.isWholeKnown
    ? told
    : [...told, ...loneTables(runs, kinds.filter(isLone), tables)];
}

interface Kind {
  readonly kind: string;
  readonly word: string;
  readonly names: readonly string[];
}

/** In the order of the result, where bars can show them all; else the largest first. */
function namesOf(runs: readonly ReportedRun[], kind: string, tables: PartTables): readonly string[] {
  const names = [...new Set(runs.flatMap(({ groups }) => Object.keys(groups[kind] ?? {})))].filter((part) =>
    runs.some((run) => tables.isShown(run, kind, part)),
  );
  if (names.length <= MOST_BARS) return names;
  const sizes = (part: string) =>
    tables.order.map((metric) =>
      Math.max(...runs.map(({ groups }) => groups[kind]?.[part]?.[metric]?.value ?? -1)),
    );
  return names
    .map((part, at) => ({ part, sizes: [...sizes(part), -at] }))
    .sort((a, b) => difference(b.sizes, a.sizes))
    .map(({ part }) => part);
}

/** Of the first pair of numbers that differ. */
function difference(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) if (value !== b[at]) return value - (b[at] as number);
  return 0;
}

function barMetric({ groups }: ReportedRun, kind: string, part: string, { bars }: PartTables) {
  const metrics = groups[kind]?.[part];
  return bars.map((metric) => metrics?.[metric]).find((metric) => metric?.value != null);
}

function kindBlocks(
  runs: readonly ReportedRun[],
  { kind, word, names }: Kind,
  tables: PartTables,
): readonly Block[] {
  const of = (run: ReportedRun, part: string, last: string) => run.groups[kind]?.[part]?.[last];
  const order = names.length > MOST_BARS ? `, ${tables.largestFirst}` : '';
  return [
    ...kindChart(runs, { kind, word, names }, tables),
    ...tables.tables.flatMap(({ title, columns }) => {
      const table = thingsTable(`${title} by ${word}${order}`, runs, word, names, columns, of);
      return table.columns.length > (runs.length === 1 ? 1 : 2)
        ? foldedTable(table, MOST_ROWS * runs.length, 'rows')
        : [];
    }),
  ];
}

function kindChart(
  runs: readonly ReportedRun[],
  { kind, word, names }: Kind,
  tables: PartTables,
): readonly Block[] {
  const all = names.flatMap((part) =>
    runs.flatMap((run) => {
      const metric = barMetric(run, kind, part, tables);
      const label = runs.length === 1 ? part : `${part} (${run.label})`;
      return metric?.value == null ? [] : [{ name: label, metric, value: metric.value }];
    }),
  );
  const bars = all.slice(0, MOST_BARS);
  if (bars.length < 2) return [];
  const of = all.length > bars.length ? `, ${bars.length} of ${all.length}` : '';
  return barChart({
    title: `${tables.barTitle} by ${word}${of}`,
    first: word,
    axis: tables.axis,
    ...(tables.to === undefined ? {} : { to: tables.to }),
    bars,
  });
}

/** Parts that are alone of their kind: most are the whole fleet under several names, and one row says it. */
function loneTables(
  runs: readonly ReportedRun[],
  kinds: readonly Kind[],
  { tables, isShown }: PartTables,
): readonly Block[] {
  return tables.flatMap(({ title, columns }): readonly TableBlock[] => {
    const found = runs.flatMap((run) =>
      mergedRows(
        kinds.flatMap(({ kind, word, names }) =>
          names
            .filter((part) => isShown(run, kind, part))
            .map((part) => ({
              label: [name(part), ` (${word})`],
              cells: columns.map(([, last]) => metricText(run.groups[kind]?.[part]?.[last])),
            })),
        ),
      ).map((row) => ({ run, ...row })),
    );
    const used = columns.map((_, at) => found.some(({ cells }) => cells[at] !== '-'));
    if (!used.includes(true)) return [];
    const titles: Column[] = [
      { title: 'part' },
      ...(runs.length === 1 ? [] : [{ title: 'run' }]),
      ...columns.flatMap(([column], at) => (used[at] ? [{ title: column, isNumber: true }] : [])),
    ];
    const rows = found.map(({ run, label, cells }): readonly Text[] => [
      label,
      ...(runs.length === 1 ? [] : [[name(run.label)]]),
      ...cells.filter((_, at) => used[at]),
    ]);
    return [tableOf(`${title} of the only part of its kind`, titles, rows)];
  });
}

interface LoneRow {
  readonly label: Text;
  readonly cells: readonly string[];
}

/** Rows that say the same as one; where one has no value it says what the other does. */
function mergedRows(rows: readonly LoneRow[]): readonly LoneRow[] {
  const merged: LoneRow[] = [];
  for (const row of rows) {
    if (row.cells.every((cell) => cell === '-')) continue;
    const at = merged.findIndex(({ cells }) =>
      cells.every((cell, c) => cell === row.cells[c] || cell === '-' || row.cells[c] === '-'),
    );
    const other = merged[at];
    if (other === undefined) merged.push(row);
    else
      merged[at] = {
        label: joined([other.label, row.label], ', '),
        cells: other.cells.map((cell, c) => (cell === '-' ? (row.cells[c] as string) : cell)),
      };
  }
  return merged;
}
