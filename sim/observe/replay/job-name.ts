import { type ByteReader, type ByteWriter, ReplayBytesError } from './bytes.ts';
import type { Dictionary, DictionaryWriter } from './dictionary.ts';

const NUMBERED = /^(.*?)(0|[1-9]\d{0,14})$/s;

/** Writes names of jobs, of which most are a word with a number that goes up. */
export class JobNameWriter {
  readonly #last = new Map<string, number>();

  write(to: ByteWriter, words: DictionaryWriter, name: string): void {
    const match = NUMBERED.exec(name);
    if (match === null) {
      to.whole(0);
      to.text(name);
      return;
    }
    const [, word = '', digits = ''] = match;
    const number = Number(digits);
    to.whole(words.text(word) + 1);
    to.signed(number - (this.#last.get(word) ?? 0));
    this.#last.set(word, number);
  }
}

export class JobNameReader {
  readonly #last = new Map<number, number>();

  read(from: ByteReader, words: Dictionary): string {
    const word = from.whole();
    if (word === 0) return from.text();
    const number = (this.#last.get(word) ?? 0) + from.signed();
    if (number < 0) throw new ReplayBytesError('the name of a job has a number below 0');
    this.#last.set(word, number);
    return `${words.text(word - 1)}${number}`;
  }
}
