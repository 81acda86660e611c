import { type ByteReader, type ByteWriter, ReplayBytesError } from './bytes.ts';
import type { Dictionary, DictionaryWriter } from './dictionary.ts';

const NUMBERED = /^(.*?)(0|[1-9]\d{0,14})$/s;
/** Largest number that `NUMBERED` takes. */
const MOST_DIGITS = 999_999_999_999_999;

/** Writes names of jobs, of which most are a word with a number that goes up. */
export class JobNameWriter {
  readonly #last = new Map<string, number>();
  /** The word of the name before; undefined where that has none. */
  #word: string | undefined;

  /**
   * Whether a name follows from the one before, and so need not be written: the same word, and a number that is larger by
   * `step`. A name that follows counts as written.
   */
  follows(name: string, step: number): boolean {
    const word = this.#word;
    if (word === undefined) return false;
    const number = (this.#last.get(word) ?? 0) + step;
    if (name !== `${word}${number}` || number < 0 || number > MOST_DIGITS) return false;
    this.#last.set(word, number);
    return true;
  }

  write(to: ByteWriter, words: DictionaryWriter, name: string): void {
    const match = NUMBERED.exec(name);
    if (match === null) {
      this.#word = undefined;
      to.whole(0);
      to.text(name);
      return;
    }
    const [, word = '', digits = ''] = match;
    const number = Number(digits);
    to.whole(words.text(word) + 1);
    to.signed(number - (this.#last.get(word) ?? 0));
    this.#last.set(word, number);
    this.#word = word;
  }
}

export class JobNameReader {
  readonly #last = new Map<number, number>();
  /** Number of the word of the name before, and one more; 0: it has none. */
  #word = 0;

  /**
   * The name that follows from the one before.
   *
   * @throws {ReplayBytesError} if that has no number
   */
  next(words: Dictionary, step: number): string {
    if (this.#word === 0) throw new ReplayBytesError('the name of a job follows from none');
    return this.#name(words, step);
  }

  read(from: ByteReader, words: Dictionary): string {
    this.#word = from.whole();
    return this.#word === 0 ? from.text() : this.#name(words, from.signed());
  }

  #name(words: Dictionary, step: number): string {
    const word = this.#word;
    const number = (this.#last.get(word) ?? 0) + step;
    if (number < 0) throw new ReplayBytesError('the name of a job has a number below 0');
    this.#last.set(word, number);
    return `${words.text(word - 1)}${number}`;
  }
}
