import { crc32 } from '../../observe/replay/crc32.ts';
import { isMapping } from '../../scenario/path.ts';

/** What became of a run, as its line says. */
export type StoredOutcome =
  | {
      readonly id: string;
      readonly index: number;
      readonly status: 'done';
      readonly digest: string;
      /** Flat: dotted name to value, as in `result.json`; `null` where there is none. */
      readonly metrics: Readonly<Record<string, { readonly value: number | null; readonly unit: string }>>;
      /** Wall clock of the run alone, for rates and curves; no part of what is compared. */
      readonly elapsedMs: number;
    }
  | {
      readonly id: string;
      readonly index: number;
      readonly status: 'failed';
      /** One line for people. */
      readonly error: string;
      readonly elapsedMs: number;
    };

const BEFORE_SUM = '{"crc":"';
const SUM_DIGITS = 8;
const BEFORE_RUN = '","run":';
const AFTER_RUN = 125; // }

/**
 * What a line of a result file says, without its newline; undefined where it is damaged.
 *
 * @param textOf turns UTF-8 into text
 */
export function decodeLine(
  line: Uint8Array,
  textOf: (bytes: Uint8Array) => string,
): StoredOutcome | undefined {
  const from = BEFORE_SUM.length + SUM_DIGITS + BEFORE_RUN.length;
  if (line.length <= from || line.at(-1) !== AFTER_RUN) return undefined;
  const head = String.fromCharCode(...line.subarray(0, from));
  const sum = head.slice(BEFORE_SUM.length, BEFORE_SUM.length + SUM_DIGITS);
  const isWhole = head === BEFORE_SUM + sum + BEFORE_RUN && /^[0-9a-f]{8}$/.test(sum);
  const run = line.subarray(from, -1);
  if (!isWhole || crc32(run) !== Number.parseInt(sum, 16)) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(textOf(run));
  } catch {
    return undefined;
  }
  return isOutcome(read) ? read : undefined;
}

/** A line with a right checksum was written by this program: only what everything rests on is looked at. */
function isOutcome(read: unknown): read is StoredOutcome {
  if (!isMapping(read) || typeof read.id !== 'string' || !Number.isInteger(read.index)) return false;
  return read.status === 'done'
    ? typeof read.digest === 'string' && isMapping(read.metrics)
    : read.status === 'failed' && typeof read.error === 'string';
}

/** The runs of a sweep as their lines are read one after another, each with the place where it stands. */
export class StoredRuns<P> {
  /** By index of the run: `done` where any line says so, else the last failure. */
  readonly outcomes = new Map<number, StoredOutcome>();
  readonly places = new Map<number, P>();
  /** Runs that are done more than once, with the same digest; how often. */
  readonly doubled = new Map<number, number>();
  readonly #runs: number;
  readonly #ids: readonly string[] | undefined;
  readonly #placeText: (place: P) => string;

  /**
   * @param runs of the sweep
   * @param placeText a place in words, for what contradicts it
   * @param ids of the runs where they are known: a line of another run is refused
   */
  constructor(runs: number, placeText: (place: P) => string, ids?: readonly string[]) {
    this.#runs = runs;
    this.#ids = ids;
    this.#placeText = placeText;
  }

  /** @returns what is wrong with the line and what to do; undefined: nothing */
  add(outcome: StoredOutcome, place: P): { readonly message: string; readonly hint: string } | undefined {
    const { index, id } = outcome;
    const known = this.outcomes.get(index);
    const isOther = this.#ids !== undefined && this.#ids[index] !== id;
    if (index < 0 || index >= this.#runs || isOther || (known !== undefined && known.id !== id))
      return { message: `is no run of this sweep: index ${index}, id ${id}`, hint: 'remove that file' };
    if (known?.status === 'done') {
      if (outcome.status !== 'done') return undefined;
      this.doubled.set(index, (this.doubled.get(index) ?? 1) + 1);
      if (known.digest === outcome.digest) return undefined;
      const first = this.#placeText(this.places.get(index) as P);
      return {
        message: `run ${index} has digest ${outcome.digest} here and ${known.digest} in ${first}: the same run must give the same result`,
        hint: 'remove the file that came from another version or a broken machine',
      };
    }
    this.outcomes.set(index, outcome);
    this.places.set(index, place);
    return undefined;
  }
}
