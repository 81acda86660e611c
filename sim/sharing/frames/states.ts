/**
 * The states of a card as far as frames go: how many tenants of each class are active and, where idle tenants keep
 * their slots, how many run. A state is one whole number, and a tenant that comes or goes moves it by a fixed step, so
 * that following a card's state takes one addition.
 */
export class FrameStates {
  /** Number of states: they are 0 (empty card) to this minus 1. */
  readonly size: number;
  /** By class: what one more active tenant adds to the state. */
  readonly activeSteps: readonly number[];
  /** What one more running tenant adds to the state; 0 where that makes no difference. */
  readonly runningStep: number;
  readonly maxActive: readonly number[];
  readonly #maxRunning: number;

  /**
   * @param maxActive by class, the most tenants that are active at a time
   * @param maxRunning the most that run at a time; 0 where only the active ones matter
   * @throws {RangeError} if one is not a whole number >= 0, or there are more than 2^53 states
   */
  constructor(maxActive: readonly number[], maxRunning: number) {
    for (const count of [...maxActive, maxRunning]) {
      if (!(Number.isSafeInteger(count) && count >= 0)) {
        throw new RangeError(
          `Cannot number the states of a card: need whole numbers of tenants, got ${count}`,
        );
      }
    }
    this.maxActive = maxActive;
    this.#maxRunning = maxRunning;
    const steps: number[] = [];
    let size = 1;
    for (const most of maxActive) {
      steps.push(size);
      size *= most + 1;
    }
    this.activeSteps = steps;
    this.runningStep = maxRunning === 0 ? 0 : size;
    this.size = size * (maxRunning + 1);
    if (!Number.isSafeInteger(this.size)) {
      throw new RangeError(
        `Cannot number the states of a card: there are ${this.size}, at most 2^53 can be told apart`,
      );
    }
  }

  state(active: readonly number[], running: number): number {
    let state = this.#maxRunning === 0 ? 0 : running * this.runningStep;
    for (const [i, count] of active.entries()) state += count * (this.activeSteps[i] as number);
    return state;
  }

  activeOf(state: number): number[] {
    return this.maxActive.map((most, i) => Math.floor(state / (this.activeSteps[i] as number)) % (most + 1));
  }

  /** 0 where it makes no difference. */
  runningOf(state: number): number {
    return this.#maxRunning === 0 ? 0 : Math.floor(state / this.runningStep);
  }
}
