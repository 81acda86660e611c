import type { Span } from './expression.ts';

type TokenKind = 'number' | 'name' | 'text' | 'sign' | 'end';

export interface Token extends Span {
  readonly kind: TokenKind;
  /** As written; of `text` what stands between the quotes. */
  readonly text: string;
}

/** What is wrong at a column of an expression. */
export class ExpressionError extends Error {
  /** From 0. */
  readonly from: number;
  readonly hint: string | undefined;

  constructor(from: number, message: string, hint?: string) {
    super(message);
    this.from = from;
    this.hint = hint;
  }
}

/** Longest expression in characters. */
export const MAX_LENGTH = 2000;

// A hyphen between letters or digits is part of a name (GPU-hours, lack-gpu), so a minus needs a space before it.
const TOKEN =
  /\s*(?:(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*(?:[.-]\w+)*)|("(?:[^"\\]|\\.)*")|(<=|>=|==|!=|[-<>+*/%(),:=]))/y;

/** @throws {ExpressionError} at the first character that begins nothing */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > MAX_LENGTH) {
    throw new ExpressionError(MAX_LENGTH, `must be at most ${MAX_LENGTH} characters, got ${text.length}`);
  }
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    const rest = text.slice(at);
    if (rest.trim() === '') break;
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const start = at + (rest.length - rest.trimStart().length);
    if (match === null) {
      const found = [...text.slice(start)][0] ?? '';
      const isQuote = found === '"';
      throw new ExpressionError(
        start,
        isQuote ? 'a text that begins here has no end' : `found ${JSON.stringify(found)}`,
        isQuote ? 'close it with "' : 'accepted: a number, a name, ", ( ) , : + - * / < <= > >= == !=',
      );
    }
    const [, number, name, quoted, sign = ''] = match;
    const to = TOKEN.lastIndex;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, from: start, to });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, from: start, to });
    else if (quoted !== undefined)
      tokens.push({ kind: 'text', text: unquoted(quoted, start), from: start, to });
    else tokens.push({ kind: 'sign', text: sign, from: start, to });
    at = to;
  }
  tokens.push({ kind: 'end', text: '', from: text.trimEnd().length, to: text.length });
  return tokens;
}

function unquoted(text: string, from: number): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new ExpressionError(from, `found the text ${text}`, 'accepted: text in quotes as in JSON');
  }
}
