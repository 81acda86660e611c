import { activeIn, type FrameComposition } from '../engine/frame-states.ts';
import type { FrameTracker } from '../engine/frame-tracker.ts';
import type { Readings } from '../observe/metric.ts';
import type { SessionGroup } from '../scenario/types.ts';
import {
  FrameAccumulator,
  type FrameFigures,
  FrameModel,
  type FramePart,
  type RingClass,
  type SliceRules,
  summarizeFrames,
} from '../sharing/frames/index.ts';

/** Where tenants do not take turns: as if the turns were very short. */
export const NO_TURNS: SliceRules = {
  scheduler: 'best-effort',
  sliceUs: 250,
  switchUs: 0,
  averaging: 0,
  slots: 1,
  encoders: 0,
};

/** Draws of the frame model: the same in every run, so that runs differ by what happened in them alone. */
export const MODEL_SEED = 'frames';

/**
 * Frames of the session groups that draw, as `session.NAME.frame...`: time of a frame on the GPU, time until the user
 * sees it, time from a click, frames a second of an active user, share of frames in time.
 */
export function readFrames(into: Readings, groups: readonly SessionGroup[], tracker: FrameTracker): void {
  const parts: FramePart[][] = groups.map(() => []);
  for (const family of familiesOf(tracker.compositions)) {
    const found = accumulate(family).parts();
    family.keys.forEach((key, c) => {
      const group = family.groupOf.get(key) as number;
      if (group >= 0) parts[group]?.push(...(found[c] as readonly FramePart[]));
    });
  }
  groups.forEach(({ name, frames }, g) => {
    if (frames === null) return;
    const found = summarizeFrames(parts[g] as FramePart[]);
    const set = (metric: string, value: number | undefined, unit: 'seconds' | 'fraction' | 'frames/s') =>
      into.set(`session.${name}.${metric}`, { value: value ?? null, unit });
    const times = (metric: string, figures: FrameFigures | undefined) => {
      for (const part of ['mean', 'p50', 'p95', 'p99'] as const) {
        set(`${metric}.${part}`, figures === undefined ? undefined : figures[part] / 1000, 'seconds');
      }
    };
    times('frame.gpu', found?.gpuMs);
    times('frame.seen', found?.seenMs);
    times('frame.click', found?.clickMs);
    set('frame.rate', found?.fps, 'frames/s');
    set('frame.inTime', found?.inTimeShare, 'fraction');
  });
}

/** Compositions under the same rules: one model serves them all. */
interface Family {
  readonly rules: SliceRules;
  readonly keys: readonly string[];
  readonly classOf: ReadonlyMap<string, RingClass>;
  readonly groupOf: ReadonlyMap<string, number>;
  readonly compositions: readonly FrameComposition[];
}

function familiesOf(compositions: readonly FrameComposition[]): readonly Family[] {
  const byRules = new Map<string, FrameComposition[]>();
  for (const composition of compositions) {
    const key = JSON.stringify(composition.rules.rules);
    const known = byRules.get(key);
    if (known === undefined) byRules.set(key, [composition]);
    else known.push(composition);
  }
  return [...byRules.values()].map((family) => {
    const classOf = new Map<string, RingClass>();
    const groupOf = new Map<string, number>();
    for (const { keys, classes, groups } of family) {
      keys.forEach((key, c) => {
        classOf.set(key, classes[c] as RingClass);
        groupOf.set(key, groups[c] as number);
      });
    }
    return {
      rules: family[0]?.rules.rules ?? NO_TURNS,
      keys: [...classOf.keys()].sort(),
      classOf,
      groupOf,
      compositions: family,
    };
  });
}

function accumulate({ rules, keys, classOf, compositions }: Family): FrameAccumulator {
  const most = keys.map((key) =>
    Math.max(...compositions.map(({ keys: own, tenants }) => tenants[own.indexOf(key)] ?? 0)),
  );
  const model = new FrameModel({
    rules,
    classes: keys.map((key) => classOf.get(key) as RingClass),
    maxActive: most,
    maxRunning: Math.max(...compositions.map(({ running }) => running)),
    seed: MODEL_SEED,
  });
  const accumulator = new FrameAccumulator(model);
  for (const composition of compositions) {
    const places = keys.map((key) => composition.keys.indexOf(key));
    composition.times.forEach((state, seconds) => {
      const own = activeIn(composition, state);
      const active = places.map((at) => (at < 0 ? 0 : (own[at] as number)));
      accumulator.add(model.states.state(active, composition.running), seconds);
    });
  }
  return accumulator;
}
