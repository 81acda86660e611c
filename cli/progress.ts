import { groupDigits } from '../sim/report/format.ts';
import type { CliIo } from './io.ts';

const REDRAW_MS = 100;

/** A line of progress on a terminal: done, of how many, rate and time left. Silent where there is no terminal. */
export class ProgressLine {
  readonly #io: CliIo;
  readonly #label: string;
  readonly #unit: string;
  readonly #total: number | undefined;
  readonly #startMs = performance.now();
  #drawnMs = 0;
  #width = 0;

  /** @param total how many there will be; undefined when nobody knows */
  constructor(io: CliIo, label: string, unit: string, total: number | undefined) {
    this.#io = io;
    this.#label = label;
    this.#unit = unit;
    this.#total = total;
  }

  /** Draws at most ten times a second. */
  update(done: number): void {
    if (!this.#io.isTty) return;
    const now = performance.now();
    if (now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    const text = progressText(this.#label, this.#unit, done, this.#total, (now - this.#startMs) / 1000);
    const line = text.slice(0, Math.max(20, this.#io.columns - 1));
    this.#io.err(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }

  /** Wipes the line. */
  end(): void {
    if (this.#width > 0) this.#io.err(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}

/** `run: 5,120 of 10,866 jobs  47 %  12,345/s  1 s left` */
export function progressText(
  label: string,
  unit: string,
  done: number,
  total: number | undefined,
  elapsedSec: number,
): string {
  const rate = elapsedSec > 0 ? done / elapsedSec : 0;
  const speed = `${groupDigits(Math.round(rate))}/s`;
  if (total === undefined || total <= 0) return `${label}: ${groupDigits(done)} ${unit}  ${speed}`;
  const percent = Math.min(100, Math.floor((100 * done) / total));
  const left = rate > 0 ? `  ${formatSeconds(Math.max(0, total - done) / rate)} left` : '';
  return `${label}: ${groupDigits(done)} of ${groupDigits(total)} ${unit}  ${percent} %  ${speed}${left}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
