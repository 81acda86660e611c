import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { FillSeries, Replication } from '../../sim/index.ts';

/** One number of ours beside the published one. */
export interface Case {
  readonly name: string;
  readonly ours: number;
  readonly published: number;
  /** Largest difference that is still agreement. */
  readonly bound: number;
  /** Standard error of the published value, where chance of its own went into it that cannot be had again. */
  readonly standardError?: number;
}

/**
 * Prints a row a case and a closing line, and writes the same table to `bench/results/validate-NAME-DATE.md` unless only a
 * part was asked for.
 *
 * @returns number of cases out of bounds; a case without a number of ours is one
 */
export function report(
  name: string,
  cases: readonly Case[],
  { what, isWhole }: { readonly what: string; readonly isWhole: boolean },
): number {
  const width = Math.max(...cases.map((c) => c.name.length));
  const lines = [`${'case'.padEnd(width)}     ours  published  difference  bound`];
  let failed = 0;
  let largest: Case | undefined;
  for (const c of cases) {
    const difference = c.ours - c.published;
    const isBad = !(Math.abs(difference) <= c.bound);
    if (isBad) failed += 1;
    if (
      largest === undefined ||
      Math.abs(difference) / c.bound > Math.abs(largest.ours - largest.published) / largest.bound
    )
      largest = c;
    lines.push(
      `${c.name.padEnd(width)} ${c.ours.toFixed(3).padStart(8)} ${c.published.toFixed(3).padStart(10)} ${difference.toFixed(3).padStart(11)} ${c.bound.toFixed(2).padStart(6)}${isBad ? `  OUT OF BOUNDS${explanation(c)}` : ''}`,
    );
  }
  const closing = `${cases.length - failed} of ${cases.length} cases within bounds${largest === undefined ? '' : `; closest to its bound: ${largest.name} (${(largest.ours - largest.published).toFixed(3)} of ${largest.bound})`}`;
  console.log(lines.join('\n'));
  console.log(`\n${what}\n${closing}`);
  if (!isWhole) return failed;
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`;
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(
    `bench/results/validate-${name}-${date}.md`,
    `# Validation: ${name}\n\n${date}, ${machine}.\n\n${what}\n\n${closing}.\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`,
  );
  return failed;
}

/** What is known about a case that is out of bounds. */
function explanation({ ours, published, standardError }: Case): string {
  if (standardError === undefined) return '';
  const distance = Math.abs(ours - published) / standardError;
  return `: published with a standard error of ${standardError.toFixed(3)}, so ${distance.toFixed(1)} of them away${distance < 2 ? ' (chance)' : ''}`;
}

/** Mean over runs of a cell of a fill curve; NaN where a run has none. */
export function meanAt(
  runs: readonly Replication[],
  series: Exclude<keyof FillSeries, 'arrivedPct'>,
  column: number,
): number {
  return runs.reduce((sum, run) => sum + (run.fill?.[series][column] ?? Number.NaN), 0) / runs.length;
}
