import { printable } from '../format.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of any origin as it stands between tags or in a quoted attribute: control characters are spelled out. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => ENTITIES[c] as string);
}

/** The same of several lines. */
export const escapeLines = (text: string): string => text.split('\n').map(escapeHtml).join('\n');
