import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dataTables } from '../../sim/report/tables/index.ts';
import { reported } from './build-report.ts';
import { richResult } from './rich-result.ts';

test('docs/report.md lists the tables and their columns as they are', () => {
  const fill = { arrivedPct: [0, 1], allocatedPct: [0, 1], fragmentedPct: [null, 2], fragRatioPct: [1, 2] };
  const { series, ...rest } = richResult();
  const tables = dataTables([reported({ ...rest, series: { ...series, fill } })]);
  const part = /^## Tables of data$([\s\S]*)/m.exec(readFileSync('docs/report.md', 'utf8'))?.[1] ?? '';
  const rows = [...part.matchAll(/^\| `(\w+)` \| [^|]+ \| (.+) \|$/gm)].map(
    ([, table = '', columns = '']) => [table, columns],
  );
  const listed = new Map<string, readonly string[]>();
  for (const [table = '', columns = ''] of rows) {
    const names = [...columns.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    const base = /those of `(\w+)`/.exec(columns)?.[1];
    listed.set(table, base === undefined ? names : [...names.slice(0, -1), ...(listed.get(base) ?? [])]);
  }
  expect([...listed]).toEqual(
    tables.map(({ name, columns }) => [name, columns.slice(1).map((column) => column.name)]),
  );
});
