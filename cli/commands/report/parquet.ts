import { parquetWriteBuffer } from 'hyparquet-writer';
import type { DataColumn, DataTable } from '../../../sim/report/tables/data-table.ts';

const TYPES = { text: 'STRING', number: 'DOUBLE', count: 'INT32' } as const satisfies Record<
  DataColumn['type'],
  string
>;

/** A table as a Parquet file: text as it is, numbers as doubles, nothing where there is nothing. */
export function tableParquet({ columns, rows }: DataTable): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, type }, at) => ({
      name,
      type: TYPES[type],
      data: rows.map((row) => row[at] ?? null),
      nullable: true,
    })),
  });
  return new Uint8Array(buffer);
}
