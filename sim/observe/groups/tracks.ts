import type { Column } from './columns.ts';
import { columnOf, WORK_COLUMNS } from './columns.ts';

/** Told of everything that a track held for some time, stretch by stretch. */
export interface HeldListener {
  /** @param row values by column from `base` on */
  held(sinceUs: number, untilUs: number, row: Float64Array, base: number): void;
  reset(atUs: number): void;
}

/**
 * Values of many parts of a fleet over time, a row each: what they are now, their integrals and the greatest part of the
 * GPUs that was allocated. O(columns) a change of a row, whoever listens aside.
 */
export class Tracks {
  readonly columns: number;
  readonly values: Float64Array;
  readonly #integrals: Float64Array;
  readonly #sinceUs: Float64Array;
  readonly #workSinceUs: Float64Array;
  readonly #peaks: Float64Array;
  readonly #listeners: (HeldListener[] | undefined)[];
  readonly #workListeners: (HeldListener[] | undefined)[];
  readonly #workTo: number;

  constructor(rows: number, columns: number, startUs = 0) {
    this.columns = columns;
    this.values = new Float64Array(rows * columns);
    this.#integrals = new Float64Array(rows * columns);
    this.#sinceUs = new Float64Array(rows).fill(startUs);
    this.#workSinceUs = new Float64Array(rows).fill(startUs);
    this.#workTo = Math.min(columns, WORK_COLUMNS.to);
    this.#peaks = new Float64Array(rows);
    this.#listeners = Array.from({ length: rows }, () => undefined);
    this.#workListeners = Array.from({ length: rows }, () => undefined);
  }

  /** @param column whose value it is about */
  listen(row: number, column: Column, listener: HeldListener): void {
    const at = columnOf(column);
    const isOfWork = at >= WORK_COLUMNS.from && at < WORK_COLUMNS.to;
    const listeners = isOfWork ? this.#workListeners : this.#listeners;
    const known = listeners[row];
    if (known === undefined) listeners[row] = [listener];
    else known.push(listener);
  }

  /** Books the time since the last change of what changes with each piece of work, the greater part of all changes. */
  settleWork(row: number, atUs: number): void {
    const sinceUs = this.#workSinceUs[row] as number;
    const heldUs = atUs - sinceUs;
    if (heldUs <= 0) return;
    this.#workSinceUs[row] = atUs;
    const { values } = this;
    const integrals = this.#integrals;
    const base = row * this.columns;
    const end = base + this.#workTo;
    for (let c = base + WORK_COLUMNS.from; c < end; c++) integrals[c]! += (values[c] as number) * heldUs;
    const listeners = this.#workListeners[row];
    if (listeners === undefined) return;
    for (let i = 0; i < listeners.length; i++)
      (listeners[i] as HeldListener).held(sinceUs, atUs, values, base);
  }

  /** Books the time since the row's last change. To be called before its values change. */
  settle(row: number, atUs: number): void {
    this.settleWork(row, atUs);
    const sinceUs = this.#sinceUs[row] as number;
    const heldUs = atUs - sinceUs;
    if (heldUs <= 0) return;
    this.#sinceUs[row] = atUs;
    const { columns, values } = this;
    const integrals = this.#integrals;
    const base = row * columns;
    const [from, end] = [base + WORK_COLUMNS.from, base + columns];
    for (let c = base; c < from; c++) integrals[c]! += (values[c] as number) * heldUs;
    for (let c = base + WORK_COLUMNS.to; c < end; c++) integrals[c]! += (values[c] as number) * heldUs;
    const there = values[base + 1] as number;
    if (there > 0) {
      const part = (values[base] as number) / there;
      if (part > (this.#peaks[row] as number)) this.#peaks[row] = part;
    }
    const listeners = this.#listeners[row];
    if (listeners === undefined) return;
    for (let i = 0; i < listeners.length; i++)
      (listeners[i] as HeldListener).held(sinceUs, atUs, values, base);
  }

  /** Forgets the past of all rows, as at the end of a warm-up; the values stay. */
  reset(atUs: number): void {
    this.#integrals.fill(0);
    this.#peaks.fill(0);
    this.#sinceUs.fill(atUs);
    this.#workSinceUs.fill(atUs);
    for (const listeners of [...this.#listeners, ...this.#workListeners])
      for (const each of listeners ?? []) each.reset(atUs);
  }

  settleAll(atUs: number): void {
    for (let row = 0; row < this.#sinceUs.length; row++) this.settle(row, atUs);
  }

  value(row: number, column: Column): number {
    return this.values[row * this.columns + columnOf(column)] as number;
  }

  /** Integral over microseconds up to the row's last change; 0 for a column that is not followed. */
  integral(row: number, column: Column): number {
    const at = columnOf(column);
    return at < this.columns ? (this.#integrals[row * this.columns + at] as number) : 0;
  }

  /** Greatest part of its GPUs that was allocated for some time. */
  peak(row: number): number {
    return this.#peaks[row] as number;
  }
}
