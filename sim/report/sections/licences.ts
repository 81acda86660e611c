import { type Block, type Column, name, type Text, tableOf } from '../document/blocks.ts';
import type { LicenceRow } from '../document/parts.ts';
import { plainValue } from '../document/plain-value.ts';
import { quantity } from '../document/quantity.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

/** Columns in words, with the unit of a number; others stand under their own names. */
const COLUMNS: Readonly<Record<string, readonly [title: string, unit: string]>> = {
  name: ['licence', ''],
  edition: ['edition', ''],
  entitled: ['entitled', 'licences'],
  peak: ['most at once', 'licences'],
  metric: ['counted by', ''],
  peakAtSeconds: ['when', 'seconds'],
  overUseHours: ['over-use', 'licence-hours'],
  cause: ['cause', ''],
};
/** A result has as many as it has; nobody reads more. */
const MOST_COLUMNS = 12;

/** The licence audit: what is entitled, what was taken at most, and over-use with its cause. */
export const licencesSection: SectionKind = {
  id: 'licences',
  title: 'Licences',
  build: ({ runs }) => ofEach(runs, ({ licences }) => auditTable(licences ?? [])),
};

function auditTable(rows: readonly LicenceRow[]): readonly Block[] {
  if (rows.length === 0) return [];
  // Lists have a table of their own.
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    .filter((key) => !rows.some((row) => Array.isArray(row[key])))
    .slice(0, MOST_COLUMNS);
  const columns = keys.map((key): Column => {
    const isNumber = rows.every((row) => row[key] == null || typeof row[key] === 'number');
    return { title: [name(COLUMNS[key]?.[0] ?? key)], isNumber };
  });
  const cell = (row: LicenceRow, key: string): Text => {
    const value = row[key];
    if (typeof value === 'number') return quantity(value, COLUMNS[key]?.[1] ?? '');
    return value == null ? '-' : [name(plainValue(value))];
  };
  return [
    tableOf(
      'Licence audit',
      columns,
      rows.map((row) => keys.map((key) => cell(row, key))),
    ),
    ...overUseTable(rows),
  ];
}

/** When more licences were needed than there were. */
function overUseTable(rows: readonly LicenceRow[]): readonly Block[] {
  const times = rows.flatMap((row) =>
    (Array.isArray(row.overUse) ? (row.overUse as readonly unknown[]) : []).flatMap((each) => {
      if (typeof each !== 'object' || each === null) return [];
      const { fromSeconds, untilSeconds, most } = each as Readonly<Record<string, unknown>>;
      const isWhole = [fromSeconds, untilSeconds, most].every((value) => typeof value === 'number');
      return isWhole ? [[row.name, fromSeconds, untilSeconds, most] as const] : [];
    }),
  );
  if (times.length === 0) return [];
  return [
    tableOf(
      'When more licences were needed than there were (the longest times)',
      [
        { title: [name('licence')], isNumber: false },
        { title: [name('from')], isNumber: true },
        { title: [name('until')], isNumber: true },
        { title: [name('most beyond')], isNumber: true },
      ],
      times.map(([licence, from, until, most]) => [
        [name(plainValue(licence))],
        quantity(from as number, 'seconds'),
        quantity(until as number, 'seconds'),
        quantity(most as number, 'licences'),
      ]),
    ),
  ];
}
