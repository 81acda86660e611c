/** What a piece of YAML is, as far as it is coloured. */
export type YamlTokenKind = 'key' | 'text' | 'number' | 'word' | 'comment';

export interface YamlToken {
  readonly from: number;
  readonly to: number;
  readonly kind: YamlTokenKind;
}

/**
 * One piece of a line, the first that fits; what fits nothing is plain.
 *
 * @param ends what ends a plain piece besides spaces: brackets and commas inside of brackets
 */
function pieceUntil(ends: string): RegExp {
  const rest = String.raw`(?:[^\s:${ends}]|:(?=\S)|\s+(?=[^\s#:${ends}]))*`;
  return new RegExp(
    String.raw`(?<comment>(?<=^|\s)#.*)|` +
      String.raw`(?<quoted>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?<isKey>\s*:(?=\s|$))?|` +
      String.raw`(?<plain>[^\s"'#,[\]{}&*!|>%@\x60:-]${rest}|-(?=\S)${rest})(?<isPlainKey>\s*:(?=\s|$))?|\S`,
    'g',
  );
}
const OUTSIDE = pieceUntil('');
const INSIDE = pieceUntil(String.raw`,[\]{}`);
const NUMBER = /^[-+]?(?:\d[\d_]*)?\.?\d+(?:e[-+]?\d+)?$/i;
const WORD = /^(?:true|false|null|yes|no|~)$/i;
/** A line after which text follows as it is, deeper than the line: `description: >-`. */
const BLOCK = /(?:^|[\s:-])[|>][-+\d]*\s*(?:#.*)?$/;

/** Coloured pieces of a document, in order: enough for scenarios, whose quotes end on the line on which they begin. */
export function yamlTokens(text: string): readonly YamlToken[] {
  const tokens: YamlToken[] = [];
  let start = 0;
  let blockIndent = -1;
  /** Brackets that are open. */
  let depth = 0;
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/);
    if (blockIndent >= 0 && (indent < 0 || indent > blockIndent)) {
      if (indent >= 0) tokens.push({ from: start + indent, to: start + line.length, kind: 'text' });
    } else {
      blockIndent = BLOCK.test(line) && !/^\s*#/.test(line) ? Math.max(0, indent) : -1;
      for (let at = 0; at < line.length; ) {
        const piecesHere = depth > 0 ? INSIDE : OUTSIDE;
        piecesHere.lastIndex = at;
        const match = piecesHere.exec(line);
        if (match === null) break;
        at = piecesHere.lastIndex;
        if (/^[[{]$/.test(match[0])) depth += 1;
        else if (/^[\]}]$/.test(match[0])) depth = Math.max(0, depth - 1);
        const { comment, quoted, isKey, plain, isPlainKey } = match.groups ?? {};
        const piece = comment ?? quoted ?? plain;
        if (piece === undefined) continue;
        const from = start + match.index;
        const kind =
          comment !== undefined ? 'comment' : (isKey ?? isPlainKey) !== undefined ? 'key' : undefined;
        tokens.push({ from, to: from + piece.length, kind: kind ?? valueKind(piece) });
      }
    }
    start += line.length + 1;
  }
  return tokens;
}

function valueKind(piece: string): YamlTokenKind {
  return NUMBER.test(piece) ? 'number' : WORD.test(piece) ? 'word' : 'text';
}
