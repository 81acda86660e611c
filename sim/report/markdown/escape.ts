import { printable } from '../format.ts';

/** What means something in GitHub's Markdown within a line. */
const SPECIAL = /[\\`*_{}[\]<>#|~&!$]/g;

/**
 * Text of any origin as text: it makes no markup, no link, no mention and no cell of its own. Addresses and `@` are cut
 * by empty elements, because they are linked even where their characters are escaped.
 */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(SPECIAL, (c) => `\\${c}`)
    .replace(/@/g, '<span>@</span>')
    .replace(/:\/\//g, ':<span>//</span>')
    .replace(/\b(www)\./gi, '$1<span>.</span>');
}

/** At the start of a line, where more means something: lists, headings below a line, rules. */
export function escapeLineStart(markdown: string): string {
  return markdown
    .trimStart()
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** What can stand between backticks as it is. */
const PLAIN_CODE = /^[\w .:=,%/()+▁-█·-]+$/;

/** Code of any origin: between backticks where they do, else as an element whose text is escaped. */
export function codeMarkdown(text: string): string {
  const isPlain = PLAIN_CODE.test(text) && text.trim() === text;
  return isPlain ? `\`${text}\`` : `<code>${escapeMarkdown(text)}</code>`;
}

/** Lines in a fence longer than any run of backticks in them. */
export function fenced(text: string): string {
  const lines = text.trimEnd().split('\n').map(printable);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines, fence].join('\n');
}
