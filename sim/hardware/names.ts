/** Words that say who makes or markets a GPU but not which GPU it is. */
const NOISE = new Set([
  'nvidia',
  'tesla',
  'geforce',
  'grid',
  'amd',
  'radeon',
  'instinct',
  'firepro',
  'intel',
  'data',
  'center',
  'gpu',
]);

/** Lower case without spaces and punctuation: `A100-SXM4-80GB` and `a100_sxm4 80gb` become one. */
export function compactName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The telling words of a name, unordered: `Tesla A100 SXM4 80GB` gives 80gb, a100, sxm. */
function nameWords(name: string): string[] {
  const words = name.toLowerCase().split(/[^a-z0-9.]+/);
  return words
    .filter((word) => word !== '' && !NOISE.has(word))
    .map((word) => word.replace(/^sxm\d$/, 'sxm').replace(/^(\d+)(g|gib)$/, '$1gb'));
}

/** A catalogue name that is not known, or that fits several entries. */
export class CatalogueNameError extends Error {
  readonly given: string;
  readonly reason: 'unknown' | 'ambiguous';
  /** The nearest names, or the entries that fit. */
  readonly candidates: readonly string[];

  /** @param kind what was looked for, in the words of the message: `GPU`, `MIG profile of A30` */
  constructor(kind: string, given: string, reason: 'unknown' | 'ambiguous', candidates: readonly string[]) {
    const list = candidates.join(', ');
    super(
      reason === 'ambiguous'
        ? `Ambiguous ${kind} "${given}": say which of ${list}`
        : `Unknown ${kind} "${given}": ${list === '' ? 'there is none' : `nearest known names are ${list}`}`,
    );
    this.name = 'CatalogueNameError';
    this.given = given;
    this.reason = reason;
    this.candidates = candidates;
  }
}

/** The error for a name that none of `known` is. */
export function unknownName(kind: string, given: string, known: readonly string[]): CatalogueNameError {
  return new CatalogueNameError(kind, given, 'unknown', nearestNames(given, known));
}

const MOST_SUGGESTED = 5;

/**
 * The known names that share most letter pairs with the given one, best first; ties keep the order of `known`.
 * Pairs rather than edit distance, because GPU names are cut short more often than they are misspelt.
 */
export function nearestNames(given: string, known: readonly string[]): string[] {
  const wanted = letterPairs(given);
  return known
    .map((name) => ({ name, likeness: overlap(wanted, letterPairs(name)) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, MOST_SUGGESTED)
    .map((each) => each.name);
}

function letterPairs(name: string): Set<string> {
  const compact = ` ${compactName(name)}`;
  return new Set(Array.from({ length: compact.length - 1 }, (_, i) => compact.slice(i, i + 2)));
}

/** Dice's coefficient, 0 to 1. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of a) if (b.has(pair)) shared += 1;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

/**
 * The entries a name fits: those with an equal name (punctuation, word order, maker and SXM generation aside);
 * failing that, those whose name holds every word given. In the order of `entries`.
 */
export function entriesByName<T>(
  given: string,
  entries: readonly T[],
  namesOf: (entry: T) => readonly string[],
): { readonly exact: boolean; readonly found: readonly T[] } {
  const compact = compactName(given);
  const words = nameWords(given);
  if (words.length === 0) return { exact: false, found: [] };
  const sorted = [...words].sort().join(' ');
  const exact = entries.filter((entry) =>
    namesOf(entry).some(
      (name) => compactName(name) === compact || [...nameWords(name)].sort().join(' ') === sorted,
    ),
  );
  if (exact.length > 0) return { exact: true, found: exact };
  const holding = entries.filter((entry) =>
    namesOf(entry).some((name) => {
      const have = new Set(nameWords(name));
      return words.every((word) => have.has(word));
    }),
  );
  return { exact: false, found: holding };
}
