import { AT_REST, type AtRest } from '../../cluster/work-books.ts';
import type { ExactIntegral, Instant } from '../../kernel/stats/exact-integral.ts';
import { CAUSE_NAMES, type Cause } from './buckets.ts';
import type { Cell } from './cells.ts';

const UNITS = 1_000_000;

/** Causes under which a card's taken part is booked, in this order; `repartition` is not taken and yet not free. */
const CARD_CAUSES = [
  'work',
  'gang',
  'restricted',
  'checkpoints',
  'mode',
  'idle',
  ...AT_REST,
  'repartition',
] as const satisfies readonly Cause[];
const NUMBERS = CARD_CAUSES.map((cause) => CAUSE_NAMES.indexOf(cause));
const WIDTH = CARD_CAUSES.length;
const STATES = AT_REST.length + 1;
const [USED, LOST, WAITING, RESTRICTED, SAVING, CUT] = [0, 1, 2, 3, 4, 5] as const;
const DOES = 6;
/** Places in `CARD_CAUSES`. */
const [AT_WORK, AT_GANG, AT_RESTRICTED, AT_CHECKPOINTS, AT_MODE, AT_IDLE, FIRST_AT_REST] = [
  0, 1, 2, 3, 4, 5, 6,
];

/**
 * What is done with each card that a mode shares. Its tenants may use more than the books have given away, where the
 * mode lets who works have what others leave: then that much of the card is taken.
 */
export class CardBooks {
  /** By card and state of the jobs: what they hold; the first state is to work. */
  readonly #held: Int32Array;
  /** By card: what it does, whole millionths. */
  readonly #does: Int32Array;
  /** By card and cause, as booked. */
  readonly #booked: Int32Array;
  readonly #next = new Int32Array(WIDTH);

  constructor(gpus: number) {
    this.#held = new Int32Array(gpus * STATES);
    this.#does = new Int32Array(gpus * DOES);
    this.#booked = new Int32Array(gpus * WIDTH);
  }

  hold(g: number, why: AtRest | undefined, units: number): void {
    this.#held[g * STATES + (why === undefined ? 0 : AT_REST.indexOf(why) + 1)]! += units;
  }

  /** See `WorkBooks.carded`. Says whether that is anything else than before. */
  does(g: number, used: number, lost: number, waiting: number, restricted: number, saving: number): boolean {
    const row = g * DOES;
    const all = unitsOf(used, UNITS);
    const waits = unitsOf(waiting, all);
    const lacks = unitsOf(restricted, all - waits);
    let isOther = this.#note(row + USED, all);
    isOther = this.#note(row + LOST, unitsOf(lost, UNITS - all)) || isOther;
    isOther = this.#note(row + WAITING, waits) || isOther;
    isOther = this.#note(row + RESTRICTED, lacks) || isOther;
    return this.#note(row + SAVING, unitsOf(saving, all - waits - lacks)) || isOther;
  }

  #note(place: number, units: number): boolean {
    if (this.#does[place] === units) return false;
    this.#does[place] = units;
    return true;
  }

  cuts(g: number, part: number): void {
    this.#does[g * DOES + CUT] = unitsOf(part, UNITS);
  }

  /** The card belongs to another cell from now on. */
  moveTo(g: number, from: Cell, to: Cell, at: Instant): void {
    for (let c = 0; c < WIDTH; c++) {
      const units = this.#booked[g * WIDTH + c] as number;
      if (units === 0) continue;
      (from.byCause[NUMBERS[c] as number] as ExactIntegral).change(-units, at);
      (to.byCause[NUMBERS[c] as number] as ExactIntegral).change(units, at);
    }
  }

  /**
   * Books what a card does now in place of what it did.
   *
   * @param isOpen whether it takes jobs in: else nothing of it is booked as being cut
   * @returns what of it is not free, in millionths
   */
  book(g: number, isOpen: boolean, { byCause }: Cell, at: Instant): number {
    const next = this.#next;
    const does = g * DOES;
    const used = this.#does[does + USED] as number;
    const lost = this.#does[does + LOST] as number;
    const waiting = this.#does[does + WAITING] as number;
    const restricted = this.#does[does + RESTRICTED] as number;
    const saving = this.#does[does + SAVING] as number;
    let held = 0;
    for (let s = 0; s < STATES; s++) held += this.#held[g * STATES + s] as number;
    const taken = Math.max(held, used + lost);
    let rest = taken - used - lost;
    next[AT_WORK] = used - waiting - restricted - saving;
    next[AT_GANG] = waiting;
    next[AT_RESTRICTED] = restricted;
    next[AT_CHECKPOINTS] = saving;
    next[AT_MODE] = lost;
    for (let s = 1; s < STATES; s++) {
      const own = Math.min(rest, this.#held[g * STATES + s] as number);
      next[FIRST_AT_REST + s - 1] = own;
      rest -= own;
    }
    next[AT_IDLE] = rest;
    const cut = isOpen ? Math.min(this.#does[does + CUT] as number, UNITS - taken) : 0;
    next[WIDTH - 1] = cut;
    for (let c = 0; c < WIDTH; c++) {
      const at0 = g * WIDTH + c;
      const delta = (next[c] as number) - (this.#booked[at0] as number);
      if (delta === 0) continue;
      this.#booked[at0] = next[c] as number;
      (byCause[NUMBERS[c] as number] as ExactIntegral).change(delta, at);
    }
    return taken + cut;
  }
}

/** A part of a card in millionths, at most so many. */
function unitsOf(part: number, most: number): number {
  return Math.max(0, Math.min(most, Math.round(part * UNITS)));
}
