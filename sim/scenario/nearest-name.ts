/**
 * Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and swaps
 * of neighbours that turn one text into the other.
 *
 * @see Boytsov, Indexing methods for approximate dictionary searching, JEA 2011, section 2
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

const LONGEST_COMPARED = 64;

/**
 * The known name closest to what was written, ignoring case and the marks `-`, `_` and space. The earlier of
 * two equals wins. None when more than about a third of the letters differ.
 */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  if (written.length > LONGEST_COMPARED) return undefined;
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_ ]/g, '');
  const wanted = plain(written);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of known) {
    const candidate = plain(name);
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** `did you mean "tasks"?`, when a known name is near. */
export function didYouMean(written: string, known: readonly string[]): string | undefined {
  const nearest = nearestName(written, known);
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`;
}

const MOST_LISTED = 40;

/**
 * The nearest name, if one is near, then all: `did you mean "tasks"? accepted: tasks, until`.
 *
 * @param known every accepted name, listed up to 40
 * @param likely those among which the nearest is sought
 */
export function nameHint(written: string, known: readonly string[], likely = known): string {
  const rest = known.length > MOST_LISTED ? `, and ${known.length - MOST_LISTED} more` : '';
  const list = `accepted: ${known.length === 0 ? 'none' : known.slice(0, MOST_LISTED).join(', ')}${rest}`;
  const question = didYouMean(written, likely);
  return question === undefined ? list : `${question} ${list}`;
}
