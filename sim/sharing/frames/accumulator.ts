import { LADDER_GROWTH } from './ladder.ts';
import type { FrameModel } from './model.ts';
import { type FramePart, type FrameSummary, summarizeFrames } from './summary.ts';

/** What working out the frames of an accumulator may take: some 100 ms for each 65,536 frames. */
export interface FrameBudget {
  /** States that are run. */
  readonly runs: number;
  /** Frames of each class in all runs together; a run has 1,024 to 65,536. */
  readonly frames: number;
}

const USUAL_BUDGET: FrameBudget = { runs: 384, frames: 1 << 20 };
const FRAMES_OF_A_RUN = { most: 1 << 16, least: 1 << 10 };
/** Above this number of states only those that occur get room. 2^20 take 8 MiB. */
const MOST_DENSE = 1 << 20;

/**
 * Adds up how long cards of one kind were in each state. That is all that has to be done while a simulation runs; which
 * frames there were in that time, and how long they took, is worked out at the end.
 */
export class FrameAccumulator {
  readonly #model: FrameModel;
  readonly #size: number;
  /** By state, or by the number of the state in `#numbers`. */
  #seconds: Float64Array;
  readonly #numbers: Map<number, number> | null;

  constructor(model: FrameModel) {
    this.#model = model;
    this.#size = model.states.size;
    this.#numbers = this.#size > MOST_DENSE ? new Map() : null;
    this.#seconds = new Float64Array(this.#numbers === null ? this.#size : 64);
  }

  /**
   * A card was in a state for this long. Allocates nothing, but for a state that is new where there are very many.
   *
   * @param state of the model's `states`
   * @throws {RangeError} if there is no such state
   */
  add(state: number, seconds: number): void {
    if (!(state >= 0 && state < this.#size)) {
      throw new RangeError(`Cannot add time in state ${state}: states are 0 to ${this.#size - 1}`);
    }
    const at = this.#numbers === null ? state : this.#numberOf(state, this.#numbers);
    this.#seconds[at] = (this.#seconds[at] as number) + seconds;
  }

  /** Adds what another accumulator of the same model has. */
  merge(other: FrameAccumulator): void {
    for (const [state, seconds] of other.#visited()) this.add(state, seconds);
  }

  /** What became of the frames, by class; null for batch, and where no tenant of the class was ever active. */
  summaries(budget: FrameBudget = USUAL_BUDGET): readonly (FrameSummary | null)[] {
    return this.parts(budget).map(summarizeFrames);
  }

  /**
   * The frames of each class, state by state, for `summarizeFrames`. If the budget allows it every state is run itself.
   * Otherwise those are in which cards were longest, with half of the runs, and the others stand between states on the
   * finest ladder of numbers of tenants that the rest of the runs allows: the coarsest may take more.
   *
   * @returns by class
   */
  parts(budget: FrameBudget = USUAL_BUDGET): readonly (readonly FramePart[])[] {
    const model = this.#model;
    const visited = this.#visited();
    const plan = this.#plan(visited, budget);
    return model.classes.map((_, classIndex) => {
      const parts: FramePart[] = [];
      for (const [state, seconds] of visited) {
        const level = plan.itself.has(state) ? 0 : plan.level;
        const times = model.frameTimes(state, classIndex, { level, frames: plan.frames });
        if (times === null) continue;
        parts.push({ times, activeSeconds: seconds * (model.states.activeOf(state)[classIndex] as number) });
      }
      return parts;
    });
  }

  #plan(visited: readonly (readonly [number, number])[], budget: FrameBudget) {
    const model = this.#model;
    const all = visited.map(([state]) => state);
    let itself = all;
    let level = 0;
    let runs = model.countRuns(all, 0);
    if (runs > budget.runs) {
      // The earlier state of two equals goes first: sort() is stable.
      itself = visited
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, Math.floor(budget.runs / 2))
        .map(([state]) => state);
      const ownRuns = model.countRuns(itself, 0);
      const kept = new Set(itself);
      const others = all.filter((state) => !kept.has(state));
      do {
        level += 1;
        runs = ownRuns + model.countRuns(others, level);
      } while (runs > budget.runs && level < LADDER_GROWTH.length - 1);
    }
    let frames = FRAMES_OF_A_RUN.most;
    while (frames > FRAMES_OF_A_RUN.least && frames * runs > budget.frames) frames /= 2;
    return { itself: new Set(itself), level, frames };
  }

  /** States with time in them, ascending, so that sums do not depend on the order in which they occurred. */
  #visited(): (readonly [state: number, seconds: number])[] {
    const seconds = this.#seconds;
    if (this.#numbers !== null) {
      return [...this.#numbers]
        .map(([state, number]) => [state, seconds[number] as number] as const)
        .filter(([, spent]) => spent > 0)
        .sort(([a], [b]) => a - b);
    }
    const visited: (readonly [number, number])[] = [];
    for (let state = 0; state < this.#size; state++) {
      if ((seconds[state] as number) > 0) visited.push([state, seconds[state] as number]);
    }
    return visited;
  }

  #numberOf(state: number, numbers: Map<number, number>): number {
    let number = numbers.get(state);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(state, number);
      if (number === this.#seconds.length) {
        const wider = new Float64Array(number * 2);
        wider.set(this.#seconds);
        this.#seconds = wider;
      }
    }
    return number;
  }
}
