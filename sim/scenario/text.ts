import {
  Composer,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  Parser,
} from 'yaml';
import { nestingDepth } from './nesting.ts';
import type { Path } from './path.ts';
import type { Problem } from './problem.ts';

export type TextResult =
  | {
      readonly ok: true;
      /** The document as plain data, not yet validated. */
      readonly document: unknown;
      /** Where a path stands in the text: `file:line:column` of its key or value, or of the nearest part above it. */
      readonly at: (path: Path) => string;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Longest scenario text, in characters: some hundred thousand lines. */
const MAX_TEXT_LENGTH = 16 * 1024 * 1024;

/** Levels of lists and mappings, well above what a document may have and below what exhausts the stack. */
const MAX_NESTING = 500;

/** References to anchors in one text; more are taken for an attempt to exhaust the memory. */
const MAX_ALIASES = 10_000;

/**
 * Reads a scenario document, or another one of the same form, from YAML 1.2 or JSON. Never throws.
 *
 * @param text one document
 * @param fileName how problems name the text
 * @param what what problems call the document
 */
export function parseScenarioText(
  text: string,
  fileName = 'scenario',
  what = 'a scenario document',
): TextResult {
  const refuse = (message: string, at = fileName): TextResult => ({
    ok: false,
    problems: [{ path: '', message, at }],
  });
  if (text.length > MAX_TEXT_LENGTH)
    return refuse(`must be at most ${MAX_TEXT_LENGTH} characters, got ${text.length}`);

  const lines = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  try {
    const tokens = [...new Parser(lines.addNewLine).parse(text)];
    const depth = nestingDepth(tokens);
    if (depth > MAX_NESTING) {
      return refuse(`cannot be read: must not be nested deeper than ${MAX_NESTING} levels, got ${depth}`);
    }
    const composer = new Composer({ prettyErrors: false, stringKeys: true });
    const [parsed, another] = composer.compose(tokens, true, text.length);
    if (parsed === undefined) return refuse(`is empty: must be ${what}`);
    if (another !== undefined) {
      return refuse(
        'must be one document, got multiple documents: the second begins here',
        place(another.range[0]),
      );
    }
    // Warnings are unknown tags, whose value would silently be read as something else.
    const faults = [...parsed.errors, ...parsed.warnings];
    if (faults.length > 0) {
      return {
        ok: false,
        problems: faults.map(({ message, pos }) => ({
          path: '',
          message: `is not YAML: ${message}`,
          at: place(pos[0]),
        })),
      };
    }
    const document: unknown = parsed.toJS({ maxAliasCount: MAX_ALIASES });
    if (document === null) return refuse(`is empty: must be ${what}`);
    const root = parsed.contents as Node;
    return {
      ok: true,
      document,
      at: (path) => place(offsetOf(root, path, (node) => resolve(node, parsed)) ?? 0),
    };
  } catch (error) {
    // More aliases than allowed.
    return refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Resolve = (node: unknown) => unknown;

function resolve(node: unknown, document: Document.Parsed): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** Offset in the text of the last part of `path` that is there: a key, or an item of a list. */
function offsetOf(root: Node, path: Path, resolveAlias: Resolve): number | undefined {
  let node: unknown = root;
  let offset = root.range?.[0];
  for (const key of path) {
    const member = memberOf(resolveAlias(node), key);
    if (member === undefined) return offset;
    const start: unknown = isPair(member) ? member.key : member;
    if (isScalar(start) || isCollection(start) || isAlias(start)) offset = start.range?.[0] ?? offset;
    node = isPair(member) ? member.value : member;
  }
  return offset;
}

function memberOf(node: unknown, key: string | number): Node | Pair | undefined {
  if (!isCollection(node)) return undefined;
  if (!isMap(node)) return typeof key === 'number' ? (node.items[key] as Node | undefined) : undefined;
  return node.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key));
}
