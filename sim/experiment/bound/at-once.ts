import { type IntegerSolver, LinearProgramBuilder } from '../../kernel/optimize/linear-program.ts';
import type { Capacity, Seats } from './capacity.ts';
import type { Offered } from './offered.ts';
import type { Shortfall } from './shortfall.ts';

/** Nodes of the search tree: more than small programs need, few enough for a fraction of a second. */
const MOST_NODES = 200;
/** Variables of a program that is looked at. */
const MOST_VARIABLES = 400;
/** Of a worker: the solver's tolerance. */
const TOLERANCE = 1e-4;

/**
 * Whether replicas and sessions that are there all the time fit at once, in whole workers and whole cards.
 *
 * @returns what is proven against it; undefined also where the program is too large or takes too long
 */
export function fitAtOnce(
  capacity: Capacity,
  counts: readonly number[],
  offered: readonly Offered[],
  solver: IntegerSolver,
): Shortfall | undefined {
  const lasting = offered.flatMap(({ isLasting, held, kind }, k) =>
    isLasting && capacity.placesAmong(k, counts).length > 0 ? [{ k, kind, need: held * kind.workers }] : [],
  );
  if (lasting.length === 0) return undefined;
  const program = new LinearProgramBuilder();
  const { seats } = capacity.addTo(program, counts, true);
  if (program.cost.length > MOST_VARIABLES) return undefined;
  let wanted = 0;
  for (const { k, need } of lasting) {
    wanted += need;
    const { variables } = seats[k] as Seats;
    for (const variable of variables) program.cost[variable] = -1;
    program.row(
      Number.NEGATIVE_INFINITY,
      need,
      [...variables],
      variables.map(() => 1),
    );
  }
  const solution = solver.solveWhole(program, MOST_NODES);
  if (!('bound' in solution)) return undefined;
  const isCounted = lasting.every(({ k }) => (seats[k] as Seats).places.every(({ parts }) => parts <= 1));
  const bound = -solution.bound + TOLERANCE;
  const most = isCounted ? Math.floor(bound) : bound;
  if (most >= wanted) return undefined;
  const names = lasting.map(({ kind }) => kind.label).join(', ');
  const placed = ({ k }: (typeof lasting)[number]) =>
    (seats[k] as Seats).variables.reduce((sum, variable) => sum + (solution.best?.values[variable] ?? 0), 0);
  const short = lasting.toSorted((a, b) => b.need - placed(b) - (a.need - placed(a)))[0];
  return {
    kind: 'work',
    what: short?.kind.name ?? names,
    text: `${names} need places for ${wanted} workers at the same time, and at most ${Math.floor(most)} go onto whole cards`,
    factor: most > 0 ? wanted / most : Number.POSITIVE_INFINITY,
  };
}
