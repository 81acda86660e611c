/** Bytes that are gathered before they are handed to the browser, which may put them on disk. */
const PIECE_BYTES = 8 << 20;

/** Gathers a file bit by bit, without holding more of it than a piece in the memory of the worker. */
export class BlobSink {
  readonly #pieces: Blob[] = [];
  #open: Uint8Array<ArrayBuffer>[] = [];
  #openBytes = 0;

  write(bytes: Uint8Array): void {
    // A copy: whoever writes may use the bytes again.
    this.#open.push(bytes.slice());
    this.#openBytes += bytes.length;
    if (this.#openBytes >= PIECE_BYTES) this.#flush();
  }

  blob(): Blob {
    this.#flush();
    return new Blob(this.#pieces, { type: 'application/octet-stream' });
  }

  #flush(): void {
    this.#pieces.push(new Blob(this.#open));
    this.#open = [];
    this.#openBytes = 0;
  }
}
