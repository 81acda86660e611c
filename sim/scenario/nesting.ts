import type { CST } from 'yaml';

/**
 * How deep the collections of a YAML text are nested. Goes through its tokens without recursion, whatever they are: what
 * makes data of them recurses, and a text made to exhaust the stack can end the whole process there.
 */
export function nestingDepth(tokens: readonly CST.Token[]): number {
  let deepest = 0;
  const open: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of tokens) open.push({ token, depth: 0 });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    deepest = Math.max(deepest, depth);
    if (token.type === 'document') {
      if (token.value !== undefined) open.push({ token: token.value, depth });
    } else if ('items' in token) {
      for (const { key, value } of token.items) {
        if (key != null) open.push({ token: key, depth: depth + 1 });
        if (value != null) open.push({ token: value, depth: depth + 1 });
      }
    }
  }
  return deepest;
}
