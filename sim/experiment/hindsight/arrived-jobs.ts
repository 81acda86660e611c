import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { Micros } from '../../kernel/time.ts';

/** Jobs that ask for the same. */
export interface ArrivedType {
  /** By worker. */
  readonly shapes: readonly TaskShape[];
  /** How many arrived. */
  readonly count: number;
}

/** Counts the jobs that arrived by what they ask for, and those that got a place. */
export class ArrivedJobs implements ClusterObserver {
  placedCount = 0;
  /** Whether any says, beyond room, which places its workers may have. */
  hasRules = false;
  readonly #types = new Map<string, { readonly shapes: readonly TaskShape[]; count: number }>();

  arrived(_atUs: Micros, { shapes, layout, kin }: Job): void {
    if (layout !== undefined || kin !== undefined) this.hasRules = true;
    const key = shapes.length === 1 ? String((shapes[0] as TaskShape).id) : shapes.map(({ id }) => id).join();
    const type = this.#types.get(key);
    if (type === undefined) this.#types.set(key, { shapes, count: 1 });
    else type.count += 1;
  }

  placed(): void {
    this.placedCount += 1;
  }

  /** In order of first arrival. */
  get types(): readonly ArrivedType[] {
    return [...this.#types.values()];
  }
}
