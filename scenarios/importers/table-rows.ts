import type { CsvRow } from './csv-rows.ts';
import { type ImportOptions, ReportBuilder } from './import-report.ts';
import type { ImportedJobs, JobRow } from './job-row.ts';
import { type Column, type TableColumns, TableReader } from './table-reader.ts';

/** Reads the rows of one kind of list. */
export interface RowParser<T> {
  readonly table: TableReader;
  /** The column whose values must differ; absent where rows are not named. */
  readonly name?: Column;
  /** Reads the table's current row; what it returns for a bad row is not used. */
  read(): T;
}

/** Where a table says what its columns are. */
export interface TableLayout {
  /** What an empty file lacks; completes "need ...". */
  readonly needs: string;
  /** The columns of a table with this first row, which is `header` itself unless the table has none; refuses what is neither. */
  open(
    first: CsvRow,
    report: ReportBuilder,
  ): { readonly header: CsvRow; readonly columns: TableColumns } | undefined;
}

/** A table whose first row names its columns. */
export function named(columns: TableColumns): TableLayout {
  return {
    needs: `a header line with the columns ${columns.required.join(', ')}`,
    open: (header) => ({ header, columns }),
  };
}

/** Yields the good rows of each batch. */
export async function* rowsOf<T extends { readonly name: string }>(
  batches: AsyncIterable<readonly CsvRow[]>,
  layout: TableLayout,
  report: ReportBuilder,
  parserFor: (table: TableReader) => RowParser<T>,
): AsyncGenerator<readonly T[], void, undefined> {
  const firstLineOf = new Map<string, number>();
  let parser: RowParser<T> | undefined;
  let rowCount = 0;
  for await (const batch of batches) {
    const good: T[] = [];
    for (const row of batch) {
      if (parser === undefined) {
        const opened = layout.open(row, report);
        if (opened === undefined) return;
        parser = parserFor(new TableReader(opened.header, opened.columns, report));
        if (report.isRefused) return;
        if (opened.header === row) continue;
      }
      rowCount += 1;
      const value = readRow(row, parser, firstLineOf);
      if (value !== undefined) good.push(value);
    }
    if (good.length > 0) yield good;
  }
  if (parser === undefined) report.refuse(`is empty: need ${layout.needs}`);
  else if (rowCount === 0) report.note('The file has a header and no rows');
}

/** Reads a table of jobs as a whole. Wrong input never throws: it is in the report. */
export async function readJobTable(
  batches: AsyncIterable<readonly CsvRow[]>,
  layout: TableLayout,
  options: ImportOptions,
  parserFor: (table: TableReader) => RowParser<JobRow>,
): Promise<ImportedJobs> {
  const builder = new ReportBuilder();
  const jobs: JobRow[] = [];
  for await (const batch of rowsOf(batches, layout, builder, parserFor)) {
    for (const job of batch) jobs.push(job);
  }
  const report = builder.finish(options);
  return { jobs: report.refused === undefined ? jobs : [], report };
}

function readRow<T extends { readonly name: string }>(
  row: CsvRow,
  { table, name, read }: RowParser<T>,
  firstLineOf: Map<string, number>,
): T | undefined {
  if (!table.startRow(row)) return undefined;
  const value = read();
  if (name !== undefined) {
    const firstLine = firstLineOf.get(value.name);
    if (value.name === '') table.reject(name, 'must not be empty');
    else if (firstLine !== undefined) table.reject(name, `must be unique; line ${firstLine} has it too`);
  }
  if (table.rowIsBad) return undefined;
  if (name !== undefined) firstLineOf.set(value.name, row.line);
  return value;
}
