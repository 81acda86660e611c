import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** One benchmark's outcome: a table of text cells and the numbers behind it. */
export interface BenchReport {
  readonly name: string;
  /** What was measured and how, in one or two sentences. */
  readonly method: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly data: unknown;
}

/** Prints the report and writes it to bench/results as `kernel-<name>-<date>.md` and `.json`. */
export function writeReport(report: BenchReport): void {
  const date = new Date().toISOString().slice(0, 10);
  const machine = { cpu: cpus()[0]?.model.trim() ?? 'unknown', node: process.version };
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const text = [
    `# Kernel benchmark: ${report.name}`,
    '',
    `${date}, ${machine.cpu}, Node ${machine.node}.`,
    '',
    report.method,
    '',
    line(report.columns),
    line(report.columns.map(() => '---')),
    ...report.rows.map(line),
    '',
  ].join('\n');
  // bench/run.mjs runs programs in the root of the repository.
  const folder = 'bench/results/';
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}kernel-${report.name}-${date}.md`, text);
  const json = { name: report.name, date, ...machine, data: report.data };
  writeFileSync(`${folder}kernel-${report.name}-${date}.json`, `${JSON.stringify(json, null, 2)}\n`);
  console.log(text);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Seconds the call takes, and what it returns. */
export function timed<T>(call: () => T): { seconds: number; result: T } {
  const start = performance.now();
  const result = call();
  return { seconds: (performance.now() - start) / 1000, result };
}
