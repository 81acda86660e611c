import { groupDigits } from '../sim/report/format.ts';
import type { CliIo } from './io.ts';

const REDRAW_MS = 100;

/**
 * A line of progress on a terminal: done, of how many, rate and time left. Silent where there is no terminal. Made when
 * the work starts: the rate counts from there.
 */
export class ProgressLine {
  readonly #io: CliIo;
  readonly #label: string;
  readonly #unit: string;
  readonly #startMs = performance.now();
  #drawnMs = this.#startMs;
  #width = 0;

  constructor(io: CliIo, label: string, unit: string) {
    this.#io = io;
    this.#label = label;
    this.#unit = unit;
  }

  /**
   * Draws at most ten times a second, and not in the first tenth, in which no rate means anything.
   *
   * @param total how many there will be; undefined when nobody knows
   */
  update(done: number, total: number | undefined): void {
    if (!this.#io.isTty) return;
    const now = performance.now();
    if (now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    const elapsedSec = (now - this.#startMs) / 1000;
    const line = progressText(this.#label, this.#unit, done, total, elapsedSec, this.#io.columns - 1);
    this.#io.err(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }

  /** Wipes the line. */
  end(): void {
    if (this.#width > 0) this.#io.err(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}

/**
 * `run: 5,120 of 10,866 jobs  47 %  12,345/s  1 s left`
 *
 * @param columns what does not fit is left out from the right, part by part, so that no number is cut
 */
export function progressText(
  label: string,
  unit: string,
  done: number,
  total: number | undefined,
  elapsedSec: number,
  columns: number,
): string {
  const rate = elapsedSec > 0 ? done / elapsedSec : 0;
  const speed = `${rate < 10 ? Number(rate.toFixed(1)) : groupDigits(Math.round(rate))}/s`;
  const percent =
    total !== undefined && total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : undefined;
  const parts =
    total === undefined || percent === undefined
      ? [`${label}: ${groupDigits(done)} ${unit}`, speed]
      : [
          `${label}: ${groupDigits(done)} of ${groupDigits(total)} ${unit}`,
          `${percent} %`,
          speed,
          ...(rate > 0 ? [`${formatSeconds(Math.max(0, total - done) / rate)} left`] : []),
        ];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (longer.length > columns) break;
    line = longer;
  }
  return line === '' && percent !== undefined ? `${percent} %` : line;
}

function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
