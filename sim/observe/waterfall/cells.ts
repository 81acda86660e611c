import type { FleetView } from '../../cluster/fleet.ts';
import { ExactIntegral, type Instant } from '../../kernel/stats/exact-integral.ts';
import { CAUSE_NAMES } from './buckets.ts';

/** Name of the way to share of GPUs that no mode shares. */
export const BY_FRACTION = 'fraction';

/** GPUs of one model, shared in one way, in one pool. All amounts are millionths of a GPU. */
export class Cell {
  readonly number: number;
  readonly pool: number;
  readonly model: number;
  readonly mode: string;
  /** What is free and open. */
  free = 0;
  /** By number of the cause: see `CAUSE_NAMES`. */
  readonly byCause: readonly ExactIntegral[];
  /** Work that was done again, by cause, in millionths of a GPU times microseconds: counted in `work` until the end. */
  readonly redone = new Map<string, bigint>();

  constructor(number: number, pool: number, model: number, mode: string) {
    this.number = number;
    this.pool = pool;
    this.model = model;
    this.mode = mode;
    this.byCause = CAUSE_NAMES.map(() => new ExactIntegral());
  }

  restart(at: Instant): void {
    for (const integral of this.byCause) integral.restart(at);
    this.redone.clear();
  }
}

/** The cells of a fleet, made as they are met: hosts may come to be shared in another way. */
export class Cells {
  readonly all: Cell[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #fleet: FleetView;
  readonly #poolOf: Int32Array;

  /** @param poolOf by host */
  constructor(fleet: FleetView, poolOf: Int32Array) {
    this.#fleet = fleet;
    this.#poolOf = poolOf;
  }

  /** The cell that GPU number `g` of a host belongs to as it is now. */
  of(host: number, g: number): Cell {
    const { gpuModel, sharing } = this.#fleet;
    const pool = this.#poolOf[host] as number;
    const model = gpuModel[g] as number;
    const mode = sharing[g]?.mode.name ?? BY_FRACTION;
    const key = `${pool} ${model} ${mode}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.all.length;
      this.#numbers.set(key, number);
      this.all.push(new Cell(number, pool, model, mode));
    }
    return this.all[number] as Cell;
  }
}
