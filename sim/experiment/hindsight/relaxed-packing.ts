import { GPU_MILLI } from '../../cluster/request.ts';
import { LinearProgramBuilder, type LinearSolver } from '../../kernel/optimize/linear-program.ts';
import { Capacity, type Seats } from '../bound/capacity.ts';
import { provenLeast } from '../bound/proven-least.ts';
import type { Packing, Wanted } from './packing.ts';

/** Variables of a program that is looked at. */
const MOST_VARIABLES = 40_000;

/**
 * What no packing exceeds, relaxed: what hosts hold at one time is as `Capacity` says, which has layouts of single cards for
 * columns, and jobs are divisible.
 */
export class RelaxedPacking {
  readonly #packing: Packing;
  readonly #capacity: Capacity;
  readonly #solver: LinearSolver;

  constructor(packing: Packing, solver: LinearSolver) {
    this.#packing = packing;
    this.#solver = solver;
    this.#capacity = new Capacity(
      packing.hosts,
      packing.shapes.map((request) => ({
        ...{ label: '', name: '', request, workers: 1, profile: undefined, pool: undefined },
      })),
    );
  }

  /**
   * Thousandths of GPUs that are allocated at most, or jobs that have a place.
   *
   * @returns undefined where the program is too large
   */
  most(wanted: Wanted): number | undefined {
    const { counts, types, workers } = this.#packing;
    const program = new LinearProgramBuilder();
    const taken = types.map(({ count }) => program.variable(wanted === 'jobs' ? -1 : 0, 0, count));
    const { seats } = this.#capacity.addTo(program, counts);
    if (program.cost.length > MOST_VARIABLES) return undefined;
    this.#addWorkers(program, taken, seats);
    if (wanted === 'allocated') this.#addAllocated(program, seats);
    seats.forEach(({ variables }, shape) => {
      for (const variable of variables) program.upper[variable] = workers[shape] as number;
    });
    // What is left without an end are layouts, each at most on every card that there is.
    const cards = this.#packing.hosts.reduce(
      (sum, each, h) => sum + each.cards.reduce((n, { perHost }) => n + perHost, 0) * (counts[h] as number),
      0,
    );
    program.upper.forEach((upper, variable) => {
      if (upper === Number.POSITIVE_INFINITY) program.upper[variable] = cards;
    });
    const solution = this.#solver.solve(program);
    if (solution.status !== 'optimal') throw new Error(`A packing program is ${solution.status}`);
    const most = -provenLeast(program, solution.rowDuals);
    return wanted === 'jobs' ? most : most * GPU_MILLI;
  }

  /** A job has places for all of its workers, or for none. */
  #addWorkers(program: LinearProgramBuilder, taken: readonly number[], seats: readonly Seats[]): void {
    const needs = seats.map(() => ({ columns: [] as number[], counts: [] as number[] }));
    this.#packing.types.forEach(({ workers }, t) => {
      for (const { shape, count } of workers) {
        needs[shape]?.columns.push(taken[t] as number);
        needs[shape]?.counts.push(-count);
      }
    });
    seats.forEach(({ variables }, shape) => {
      const need = needs[shape] as (typeof needs)[number];
      program.row(0, 0, [...variables, ...need.columns], [...variables.map(() => 1), ...need.counts]);
    });
  }

  /** What is allocated of the cards of a kind is what their tenants are counted as, and no more than the cards. */
  #addAllocated(program: LinearProgramBuilder, seats: readonly Seats[]): void {
    const { hosts, counts } = this.#packing;
    hosts.forEach(({ cards }, h) => {
      cards.forEach(({ perHost }, c) => {
        const columns: number[] = [];
        const parts: number[] = [];
        for (const { variables, places } of seats) {
          places.forEach(({ host, card, mostMilli }, i) => {
            if (host !== h || card !== c) return;
            columns.push(variables[i] as number);
            parts.push(-mostMilli / GPU_MILLI);
          });
        }
        if (columns.length === 0) return;
        const allocated = program.variable(-1, 0, perHost * (counts[h] as number));
        program.row(Number.NEGATIVE_INFINITY, 0, [allocated, ...columns], [1, ...parts]);
      });
    });
  }
}
