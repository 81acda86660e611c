/** How many of each thing: one whole number for each axis. */
export type Counts = readonly number[];

/** What is known of counts before anything is simulated. */
export interface LatticeFacts {
  /** By axis: the counts that may be chosen, ascending. */
  readonly axes: readonly (readonly number[])[];
  /** No plan with these counts costs less; Infinity: there is no such plan. */
  floor(counts: Counts): number;
  /** False: it is proven that no plan with these counts meets the objectives, whatever is simulated. More never makes it false. */
  mayServe(counts: Counts): boolean;
  /** Whether what is proven of counts may fail to hold for fewer of the last axis: all of these are looked at. Default: it holds. */
  readonly isEachProvenAlone?: boolean;
  /** False: there is no such plan, as where something may not be more than something else. Absent: there are all. */
  isValid?(counts: Counts): boolean;
  /** False: more of something may come to cost less, as where own hosts save rented ones. Absent: more costs no less, unless its floor is lower. */
  readonly isDearerWithMore?: boolean;
}

/** What a simulation said of counts. */
export type Tried =
  | { readonly serves: true; readonly cost: number }
  /** What is ruled out with it: all with fewer of everything, all with more, or both. Absent: `fewer`. */
  | { readonly serves: false; readonly rulesOut?: 'fewer' | 'more' | 'both' };

/** Counts with what they cost at least. */
interface FlooredCounts {
  readonly counts: Counts;
  readonly floor: number;
}

/** Points that are compared with all others when the next is chosen; more are sampled. */
const MOST_COMPARED = 400;

/**
 * The cheapest counts that serve, found with few trials: what serves still serves with more of anything, and with more
 * of anything costs no less. Each trial rules out all counts at or below one that does not serve, all at or above one that
 * does, and all whose floor is not below the cheapest that does. The next trial is the one that rules out most
 * in the worse of its two outcomes: on one axis that is bisection.
 */
export class Lattice {
  /** Least floor of all counts that may serve: no plan costs less. Infinity: none may serve. */
  readonly bound: number;
  /** How many counts there are, and how many of them are proven not to serve. */
  readonly size: number;
  readonly provenSize: number;
  /** Those that nothing is proven of, by ascending floor. */
  readonly possible: readonly FlooredCounts[];
  readonly #facts: LatticeFacts;
  readonly #isDearer: boolean;
  /** Counts that are still open, by ascending floor. */
  #open: readonly FlooredCounts[];

  constructor(facts: LatticeFacts) {
    this.#facts = facts;
    this.#isDearer = facts.isDearerWithMore ?? true;
    this.size = facts.axes.reduce((size, values) => size * values.length, 1);
    this.possible = mayServe(facts)
      .map((counts) => ({ counts, floor: facts.floor(counts) }))
      .filter(({ floor }) => floor < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.floor - b.floor);
    this.provenSize = this.size - this.possible.length;
    this.#open = this.possible;
    this.bound = this.#open[0]?.floor ?? Number.POSITIVE_INFINITY;
  }

  /** Least floor of what is open; Infinity: everything is decided. */
  get leastOpen(): number {
    return this.#open[0]?.floor ?? Number.POSITIVE_INFINITY;
  }

  /** How many counts are open. */
  get openSize(): number {
    return this.#open.length;
  }

  /** What is to be tried next; undefined where everything is decided. */
  next(): Counts | undefined {
    const open = this.#open;
    const step = Math.max(1, Math.ceil(open.length / MOST_COMPARED));
    let best: Counts | undefined;
    let most = -1;
    for (let i = 0; i < open.length; i += step) {
      const { counts, floor } = open[i] as FlooredCounts;
      let below = 0;
      let above = 0;
      for (let j = 0; j < open.length; j += step) {
        const other = open[j] as FlooredCounts;
        if (isAtMost(other.counts, counts)) below += 1;
        // Serving costs its floor at least, so what has as high a floor is out as far as is known now.
        else if (other.floor >= floor) above += 1;
      }
      const worse = Math.min(below, above + 1);
      if (worse > most) {
        most = worse;
        best = counts;
      }
    }
    return best;
  }

  /** Learns from a trial. What costs as much as the cheapest known is out: it would be no better. */
  learn(counts: Counts, tried: Tried): void {
    const floor = tried.serves ? this.floor(counts) : 0;
    this.#open = this.#open.filter((other) =>
      tried.serves
        ? other.floor < tried.cost &&
          !(this.#isDearer && other.floor >= floor
            ? isAtMost(counts, other.counts)
            : isSame(counts, other.counts))
        : !isRuledOut(other.counts, counts, tried.rulesOut ?? 'fewer'),
    );
  }

  /** Leaves out what costs this much or more: another lattice has something as cheap. */
  cap(cost: number): void {
    this.#open = this.#open.filter(({ floor }) => floor < cost);
  }

  /** The floor of counts. */
  floor(counts: Counts): number {
    return this.#facts.floor(counts);
  }
}

/** Whether no count is larger. */
export function isAtMost(a: Counts, b: Counts): boolean {
  return a.every((count, axis) => count <= (b[axis] as number));
}

function isRuledOut(counts: Counts, by: Counts, which: 'fewer' | 'more' | 'both'): boolean {
  return (which !== 'more' && isAtMost(counts, by)) || (which !== 'fewer' && isAtMost(by, counts));
}

const isSame = (a: Counts, b: Counts) => a.every((count, axis) => count === b[axis]);

/** Counts that may serve: on each line along the last axis these are all from some count on, which is found by bisection. */
function mayServe({
  axes,
  mayServe: may,
  isValid = () => true,
  isEachProvenAlone = false,
}: LatticeFacts): readonly Counts[] {
  const last = axes.at(-1);
  if (last === undefined) return may([]) ? [[]] : [];
  const from = new Map<string, number>();
  return product(axes.slice(0, -1)).flatMap((line) => {
    if (isEachProvenAlone) return last.map((count) => [...line, count]).filter(may);
    // With one less of any other the line cannot begin earlier.
    const neighbours = line.flatMap((count, axis) => {
      const values = axes[axis] as readonly number[];
      const before = values[values.indexOf(count) - 1];
      return before === undefined ? [] : [from.get(line.with(axis, before).join()) as number];
    });
    const latest = Math.min(Number.POSITIVE_INFINITY, ...neighbours);
    const found = mayServeOn(line, last, latest, may, isValid);
    from.set(line.join(), found[0] ?? Number.POSITIVE_INFINITY);
    return found.map((count) => [...line, count]);
  });
}

/**
 * Counts of a line that may serve. Where some are no plan at all, the others are looked at: a proof that holds for more of
 * something says nothing of those.
 *
 * @param latest count from which on all may serve
 */
function mayServeOn(
  line: Counts,
  values: readonly number[],
  latest: number,
  may: LatticeFacts['mayServe'],
  isValid: NonNullable<LatticeFacts['isValid']>,
): readonly number[] {
  const after = values.findIndex((value) => value >= latest);
  let [no, yes] = [-1, after < 0 ? values.length : after];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    const counts = [...line, values[middle] as number];
    if (may(counts)) yes = middle;
    else if (isValid(counts)) no = middle;
    else {
      const valid = values.filter((value) => isValid([...line, value]));
      return mayServeOn(line, valid, latest, may, isValid);
    }
  }
  return values.slice(yes);
}

function product(axes: readonly (readonly number[])[]): readonly Counts[] {
  let all: number[][] = [[]];
  for (const values of axes) all = all.flatMap((counts) => values.map((value) => [...counts, value]));
  return all;
}
