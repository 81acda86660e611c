import type { Task, TaskSource } from './task.ts';

/** Several sources as one, in order of arrival; at one instant, in the order of the list. */
export class MergedSource implements TaskSource {
  readonly #sources: readonly TaskSource[];
  readonly #heads: (Task | undefined)[];

  constructor(sources: readonly TaskSource[]) {
    this.#sources = sources;
    this.#heads = sources.map((source) => source.nextTask());
  }

  nextTask(): Task | undefined {
    let earliest = -1;
    this.#heads.forEach((head, i) => {
      const best = this.#heads[earliest];
      if (head !== undefined && (best === undefined || head.arrivalUs < best.arrivalUs)) earliest = i;
    });
    const task = this.#heads[earliest];
    if (task !== undefined) this.#heads[earliest] = this.#sources[earliest]?.nextTask();
    return task;
  }
}
