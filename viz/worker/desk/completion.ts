import { type Document, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { isMapping, type Path, valueAt } from '../../../sim/scenario/path.ts';
import { flowText } from './edit-text.ts';
import { choicesOf, descriptionOf, type SchemaPart, schemaAt } from './schema-at.ts';

/** A word that may stand at a place of the text. */
export interface Completion {
  readonly label: string;
  /** What is put in the text. */
  readonly text: string;
  readonly kind: 'key' | 'value';
  /** What it is for; empty where the schema does not say. */
  readonly help: string;
}

/** Stands for the word that is being written; nothing in a scenario is called so. */
const MARK = 'xq0cursor0qx';

const WORD = /[A-Za-z0-9_.%/-]/;

/**
 * What the format allows where the cursor stands: keys that the mapping does not have yet, or values that the schema
 * lists.
 *
 * @param offset of the cursor, in characters from the start
 * @returns where the word begins that is being written, and all words that may take its place
 */
export function completionsAt(
  schema: SchemaPart,
  text: string,
  offset: number,
): { readonly from: number; readonly items: readonly Completion[] } {
  let from = Math.min(offset, text.length);
  while (from > 0 && WORD.test(text[from - 1] as string) && !isDash(text, from - 1)) from -= 1;
  let to = offset;
  while (to < text.length && WORD.test(text[to] as string)) to += 1;
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const prefix = text.slice(lineStart, from);
  if (/(^|\s)#/.test(prefix)) return { from, items: [] };
  const beginsLine = /^[\s-]*$/.test(prefix);
  const hasColon = /^\s*:/.test(text.slice(to));
  const mark = beginsLine && !hasColon ? `${MARK}: ` : MARK;
  const document = parseDocument(`${text.slice(0, from)}${mark}${text.slice(to)}`, { logLevel: 'silent' });
  const place = placeOfMark(document);
  if (place === undefined) return { from, items: [] };
  const known = plain(document);
  const items = place.isKey
    ? [
        ...keyItems(schema, known, place.path, hasColon),
        ...(beginsLine ? valueItems(schema, known, place.path) : []),
      ]
    : [
        ...valueItems(schema, known, place.path),
        ...(beginsLine ? keyItems(schema, known, place.path, false) : []),
      ];
  return { from, items };
}

/** The dash of a list is no letter of a word. */
function isDash(text: string, at: number): boolean {
  return text[at] === '-' && /^\s*$/.test(text.slice(text.lastIndexOf('\n', at - 1) + 1, at));
}

function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch {
    return undefined;
  }
}

/** Where the mark is: as a key, the path of the mapping; as a value, its own path. */
function placeOfMark(document: Document): { readonly path: Path; readonly isKey: boolean } | undefined {
  let found: { path: Path; isKey: boolean } | undefined;
  visit(document, {
    Scalar(position, node, ancestors) {
      if (node.value !== MARK) return undefined;
      const path: (string | number)[] = [];
      for (const [i, each] of ancestors.entries()) {
        const next: unknown = ancestors[i + 1] ?? node;
        if (isSeq(each)) path.push(each.items.indexOf(next as never));
        else if (isPair(each) && each.value === next)
          path.push(String(isScalar(each.key) ? each.key.value : each.key));
      }
      found = { path, isKey: position === 'key' };
      return visit.BREAK;
    },
  });
  return found;
}

function keyItems(
  schema: SchemaPart,
  document: unknown,
  path: Path,
  hasColon: boolean,
): readonly Completion[] {
  const here = valueAt(document, path);
  const has = isMapping(here) ? here : {};
  const items = new Map<string, Completion>();
  for (const part of schemaAt(schema, document, path)) {
    for (const [key, inner] of Object.entries(part.properties ?? {})) {
      if (Object.hasOwn(has, key) || items.has(key)) continue;
      items.set(key, {
        label: key,
        text: hasColon ? key : `${key}: `,
        kind: 'key',
        help: descriptionOf(schemaAt(schema, document, [...path, key])) || (inner.description ?? ''),
      });
    }
  }
  return [...items.values()];
}

function valueItems(schema: SchemaPart, document: unknown, path: Path): readonly Completion[] {
  const parts = schemaAt(schema, { ...without(document, path) }, path);
  const examples = parts.flatMap((part) => part.examples ?? []);
  const help = descriptionOf(parts);
  // The number 1 and the text 1 are one word to whoever chooses.
  const items = new Map<string, Completion>();
  for (const value of [...choicesOf(parts), ...examples]) {
    const label = typeof value === 'string' ? value : flowText(value);
    if (!items.has(label)) items.set(label, { label, text: flowText(value), kind: 'value', help });
  }
  return [...items.values()];
}

/** The document without the value that is being written, which chooses no form. */
function without(document: unknown, path: Path): Record<string, unknown> {
  const [key, ...rest] = path;
  if (!isMapping(document) || key === undefined) return {};
  const { [key]: inner, ...others } = document;
  if (rest.length === 0) return others;
  if (isMapping(inner)) return { ...others, [key]: without(inner, rest) };
  // In lists what is told apart by keys is told apart by the keys beside.
  if (Array.isArray(inner) && typeof rest[0] === 'number') {
    const items = inner.map((item: unknown, i) => (i === rest[0] ? without(item, rest.slice(1)) : item));
    return { ...others, [key]: items };
  }
  return { ...others, [key]: inner };
}
