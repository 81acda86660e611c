import type { Change } from '../../worker/desk/changes.ts';

/** The changes as a section `whatIf` with one variant, for `slicewise compare`. */
export function variantText(name: string, changes: readonly Change[]): string {
  const set = changes.map(({ setKey, setValue }) => `      ${setKey}: ${setValue}\n`).join('');
  return `whatIf:\n  - name: ${name}\n${set === '' ? '' : `    set:\n${set}`}`;
}

/** Whether a variant may be called so. */
export function isVariantName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name);
}
