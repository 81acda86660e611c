import type { CardWork } from './card-work.ts';

/** What a review wants of a card. */
export interface Wanted {
  /** Whether the work that is being done leads there. */
  isAimOf(work: CardWork): boolean;
  /** The work that does. */
  work(): CardWork;
}

/** What is being done, card by card. */
export class CardWorks {
  readonly #byGpu = new Map<number, CardWork>();

  /** By GPU number. */
  get all(): ReadonlyMap<number, CardWork> {
    return this.#byGpu;
  }

  /**
   * Begins with cards that are to be another, and lets those be that wait for what is not wanted any more.
   *
   * @param gpus all cards that were looked at
   * @param wanted by GPU number, of those that are to be another
   */
  retarget(gpus: readonly number[], wanted: ReadonlyMap<number, Wanted>): void {
    for (const gpu of gpus) {
      const work = this.#byGpu.get(gpu);
      const next = wanted.get(gpu);
      if (work !== undefined) {
        if (!work.isWaiting || next?.isAimOf(work) === true) continue;
        work.giveUp();
        this.#byGpu.delete(gpu);
      }
      if (next === undefined) continue;
      const begun = next.work();
      this.#byGpu.set(gpu, begun);
      begun.begin();
      if (begun.isOver) this.#byGpu.delete(gpu);
    }
  }

  /** A step on the card is over, or somebody has left it. */
  resume(gpu: number): void {
    const work = this.#byGpu.get(gpu);
    if (work === undefined) return;
    work.resume();
    if (work.isOver) this.#byGpu.delete(gpu);
  }
}
