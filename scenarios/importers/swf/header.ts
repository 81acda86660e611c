/** What the comments at the start of a workload say of the machine; undefined where they do not, or say no number. */
export interface SwfHeader {
  /** Unix time of the workload's second 0. */
  readonly unixStartSec: number | undefined;
  /** As written, such as `Europe/Berlin`. */
  readonly timeZone: string | undefined;
  readonly computer: string | undefined;
  readonly maxNodes: number | undefined;
  readonly maxProcs: number | undefined;
  readonly maxJobs: number | undefined;
}

const LABELLED = /^\s*([A-Za-z]{1,40})\s*:\s*(.*?)\s*$/;
const NUMBERED = /^(\d{1,9})\s*[:,;-]?\s+(.{1,80})$/;
const QUOTES = /^["']|["']$/g;
const WHOLE = /^\d{1,15}$/;

/** Gathers the comments of a workload: labels with values, and names of queues and partitions. */
export class SwfHeaderReader {
  readonly #values = new Map<string, string>();
  readonly #names = { queue: new Map<number, string>(), partition: new Map<number, string>() };

  /** Takes a comment without its semicolon. The first value of a label stays. */
  take(comment: string): void {
    const match = LABELLED.exec(comment);
    if (match === null) return;
    const [, label = '', value = ''] = match;
    const key = label.toLowerCase();
    if (key === 'queue' || key === 'partition') this.#takeName(key, value);
    else if (!this.#values.has(key)) this.#values.set(key, value);
  }

  /** The name of a queue, its number where it has none. */
  queueName(number: number): string {
    return this.#names.queue.get(number) ?? String(number);
  }

  partitionName(number: number): string {
    return this.#names.partition.get(number) ?? String(number);
  }

  finish(): SwfHeader {
    return {
      unixStartSec: this.#number('unixstarttime'),
      timeZone: this.#text('timezonestring'),
      computer: this.#text('computer'),
      maxNodes: this.#number('maxnodes'),
      maxProcs: this.#number('maxprocs'),
      maxJobs: this.#number('maxjobs'),
    };
  }

  #takeName(key: 'queue' | 'partition', value: string): void {
    const match = NUMBERED.exec(value);
    if (match === null) return;
    const name = (match[2] ?? '').replaceAll(QUOTES, '').trim();
    if (name !== '') this.#names[key].set(Number(match[1]), name);
  }

  #text(key: string): string | undefined {
    const value = this.#values.get(key);
    return value === '' ? undefined : value;
  }

  /** `128` of `128`, and of `128 (64 of them with GPUs)`. */
  #number(key: string): number | undefined {
    const [first = ''] = (this.#values.get(key) ?? '').split(/[\s(]/);
    return WHOLE.test(first) ? Number(first) : undefined;
  }
}
