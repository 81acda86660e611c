import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { TaskShape } from '../cluster/request.ts';
import type { Micros } from '../kernel/time.ts';

/** Counts the jobs that arrived by what they ask of one host; gangs by each of their workers. */
export class ArrivedShapes implements ClusterObserver {
  readonly #counts = new Map<number, { readonly shape: TaskShape; count: number }>();

  arrived(_atUs: Micros, { shape }: Job): void {
    for (const each of shape.alone) {
      const counted = this.#counts.get(each.id);
      if (counted === undefined) this.#counts.set(each.id, { shape: each, count: 1 });
      else counted.count += 1;
    }
  }

  /** In order of first arrival. */
  get counts(): readonly { readonly shape: TaskShape; readonly count: number }[] {
    return [...this.#counts.values()];
  }
}
