import { applyPatches, type Draft, enablePatches, type Patch, produceWithPatches } from 'immer';

enablePatches();

/** Steps that can be undone: more are forgotten, oldest first. */
const MOST_STEPS = 200;

interface Step {
  readonly title: string;
  readonly forward: readonly Patch[];
  readonly back: readonly Patch[];
}

/** A state that changes by recipes, tells who listens, and can go back. */
export class Store<S extends object> {
  #state: S;
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(first: S) {
    this.#state = first;
  }

  get state(): S {
    return this.#state;
  }

  /** What `undo` and `redo` would do, in words; undefined where there is nothing. */
  get undoTitle(): string | undefined {
    return this.#done.at(-1)?.title;
  }

  get redoTitle(): string | undefined {
    return this.#undone.at(-1)?.title;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Changes the state without a way back, such as for time that goes on. */
  set(recipe: (draft: Draft<S>) => void): void {
    const [next] = produceWithPatches(this.#state, (draft) => {
      recipe(draft);
    });
    this.#become(next);
  }

  /** Changes the state in a way that can be undone. */
  change(title: string, recipe: (draft: Draft<S>) => void): void {
    const [next, forward, back] = produceWithPatches(this.#state, (draft) => {
      recipe(draft);
    });
    if (forward.length === 0) return;
    this.#done.push({ title, forward, back });
    if (this.#done.length > MOST_STEPS) this.#done.shift();
    this.#undone.length = 0;
    this.#become(next);
  }

  /** @returns what was undone; undefined where there was nothing */
  undo(): string | undefined {
    const step = this.#done.pop();
    if (step === undefined) return undefined;
    this.#undone.push(step);
    this.#become(applyPatches(this.#state, step.back));
    return step.title;
  }

  redo(): string | undefined {
    const step = this.#undone.pop();
    if (step === undefined) return undefined;
    this.#done.push(step);
    this.#become(applyPatches(this.#state, step.forward));
    return step.title;
  }

  #become(next: S): void {
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}
