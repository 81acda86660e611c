import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** One figure of ours, beside a published one where there is one. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly published?: number | undefined;
  /** Lowest and highest value of ours that agree; absent: shown for information. */
  readonly accept?: readonly [lo: number, hi: number] | undefined;
  readonly note?: string | undefined;
}

/** Rows that belong together. */
export interface Section {
  readonly title: string;
  /** What is compared with what, and what it rests on. */
  readonly about: string;
  readonly rows: readonly Row[];
}

/** Values within a part of the published one. */
export function within(part: number, published: number): readonly [number, number] {
  return [published * (1 - part), published * (1 + part)];
}

/** Whether it counts and is out of bounds. NaN is. */
export function isMissed({ ours, accept }: Row): boolean {
  return accept !== undefined && !(ours >= accept[0] && ours <= accept[1]);
}

/** Sections as aligned text. */
function sectionText({ title, about, rows }: Section): string {
  const cells = rows.map((row) => [
    row.name,
    number(row.ours),
    row.published === undefined ? '' : number(row.published),
    row.published === undefined || row.published === 0
      ? ''
      : `${(100 * (row.ours / row.published - 1)).toFixed(2)}`,
    acceptedText(row.accept),
    row.accept === undefined ? 'for information' : isMissed(row) ? 'OUT OF BOUNDS' : 'holds',
    row.note ?? '',
  ]);
  const table = [['case', 'ours', 'published', 'error %', 'accepted', 'verdict', 'remark'], ...cells];
  const widths = table[0]!.map((_, c) => Math.max(...table.map((line) => line[c]!.length)));
  const lines = table.map((line) =>
    line
      .map((cell, c) => (c >= 1 && c <= 3 ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd(),
  );
  return `${title}\n${about}\n\n${lines.join('\n')}\n`;
}

/**
 * Prints the sections and a closing line, and writes the same to `bench/results/validate-NAME-DATE.md` unless only a part
 * was asked for.
 *
 * @returns number of cases out of bounds
 */
export function reportSections(
  name: string,
  sections: readonly Section[],
  { what, isWhole }: { readonly what: string; readonly isWhole: boolean },
): number {
  const bound = sections.flatMap((section) => section.rows).filter((row) => row.accept !== undefined);
  const missed = bound.filter(isMissed);
  const closing = `${bound.length - missed.length} of ${bound.length} cases within bounds${missed.length === 0 ? '' : `; out of bounds: ${missed.map((row) => row.name).join('; ')}`}`;
  const text = sections.map(sectionText);
  console.log(`${text.join('\n')}\n${what}\n${closing}`);
  if (isWhole) {
    const date = new Date().toISOString().slice(0, 10);
    const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`;
    mkdirSync('bench/results', { recursive: true });
    writeFileSync(
      `bench/results/validate-${name}-${date}.md`,
      `# Validation: ${name}\n\n${date}, ${machine}.\n\n${what}\n\n${closing}.\n\n\`\`\`text\n${text.join('\n')}\`\`\`\n`,
    );
  }
  return missed.length;
}

function acceptedText(accept: Row['accept']): string {
  if (accept === undefined) return '';
  const [lo, hi] = accept;
  if (lo === hi) return number(lo);
  return hi === Number.POSITIVE_INFINITY ? `>= ${number(lo)}` : `${number(lo)} .. ${number(hi)}`;
}

function number(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}
