import { activeIn, type FrameComposition } from '../engine/frame-states.ts';
import type { FrameWindows } from '../engine/frame-tracker.ts';
import { AlertWatch, type Watched } from '../observe/alerts/alert-watch.ts';
import { FrameModel, type FramePart, shareUpTo, summarizeFrames } from '../sharing/frames/index.ts';
import { MODEL_SEED, NO_TURNS } from './frame-readings.ts';

/** Which part of the frames of a window has to be within the limit: the window's p95 is. */
const PART = 0.95;
/** States that are worked out, and frames of each class in each: some second of work for the most. */
const MOST_STATES = 384;
const FRAMES_OF_A_STATE = 2048;

/** Frames of one class in one state. */
type ClassFrames = Pick<FramePart, 'times'> & {
  readonly group: number;
  /** Tenants of the class that are active. */
  readonly active: number;
  /** Frames a second of all of them, and the part of these whose GPU time is within the limit. */
  readonly perSec: number;
  readonly within: number;
};

/** Of one session group in the window under way. */
interface InWindow {
  readonly limitMs: number;
  readonly watch: AlertWatch;
  frames: number;
  within: number;
  /** Time that tenants were active, by what their frames took. */
  parts: Map<FramePart['times'], number>;
  /** p95 of the worst window of the alert under way; the limit while there is none. */
  worstMs: number;
}

/**
 * Watches the GPU time of frames in windows of equal length: a window whose 95th percentile is above the limit of its group
 * is an alert, and windows that follow each other are one. Worked out whenever a window closes; nothing is kept of it then.
 *
 * Leaves out: differences between states beyond the first 384 that occur, for each of which the one that was worked out
 * and is nearest in load stands.
 */
export class FrameWatch implements FrameWindows {
  readonly windowUs: number;
  readonly #groups: readonly (InWindow | undefined)[];
  readonly #byComposition = new Map<FrameComposition, Map<number, readonly ClassFrames[]>>();
  readonly #models = new Map<FrameComposition, FrameModel>();
  readonly #byTenants = new Map<string, readonly ClassFrames[]>();
  /** By rules and class: what was worked out, and at which load. */
  readonly #workedOut = new Map<string, { readonly load: number; readonly found: ClassFrames }[]>();
  readonly #row = new Float64Array(2);
  readonly #mostStates: number;

  /**
   * @param limits by session group: the most that 95 % of its frames may take on the GPU, in seconds; undefined: not watched
   * @param mostStates that are worked out
   */
  constructor(windowUs: number, limits: readonly (number | undefined)[], mostStates = MOST_STATES) {
    this.windowUs = windowUs;
    this.#mostStates = mostStates;
    this.#groups = limits.map((limit) =>
      limit === undefined
        ? undefined
        : {
            limitMs: limit * 1000,
            watch: new AlertWatch(0, 1, true, limit, 0),
            frames: 0,
            within: 0,
            parts: new Map(),
            worstMs: limit * 1000,
          },
    );
  }

  lasted(composition: FrameComposition, state: number, us: number): void {
    let known = this.#byComposition.get(composition);
    if (known === undefined) {
      known = new Map();
      this.#byComposition.set(composition, known);
    }
    let found = known.get(state);
    if (found === undefined) {
      found = this.#framesIn(composition, state);
      known.set(state, found);
    }
    const seconds = us / 1e6;
    for (const { group, times, active, perSec, within } of found) {
      const own = this.#groups[group] as InWindow;
      own.frames += seconds * perSec;
      own.within += seconds * perSec * within;
      own.parts.set(times, (own.parts.get(times) ?? 0) + seconds * active);
    }
  }

  closed(sinceUs: number, untilUs: number): void {
    for (const own of this.#groups) {
      if (own === undefined) continue;
      const { limitMs, watch, frames, within } = own;
      const isBeyond = frames > 0 && within < PART * frames;
      // Looking for a quantile takes fifty times as long as asking whether there is a new one.
      if (!isBeyond) own.worstMs = limitMs;
      else if (own.worstMs === limitMs || isWorse(own)) own.worstMs = p95Of(own);
      this.#row[0] = own.worstMs / 1000;
      this.#row[1] = frames > 0 ? 1 : 0;
      watch.held(sinceUs, untilUs, this.#row, 0);
      Object.assign(own, { frames: 0, within: 0 });
      own.parts.clear();
    }
  }

  /** What was seen of a group, once the run has ended; undefined where it is not watched. */
  read(group: number): Watched | undefined {
    return this.#groups[group]?.watch.read();
  }

  /** Frames of the watched groups, class by class, while a domain is in a state. */
  #framesIn(composition: FrameComposition, state: number): readonly ClassFrames[] {
    const active = activeIn(composition, state);
    const { keys, groups, rules, running } = composition;
    const watched = active.flatMap((count, c) =>
      count > 0 && this.#groups[groups[c] as number] !== undefined ? [c] : [],
    );
    if (watched.length === 0) return [];
    const rulesKey = `${JSON.stringify(rules.rules)}|${rules.rules?.scheduler === 'equal-share' ? running : ''}`;
    // Compositions with the same ones active differ in who is idle.
    const key = `${rulesKey}|${active.map((count, c) => (count > 0 ? `${keys[c]}x${count}` : '')).join('|')}`;
    const known = this.#byTenants.get(key);
    if (known !== undefined) return known;
    const model = this.#modelOf(composition);
    const at = model.states.state(active, running);
    const load = model.load(at);
    const isFull = this.#byTenants.size >= this.#mostStates;
    const found = watched.map((c): ClassFrames => {
      const ofClass = `${rulesKey}|${keys[c]}`;
      const others = this.#workedOut.get(ofClass) ?? [];
      if (isFull && others.length > 0) return standIn(others, load, active[c] as number);
      const times = model.frameTimes(at, c, FRAMES_OF_A_STATE) as FramePart['times'];
      const group = groups[c] as number;
      const within = withinOf(times, (this.#groups[group] as InWindow).limitMs);
      const own = framesOf({ group, times, within }, active[c] as number);
      this.#workedOut.set(ofClass, [...others, { load, found: own }]);
      return own;
    });
    if (!isFull) this.#byTenants.set(key, found);
    return found;
  }

  #modelOf(composition: FrameComposition): FrameModel {
    let model = this.#models.get(composition);
    if (model === undefined) {
      const { rules, classes, tenants, running } = composition;
      model = new FrameModel({
        rules: rules.rules ?? NO_TURNS,
        classes,
        maxActive: tenants,
        maxRunning: running,
        seed: MODEL_SEED,
      });
      this.#models.set(composition, model);
    }
    return model;
  }
}

/** Whether the p95 of the window is above that of the worst one. */
function isWorse({ frames, parts, worstMs }: InWindow): boolean {
  let within = 0;
  for (const [times, activeSeconds] of parts)
    within += ((activeSeconds * 1000) / times.cycleMs) * withinOf(times, worstMs);
  return within < PART * frames;
}

function p95Of({ parts, worstMs }: InWindow): number {
  const found = summarizeFrames([...parts].map(([times, activeSeconds]) => ({ times, activeSeconds })));
  return Math.max(worstMs, found?.gpuMs.p95 ?? 0);
}

const framesOf = (of: Pick<ClassFrames, 'group' | 'times' | 'within'>, active: number): ClassFrames => ({
  ...of,
  active,
  perSec: (active * 1000) / of.times.cycleMs,
});

function withinOf({ gpuMs }: FramePart['times'], limitMs: number): number {
  return shareUpTo(gpuMs.quantiles, limitMs);
}

/** Of equally near ones the first that was worked out. */
function standIn(
  others: readonly { readonly load: number; readonly found: ClassFrames }[],
  load: number,
  active: number,
): ClassFrames {
  let nearest = others[0] as (typeof others)[number];
  for (const each of others) {
    if (Math.abs(each.load - load) < Math.abs(nearest.load - load)) nearest = each;
  }
  return framesOf(nearest.found, active);
}
