import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import { CLOSED_FOR, type FleetView, GPU_CLOSED_FOR } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import { AT_REST, type AtRest, type WorkBooks, type WorkOnGpus } from '../../cluster/work-books.ts';
import { ExactIntegral, Instant } from '../../kernel/stats/exact-integral.ts';
import type { Micros } from '../../kernel/time.ts';
import { BUCKETS, type Bucket, CAUSE_NAMES, CAUSES, type Cause } from './buckets.ts';
import { CardBooks } from './card-books.ts';
import { type Cell, Cells } from './cells.ts';
import { MarkKeeper, type WaterfallMarks } from './marks.ts';
import { type StrandedFor, WaitingDemand } from './waiting-demand.ts';
import { type Rate, WorkDone } from './work-done.ts';

/** A GPU in the unit of these books. */
export const GPU_UNITS = 1_000_000;
const UNITS_PER_MILLI = 1000;

const NUMBER_OF = Object.fromEntries(CAUSE_NAMES.map((name, i) => [name, i])) as Readonly<
  Record<Cause, number>
>;
const { work: WORK, gang: GANG, checkpoints: CHECKPOINTS, none: NO_DEMAND } = NUMBER_OF;
const REST_CAUSES = AT_REST.map((why) => NUMBER_OF[why]);
/** In place of the number of a cause: the GPU is free and open, or not there. */
const OPEN = -1;
const ABSENT = -2;

/** What a live job holds, and how. */
interface Held {
  readonly parts: readonly Part[];
  /** Undefined while it works. */
  readonly why: AtRest | undefined;
  /** While it works: as it began. */
  workLeftUs: number;
  readonly drag: number;
  readonly on: WorkOnGpus | undefined;
  /** While it stands still: how it worked before, where it has. */
  readonly before: Held | undefined;
}

/** One line of the waterfall: so much of one cell went there for one cause. */
export interface WaterfallLine {
  readonly pool: number;
  readonly model: string;
  readonly mode: string;
  readonly bucket: Bucket;
  /** Name of a cause (see `CAUSES`), a reason of waiting jobs, or why work was done again. */
  readonly cause: string;
  /** Millionths of a GPU times microseconds, > 0. */
  readonly amount: bigint;
}

/** The same with the cell itself. */
interface CellLine extends Pick<WaterfallLine, 'bucket' | 'cause' | 'amount'> {
  readonly cell: Cell;
}

/**
 * Books all capacity of the GPUs that are there, at each moment and in each part of a GPU, under what becomes of it.
 * Whole numbers throughout: the lines add up to the capacity to the last unit.
 *
 * A free GPU that takes jobs in is held back only as far as somebody waits for GPUs like it: see `divideFree`. GPUs that
 * no mode shares are used by who holds them, as far as its speed shows; on shared cards their work counts.
 */
export class Waterfall implements ClusterObserver, WorkBooks {
  readonly #fleet: FleetView;
  readonly #warmupUs: number;
  readonly #cells: Cells;
  readonly #demand = new WaitingDemand();
  readonly #done = new WorkDone();
  readonly #cards: CardBooks;
  readonly #at = new Instant();
  readonly #capacity = new ExactIntegral();
  /** By GPU. */
  readonly #cellOf: Cell[] = [];
  readonly #free: Int32Array;
  /** By GPU: the cause under which what is free of it is booked. */
  readonly #freeUnder: Int8Array;
  /** By slot of the job. */
  readonly #held: (Held | undefined)[] = [];
  #isWarm: boolean;
  #isChanged = true;
  #seenChanges = 0;
  #marks: MarkKeeper | undefined;
  #nextMarkUs = Number.POSITIVE_INFINITY;

  /**
   * @param warmupUs what was before is left out
   * @param pools hosts of each pool
   */
  constructor(fleet: FleetView, warmupUs: number, pools: readonly (readonly number[])[]) {
    this.#fleet = fleet;
    this.#warmupUs = warmupUs;
    this.#isWarm = warmupUs === 0;
    const poolOf = new Int32Array(fleet.hostCount);
    pools.forEach((hosts, pool) => {
      for (const host of hosts) poolOf[host] = pool;
    });
    this.#cells = new Cells(fleet, poolOf);
    this.#cards = new CardBooks(fleet.gpuCount);
    this.#free = new Int32Array(fleet.gpuCount);
    this.#freeUnder = new Int8Array(fleet.gpuCount).fill(ABSENT);
    for (let h = 0; h < fleet.hostCount; h++) this.#lookAt(h);
    this.#seenChanges = fleet.changeCount;
  }

  /** Keeps what was booked by certain moments as well; to be said before the first event. */
  keepMarks(): void {
    this.#marks = new MarkKeeper(this.#warmupUs);
    this.#nextMarkUs = this.#marks.nextUs;
  }

  openChanged(atUs: Micros): void {
    this.#advance(atUs);
    const { changeRing, changeCount, hostCount } = this.#fleet;
    if (changeCount - this.#seenChanges > changeRing.length) {
      for (let h = 0; h < hostCount; h++) this.#lookAt(h);
    } else {
      for (let i = this.#seenChanges; i < changeCount; i++) {
        this.#lookAt(changeRing[i & (changeRing.length - 1)] as number);
      }
    }
    this.#seenChanges = changeCount;
  }

  ended(atUs: Micros): void {
    this.#advance(atUs);
    this.#settle();
    if (this.#isWarm) this.#marks?.end(this.#at.atUs, this.#amountsAt(this.#at.atUs));
  }

  rests(nowUs: number, slot: number, parts: readonly Part[], why: AtRest): void {
    const held = this.#held[slot];
    const before = held?.why === undefined ? held : held.before;
    this.#hold(nowUs, slot, { parts, why, workLeftUs: 0, drag: 1, on: undefined, before });
  }

  works(
    nowUs: number,
    slot: number,
    parts: readonly Part[],
    workLeftUs: number,
    drag: number,
    on?: WorkOnGpus,
  ): void {
    this.#noteDone(slot, workLeftUs);
    this.#hold(nowUs, slot, { parts, why: undefined, workLeftUs, drag, on, before: undefined });
  }

  stops(nowUs: number, slot: number, workLeftUs: number, lostUs: number, reason: string): void {
    // What is lost now is in no mark before, nor in the warm-up if that is over.
    this.#advance(nowUs);
    this.#noteDone(slot, workLeftUs);
    if (lostUs > 0) this.#done.lose(slot, lostUs, causeOfLoss(reason));
  }

  leaves(nowUs: number, slot: number): void {
    const held = this.#held[slot];
    if (held === undefined) return;
    this.#advance(nowUs);
    this.#held[slot] = undefined;
    this.#book(held, -1);
  }

  gone(slot: number): void {
    this.#done.forget(slot);
  }

  warmedUp(workLeftUs: (slot: number) => number): void {
    this.#done.forgetAll();
    this.#held.forEach((held, slot) => {
      const working = held?.why === undefined ? held : held.before;
      if (working !== undefined && working.workLeftUs !== Number.POSITIVE_INFINITY) {
        working.workLeftUs = workLeftUs(slot);
      }
    });
  }

  carded(
    nowUs: number,
    g: number,
    used: number,
    lost: number,
    waiting: number,
    restricted: number,
    saving: number,
  ): void {
    if (!this.#cards.does(g, used, lost, waiting, restricted, saving)) return;
    this.#advance(nowUs);
    this.#bookCard(g);
  }

  cutting(nowUs: number, g: number, part: number): void {
    this.#advance(nowUs);
    this.#cards.cuts(g, part);
    this.#bookCard(g);
  }

  /** So many more jobs that ask for the same wait for this reason; less where negative. */
  wants(job: Job, reason: string, jobs: number, nowUs: number): void {
    this.#advance(nowUs);
    this.#demand.change(job, reason, jobs, this.#at.atUs);
    this.#isChanged = true;
  }

  /** Capacity up to the end, by itself: GPUs of hosts that are there. In millionths of a GPU times microseconds. */
  capacity(): bigint {
    return this.#isWarm ? this.#capacity.upTo(this.#at.atUs) : 0n;
  }

  /** What became of it up to the end; nothing of a run that ended within the warm-up. */
  *lines(): Iterable<WaterfallLine> {
    if (!this.#isWarm) return;
    for (const { cell, ...line } of this.#linesAt(this.#at.atUs)) yield { ...this.#placeOf(cell), ...line };
  }

  /** What became of it up to each mark, once the run has ended; undefined where none were kept, or none came. */
  marks(): WaterfallMarks | undefined {
    if (this.#marks === undefined || !this.#isWarm) return undefined;
    return this.#marks.read(this.#cells.all.map((cell) => this.#placeOf(cell)));
  }

  /** Of what was free and wanted, for whom it was held back; by bucket and cause it adds up to the lines. */
  *askers(): Iterable<StrandedFor> {
    if (this.#isWarm) yield* this.#demand.askers(this.#at.atUs);
  }

  /** All that is booked by an instant that no change came after. */
  *#linesAt(atUs: number): Iterable<CellLine> {
    const cells = this.#cells.all;
    for (const cell of cells) {
      let workLeft = (cell.byCause[WORK] as ExactIntegral).upTo(atUs);
      for (const [cause, lost] of cell.redone) {
        // What is lost is worked out in doubles; it cannot be more than was done.
        // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigints.
        const amount = lost < workLeft ? lost : workLeft;
        workLeft -= amount;
        if (amount > 0n) yield { cell, bucket: 'redone', cause, amount };
      }
      for (const [i, cause] of CAUSE_NAMES.entries()) {
        const amount = i === WORK ? workLeft : (cell.byCause[i] as ExactIntegral).upTo(atUs);
        if (amount !== 0n) yield { cell, bucket: CAUSES[cause], cause, amount };
      }
    }
    for (const { bucket, reason, cell, amount } of this.#demand.stranded(cells, atUs)) {
      yield { cell, bucket, cause: reason, amount };
    }
  }

  /** The same by cell and bucket. */
  #amountsAt(atUs: number): readonly bigint[] {
    const width = BUCKETS.length;
    const sums = Array.from({ length: this.#cells.all.length * width }, () => 0n);
    for (const { cell, bucket, amount } of this.#linesAt(atUs)) {
      sums[cell.number * width + BUCKETS.indexOf(bucket)]! += amount;
    }
    return sums;
  }

  #placeOf({ pool, model, mode }: Cell): Pick<WaterfallLine, 'pool' | 'model' | 'mode'> {
    return { pool, model: this.#fleet.modelNames[model] as string, mode };
  }

  /** Sets the marks that are due: nothing changes from the last instant until now. */
  #mark(marks: MarkKeeper, nowUs: number): void {
    while (marks.nextUs <= nowUs) marks.keep(this.#amountsAt(marks.nextUs));
    this.#nextMarkUs = marks.nextUs;
  }

  #hold(nowUs: number, slot: number, held: Held): void {
    this.#advance(nowUs);
    const before = this.#held[slot];
    if (before !== undefined) this.#book(before, -1);
    this.#held[slot] = held;
    this.#book(held, 1);
  }

  /** Notes where a job did its work since it was last noted, down to what is left of it. */
  #noteDone(slot: number, workLeftUs: number): void {
    const held = this.#held[slot];
    const working = held?.why === undefined ? held : held.before;
    if (working === undefined || !(working.workLeftUs < Number.POSITIVE_INFINITY)) return;
    const { parts, on, workLeftUs: fromUs } = working;
    if (fromUs > workLeftUs) this.#done.add(slot, fromUs - workLeftUs, this.#ratesOn(parts, on));
  }

  #ratesOn(parts: readonly Part[], on: WorkOnGpus | undefined): readonly Rate[] {
    const rates: Rate[] = [];
    for (const { shape, host, gpus } of parts) {
      const start = this.#fleet.gpuStart[host] as number;
      for (const i of gpus) {
        const g = start + i;
        const isCard = this.#fleet.cards[g] !== undefined;
        const units = isCard
          ? GPU_UNITS * Math.min(1, (on?.needOn(g) ?? 0) * (shape.ask?.count ?? 1))
          : shape.gpuMilli * UNITS_PER_MILLI;
        const perUs = units / (on?.speedOn(g) ?? 1);
        const known = rates.find(({ cell }) => cell === this.#cellOf[g]);
        if (known === undefined) rates.push({ cell: this.#cellOf[g] as Cell, perUs });
        else known.perUs += perUs;
      }
    }
    return rates;
  }

  /** Enters what a job holds, or takes the same out again. */
  #book(held: Held, sign: 1 | -1): void {
    const { parts, why } = held;
    const { cards, gpuStart } = this.#fleet;
    for (let p = 0; p < parts.length; p++) {
      const { shape, host, gpus, grant } = parts[p] as Part;
      const start = gpuStart[host] as number;
      const units = sign * shape.gpuMilli * UNITS_PER_MILLI;
      let next = 0;
      let cell: Cell | undefined;
      let sum = 0;
      for (let i = 0; i < gpus.length; i++) {
        const g = start + (gpus[i] as number);
        if (cards[g] !== undefined) {
          let milli = 0;
          for (let s = 0; s < (shape.ask?.count ?? 0); s++) milli += grant[next++]?.milli ?? 0;
          this.#cards.hold(g, why, sign * milli * UNITS_PER_MILLI);
          this.#bookCard(g);
          continue;
        }
        this.#free[g]! -= units;
        if (this.#freeUnder[g] === OPEN) {
          (this.#cellOf[g] as Cell).free -= units;
          this.#isChanged = true;
        } else this.#addFree(g, -units);
        if (why === undefined && (held.on !== undefined || held.drag !== 1)) {
          this.#bookPaced(g, units, held);
          continue;
        }
        const own = this.#cellOf[g] as Cell;
        if (own !== cell) {
          if (cell !== undefined) this.#add(cell, why, sum);
          cell = own;
          sum = 0;
        }
        sum += units;
      }
      if (cell !== undefined) this.#add(cell, why, sum);
    }
  }

  #add(cell: Cell, why: AtRest | undefined, units: number): void {
    const cause = why === undefined ? WORK : (REST_CAUSES[AT_REST.indexOf(why)] as number);
    (cell.byCause[cause] as ExactIntegral).change(units, this.#at);
  }

  /** Splits what a working job holds of a GPU: it waits for its slower GPUs and for data, and saves its state. */
  #bookPaced(g: number, units: number, { on, drag }: Held): void {
    const { byCause } = this.#cellOf[g] as Cell;
    const paced = on === undefined ? units : Math.round(units * Math.min(1, on.pace / on.speedOn(g)));
    const used = Math.round(paced * drag);
    (byCause[WORK] as ExactIntegral).change(used, this.#at);
    if (paced !== units) (byCause[GANG] as ExactIntegral).change(units - paced, this.#at);
    if (used !== paced) (byCause[CHECKPOINTS] as ExactIntegral).change(paced - used, this.#at);
  }

  #bookCard(g: number): void {
    const isOpen = this.#freeUnder[g] === OPEN;
    const taken = this.#cards.book(g, isOpen, this.#cellOf[g] as Cell, this.#at);
    this.#bookFree(g, GPU_UNITS - taken);
  }

  #bookFree(g: number, units: number): void {
    const delta = units - (this.#free[g] as number);
    if (delta === 0) return;
    this.#free[g] = units;
    this.#addFree(g, delta);
  }

  #addFree(g: number, units: number): void {
    const under = this.#freeUnder[g] as number;
    const cell = this.#cellOf[g] as Cell;
    if (under === OPEN) {
      cell.free += units;
      this.#isChanged = true;
    } else if (under !== ABSENT) (cell.byCause[under] as ExactIntegral).change(units, this.#at);
  }

  /** Looks whether a host and its GPUs take jobs in, and how they are shared. */
  #lookAt(host: number): void {
    const { gpuStart, gpuClosedFor, closedFor } = this.#fleet;
    const ofHost = closedUnder(closedFor[host] as number);
    for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++) {
      const under = ofHost !== OPEN ? ofHost : gpuClosedUnder(gpuClosedFor[g] as number);
      const cell = this.#cells.of(host, g);
      const before = this.#cellOf[g];
      if (under === this.#freeUnder[g] && cell === before) continue;
      const wasThere = before !== undefined && this.#freeUnder[g] !== ABSENT;
      if (before === undefined) this.#free[g] = GPU_UNITS;
      else {
        if (cell !== before) this.#cards.moveTo(g, before, cell, this.#at);
        this.#addFree(g, -(this.#free[g] as number));
      }
      // Only a GPU without tenants comes to be shared in another way, so that nothing but free parts moves.
      this.#cellOf[g] = cell;
      this.#freeUnder[g] = under;
      this.#addFree(g, this.#free[g] as number);
      if (wasThere !== (under !== ABSENT)) {
        this.#capacity.change(wasThere ? -GPU_UNITS : GPU_UNITS, this.#at);
      }
      if (this.#fleet.cards[g] !== undefined) this.#bookCard(g);
    }
  }

  #advance(nowUs: number): void {
    if (nowUs <= this.#at.atUs) return;
    this.#settle();
    if (!this.#isWarm && nowUs >= this.#warmupUs) {
      this.#isWarm = true;
      this.#at.set(this.#warmupUs);
      for (const cell of this.#cells.all) cell.restart(this.#at);
      this.#demand.restart(this.#at);
      this.#capacity.restart(this.#at);
    }
    if (nowUs >= this.#nextMarkUs && this.#marks !== undefined) this.#mark(this.#marks, nowUs);
    this.#at.set(nowUs);
  }

  /** Divides what is free as it has been since the last instant. */
  #settle(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    this.#demand.divide(this.#cells.all, NO_DEMAND, this.#at);
  }
}

/** In this order: in a maintenance window a host is down as by a failure, and one that has left may be down as well. */
function closedUnder(bits: number): number {
  if ((bits & ~CLOSED_FOR.claim) === 0) return OPEN;
  if ((bits & CLOSED_FOR.absence) !== 0) return ABSENT;
  if ((bits & CLOSED_FOR.maintenance) !== 0) return NUMBER_OF['closed:maintenance'];
  if ((bits & CLOSED_FOR.failure) !== 0) return NUMBER_OF['closed:failure'];
  if ((bits & CLOSED_FOR.uplink) !== 0) return NUMBER_OF['closed:uplink'];
  if ((bits & CLOSED_FOR.standby) !== 0) return NUMBER_OF['closed:standby'];
  return (bits & CLOSED_FOR.leaving) !== 0 ? NUMBER_OF['closed:leaving'] : NUMBER_OF['closed:change'];
}

function gpuClosedUnder(bits: number): number {
  if ((bits & GPU_CLOSED_FOR.failure) !== 0) return NUMBER_OF['closed:gpu-failure'];
  return (bits & GPU_CLOSED_FOR.licence) !== 0 ? NUMBER_OF['closed:licence'] : OPEN;
}

/** The reason without the name of the job for which it was stopped. */
function causeOfLoss(reason: string): string {
  return reason.startsWith('preempted') ? 'preemption' : reason;
}
