import type { GivenFile } from './messages.ts';

/** Files that scenarios read, as long as the page is open: given once, used by every run that names them. */
class TraceShelf {
  #files: readonly GivenFile[] = [];
  readonly #listeners = new Set<() => void>();

  get files(): readonly GivenFile[] {
    return this.#files;
  }

  /** Takes the place of one of the same name. */
  put(files: readonly { readonly name: string; readonly blob: Blob }[]): void {
    const names = new Set(files.map(({ name }) => name));
    this.#files = [...this.#files.filter(({ name }) => !names.has(name)), ...files];
    for (const listener of this.#listeners) listener();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** The one of the page. */
export const traceShelf = new TraceShelf();
