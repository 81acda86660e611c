import type { FrameTimes } from './frame-times.ts';
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

type StateTime = readonly [state: number, seconds: number];

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
   * The frames of each class, state by state, for `summarizeFrames`. If the budget does not allow to run every state,
   * those are in which the class was active longest, and some of the others stand for the rest: see
   * {@link representatives}.
   *
   * @returns by class
   */
  parts(budget: FrameBudget = USUAL_BUDGET): readonly (readonly FramePart[])[] {
    const model = this.#model;
    const visited = this.#visited();
    const needed = model.countRuns(visited.map(([state]) => state));
    const runs = Math.min(needed, budget.runs);
    let frames = FRAMES_OF_A_RUN.most;
    while (frames > FRAMES_OF_A_RUN.least && frames * runs > budget.frames) frames /= 2;
    const active = model.classes.map(({ kind }, i) =>
      kind === 'batch'
        ? []
        : visited
            .map(([state, sec]): StateTime => [state, sec * (model.states.activeOf(state)[i] as number)])
            .filter(([, sec]) => sec > 0),
    );
    const chosen = needed > budget.runs ? withinRuns(model, active, budget.runs) : active;
    return chosen.map((times, classIndex) =>
      times.map(([state, activeSeconds]) => ({
        times: model.frameTimes(state, classIndex, frames) as FrameTimes,
        activeSeconds,
      })),
    );
  }

  /** States with time in them, ascending, so that sums do not depend on the order in which they occurred. */
  #visited(): StateTime[] {
    const seconds = this.#seconds;
    if (this.#numbers !== null) {
      return [...this.#numbers]
        .map(([state, number]) => [state, seconds[number] as number] as const)
        .filter(([, spent]) => spent > 0)
        .sort(([a], [b]) => a - b);
    }
    const visited: StateTime[] = [];
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

/** Representatives for each class, as many as together take no more than `runs` runs, or two: classes share most of them. */
function withinRuns(
  model: FrameModel,
  active: readonly (readonly StateTime[])[],
  runs: number,
): readonly (readonly StateTime[])[] {
  const of = (count: number) => active.map((times) => representatives(model, times, count));
  const states = (chosen: readonly (readonly StateTime[])[]) =>
    new Set(chosen.flatMap((times) => times.map(([state]) => state))).size;
  let low = 2;
  let high = Math.max(2, runs);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (states(of(middle)) <= runs) low = middle;
    else high = middle - 1;
  }
  return of(low);
}

/**
 * Fewer states for many: half of them those of the longest times; the other half stand for equal times of what is left,
 * taken at even distances from the states in the order of their load (systematic sampling). So sums over states are
 * hardly biased, unlike with interpolation between few states: times grow in leaps where a card fills up.
 *
 * @returns at most `count` states, with the times that they stand for: their sum is that of all times
 */
function representatives(model: FrameModel, visited: readonly StateTime[], count: number): StateTime[] {
  if (visited.length <= count) return [...visited];
  // The earlier state of two equals goes first: sort() is stable.
  const byTime = visited.toSorted(([, a], [, b]) => b - a);
  const chosen = byTime.slice(0, Math.floor(count / 2));
  const rest = byTime.slice(chosen.length).map((each) => ({ each, load: model.load(each[0]) }));
  rest.sort((a, b) => a.load - b.load || a.each[0] - b.each[0]);
  const total = rest.reduce((sum, { each }) => sum + each[1], 0);
  const share = total / (count - chosen.length);
  let passed = 0;
  let taken = 0;
  for (const { each } of rest) {
    passed += each[1];
    const before = taken;
    while ((taken + 0.5) * share < passed) taken += 1;
    if (taken > before) chosen.push([each[0], (taken - before) * share]);
  }
  return chosen.sort(([a], [b]) => a - b);
}
