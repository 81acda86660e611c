import type { Cell } from './cells.ts';

/** Millionths of a GPU that each microsecond of work takes, in one cell. */
export interface Rate {
  readonly cell: Cell;
  perUs: number;
}

/** Work that a job did at one place. */
interface Stretch {
  workUs: number;
  readonly rates: readonly Rate[];
}

/**
 * Where live jobs did the work that they could lose: of a job that was stopped and went on elsewhere, what is lost last
 * was done last.
 */
export class WorkDone {
  /** By slot of the job; few jobs are stopped, and slots are many. */
  readonly #stretches = new Map<number, Stretch[]>();

  add(slot: number, workUs: number, rates: readonly Rate[]): void {
    if (!(workUs > 0)) return;
    let own = this.#stretches.get(slot);
    if (own === undefined) {
      own = [];
      this.#stretches.set(slot, own);
    }
    const last = own[own.length - 1];
    if (last !== undefined && isSame(last.rates, rates)) last.workUs += workUs;
    else own.push({ workUs, rates });
  }

  /** Takes the last so many microseconds of work back, and books them as done for nothing. */
  lose(slot: number, lostUs: number, cause: string): void {
    const own = this.#stretches.get(slot);
    let left = lostUs;
    while (own !== undefined && left > 0) {
      const last = own[own.length - 1];
      if (last === undefined) return;
      const workUs = Math.min(left, last.workUs);
      for (const { cell, perUs } of last.rates) {
        cell.redone.set(cause, (cell.redone.get(cause) ?? 0n) + BigInt(Math.round(workUs * perUs)));
      }
      left -= workUs;
      last.workUs -= workUs;
      if (last.workUs > 0) return;
      own.pop();
    }
  }

  forget(slot: number): void {
    if (this.#stretches.size > 0) this.#stretches.delete(slot);
  }

  forgetAll(): void {
    this.#stretches.clear();
  }
}

function isSame(a: readonly Rate[], b: readonly Rate[]): boolean {
  return (
    a.length === b.length && a.every((rate, i) => rate.cell === b[i]?.cell && rate.perUs === b[i]?.perUs)
  );
}
