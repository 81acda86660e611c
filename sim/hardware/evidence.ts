/** How sure a catalogue figure is: seen in a vendor document or real output, one other source, or recalled. */
export type Confidence = 'high' | 'medium' | 'unverified';

export const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'unverified'];

/** What kind of evidence stands behind a figure, from strongest to weakest. */
export type Evidence =
  | 'documented'
  | 'code'
  | 'measured'
  | 'vendor-claim'
  | 'derived'
  | 'inferred'
  | 'unverified';

export const EVIDENCES: readonly Evidence[] = [
  'documented',
  'code',
  'measured',
  'vendor-claim',
  'derived',
  'inferred',
  'unverified',
];

/**
 * The keys of a source table that a free-text source names, in the order of the text.
 *
 * @param source for example `nvaie5; vdm counts`; words that are no keys stand for themselves and are left out
 */
export function citedSources(source: string, table: Readonly<Record<string, string>>): string[] {
  const words = source.split(/[^A-Za-z0-9]+/);
  return [...new Set(words)].filter((word) => Object.hasOwn(table, word));
}
