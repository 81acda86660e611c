import type { Metric } from '../experiment/metric.ts';
import { count, digitsFor, halfWidth, percent, seconds, wrapText } from './format.ts';

/** Width of the labels at the left. */
export const LABEL = 16;

/** What a report says, before it is laid out: text behind a label, or a table whose first line names the columns. */
export type Block =
  | string
  | { readonly start: string; readonly text: string }
  | { readonly table: readonly (readonly string[])[] };

/** The lines of a report of so many columns. */
export function layOut(blocks: readonly Block[], columns: number): readonly string[] {
  return blocks.flatMap((block) => {
    if (typeof block === 'string') return [block];
    return 'table' in block ? tableLines(block.table, columns) : hanging(block, columns);
  });
}

export function table(cells: readonly (readonly string[])[]): Block {
  return { table: cells };
}

const SHOW: Readonly<Partial<Record<Metric['unit'], (value: number) => string>>> = {
  fraction: percent,
  seconds,
  'GPU-seconds': (value) => `${count(value / 3600)} GPU-hours`,
  ratio: (value) => value.toFixed(Math.max(2, value < 1 ? digitsFor(value) : 0)),
};

/** A metric with its unit, and half the width of its interval where there is one. */
export function value(metric: Metric | undefined): string {
  if (metric?.value == null) return '-';
  const show = SHOW[metric.unit] ?? count;
  const half = halfWidth(metric.value, metric.ci95);
  return half === undefined ? show(metric.value) : `${show(metric.value)} ± ${show(half)}`;
}

export function row(label: string, text: string): Block {
  return { start: label.padEnd(LABEL), text };
}

/** Lines after the first are set in by the width of `start`, but by two columns at least. */
function hanging(
  { start, text }: { readonly start: string; readonly text: string },
  columns: number,
): string[] {
  const indent = ' '.repeat(start.trim() === '' ? start.length + 2 : start.length);
  return wrapText(text, columns - indent.length).map((line, i) => (i === 0 ? start : indent) + line);
}

/**
 * Lines with the first column to the left and the others to the right. Where they would be too wide, intervals go below
 * their values, and then long names on lines of their own.
 */
function tableLines(cells: readonly (readonly string[])[], columns: number): string[] {
  const split = cells.flatMap((line) => {
    const below = line.map((cell) => / ±.*$/.exec(cell)?.[0].trim() ?? '');
    const above = line.map((cell) => cell.replace(/ ±.*$/, ''));
    return below.some((cell) => cell !== '') ? [above, below] : [above];
  });
  const forms = [aligned(cells, '   '), aligned(cells, '  '), aligned(split, '   ')];
  const fitting = forms.find((lines) => lines.every((line) => line.length <= columns));
  if (fitting !== undefined) return fitting;
  // Names that leave no room for the rest stand alone, the others before their line.
  const rest = aligned(
    split.map(([, ...others]) => ['', ...others]),
    '  ',
  );
  const room = columns - Math.max(...rest.map((line) => line.length));
  const names = split.map(([name = '']) => name);
  const width = Math.max(0, ...names.map((name) => name.length).filter((length) => length <= room));
  return names.flatMap((name, i) => {
    const line = rest[i] as string;
    return name.length <= width ? [name.padEnd(width) + line] : [name, ' '.repeat(width) + line];
  });
}

function aligned(cells: readonly (readonly string[])[], gap: string): string[] {
  const widths = cells[0]?.map((_, c) => Math.max(...cells.map((line) => line[c]?.length ?? 0))) ?? [];
  return cells.map((line) =>
    line
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join(gap)
      .trimEnd(),
  );
}
