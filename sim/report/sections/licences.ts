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
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, MOST_COLUMNS);
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
  ];
}
