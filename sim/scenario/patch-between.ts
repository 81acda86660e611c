import { isMapping } from './path.ts';
import type { VariantDocument } from './schema/what-if.ts';

type Change = NonNullable<VariantDocument['patch']>[number];

/**
 * The changes that make one document of another (RFC 6902), in the order of its keys. Lists of another length are put in
 * place as a whole.
 */
export function patchBetween(from: unknown, to: unknown, pointer = ''): readonly Change[] {
  if (isMapping(from) && isMapping(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key): readonly Change[] => {
      const path = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!Object.hasOwn(to, key)) return [{ op: 'remove', path }];
      if (!Object.hasOwn(from, key)) return [{ op: 'add', path, value: to[key] }];
      return patchBetween(from[key], to[key], path);
    });
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((item, index) => patchBetween(item, to[index], `${pointer}/${index}`));
  }
  if (Object.is(from, to) || (Array.isArray(from) && JSON.stringify(from) === JSON.stringify(to))) return [];
  return [{ op: 'replace', path: pointer, value: to }];
}
