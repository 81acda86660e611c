const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const ESCAPE = /(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Where a text stops being JSON, for messages: not every engine's own error says so.
 *
 * @returns index of the first character that cannot stand there, the text's length where it ends too early, -1 for
 *   valid JSON
 */
export function jsonFaultAt(text: string): number {
  /** What closes each open list or mapping, innermost last. */
  const open: ('}' | ']')[] = [];
  let at = skipSpace(text, 0);
  let expects: 'value' | 'first value' | 'key' | 'first key' | 'end' = 'value';
  for (;;) {
    const char = text[at];
    if (expects === 'end') {
      const close = open.at(-1);
      if (close === undefined) return at === text.length ? -1 : at;
      if (char === close) open.pop();
      else if (char === ',') expects = close === '}' ? 'key' : 'value';
      else return at;
      at += 1;
    } else if (expects === 'key' || expects === 'first key') {
      if (char === '}' && expects === 'first key') {
        expects = 'end';
        continue;
      }
      if (char !== '"') return at;
      const end = stringEnd(text, at);
      if (end < 0) return -end - 1;
      at = skipSpace(text, end);
      if (text[at] !== ':') return at;
      at += 1;
      expects = 'value';
    } else if (char === ']' && expects === 'first value') {
      expects = 'end';
      continue;
    } else if (char === '{' || char === '[') {
      open.push(char === '{' ? '}' : ']');
      expects = char === '{' ? 'first key' : 'first value';
      at += 1;
    } else if (char === '"') {
      const end = stringEnd(text, at);
      if (end < 0) return -end - 1;
      at = end;
      expects = 'end';
    } else {
      SCALAR.lastIndex = at;
      if (!SCALAR.test(text)) return at;
      at = SCALAR.lastIndex;
      expects = 'end';
    }
    at = skipSpace(text, at);
  }
}

/** Index after the string that starts at `at`; for a string with a fault, minus its place, minus 1. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) return i + 1;
    if (code < 32) return -i - 1;
    if (code !== 92) continue;
    ESCAPE.lastIndex = i + 1;
    if (!ESCAPE.test(text)) return -Math.min(i + 1, text.length) - 1;
    i = ESCAPE.lastIndex - 1;
  }
  return -text.length - 1;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
    at += 1;
  }
  return at;
}
