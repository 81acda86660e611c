import type { LineChart } from '../charts/chart.ts';
import { sparklines } from '../charts/sparkline.ts';
import {
  type Block,
  type Inline,
  inlines,
  type ReportDocument,
  type TableBlock,
  type Text,
} from '../document/blocks.ts';
import { tickText } from '../document/quantity.ts';
import { codeMarkdown, escapeLineStart, escapeMarkdown, fenced } from './escape.ts';

/** Rows of a table that somebody reads in Markdown. */
const MOST_ROWS = 100;

/**
 * A report in the Markdown of GitHub. Charts are their tables, as a picture would have to be a file of its own; courses
 * are drawn in characters.
 */
export function markdownPage({ title, subtitle, sections }: ReportDocument): string {
  const parts = [
    `# ${textMarkdown(title)}`,
    escapeLineStart(textMarkdown(subtitle)),
    ...sections.flatMap((section) => [
      `## ${escapeMarkdown(section.title)}`,
      ...section.blocks.map(blockMarkdown),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function textMarkdown(text: Text): string {
  return inlines(text).map(inlineMarkdown).join('');
}

function inlineMarkdown(part: Inline): string {
  if (typeof part === 'string') return escapeMarkdown(part);
  if ('strong' in part) return `**${escapeMarkdown(part.strong)}**`;
  return 'code' in part ? codeMarkdown(part.code) : escapeMarkdown(part.name);
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return escapeLineStart(textMarkdown(block.text));
    case 'answer':
      return `> ${escapeLineStart(textMarkdown(block.text))}`;
    case 'heading':
      return `### ${textMarkdown(block.text)}`;
    case 'facts':
      return block.facts
        .map(([label, text]) => `- ${escapeMarkdown(label)}: ${textMarkdown(text)}`)
        .join('\n');
    case 'list':
      return block.items.map((item) => `- ${escapeLineStart(textMarkdown(item))}`).join('\n');
    case 'table':
      return tableMarkdown(block);
    case 'chart':
      return [
        ...(block.chart.kind === 'lines' ? [courseMarkdown(block.chart)] : []),
        folded(`Data of the chart: ${block.chart.title}`, [tableMarkdown(block.data)]),
      ].join('\n\n');
    case 'details':
      return folded(block.summary, block.blocks.map(blockMarkdown));
    case 'code':
      return fenced(block.text);
  }
}

/** Empty lines around the parts, so that they are Markdown and not HTML. */
function folded(summary: string, parts: readonly string[]): string {
  return [`<details><summary>${escapeMarkdown(summary)}</summary>`, ...parts, '</details>'].join('\n\n');
}

function tableMarkdown({ caption, columns, rows }: TableBlock): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `${escapeLineStart(escapeMarkdown(caption))}:`,
    '',
    line(columns.map(({ title }) => textMarkdown(title))),
    line(columns.map(({ isNumber }) => (isNumber === true ? '---:' : '---'))),
    ...rows.slice(0, MOST_ROWS).map((row) => line(row.map(textMarkdown))),
    ...(rows.length > MOST_ROWS ? ['', `${rows.length - MOST_ROWS} more are left out here.`] : []),
  ].join('\n');
}

/** Lines as rows of characters, all to the same scale, with their least, greatest and last values. */
function courseMarkdown(chart: LineChart): string {
  const { title, x, y, lines } = chart;
  const rows = sparklines(chart).map(({ bars, from, until, last }, at): readonly Text[] => [
    [{ name: lines[at]?.name ?? '' }],
    [{ code: bars }],
    ...[from, until, last].map((value) => tickText(Number(value.toPrecision(3)))),
  ]);
  const columns = ['line', `over ${x.label}`, 'least', 'greatest', 'last'];
  return tableMarkdown({
    kind: 'table',
    caption: y.label.toLowerCase().startsWith(title.toLowerCase()) ? y.label : `${title}, ${y.label}`,
    columns: columns.map((column, at) => ({ title: column, isNumber: at > 1 })),
    rows,
  });
}
