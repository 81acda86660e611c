import {
  type Block,
  type Inline,
  inlines,
  type ReportDocument,
  type TableBlock,
  type Text,
} from '../document/blocks.ts';
import { codeMarkdown, escapeLineStart, escapeMarkdown, fenced } from './escape.ts';

/** A report in the Markdown of GitHub. Charts are their tables: a picture would have to be a file of its own. */
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
      return folded(`Data of the chart: ${block.chart.title}`, [tableMarkdown(block.data)]);
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
    ...rows.map((row) => line(row.map(textMarkdown))),
  ].join('\n');
}
