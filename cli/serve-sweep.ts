import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from './sweep/manifest.ts';
import { RESULTS } from './sweep/read-results.ts';

/** The list of result files, as the page asks for it. */
const LISTING = 'results.json';

/** Something that stands at an address now: a file, or a text that is made for the request. */
export type Standing = { readonly handle: FileHandle } | { readonly text: string };

/**
 * The manifest and the result files of a sweep that may still run: looked at anew for each request, because files grow and
 * others come. A name of a request is only ever compared with what the directory lists: it is no path, and links are left out.
 */
export class ServedSweep {
  readonly #folder: string;
  /** Path of the address under which all of it stands, with a slash at its end. */
  readonly prefix: string;

  private constructor(folder: string, prefix: string) {
    this.#folder = folder;
    this.prefix = prefix;
  }

  /** @throws {Error} with a `code` if there is no such directory */
  static async of(folder: string, prefix: string): Promise<ServedSweep> {
    // Where it leads is settled once: a link that is turned later leads nowhere else.
    return new ServedSweep(await realpath(folder), prefix);
  }

  /**
   * What stands at a path of an address; undefined: nothing.
   *
   * @throws {Error} with a `code` if the results are there and cannot be listed
   */
  async at(path: string): Promise<Standing | undefined> {
    if (!path.startsWith(this.prefix)) return undefined;
    const asked = path.slice(this.prefix.length);
    if (asked === MANIFEST) return await this.#open(join(this.#folder, MANIFEST));
    if (asked === LISTING) return { text: `${JSON.stringify({ files: await this.#resultFiles() })}\n` };
    const found = (await this.#resultFiles()).find(
      (name) => asked === `${RESULTS}/${encodeURIComponent(name)}`,
    );
    return found === undefined ? undefined : await this.#open(join(this.#folder, RESULTS, found));
  }

  async #resultFiles(): Promise<readonly string[]> {
    const place = join(this.#folder, RESULTS);
    try {
      if (!(await lstat(place)).isDirectory()) return [];
      const entries = await readdir(place, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
        .map(({ name }) => name)
        .sort();
    } catch (error) {
      // A sweep that has begun and has no results yet. What is there and cannot be read is no such thing.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  async #open(path: string): Promise<Standing | undefined> {
    try {
      // Nor a link that took the place of a file since it was listed; Windows has no such flag.
      const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      if ((await handle.stat()).isFile()) return { handle };
      await handle.close();
    } catch {
      // Gone since it was listed.
    }
    return undefined;
  }
}
