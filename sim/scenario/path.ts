/** Where a value sits in a document: mapping keys and list positions from the root. */
export type Path = readonly (string | number)[];

/** Keys that would reach an object's prototype. No part of the scenario reads or writes them. */
export const UNSAFE_KEY = '__proto__';

const PLAIN_KEY = /^[A-Za-z0-9_$-]+$/;

/** Writes a path as the command line reads it: `fleet.hosts[0].memory`, odd keys as `["a.b"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (PLAIN_KEY.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text;
}

const SEGMENT = /\.?([A-Za-z0-9_$-]+)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]|\['([^']*)'\]/y;

/**
 * Reads a path written as `policy.placement`, `fleet.hosts[0].count`, `fleet.hosts.g2.count` or
 * `fleet.hosts["a.b"].count`. A name after a dot stays text even where it looks like a number.
 *
 * @returns the keys, or undefined when the text is not a path
 */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  let end = 0;
  while (end < text.length) {
    SEGMENT.lastIndex = end;
    const match = SEGMENT.exec(text);
    if (match === null) return undefined;
    const [whole, name, index, doubleQuoted, singleQuoted] = match;
    if (name !== undefined) {
      const followsDot = whole.startsWith('.');
      if (followsDot === (path.length === 0)) return undefined;
      path.push(name);
    } else if (index !== undefined) path.push(Number(index));
    else if (doubleQuoted !== undefined) {
      try {
        path.push(JSON.parse(doubleQuoted) as string);
      } catch {
        return undefined;
      }
    } else path.push(singleQuoted ?? '');
    end += whole.length;
  }
  return path.length === 0 ? undefined : path;
}

/** The value at `path`, own keys only; undefined where the document does not reach that far. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** Whether a document is a mapping: neither a list nor null. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
