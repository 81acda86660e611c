import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** A row of a CSV file with a header, by column. */
export type CsvRow = Readonly<Record<string, string>>;

export function csvRows(file: string): CsvRow[] {
  return parse(readFileSync(file, 'utf8'), { columns: true, skip_empty_lines: true, trim: true });
}

export function jsonOf<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** The folder `traces/NAME` in the shared data if all the files are there; undefined, with a line on stderr, otherwise. */
export function tracesFolder(data: string, name: string, files: readonly string[]): string | undefined {
  const folder = join(data, 'traces', name);
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  if (missing.length === 0) return folder;
  console.error(
    `Skipped: no ${missing.join(', ')} in ${folder}; give the folder that holds traces/${name} with --data`,
  );
  return undefined;
}
