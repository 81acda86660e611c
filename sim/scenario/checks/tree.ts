import { MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_VALUES } from '../limits.ts';
import { UNSAFE_KEY } from '../path.ts';
import type { Finding } from '../problem.ts';

/**
 * Whether a value is a plain tree of mappings, lists and single values that the other checks can walk: no
 * cycle, no object of a class, no key that reaches the prototype, of bounded size and depth.
 *
 * @returns `isWalkable`: false when nothing else should look at the document
 */
export function checkTree(document: unknown): {
  readonly findings: readonly Finding[];
  readonly isWalkable: boolean;
} {
  const findings: Finding[] = [];
  const path: (string | number)[] = [];
  let visited = 0;
  let isWalkable = true;
  const refuse = (message: string) => {
    findings.push({ path: [...path], message });
    isWalkable = false;
  };

  const visitMember = (key: string | number, value: unknown): void => {
    path.push(key);
    visit(value);
    path.pop();
  };

  const visit = (value: unknown): void => {
    visited += 1;
    if (visited > MAX_DOCUMENT_VALUES) {
      path.length = 0;
      refuse(`must hold at most ${MAX_DOCUMENT_VALUES} values`);
    } else if (typeof value === 'object' && value !== null) {
      if (path.length >= MAX_DOCUMENT_DEPTH) {
        refuse(`must not be nested deeper than ${MAX_DOCUMENT_DEPTH} levels`);
      } else if (Array.isArray(value)) {
        for (let i = 0; i < value.length && isWalkable; i++) visitMember(i, value[i]);
      } else visitMapping(value);
    } else if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
      refuse(`must be text, a number, true or false, a list or a mapping, not a ${typeof value}`);
    }
  };

  const visitMapping = (value: object): void => {
    const prototype: unknown = Object.getPrototypeOf(value);
    // A document from another realm has another Object.prototype: what counts is that nothing stands above it.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      refuse('must be a plain mapping');
      return;
    }
    for (const key of Object.keys(value)) {
      if (!isWalkable) return;
      if (key === UNSAFE_KEY) findings.push({ path: [...path, key], message: 'is not an accepted key' });
      else visitMember(key, (value as Record<string, unknown>)[key]);
    }
  };

  visit(document);
  return { findings, isWalkable };
}
