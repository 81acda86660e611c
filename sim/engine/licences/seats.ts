import type { Part } from '../../cluster/part.ts';
import type { LicenceClient, LicenceDesk } from './desk.ts';
import type { Need } from './needs.ts';

/** A licence that a job takes or would take. */
export interface Seat extends Need {
  /** Who has it, or lacks it; undefined: nobody has asked for it yet. */
  readonly client: LicenceClient | undefined;
}

/** The licences of one array of parts. */
interface Held {
  readonly seats: readonly Seat[];
  /** Number of the job. */
  readonly job: number;
}

/**
 * Which licences would be free if some of those who run were not there, and others had what they are to have: who runs
 * and who is tried, by their parts. Licences by the machine are counted one by one, those by the GPU once for each GPU.
 */
export class SeatsAside {
  /** Grows with every change. */
  changes = 0;
  readonly #desk: LicenceDesk;
  /** Of those who run, by their parts. */
  readonly #seated = new Map<readonly Part[], Held>();
  readonly #partsOf = new Map<number, readonly Part[]>();
  /** By pool and GPU: those who run there under its licence. */
  readonly #guests = new Map<string, Set<Held>>();
  /** Those of them who are taken off for the moment. */
  readonly #off = new Set<Held>();
  /** Those who are tried, while they are on the fleet. */
  readonly #tried = new Set<Held>();

  constructor(desk: LicenceDesk) {
    this.#desk = desk;
  }

  /** A job has these licences, or asks for them, from now on. */
  seated(job: number, parts: readonly Part[], seats: readonly Seat[]): void {
    this.changes += 1;
    this.left(job);
    for (const held of this.#tried) if (held.job === job) this.#tried.delete(held);
    if (seats.length === 0) return;
    const held = { seats, job };
    this.#seated.set(parts, held);
    this.#partsOf.set(job, parts);
    for (const { pool, gpu } of seats) {
      if (gpu < 0) continue;
      const key = keyOf(pool, gpu);
      this.#guests.set(key, (this.#guests.get(key) ?? new Set()).add(held));
    }
  }

  left(job: number): void {
    this.changes += 1;
    const parts = this.#partsOf.get(job);
    if (parts === undefined) return;
    const held = this.#seated.get(parts) as Held;
    this.#partsOf.delete(job);
    this.#off.delete(held);
    this.#seated.delete(parts);
    for (const { pool, gpu } of held.seats) {
      const key = keyOf(pool, gpu);
      const guests = this.#guests.get(key);
      guests?.delete(held);
      if (guests?.size === 0) this.#guests.delete(key);
    }
  }

  isSeated(parts: readonly Part[]): boolean {
    return this.#seated.has(parts);
  }

  /** What a job has that runs; undefined: it does not, or needs none. */
  of(job: number): { readonly seats: readonly Seat[]; readonly isOff: boolean } | undefined {
    const parts = this.#partsOf.get(job);
    const held = parts && (this.#seated.get(parts) as Held);
    return held && { seats: held.seats, isOff: this.#off.has(held) };
  }

  seatsOf(parts: readonly Part[]): readonly Seat[] {
    return this.#seated.get(parts)?.seats ?? [];
  }

  takeOff(parts: readonly Part[]): void {
    this.changes += 1;
    const held = this.#seated.get(parts);
    if (held !== undefined) this.#off.add(held);
  }

  putBack(parts: readonly Part[]): void {
    this.changes += 1;
    const held = this.#seated.get(parts);
    if (held !== undefined) this.#off.delete(held);
  }

  /** Counts what is tried as taken until it is given back, or its job has it. */
  try(job: number, needs: readonly Need[]): Held {
    this.changes += 1;
    const held = { seats: needs.map((need) => ({ ...need, client: undefined })), job };
    this.#tried.add(held);
    return held;
  }

  retry(held: Held): void {
    this.changes += 1;
    this.#tried.add(held);
  }

  untry(held: Held): void {
    this.changes += 1;
    this.#tried.delete(held);
  }

  /** By pool: how many more licences these needs take. Those of GPUs that have one by then take none. */
  more(needs: readonly Need[]): ReadonlyMap<number, number> {
    const more = new Map<number, number>();
    const seen = new Set<string>();
    for (const { pool, gpu } of needs) {
      if (gpu >= 0) {
        const key = keyOf(pool, gpu);
        if (seen.has(key) || this.hasLicence(pool, gpu)) continue;
        seen.add(key);
      }
      more.set(pool, (more.get(pool) ?? 0) + 1);
    }
    return more;
  }

  /** Whether a GPU has its licence, or somebody who is tried would bring it. */
  hasLicence(pool: number, gpu: number): boolean {
    if (this.#hasGuest(pool, gpu)) return true;
    for (const { seats } of this.#tried) {
      if (seats.some((seat) => seat.pool === pool && seat.gpu === gpu)) return true;
    }
    return false;
  }

  /**
   * Licences that are left for those who come.
   *
   * @param isOfRunning for who ran and is to go on: others who lack one do not go before it
   */
  free(pool: number, isOfRunning: boolean): number {
    const spare = this.#desk.spare(pool);
    const returned = new Set<number>();
    const brought = new Set<number>();
    let count = isOfRunning ? Math.max(0, spare) : spare;
    for (const { seats } of this.#off) {
      for (const seat of seats) {
        if (seat.pool !== pool || seat.client?.isLicensed !== true) continue;
        if (seat.gpu < 0) count += 1;
        else if (!this.#hasGuest(pool, seat.gpu)) returned.add(seat.gpu);
      }
    }
    for (const { seats } of this.#tried) {
      for (const seat of seats) {
        if (seat.pool !== pool) continue;
        if (seat.gpu < 0) count -= 1;
        else if (!this.#hasGuest(pool, seat.gpu)) brought.add(seat.gpu);
      }
    }
    return count + returned.size - brought.size;
  }

  /** Whether somebody stays on a GPU that has its licence. */
  #hasGuest(pool: number, gpu: number): boolean {
    for (const held of this.#guests.get(keyOf(pool, gpu)) ?? []) {
      const isThere = !this.#off.has(held);
      const isLicensed = (seat: Seat) =>
        seat.pool === pool && seat.gpu === gpu && seat.client?.isLicensed === true;
      if (isThere && held.seats.some(isLicensed)) return true;
    }
    return false;
  }

  /** Who runs, by their parts. */
  all(): Iterable<readonly [readonly Part[], { readonly seats: readonly Seat[] }]> {
    return this.#seated;
  }
}

const keyOf = (pool: number, gpu: number) => `${pool} ${gpu}`;
