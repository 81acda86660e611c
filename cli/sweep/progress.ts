import type { Criterion } from '../../sim/experiment/compare/pareto.ts';
import type { Reading } from '../../sim/observe/metric.ts';
import { quantity } from '../../sim/report/document/quantity.ts';
import { groupDigits, printable } from '../../sim/report/format.ts';
import type { CliIo } from '../io.ts';
import { progressText } from '../progress.ts';
import type { SweepOutcome } from './executor.ts';

const REDRAW_MS = 100;
/** Where there is no terminal: a line now and then, for a log. */
const LINE_MS = 10_000;

/** What a sweep shows while it goes on: runs done, rate, time left, failures and the best point so far. */
export class SweepProgress {
  readonly #io: CliIo;
  readonly #total: number;
  readonly #replications: number;
  readonly #best: Criterion | undefined;
  readonly #nameOf: (run: number) => string;
  readonly #startMs = performance.now();
  readonly #open = new Map<number, { sum: number; count: number }>();
  #toldMs = this.#startMs;
  #width = 0;
  #done = 0;
  #failed = 0;
  #leader: { readonly mean: number; readonly unit: string; readonly name: string } | undefined;

  /**
   * @param total runs of this call
   * @param nameOf what the point of a run is set to
   */
  constructor(
    io: CliIo,
    total: number,
    replications: number,
    best: Criterion | undefined,
    nameOf: (run: number) => string,
  ) {
    this.#io = io;
    this.#total = total;
    this.#replications = replications;
    this.#best = best;
    this.#nameOf = nameOf;
  }

  /** A result of an earlier call: it counts for the best alone. */
  recall(outcome: SweepOutcome): void {
    this.#weigh(outcome);
  }

  add(outcome: SweepOutcome): void {
    this.#done += 1;
    if (outcome.status === 'failed') this.#failed += 1;
    this.#weigh(outcome);
    const now = performance.now();
    if (now - this.#toldMs < (this.#io.isTty ? REDRAW_MS : LINE_MS)) return;
    this.#toldMs = now;
    if (!this.#io.isTty) {
      this.#io.err(`${this.text(now, 1000)}\n`);
      return;
    }
    const line = this.text(now, this.#io.columns - 1);
    this.#io.err(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }

  /** Wipes the line. */
  end(): void {
    if (this.#width > 0) this.#io.err(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }

  /** `sweep: 120 of 1,000 runs  12 %  3.1/s  5 min left  2 failed  best wait.mean 3.2 s (policy.placement=fgd)` */
  text(nowMs: number, columns: number): string {
    const elapsedSec = (nowMs - this.#startMs) / 1000;
    const line = progressText('sweep', 'runs', this.#done, this.#total, elapsedSec, columns);
    const leader = this.#leader;
    const parts = [
      ...(this.#failed > 0 ? [`${groupDigits(this.#failed)} failed`] : []),
      ...(leader === undefined || this.#best === undefined
        ? []
        : [`best ${this.#best.metric} ${quantity(leader.mean, leader.unit)} (${printable(leader.name)})`]),
    ];
    // What does not fit is left out whole.
    return parts.reduce(
      (text, part) => (text.length + 2 + part.length <= columns ? `${text}  ${part}` : text),
      line,
    );
  }

  #weigh(outcome: SweepOutcome): void {
    const best = this.#best;
    if (best === undefined || outcome.status !== 'done') return;
    const reading = outcome.metrics[best.metric] as Reading | undefined;
    if (reading?.value == null) return;
    const point = Math.floor(outcome.index / this.#replications);
    const sums = this.#open.get(point) ?? { sum: 0, count: 0 };
    sums.sum += reading.value;
    sums.count += 1;
    this.#open.set(point, sums);
    // A point with fewer runs than the others might only have been lucky.
    if (sums.count < this.#replications) return;
    this.#open.delete(point);
    const mean = sums.sum / sums.count;
    const gain =
      this.#leader === undefined ? 1 : (mean - this.#leader.mean) * (best.better === 'higher' ? 1 : -1);
    if (gain > 0) this.#leader = { mean, unit: reading.unit, name: this.#nameOf(outcome.index) };
  }
}
