const [QUOTE, BACKSLASH, NEWLINE] = [34, 92, 10];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [91, 93, 123, 125];

/**
 * Lines, from 1, on which the items of the list `items` at the top of a JSON document start. Items that are no mappings
 * or lists are not counted.
 *
 * @param text valid JSON
 */
export function itemLines(text: string): number[] {
  const lines: number[] = [];
  let line = 1;
  let depth = 0;
  let lastString = '';
  let isInItems = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === NEWLINE) line += 1;
    else if (code === QUOTE) {
      const start = i + 1;
      for (i = start; text.charCodeAt(i) !== QUOTE; i++) if (text.charCodeAt(i) === BACKSLASH) i += 1;
      // Only the keys of the document itself matter; deeper strings are passed over.
      if (depth === 1) lastString = text.slice(start, i);
    } else if (code === OPEN_LIST || code === OPEN_MAP) {
      if (depth === 2 && isInItems) lines.push(line);
      if (depth === 1) {
        isInItems = code === OPEN_LIST && lastString === 'items';
        // A later `items` replaces this one, as it does for the parser.
        if (isInItems) lines.length = 0;
      }
      depth += 1;
    } else if (code === CLOSE_LIST || code === CLOSE_MAP) depth -= 1;
  }
  return lines;
}
