import type { Found, Unit } from './found.ts';
import { meanOf } from './ratio.ts';

/** What is varied, and how finely. */
export interface Search {
  readonly from: number;
  readonly to: number;
  readonly level: number;
  /** Halvings; within what is left after them the course is taken for a line. */
  readonly steps: number;
  /** Runs with seeds of their own, each with a break-even of its own. */
  readonly runs: number;
}

/**
 * Where something crosses a level as an assumption is varied: run by run, each with the random numbers of its seed, and of
 * these the mean with Student's interval.
 *
 * @param at its value in the run `only`, from 0, with the assumption at `x`; rises or falls throughout
 * @returns null where not every run crosses it between the ends: then nothing is known of the mean
 */
export function breakEven(
  what: string,
  unit: Unit,
  search: Search,
  at: (x: number, only: number) => number,
): Found | null {
  const crossings = Array.from({ length: search.runs }, (_, only) => crossing(search, (x) => at(x, only)));
  const known = crossings.filter((each) => each !== null);
  return known.length < search.runs ? null : meanOf(what, known, unit);
}

/** Of one run: by halving, then on the line between the two ends that are left. */
function crossing({ from, to, level, steps }: Search, at: (x: number) => number): number | null {
  let [low, high] = [
    { x: from, y: at(from) },
    { x: to, y: at(to) },
  ];
  const isAbove = low.y > level;
  if (high.y > level === isAbove) return null;
  for (let i = 0; i < steps; i += 1) {
    const x = (low.x + high.x) / 2;
    const middle = { x, y: at(x) };
    if (middle.y > level === isAbove) low = middle;
    else high = middle;
  }
  return low.x + ((level - low.y) / (high.y - low.y)) * (high.x - low.x);
}
