import type { Chart } from '../charts/chart.ts';
import { lineDash, toneColour } from '../charts/palette.ts';
import { type Block, inlines, type TableBlock, type Text } from '../document/blocks.ts';
import { escapeHtml, escapeLines } from './escape.ts';
import { textHtml } from './text.ts';

/** Draws a chart as SVG of so many pixels' width, in colours of the page; what is in it must be escaped. */
export type DrawChart = (chart: Chart, width: number) => string;

/** Widths of the drawings: one that telephones show without shrinking the letters, and one for all else. */
const NARROW = 312;
const WIDE = 720;
/** Columns from which on a table is set smaller, so that it fits a page. */
const DENSE = 7;

/** Blocks as HTML. Headings of blocks are of the third level: the section's own is of the second. */
export function blocksHtml(blocks: readonly Block[], draw: DrawChart): string {
  return blocks.map((block) => blockHtml(block, draw)).join('\n');
}

function blockHtml(block: Block, draw: DrawChart): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${textHtml(block.text)}</p>`;
    case 'answer':
      return `<p class="answer">${textHtml(block.text)}</p>`;
    case 'heading':
      return `<h3>${textHtml(block.text)}</h3>`;
    case 'facts':
      return `<dl>${block.facts
        .map(([label, text]) => `<div><dt>${escapeHtml(label)}</dt><dd>${textHtml(text)}</dd></div>`)
        .join('\n')}</dl>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${textHtml(item)}</li>`).join('\n')}</ul>`;
    case 'table':
      return tableHtml(block);
    case 'chart':
      return chartHtml(block.chart, block.data, draw);
    case 'details':
      return `<details><summary>${escapeHtml(block.summary)}</summary>\n${blocksHtml(block.blocks, draw)}\n</details>`;
    case 'code':
      return `<pre role="group" aria-label="${escapeHtml(block.label)}"><code>${escapeLines(block.text.trimEnd())}</code></pre>`;
  }
}

/** A wide table scrolls within its own box, which the keyboard reaches. */
function tableHtml({ caption, columns, rows }: TableBlock): string {
  const isDense = columns.length >= DENSE;
  const side = (at: number) =>
    columns[at]?.isNumber === true
      ? ' class="number"'
      : columns[at]?.isProse === true
        ? ' class="prose"'
        : '';
  const head = columns.map(({ title }, at) => `<th scope="col"${side(at)}>${textHtml(title)}</th>`).join('');
  const body = rows
    .map((row) => {
      const cells = row.map((cell, at) =>
        at === 0
          ? `<th scope="row">${textHtml(cell)}</th>`
          : `<td${side(at)}>${columns[at]?.isNumber === true ? numberHtml(cell) : textHtml(cell)}</td>`,
      );
      return `<tr>${cells.join('')}</tr>`;
    })
    .join('\n');
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(caption)}"><table${isDense ? ' class="dense"' : ''}><caption><span>${escapeHtml(caption)}</span></caption><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** On narrow screens it may break where the half-width begins. */
function numberHtml(cell: Text): string {
  return inlines(cell)
    .map((part) =>
      typeof part === 'string' ? textHtml(part).replace('\u00a0±', '\u00a0<wbr>±') : textHtml([part]),
    )
    .join('');
}

function chartHtml(chart: Chart, data: TableBlock, draw: DrawChart): string {
  return [
    `<figure><figcaption>${escapeHtml(chart.title)}</figcaption>${legendHtml(chart)}`,
    `<div role="img" aria-label="${escapeHtml(chart.summary)}">`,
    `<div class="wide">${draw(chart, WIDE)}</div><div class="narrow">${draw(chart, NARROW)}</div></div>`,
    `<details class="data"><summary>Data of the chart: ${escapeHtml(chart.title)}</summary>${tableHtml(data)}</details></figure>`,
  ].join('\n');
}

/** What the colours mean, where one name at the axis does not say it. */
function legendHtml(chart: Chart): string {
  if (chart.kind === 'lines' && chart.lines.length > 1)
    return legend(chart.lines.map(({ name }, at) => [name, toneColour(at), lineDash(at)]));
  if (chart.kind === 'stack')
    return legend(chart.parts.map((name, at) => [name, toneColour(chart.tones?.[at] ?? at), undefined]));
  if (chart.kind === 'swings')
    return legend(['at its low end', 'at its high end'].map((name, at) => [name, toneColour(at), undefined]));
  return '';
}

function legend(
  entries: readonly (readonly [name: string, colour: string, dash: string | undefined])[],
): string {
  const items = entries.map(([name, colour, dash]) => {
    const mark =
      dash === undefined
        ? `<rect width="14" height="12" fill="${colour}"/>`
        : `<line x1="0" y1="6" x2="28" y2="6" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`;
    const width = dash === undefined ? 14 : 28;
    return `<li><svg width="${width}" height="12" aria-hidden="true">${mark}</svg> <bdi>${escapeHtml(name)}</bdi></li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}
