import { GPU_MILLI } from '../../cluster/request.ts';
import type { LiveJob } from '../live-job.ts';

interface Entry {
  readonly live: LiveJob;
  readonly sinceUs: number;
  readonly milli: number;
}

/** Jobs that wait in a queue and are of interest, in the order in which they joined it. Each step costs O(1) on average. */
export class QueueWatch {
  readonly #entries: Entry[] = [];
  /** Entries before this have left. */
  #first = 0;
  readonly #current = new Map<LiveJob, Entry>();
  #milli = 0;

  get jobs(): number {
    return this.#current.size;
  }

  /** GPUs that they ask for in all. */
  get gpus(): number {
    return this.#milli / GPU_MILLI;
  }

  add(live: LiveJob, nowUs: number): void {
    const entry = { live, sinceUs: nowUs, milli: Math.round(live.gpus * GPU_MILLI) };
    this.#entries.push(entry);
    this.#current.set(live, entry);
    this.#milli += entry.milli;
  }

  /** It does not wait there any more; nothing happens where it did not. */
  remove(live: LiveJob): void {
    const entry = this.#current.get(live);
    if (entry === undefined) return;
    this.#current.delete(live);
    this.#milli -= entry.milli;
  }

  /** The job that has waited longest, and since when. */
  oldest(): { readonly live: LiveJob; readonly sinceUs: number } | undefined {
    for (; this.#first < this.#entries.length; this.#first++) {
      const entry = this.#entries[this.#first] as Entry;
      if (this.#current.get(entry.live) === entry) {
        this.#compact();
        return entry;
      }
    }
    this.#compact();
    return undefined;
  }

  /** All of them, the one that has waited longest first. */
  all(): readonly LiveJob[] {
    return [...this.#current.keys()];
  }

  #compact(): void {
    if (this.#first < 64 || this.#first * 2 < this.#entries.length) return;
    this.#entries.splice(0, this.#first);
    this.#first = 0;
  }
}
