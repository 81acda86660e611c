import { loadOf, type RingClass, ringClassProblems, runsApart } from './frame-class.ts';
import type { FrameTimes } from './frame-times.ts';
import { type SliceRules, sliceRuleProblems } from './rules.ts';
import { simulateFrames } from './simulate.ts';
import { FrameStates } from './states.ts';
import { type ClassTables, tablesOf } from './work-table.ts';

/** Frames of each class in a run: p99 is then within some 1 % of the model's own, whatever the seed. */
const USUAL_FRAMES = 1 << 16;

/** Runs kept: some 5 KB for each class of each. */
const MOST_KEPT = 2000;

/**
 * Frame times on one kind of card in each of its states, computed when they are first asked for and kept. They depend
 * on the state and the seed alone, not on what was asked before.
 *
 * Leaves out: what happens right after a change of state (frame times settle within a few frames, states last seconds),
 * priorities and weights of tenants, and the choice of the least scheduled tenant where strict round robin is off.
 */
export class FrameModel {
  readonly rules: SliceRules;
  readonly classes: readonly RingClass[];
  readonly states: FrameStates;
  readonly #seed: number | string;
  readonly #runsApart: boolean;
  readonly #loads: readonly number[];
  readonly #tables: readonly (ClassTables | null)[];
  readonly #kept = new Map<string, readonly (FrameTimes | null)[]>();

  /**
   * @param maxActive by class, the most tenants that are active at a time
   * @param maxRunning the most that run at a time, active or not; matters under equal share alone
   * @throws {RangeError} naming every field that is out of range
   */
  constructor(options: {
    readonly rules: SliceRules;
    readonly classes: readonly RingClass[];
    readonly maxActive: readonly number[];
    readonly maxRunning: number;
    readonly seed: number | string;
  }) {
    const { rules, classes, maxActive, maxRunning, seed } = options;
    const problems = [
      ...sliceRuleProblems(rules).map((problem) => `rules.${problem}`),
      ...classes.flatMap((each, i) => ringClassProblems(each).map((problem) => `classes[${i}].${problem}`)),
    ];
    if (maxActive.length !== classes.length) {
      problems.push(
        `maxActive: need a number for each of ${classes.length} classes, got ${maxActive.length}`,
      );
    }
    if (problems.length > 0) throw new RangeError(`Cannot model frames: ${problems.join('; ')}`);
    this.rules = rules;
    this.classes = classes;
    this.states = new FrameStates(maxActive, rules.scheduler === 'equal-share' ? maxRunning : 0);
    this.#seed = seed;
    this.#runsApart = runsApart(rules, classes);
    this.#loads = classes.map(loadOf);
    this.#tables = classes.map(tablesOf);
  }

  /**
   * Frame times of one class while the card is in a state. They are never interpolated between numbers of tenants: where
   * a card fills up one tenant more can double them.
   *
   * @param frames of each class that they rest on
   * @returns null for batch, and where no tenant of the class is active
   * @throws {RangeError} if the state holds more tenants than there are slots
   */
  frameTimes(state: number, classIndex: number, frames = USUAL_FRAMES): FrameTimes | null {
    const { states, rules } = this;
    const active = states.activeOf(state);
    const running = states.runningOf(state);
    if (this.classes[classIndex]?.kind !== 'frames' || active[classIndex] === 0) return null;
    const slots = rules.scheduler === 'fixed-share' ? rules.slots : running;
    const taken = active.reduce((sum, count) => sum + count, 0);
    if (rules.scheduler !== 'best-effort' && taken > slots) {
      throw new RangeError(
        `Cannot compute frame times: ${active.join(' + ')} active tenants in ${slots} slots`,
      );
    }
    return this.#run(this.#stand(active, classIndex), running, frames)[classIndex] as FrameTimes;
  }

  /** Number of runs that `frameTimes` takes for every class in these states. */
  countRuns(states: readonly number[]): number {
    const runs = new Set<number>();
    for (const state of states) {
      const active = this.states.activeOf(state);
      for (const [i, each] of this.classes.entries()) {
        if (each.kind !== 'frames' || active[i] === 0) continue;
        runs.add(this.states.state(this.#stand(active, i), this.states.runningOf(state)));
      }
    }
    return runs.size;
  }

  /**
   * How much of the card's time the active tenants of a state want, 1 = all of it: states in this order are in about
   * the order of their frame times.
   */
  load(state: number): number {
    return this.states.activeOf(state).reduce((sum, count, i) => sum + count * (this.#loads[i] as number), 0);
  }

  /** Whose frames are computed: one tenant's for all where they do not depend on the others. */
  #stand(active: readonly number[], classIndex: number): readonly number[] {
    return this.#runsApart ? active.map((_, i) => (i === classIndex ? 1 : 0)) : active;
  }

  #run(active: readonly number[], running: number, frames: number): readonly (FrameTimes | null)[] {
    const key = `${frames}/${this.states.state(active, running)}`;
    let times = this.#kept.get(key);
    if (times === undefined) {
      const { rules, classes } = this;
      times = simulateFrames({ rules, classes, active, running }, this.#seed, frames, this.#tables);
      // Starting over costs little beside what fills this: nothing is gained by knowing which were used last.
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(key, times);
    }
    return times;
  }
}
