import { FIRST_WIDTH_US } from '../series/series-recorder.ts';
import { BUCKETS, type Bucket } from './buckets.ts';

const MOST_MARKS = 512;
/** With more parts of the fleet than these, only the fleet as a whole is kept. */
const MOST_CELLS = 32;
const WIDTH = BUCKETS.length;

/** What became of the capacity of one part of the fleet, mark by mark. */
export interface MarkedColumn {
  /** Number of the pool; null, as with model and mode, where the column is about the fleet as a whole. */
  readonly pool: number | null;
  readonly model: string | null;
  readonly mode: string | null;
  readonly bucket: Bucket;
  /**
   * By mark: what was booked since the mark before. Whole numbers in decimal digits, millionths of a GPU times
   * microseconds. Negative where work that was booked as useful came to be lost.
   */
  readonly amounts: readonly string[];
}

/** What became of the capacity from the end of the warm-up to each of some moments: sums over the marks up to it. */
export interface WaterfallMarks {
  readonly startUs: number;
  /** Ascending, at most 512: equal steps, and the end of the run. */
  readonly atUs: readonly number[];
  /** Columns that are nothing throughout are left out. */
  readonly columns: readonly MarkedColumn[];
}

/** Where a column of the books belongs. */
type Place = Pick<MarkedColumn, 'pool' | 'model' | 'mode'>;

interface Mark {
  readonly atUs: number;
  /** By cell and bucket, all up to then; of cells that came later nothing. */
  readonly amounts: readonly bigint[];
}

/**
 * Keeps what the books said at moments in equal steps, those of the buckets of series. Steps begin short; when there are
 * too many marks every other one is dropped, and steps are twice as long.
 */
export class MarkKeeper {
  readonly #startUs: number;
  #widthUs = FIRST_WIDTH_US;
  #marks: Mark[] = [];
  #isWhole = false;

  constructor(startUs: number) {
    this.#startUs = startUs;
  }

  /** When the next mark is due. */
  get nextUs(): number {
    return this.#startUs + (this.#marks.length + 1) * this.#widthUs;
  }

  /**
   * Sets a mark, where it is due.
   *
   * @param amounts by cell and bucket: `cell * BUCKETS.length + bucket`
   */
  keep(amounts: readonly bigint[]): void {
    this.#push(this.nextUs, amounts);
    if (this.#marks.length < MOST_MARKS) return;
    this.#marks = this.#marks.filter((_, i) => i % 2 === 1);
    this.#widthUs *= 2;
  }

  /** Sets the last mark. */
  end(atUs: number, amounts: readonly bigint[]): void {
    if (this.#marks.at(-1)?.atUs === atUs) this.#marks.pop();
    this.#push(atUs, amounts);
  }

  /** @param places by cell */
  read(places: readonly Place[]): WaterfallMarks {
    const cells = this.#isWhole ? [{ pool: null, model: null, mode: null }] : places;
    const columns = cells.flatMap((place, cell) =>
      BUCKETS.map((bucket, b): MarkedColumn => {
        let before = 0n;
        const amounts = this.#marks.map(({ amounts: all }) => {
          const sum = all[cell * WIDTH + b] ?? 0n;
          const added = sum - before;
          before = sum;
          return `${added}`;
        });
        return { ...place, bucket, amounts };
      }),
    );
    return {
      startUs: this.#startUs,
      atUs: this.#marks.map(({ atUs }) => atUs),
      columns: columns.filter(({ amounts }) => amounts.some((amount) => amount !== '0')),
    };
  }

  #push(atUs: number, amounts: readonly bigint[]): void {
    if (!this.#isWhole && amounts.length > MOST_CELLS * WIDTH) {
      this.#isWhole = true;
      this.#marks = this.#marks.map((mark) => ({ atUs: mark.atUs, amounts: ofFleet(mark.amounts) }));
    }
    this.#marks.push({ atUs, amounts: this.#isWhole ? ofFleet(amounts) : amounts });
  }
}

function ofFleet(amounts: readonly bigint[]): readonly bigint[] {
  const sums = Array.from({ length: WIDTH }, () => 0n);
  for (const [i, amount] of amounts.entries()) sums[i % WIDTH]! += amount;
  return sums;
}
