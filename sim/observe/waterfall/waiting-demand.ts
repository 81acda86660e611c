import type { Job } from '../../cluster/changes.ts';
import type { Claim } from '../../cluster/claim.ts';
import type { TaskShape } from '../../cluster/request.ts';
import { ExactIntegral, type Instant } from '../../kernel/stats/exact-integral.ts';
import { demandText } from '../wait-ledger.ts';
import { BUCKETS, type Bucket, bucketOfReason } from './buckets.ts';
import { BY_FRACTION, type Cell } from './cells.ts';
import { type Claimant, divideFree } from './divide-free.ts';

/** Jobs of one class and tenant that ask for the same, within a row. */
interface Asker {
  readonly claim: Claim;
  /** One of them. */
  readonly job: Job;
  wanted: number;
  /** What was taken for it, in millionths of a GPU times microseconds, up to where `#perWanted` stood at `from`. */
  taken: number;
  from: number;
}

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
  /** By claim and number of the demand. */
  readonly #askers = new Map<Claim, Map<number, Asker>>();
  /** Integral of what is given for each unit that is wanted, in microseconds, up to `#sinceUs`; everybody gets his part. */
  #perWanted = 0;
  #rate = 0;
  #sinceUs = 0;

  constructor(bucket: Bucket, reason: string, pool: number, shape: TaskShape) {
    this.bucket = bucket;
    this.reason = reason;
    this.pool = pool;
    this.shape = shape;
  }

  /** So much of what a job asks for is wanted more. */
  change(job: Job, amount: number, atUs: number): void {
    this.#advance(atUs);
    const asker = this.#askerOf(job);
    this.#settle(asker);
    asker.wanted += amount;
    this.wanted += amount;
  }

  /** So much is given from now on. */
  receives(amount: number, atUs: number): void {
    this.#advance(atUs);
    this.#rate = this.wanted > 0 ? amount / this.wanted : 0;
  }

  restart(at: Instant): void {
    this.#advance(at.atUs);
    for (const integral of this.taken) integral.restart(at);
    for (const asker of this.#allAskers()) {
      asker.taken = 0;
      asker.from = this.#perWanted;
    }
  }

  /** What each asker was given up to then, in proportion. */
  *parts(atUs: number): Iterable<{ readonly job: Job; readonly part: number }> {
    this.#advance(atUs);
    for (const asker of this.#allAskers()) {
      this.#settle(asker);
      if (asker.taken > 0) yield { job: asker.job, part: asker.taken };
    }
  }

  #advance(atUs: number): void {
    if (atUs <= this.#sinceUs) return;
    this.#perWanted += this.#rate * (atUs - this.#sinceUs);
    this.#sinceUs = atUs;
  }

  #settle(asker: Asker): void {
    asker.taken += asker.wanted * (this.#perWanted - asker.from);
    asker.from = this.#perWanted;
  }

  #askerOf(job: Job): Asker {
    const { claim, demand } = job;
    let byDemand = this.#askers.get(claim);
    if (byDemand === undefined) {
      byDemand = new Map();
      this.#askers.set(claim, byDemand);
    }
    let asker = byDemand.get(demand);
    if (asker === undefined) {
      asker = { claim, job, wanted: 0, taken: 0, from: this.#perWanted };
      byDemand.set(demand, asker);
    }
    return asker;
  }

  *#allAskers(): Iterable<Asker> {
    for (const byDemand of this.#askers.values()) yield* byDemand.values();
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

/** What was held back because somebody waited for it. */
export interface StrandedFor extends Omit<Stranded, 'cell'> {
  /** Empty where nobody is named. */
  readonly tenant: string;
  /** Name of the class, service or session group. */
  readonly label: string;
  /** What each asks for, in words. */
  readonly demand: string;
}

/** A whole number in the given proportions, parts whole; what rounding leaves over goes to the largest. */
function dividedWhole(sum: bigint, parts: readonly number[]): readonly bigint[] {
  const all = parts.reduce((a, b) => a + b, 0);
  const amounts = parts.map((part) => BigInt(Math.floor(Number(sum) * (part / all))));
  const largest = parts.indexOf(parts.reduce((a, b) => Math.max(a, b), 0));
  const given = amounts.reduce((a, b) => a + b, 0n);
  return amounts.map((amount, i) => (i === largest ? amount + sum - given : amount));
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
  change(job: Job, reason: string, jobs: number, atUs: number): void {
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
    row.change(job, amount, atUs);
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
    for (const row of this.#order) {
      const { cells: own, given, taken } = row;
      let sum = 0;
      for (let i = 0; i < own.length; i++) {
        (taken[own[i] as number] as ExactIntegral).set(given[i] as number, at);
        sum += given[i] as number;
      }
      row.receives(sum, at.atUs);
    }
    for (let i = 0; i < cells.length; i++) {
      ((cells[i] as Cell).byCause[noDemand] as ExactIntegral).set(left[i] as number, at);
    }
    this.#hasGiven = this.wanted > 0;
  }

  restart(at: Instant): void {
    for (const row of this.#rows) row.restart(at);
  }

  *stranded(cells: readonly Cell[], atUs: number): Iterable<Stranded> {
    for (const { bucket, reason, taken } of this.#rows) {
      for (const [i, integral] of taken.entries()) {
        const amount = integral.upTo(atUs);
        if (amount !== 0n) yield { bucket, reason, cell: cells[i] as Cell, amount };
      }
    }
  }

  /** The same by who asks: of each reason the parts of its sum, whole numbers that add up to it. */
  *askers(atUs: number): Iterable<StrandedFor> {
    for (const row of this.#rows) {
      const { bucket, reason, taken } = row;
      const sum = taken.reduce((all, integral) => all + integral.upTo(atUs), 0n);
      if (sum === 0n) continue;
      const parts = [...row.parts(atUs)];
      const amounts = dividedWhole(
        sum,
        parts.map(({ part }) => part),
      );
      for (const [i, { job }] of parts.entries()) {
        const amount = amounts[i] as bigint;
        const { tenant, label } = job.claim;
        if (amount > 0n) {
          yield { bucket, reason, tenant, label, demand: demandText(job.shapes), amount };
        }
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
