import { type IntegerSolver, LinearProgramBuilder } from '../../kernel/optimize/linear-program.ts';
import type { Capacity, Place, ResourceRow, Seats } from './capacity.ts';
import type { Offered } from './offered.ts';

/** Answer of the fluid relaxation. */
export interface Fluid {
  /** Largest factor by which all that is offered can grow so that it still fits. */
  readonly growth: number;
  /** What holds it back most. */
  readonly bottleneck: ResourceRow | undefined;
}

/** Growth that nobody asks beyond. */
const MOST_GROWTH = 1e6;

/**
 * How much of the work can be done in the long run, relaxed: work flows, jobs are where they are best off at every moment,
 * start in no time, lose nothing to neighbours but what a card divides among its residents. No run of any policy does
 * more over a long time.
 *
 * @param offered in the order of the kinds of `capacity`; what has no place is left out
 * @returns undefined where nothing is offered
 */
export function fluidGrowth(
  capacity: Capacity,
  counts: readonly number[],
  offered: readonly Offered[],
  solver: IntegerSolver,
): Fluid | undefined {
  const program = new LinearProgramBuilder();
  const growth = program.variable(-1, 0, MOST_GROWTH);
  const { seats, rows } = capacity.addTo(program, counts);
  const dividers = new Dividers(program, capacity, counts);
  let isAny = false;
  offered.forEach(({ held, work, concurrency, kind }, k) => {
    const { variables, places } = seats[k] as Seats;
    if (places.length === 0) return;
    const { workers } = kind;
    if (held > 0) {
      isAny = true;
      atLeast(program, variables, held * workers, growth);
    }
    if (work > 0) {
      isAny = true;
      const flows = addFlows(program, seats[k] as Seats, concurrency, (flow, place) =>
        dividers.add(flow, place, concurrency),
      );
      atLeast(program, flows, work * workers, growth);
    }
  });
  if (!isAny) return undefined;
  const all = [...rows, ...dividers.close()];
  const solution = solver.solve(program);
  if (solution.status !== 'optimal') throw new Error(`A fluid program is ${solution.status}`);
  let bottleneck: ResourceRow | undefined;
  let most = 0;
  for (const each of all) {
    const worth = -(solution.rowDuals[each.row] as number) * each.upper;
    if (worth > most + 1e-9) {
      most = worth;
      bottleneck = each;
    }
  }
  return { growth: solution.values[growth] as number, bottleneck };
}

/** The variables add up to `least` times the growth. */
function atLeast(
  program: LinearProgramBuilder,
  variables: readonly number[],
  least: number,
  growth: number,
): void {
  program.row(0, Number.POSITIVE_INFINITY, [...variables, growth], [...variables.map(() => 1 / least), -1]);
}

/** Work done by a kind on each kind of card: at most what its slots there do at the speed alone. */
function addFlows(
  program: LinearProgramBuilder,
  { variables, places }: Seats,
  concurrency: number,
  see: (flow: number, place: Place) => void,
): readonly number[] {
  const flows = new Map<string, { flow: number; columns: number[]; speeds: number[] }>();
  places.forEach((place, i) => {
    const key = `${place.host}/${place.card}`;
    let known = flows.get(key);
    if (known === undefined) {
      known = { flow: program.variable(0), columns: [], speeds: [] };
      flows.set(key, known);
      see(known.flow, place);
    }
    known.columns.push(variables[i] as number);
    known.speeds.push(-place.alone.speed * concurrency);
  });
  for (const { flow, columns, speeds } of flows.values()) {
    program.row(Number.NEGATIVE_INFINITY, 0, [flow, ...columns], [1, ...speeds]);
  }
  return [...flows.values()].map(({ flow }) => flow);
}

/** What the residents of cards divide among each other, card kind by card kind. */
class Dividers {
  readonly #program: LinearProgramBuilder;
  readonly #capacity: Capacity;
  readonly #counts: readonly number[];
  readonly #rows = new Map<string, { place: Place; columns: number[]; coefficients: number[] }>();

  constructor(program: LinearProgramBuilder, capacity: Capacity, counts: readonly number[]) {
    this.#program = program;
    this.#capacity = capacity;
    this.#counts = counts;
  }

  add(flow: number, place: Place, concurrency: number): void {
    this.#put('time', flow, place, (place.alone.time * place.parts) / concurrency);
    this.#put('bandwidth', flow, place, (place.alone.bandwidth * place.parts) / concurrency);
  }

  #put(resource: string, flow: number, place: Place, coefficient: number): void {
    if (!(coefficient > 0)) return;
    const key = `${resource}/${place.host}/${place.card}`;
    const row = this.#rows.get(key) ?? { place, columns: [], coefficients: [] };
    this.#rows.set(key, row);
    row.columns.push(flow);
    row.coefficients.push(coefficient);
  }

  close(): readonly ResourceRow[] {
    return [...this.#rows].map(([key, { place, columns, coefficients }]) => {
      const { name, cards } = this.#capacity.hosts[place.host] as Capacity['hosts'][number];
      const { card, perHost } = cards[place.card] as (typeof cards)[number];
      const all = (this.#counts[place.host] as number) * perHost;
      const isTime = key.startsWith('time');
      const upper = isTime ? all * this.#capacity.timeOn(place.host, place.card) : all;
      const resource = isTime ? 'time' : 'memory bandwidth';
      const row = this.#program.rows.length;
      this.#program.row(Number.NEGATIVE_INFINITY, upper, columns, coefficients);
      return {
        row,
        what: `${resource} of ${card.model} cards of host group "${name}"`,
        amount: `${all} of them`,
        upper,
      };
    });
  }
}
