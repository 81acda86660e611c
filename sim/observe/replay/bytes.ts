import { fromUtf8, toUtf8 } from './utf8.ts';

const TWO_32 = 2 ** 32;

/** A file of this kind ends, or a number in it goes on, where it must not. */
export class ReplayBytesError extends Error {
  override name = 'ReplayBytesError';
}

/**
 * Numbers and texts one after another in a buffer that grows. Whole numbers take 7 bits a byte, lowest first (LEB128), so
 * that small ones are short.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  length = 0;
  readonly #float = new DataView(new ArrayBuffer(8));

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** What has been written: a view, good until the next call. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = value;
  }

  /** @param value whole, 0 to 2^53 - 1 */
  whole(value: number): void {
    if (this.length + 8 > this.#bytes.length) this.#grow(8);
    const bytes = this.#bytes;
    let rest = value;
    while (rest >= TWO_32) {
      bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      bytes[this.length++] = (rest & 127) + 128;
      rest = rest >>> 7;
    }
    bytes[this.length++] = rest;
  }

  /** A whole number of either sign, at most 2^52 away from 0. */
  signed(value: number): void {
    this.whole(value >= 0 ? 2 * value : -2 * value - 1);
  }

  /** Any number, 8 bytes. */
  double(value: number): void {
    if (this.length + 8 > this.#bytes.length) this.#grow(8);
    this.#float.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this.#bytes[this.length++] = this.#float.getUint8(i);
  }

  /** Its length in bytes, then UTF-8. Half a surrogate pair becomes U+FFFD. */
  text(value: string): void {
    const bytes = toUtf8(value);
    this.whole(bytes.length);
    this.append(bytes);
  }

  append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #grow(more: number): void {
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + more + 64));
    grown.set(this.bytes);
    this.#bytes = grown;
  }
}

/** Reads what a `ByteWriter` has written. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  /** @throws {ReplayBytesError} at the end */
  byte(): number {
    if (this.at >= this.end) throw new ReplayBytesError('the data end in the middle of an entry');
    return this.#bytes[this.at++] as number;
  }

  /** @throws {ReplayBytesError} at the end, or above 2^53 - 1 */
  whole(): number {
    const bytes = this.#bytes;
    let at = this.at;
    if (at + 4 > this.end) return this.#longWhole(0, 1);
    // Most have up to four bytes: those are put together as integers.
    let next = bytes[at++] as number;
    let value = next & 127;
    if (next >= 128) {
      next = bytes[at++] as number;
      value |= (next & 127) << 7;
      if (next >= 128) {
        next = bytes[at++] as number;
        value |= (next & 127) << 14;
        if (next >= 128) {
          next = bytes[at++] as number;
          value |= (next & 127) << 21;
        }
      }
    }
    this.at = at;
    return next < 128 ? value : this.#longWhole(value, 2 ** 28);
  }

  /** @param so what its bytes so far have come to, of which the next is worth `unit` */
  #longWhole(so: number, unit: number): number {
    let value = so;
    let factor = unit;
    for (;;) {
      const next = this.byte();
      value += (next & 127) * factor;
      if (next < 128) break;
      factor *= 128;
      if (factor > 2 ** 49) throw new ReplayBytesError('a number goes on for too long');
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new ReplayBytesError('a number is too large');
    return value;
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    if (this.at + 8 > this.end) throw new ReplayBytesError('the data end in the middle of a number');
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  text(): string {
    return fromUtf8(this.take(this.whole()));
  }

  /** The next bytes: a view. */
  take(length: number): Uint8Array {
    if (this.at + length > this.end) throw new ReplayBytesError('the data end in the middle of a part');
    const from = this.at;
    this.at += length;
    return this.#bytes.subarray(from, from + length);
  }
}
