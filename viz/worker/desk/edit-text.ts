import {
  Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseDocument,
  stringify,
} from 'yaml';
import { isMapping, type Path } from '../../../sim/scenario/path.ts';

/**
 * The text with another value at a path, or without it. Only as much of the text changes as must: comments and the form
 * of the rest stay, unless the place is written in a way (an alias, say) that leaves no other way than to write all anew.
 *
 * @param text YAML that can be read
 * @param value plain data; undefined takes the key, or the item of a list, away
 */
export function editText(text: string, path: Path, value: unknown): string {
  const before: unknown = parseDocument(text).toJS();
  const wanted = withValue(before, path, value);
  for (const attempt of [() => spliced(text, path, value), () => rewritten(text, path, value)]) {
    const changed = attempt();
    if (changed !== undefined && isSame(readOrUndefined(changed), wanted)) return changed;
  }
  return new Document(wanted, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });
}

function readOrUndefined(text: string): unknown {
  try {
    const parsed = parseDocument(text);
    return parsed.errors.length > 0 ? undefined : parsed.toJS();
  } catch {
    return undefined;
  }
}

/** Plain data with the same content in the same order. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A copy of plain data with another value at a path; mappings on the way are made where there are none. */
export function withValue(document: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    const at = Number(key);
    if (rest.length === 0 && value === undefined) return document.filter((_, i) => i !== at);
    return at >= document.length
      ? [...document, withValue(undefined, rest, value)]
      : document.map((item: unknown, i) => (i === at ? withValue(item, rest, value) : item));
  }
  const mapping = isMapping(document) ? document : {};
  if (value === undefined && !Object.hasOwn(mapping, key)) return document;
  if (rest.length === 0 && value === undefined) {
    const { [key]: _gone, ...others } = mapping;
    return others;
  }
  return { ...mapping, [key]: withValue(mapping[key], rest, value) };
}

/** One line of YAML in flow form. */
export function flowText(value: unknown): string {
  const node = new Document(value, { aliasDuplicateObjects: false });
  if (isMap(node.contents) || isSeq(node.contents)) node.contents.flow = true;
  const form = {
    lineWidth: 0,
    collectionStyle: 'flow',
    flowCollectionPadding: true,
    blockQuote: false,
  } as const;
  const text = node.toString(form).trimEnd();
  // Texts of several lines stay on one as JSON, which is YAML, too.
  return text.includes('\n') ? JSON.stringify(value) : text;
}

/** Replaces the characters of the value alone, or puts a new key behind the last of its mapping. */
function spliced(text: string, path: Path, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  let node: unknown = parseDocument(text).contents;
  for (const [depth, key] of path.entries()) {
    const inner = memberNode(node, key);
    if (inner === undefined) return withNewKey(text, node, path.slice(depth), value);
    node = inner;
  }
  const range = isNode(node) ? (node as ParsedNode).range : undefined;
  if (range === undefined || range === null) return undefined;
  const [start, end] = range;
  const old = text.slice(start, end);
  // A block spans lines, with the break before what follows.
  const tail = /\s*$/.exec(old)?.[0] ?? '';
  const gap = start > 0 && text[start - 1] === ':' ? ' ' : '';
  return `${text.slice(0, start)}${gap}${flowText(value)}${old.includes('\n') ? tail : ''}${text.slice(end)}`;
}

function memberNode(node: unknown, key: string | number): Node | undefined {
  if (isSeq(node)) return node.items[Number(key)] as Node | undefined;
  if (!isMap(node)) return undefined;
  const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === String(key));
  return isPair(pair) && isNode(pair.value) ? pair.value : undefined;
}

function withNewKey(text: string, node: unknown, path: Path, value: unknown): string | undefined {
  if (!isMap(node) || node.items.length === 0) return undefined;
  const [key, ...rest] = path;
  const entry = `${stringify(key).trimEnd()}: ${flowText(withValue(undefined, rest, value))}`;
  const last = (node.items.at(-1)?.value ?? node.items.at(-1)?.key) as ParsedNode | undefined;
  const range = last?.range;
  if (range === undefined || range === null) return undefined;
  if (node.flow === true) return `${text.slice(0, range[1])}, ${entry}${text.slice(range[1])}`;
  const first = node.items[0]?.key as ParsedNode | undefined;
  const start = first?.range?.[0] ?? 0;
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  // The last value ends with its line, comment included.
  const head = text.slice(0, range[2]);
  return `${head}${head.endsWith('\n') ? '' : '\n'}${indent}${entry}\n${text.slice(range[2])}`;
}

function rewritten(text: string, path: Path, value: unknown): string | undefined {
  const document = parseDocument(text);
  try {
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
    return document.toString({ lineWidth: 0 });
  } catch {
    return undefined;
  }
}
