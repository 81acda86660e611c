import type { Job } from '../../cluster/changes.ts';
import type { TaskShape } from '../../cluster/request.ts';
import { ExactIntegral, type Instant } from '../../kernel/stats/exact-integral.ts';
import { BUCKETS, type Bucket, bucketOfReason } from './buckets.ts';
import { BY_FRACTION, type Cell } from './cells.ts';
import { type Claimant, divideFree } from './divide-free.ts';

/** Jobs of a pool that wait for one reason and accept the same GPUs. */
class WaitingRow implements Claimant {
  readonly bucket: Bucket;
  readonly reason: string;
  readonly pool: number;
  readonly shape: TaskShape;
  wanted = 0;
  cells: readonly number[] = [];
  given = new Float64Array(0);
  /** By cell number: what it takes of it over time. */
  readonly taken: ExactIntegral[] = [];

  constructor(bucket: Bucket, reason: string, pool: number, shape: TaskShape) {
    this.bucket = bucket;
    this.reason = reason;
    this.pool = pool;
    this.shape = shape;
  }

  /** Looks which of the cells would do. */
  meet(cells: readonly Cell[]): void {
    const { ask, accepts } = this.shape;
    this.cells = cells
      .filter(({ pool, model, mode }) => {
        if (pool !== this.pool || (accepts !== undefined && accepts[model] !== 1)) return false;
        return mode === BY_FRACTION ? ask?.slot.kind !== 'profile' : ask !== undefined;
      })
      .map(({ number }) => number);
    this.given = new Float64Array(this.cells.length);
    while (this.taken.length < cells.length) this.taken.push(new ExactIntegral());
  }
}

/** What a waiting row took of a cell. */
export interface Stranded {
  readonly bucket: Bucket;
  readonly reason: string;
  readonly cell: Cell;
  /** Millionths of a GPU times microseconds. */
  readonly amount: bigint;
}

/** What is waited for, and how much of what is free is so held back: as much of it as somebody wants. */
export class WaitingDemand {
  readonly #rows: WaitingRow[] = [];
  /** By first shape and reason; undefined where who waits takes nothing. */
  readonly #rowOf = new Map<string, Map<string, WaitingRow | undefined>>();
  readonly #acceptKeys = new Map<TaskShape, string>();
  /** In the order in which they take. */
  #order: WaitingRow[] = [];
  #metCells = 0;
  /** All that is wanted, and whether anything was given when last divided. */
  wanted = 0;
  #hasGiven = false;
  /** What was asked last. */
  readonly #last: { shape?: TaskShape; reason: string; pool: number; row: WaitingRow | undefined } = {
    reason: '',
    pool: -1,
    row: undefined,
  };
  #left = new Float64Array(0);

  /** So many more jobs that ask for the same wait for this reason; less where negative. */
  change(job: Job, reason: string, jobs: number): void {
    const { shapes, shape, claim } = job;
    let milli = 0;
    for (let i = 0; i < shapes.length; i++) milli += (shapes[i] as TaskShape).totalGpuMilli;
    if (milli === 0) return;
    // Most jobs that come leave the queue at once: what is asked next is what was asked before.
    const last = this.#last;
    if (last.shape !== shape || last.reason !== reason || last.pool !== claim.pool) {
      last.row = this.#find(job, reason);
      last.shape = shape;
      last.reason = reason;
      last.pool = claim.pool;
    }
    const { row } = last;
    if (row === undefined) return;
    const amount = jobs * milli * 1000;
    row.wanted += amount;
    this.wanted += amount;
  }

  /** Divides what is free in the cells, and leaves in `noDemand` what nobody wants. */
  divide(cells: readonly Cell[], noDemand: number, at: Instant): void {
    if (this.wanted === 0 && !this.#hasGiven) {
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i] as Cell;
        (cell.byCause[noDemand] as ExactIntegral).set(cell.free, at);
      }
      return;
    }
    if (this.#metCells !== cells.length) this.#meet(cells);
    const left = this.#left;
    for (let i = 0; i < cells.length; i++) left[i] = (cells[i] as Cell).free;
    divideFree(this.#order, left);
    for (const { cells: own, given, taken } of this.#order) {
      for (let i = 0; i < own.length; i++) {
        (taken[own[i] as number] as ExactIntegral).set(given[i] as number, at);
      }
    }
    for (let i = 0; i < cells.length; i++) {
      ((cells[i] as Cell).byCause[noDemand] as ExactIntegral).set(left[i] as number, at);
    }
    this.#hasGiven = this.wanted > 0;
  }

  restart(at: Instant): void {
    for (const { taken } of this.#rows) for (const integral of taken) integral.restart(at);
  }

  *stranded(cells: readonly Cell[], atUs: number): Iterable<Stranded> {
    for (const { bucket, reason, taken } of this.#rows) {
      for (const [i, integral] of taken.entries()) {
        const amount = integral.upTo(atUs);
        if (amount !== 0n) yield { bucket, reason, cell: cells[i] as Cell, amount };
      }
    }
  }

  #find(job: Job, reason: string): WaitingRow | undefined {
    const { shape, claim } = job;
    let key = this.#acceptKeys.get(shape);
    if (key === undefined) {
      const kind = shape.ask === undefined ? 'fraction' : shape.ask.slot.kind === 'profile' ? 'card' : 'any';
      key = `${kind} ${shape.accepts === undefined ? '' : shape.accepts.join('')}`;
      this.#acceptKeys.set(shape, key);
    }
    const full = claim.pool === 0 ? key : `${claim.pool} ${key}`;
    let byReason = this.#rowOf.get(full);
    if (byReason === undefined) {
      byReason = new Map();
      this.#rowOf.set(full, byReason);
    }
    if (byReason.has(reason)) return byReason.get(reason);
    const bucket = bucketOfReason(reason);
    // A reason that is new to the table is one of the queue: nothing is known to be lacking.
    const row = bucket === null ? undefined : new WaitingRow(bucket ?? 'order', reason, claim.pool, shape);
    byReason.set(reason, row);
    if (row !== undefined) {
      this.#rows.push(row);
      this.#metCells = -1;
    }
    return row;
  }

  /** Who has the fewest cells to take from goes first, then by bucket, then who came first. */
  #meet(cells: readonly Cell[]): void {
    for (const row of this.#rows) row.meet(cells);
    this.#order = [...this.#rows].sort(
      (a, b) => a.cells.length - b.cells.length || BUCKETS.indexOf(a.bucket) - BUCKETS.indexOf(b.bucket),
    );
    this.#left = new Float64Array(cells.length);
    this.#metCells = cells.length;
  }
}
