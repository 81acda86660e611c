import { type Inline, inlines, type Text } from '../document/blocks.ts';
import { escapeHtml } from './escape.ts';

/** A line as HTML. What others named keeps its own direction, without turning that of the line around it. */
export function textHtml(text: Text): string {
  return inlines(text).map(inlineHtml).join('');
}

function inlineHtml(part: Inline): string {
  if (typeof part === 'string') return escapeHtml(part);
  if ('strong' in part) return `<strong>${escapeHtml(part.strong)}</strong>`;
  if ('code' in part) return `<code><bdi>${escapeHtml(part.code)}</bdi></code>`;
  return `<bdi>${escapeHtml(part.name)}</bdi>`;
}
