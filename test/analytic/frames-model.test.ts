import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDistribution, lognormalOfMean } from '../../sim/kernel/distributions/index.ts';
import { RandomStream } from '../../sim/kernel/random.ts';
import { FrameAccumulator } from '../../sim/sharing/frames/accumulator.ts';
import type { FrameClass, RingClass } from '../../sim/sharing/frames/frame-class.ts';
import { FrameModel } from '../../sim/sharing/frames/model.ts';
import { mixtureQuantile, quantileAt } from '../../sim/sharing/frames/quantile-function.ts';
import type { Activity, RingTenant } from '../../sim/sharing/frames/ring.ts';
import type { SliceRules } from '../../sim/sharing/frames/rules.ts';
import { FrameStates } from '../../sim/sharing/frames/states.ts';
import { type FrameSummary, summarizeFrames } from '../../sim/sharing/frames/summary.ts';
import { sliceBySlice } from './frames-twin.ts';

const bestEffort: SliceRules = {
  scheduler: 'best-effort',
  sliceUs: 2000,
  switchUs: 140,
  averaging: 33,
  slots: 32,
  encoders: 0,
};

const desktop = (meanMs: number, variation: number, over: Partial<FrameClass> = {}): FrameClass => ({
  kind: 'frames',
  gpuMs: lognormalOfMean(meanMs, variation),
  speed: 1,
  kernelMs: 0,
  cpuMs: 2,
  targetFps: 60,
  limiterFps: 60,
  encodeMs: 2.1,
  networkMs: 1,
  displayMs: 8.3,
  deadlineMs: 50,
  ...over,
});

function modelOf(
  classes: readonly RingClass[],
  maxActive: readonly number[],
  rules = bestEffort,
  maxRunning = 0,
  seed = 1,
) {
  return new FrameModel({ rules, classes, maxActive, maxRunning, seed });
}

const off = (got: number, want: number) => Math.abs(got / want - 1);

/** Largest relative difference of any time or rate. */
function difference(a: FrameSummary, b: FrameSummary): number {
  const numbers = ({ gpuMs, seenMs, clickMs, fps }: FrameSummary) => [
    fps,
    ...[gpuMs, seenMs, clickMs].flatMap(({ mean, p50, p95, p99 }) => [mean, p50, p95, p99]),
  ];
  return Math.max(...numbers(a).map((value, i) => off(value, numbers(b)[i]!)));
}

/** Chances of 0 to n active tenants, each active with this chance. */
function binomial(n: number, chance: number): number[] {
  const chances = [(1 - chance) ** n];
  for (let k = 1; k <= n; k++) chances.push(((chances[k - 1]! * (n - k + 1)) / k) * (chance / (1 - chance)));
  return chances;
}

describe('States', () => {
  const spaces = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });

  test('are numbered one by one, and a tenant more is a step more', () => {
    fc.assert(
      fc.property(spaces, fc.integer({ min: 0, max: 5 }), (maxActive, maxRunning) => {
        const states = new FrameStates(maxActive, maxRunning);
        expect(states.size).toBe(maxActive.reduce((size, most) => size * (most + 1), maxRunning + 1));
        for (let state = 0; state < states.size; state++) {
          const [active, running] = [states.activeOf(state), states.runningOf(state)];
          expect(states.state(active, running)).toBe(state);
          for (const [i, count] of active.entries()) {
            if (count === maxActive[i]) continue;
            expect(states.state(active.with(i, count + 1), running)).toBe(state + states.activeSteps[i]!);
          }
          if (running < maxRunning) {
            expect(states.state(active, running + 1)).toBe(state + states.runningStep);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('that cannot be told apart by a number are refused', () => {
    expect(() => new FrameStates(Array(12).fill(100), 0)).toThrow(/2\^53/);
    expect(() => new FrameStates([-1], 0)).toThrow(/whole numbers of tenants, got -1/);
  });
});

describe('The model', () => {
  test('gives the same answers whatever was asked before, and others for another seed', () => {
    const classes = [desktop(3, 1), desktop(6, 0.4, { targetFps: 30 })];
    const frames = 4096;
    const [a, b, other] = [1, 1, 2].map((seed) => modelOf(classes, [6, 4], bestEffort, 0, seed));
    const states = [
      [1, 0],
      [3, 2],
      [6, 4],
      [0, 1],
    ].map((active) => a!.states.state(active, 0));
    const forward = states.map((state) => a!.frameTimes(state, 0, frames));
    const backward = states.toReversed().map((state) => b!.frameTimes(state, 0, frames));
    expect(backward.reverse()).toEqual(forward);
    expect(other!.frameTimes(states[1]!, 0, frames)).not.toEqual(forward[1]);
    expect(forward[3]).toBeNull();
  });

  test('knows no frames of batch work, and refuses more tenants than there are slots', () => {
    const classes = [desktop(3, 1), { kind: 'batch', kernelMs: 1 } as const];
    const card = modelOf(classes, [6, 6], { ...bestEffort, scheduler: 'equal-share' }, 8);
    expect(card.frameTimes(card.states.state([2, 1], 4), 1)).toBeNull();
    expect(() => card.frameTimes(card.states.state([4, 1], 4), 0)).toThrow(
      /4 \+ 1 active tenants in 4 slots/,
    );
  });

  test('names every field that is out of range', () => {
    expect(() =>
      modelOf([desktop(3, 1, { speed: 0, gpuMs: { kind: 'exponential', mean: -1 } })], [1, 2], {
        ...bestEffort,
        switchUs: 2000,
        encoders: 0.5,
      }),
    ).toThrow(/rules.switchUs.*rules.encoders.*classes\[0\].speed.*classes\[0\].gpuMs.*maxActive/);
  });

  test('under kept slots asks one tenant for all: active neighbours make no difference, running ones do', () => {
    const card = modelOf([desktop(3, 1)], [12], { ...bestEffort, scheduler: 'equal-share' }, 12);
    const times = (active: number, running: number) =>
      card.frameTimes(card.states.state([active], running), 0, 4096)!;
    expect(times(12, 12)).toBe(times(1, 12));
    expect(times(3, 12).gpuMs.mean).toBeGreaterThan(1.5 * times(3, 6).gpuMs.mean);
    expect(card.countRuns([card.states.state([5], 12), card.states.state([9], 12)])).toBe(1);
  });
});

describe('The accumulator', () => {
  test('with one state has its frame times, as many frames as fit, and the tenants of the class as its time', () => {
    const card = modelOf([desktop(3, 1), desktop(5, 0.5)], [8, 8]);
    const state = card.states.state([3, 2], 0);
    const accumulator = new FrameAccumulator(card);
    accumulator.add(state, 40);
    accumulator.add(state, 60);
    const [first, second] = accumulator.summaries();
    const times = card.frameTimes(state, 0)!;
    expect(first!.activeSeconds).toBe(300);
    expect(second!.activeSeconds).toBe(200);
    expect(off(first!.fps, 1000 / times.cycleMs)).toBeLessThan(1e-12);
    expect(off(first!.frames, 300 * first!.fps)).toBeLessThan(1e-12);
    expect(off(first!.gpuMs.p95, quantileAt(times.gpuMs.quantiles, 0.95))).toBeLessThan(1e-9);
    expect(first!.inTimeShare).toBeCloseTo(times.inTimeShare, 12);
  });

  test('mixes states by their frames', () => {
    const card = modelOf([desktop(3, 1)], [16]);
    const accumulator = new FrameAccumulator(card);
    const spent = [
      [2, 100],
      [9, 30],
      [16, 50],
    ] as const;
    let [frames, mean, below] = [0, 0, 0];
    for (const [k, seconds] of spent) accumulator.add(k, seconds);
    const summary = accumulator.summaries()[0]!;
    for (const [k, seconds] of spent) {
      const times = card.frameTimes(k, 0)!;
      const made = (k * seconds * 1000) / times.cycleMs;
      frames += made;
      mean += made * times.gpuMs.mean;
      // By counting points of a fine grid: another way to the same share.
      const points = 4000;
      let under = 0;
      for (let i = 0; i < points; i++) {
        if (quantileAt(times.gpuMs.quantiles, (i + 0.5) / points) <= summary.gpuMs.p95) under += 1;
      }
      below += (made * under) / points;
    }
    expect(off(summary.frames, frames)).toBeLessThan(1e-12);
    expect(off(summary.gpuMs.mean, mean / frames)).toBeLessThan(1e-12);
    expect(below / frames).toBeCloseTo(0.95, 3);
  });

  test('does not depend on order, on being one or several, or on how it keeps its states', () => {
    const classes = [desktop(3, 1), desktop(5, 0.5, { targetFps: 30 })];
    const budget = { runs: 40, frames: 1 << 16 };
    const card = modelOf(classes, [6, 5]);
    // Enough states that only those that occur are kept.
    const wide = modelOf([...classes, { kind: 'batch', kernelMs: 1 }], [6, 5, 99_999]);
    expect(wide.states.size).toBeGreaterThan(1 << 20);
    const draw = RandomStream.named(1, 'times');
    const spent = Array.from({ length: 300 }, () => ({
      active: [draw.int(7), draw.int(6)],
      seconds: 1 + draw.int(50),
    }));
    const whole = new FrameAccumulator(card);
    const [left, right] = [new FrameAccumulator(card), new FrameAccumulator(card)];
    const sparse = new FrameAccumulator(wide);
    for (const [i, { active, seconds }] of spent.entries()) {
      whole.add(card.states.state(active, 0), seconds);
      (i % 3 === 0 ? left : right).add(card.states.state(active, 0), seconds);
    }
    for (const { active, seconds } of spent.toReversed()) {
      sparse.add(wide.states.state([...active, 0], 0), seconds);
    }
    right.merge(left);
    const summaries = whole.summaries(budget);
    expect(right.summaries(budget)).toEqual(summaries);
    expect(sparse.summaries(budget)).toEqual([...summaries, null]);
    expect(() => whole.add(card.states.size, 1)).toThrow(/states are 0 to 41/);
    expect(() => whole.add(-1, 1)).toThrow(RangeError);
    expect(new FrameAccumulator(card).summaries()).toEqual([null, null]);
  });

  test('within a budget of runs comes within 3 % of all states by themselves, on three classes and a card that fills up', () => {
    const classes = [desktop(1, 0.5), desktop(4, 0.3), { kind: 'batch', kernelMs: 1 } as const];
    const maxActive = [16, 6, 2];
    const chances = [binomial(16, 0.45), binomial(6, 0.35), binomial(2, 0.3)];
    const filled = () => {
      const card = modelOf(classes, maxActive, { ...bestEffort, encoders: 1 });
      const accumulator = new FrameAccumulator(card);
      for (let state = 0; state < card.states.size; state++) {
        const active = card.states.activeOf(state);
        accumulator.add(
          state,
          active.reduce((product, count, i) => product * chances[i]![count]!, 1e6),
        );
      }
      return accumulator;
    };
    const all = filled().summaries({ runs: 1000, frames: 1 << 19 });
    const some = filled().summaries({ runs: 200, frames: 1 << 19 });
    expect(difference(some[0]!, all[0]!)).toBeLessThan(0.03);
    expect(difference(some[1]!, all[1]!)).toBeLessThan(0.03);
    for (const i of [0, 1]) expect(off(some[i]!.activeSeconds, all[i]!.activeSeconds)).toBeLessThan(1e-9);
  });
});

test('Parts of several cards and classes come together in one summary', () => {
  const [fast, slow] = [modelOf([desktop(3, 1)], [4]), modelOf([desktop(3, 1, { speed: 0.5 })], [4])];
  const parts = [fast, slow].map((card) => {
    const accumulator = new FrameAccumulator(card);
    accumulator.add(4, 100);
    return accumulator.parts()[0]!;
  });
  const [a, b, both] = [parts[0]!, parts[1]!, parts.flat()].map((each) => summarizeFrames(each)!);
  expect(both!.frames).toBeCloseTo(a!.frames + b!.frames, 6);
  expect(both!.gpuMs.p99).toBeGreaterThan(a!.gpuMs.p99);
  expect(both!.gpuMs.p99).toBeLessThan(b!.gpuMs.p99);
  expect(
    off(both!.inTimeShare, (a!.frames * a!.inTimeShare + b!.frames * b!.inTimeShare) / both!.frames),
  ).toBeLessThan(1e-9);
  expect(summarizeFrames([])).toBeNull();
});

describe('Users that come and go', () => {
  /** Seconds with and without work in turn, from a stream of its own. */
  class Pauses implements Activity {
    readonly #draw: RandomStream;
    readonly #onSec: number;
    readonly #offSec: number;
    readonly windows: [number, number][] = [];
    #end = 0;

    constructor(seed: number, onSec: number, offSec: number) {
      this.#draw = RandomStream.named(seed, 'pauses');
      this.#onSec = onSec;
      this.#offSec = offSec;
    }

    #next(): void {
      const length = (mean: number) => Math.ceil(-mean * 1e6 * Math.log(this.#draw.nextOpen()));
      const start = this.#end + length(this.#offSec);
      this.#end = start + length(this.#onSec);
      this.windows.push([start, this.#end]);
    }

    from(atUs: number): number {
      let i = this.windows.length - 1;
      while (i < 0 || atUs >= this.windows[i]![1]) {
        this.#next();
        i += 1;
      }
      return Math.max(atUs, this.windows[i]![0]);
    }
  }

  test.each([
    ['light', 2, 0.8],
    ['full at times', 5, 0.5],
  ])(
    'have the frame times of the states that the card was in, as a walk through all their time shows: %s',
    (_name, meanMs, variation) => {
      const [users, seconds] = [10, 1200];
      const rules = bestEffort;
      const program = desktop(meanMs, variation);
      const work = createDistribution(program.gpuMs);
      const pauses = Array.from({ length: users }, (_, i) => new Pauses(i + 1, 20, 30));
      const tenants = pauses.map((activity, i): RingTenant => {
        const draws = RandomStream.named(i, 'work');
        return {
          kind: 'frames',
          kernelUs: 0,
          periodUs: 16_667,
          cpuUs: 2000,
          firstBeginUs: 0,
          owedUs: 0,
          lengths: {
            nextWorkUs: () => Math.max(1, Math.round(work.sample(draws) * 1000)),
            nextEncodeUs: () => 2100,
          },
          activity,
        };
      });
      const endUs = seconds * 1e6;
      const walked = sliceBySlice(tenants, rules, users, endUs).filter(({ beginUs }) => beginUs < endUs);
      const sorted = Float64Array.from(walked, (frame) => (frame.doneUs - frame.submitUs) / 1000).sort();

      const accumulator = new FrameAccumulator(modelOf([program], [users], rules));
      const changes = pauses
        .flatMap(({ windows }) =>
          windows.flatMap(([start, end]) => [[start, 1] as const, [end, -1] as const]),
        )
        .filter(([at]) => at < endUs)
        .sort(([a], [b]) => a - b);
      let [state, since] = [0, 0];
      for (const [at, step] of [...changes, [endUs, 0] as const]) {
        accumulator.add(state, (at - since) / 1e6);
        state += step;
        since = at;
      }
      const summary = accumulator.summaries()[0]!;
      expect(walked.length).toBeGreaterThan(100_000);
      expect(off(summary.frames, walked.length)).toBeLessThan(0.01);
      expect(off(summary.gpuMs.mean, sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length)).toBeLessThan(
        0.02,
      );
      for (const [p, value] of [
        [0.5, summary.gpuMs.p50],
        [0.95, summary.gpuMs.p95],
        [0.99, summary.gpuMs.p99],
      ] as const) {
        expect(off(value, sorted[Math.floor(p * sorted.length)]!)).toBeLessThan(0.03);
      }
    },
  );
});

test('A mixture of distributions has the quantiles of all their observations together', () => {
  const parts = [
    { weight: 3, meanMs: 4 },
    { weight: 1, meanMs: 9 },
    { weight: 0, meanMs: 100 },
  ].map(({ weight, meanMs }) => ({
    weight,
    spread: modelOf([desktop(meanMs, 0.7)], [1]).frameTimes(1, 0, 1 << 15)!.gpuMs,
  }));
  const truth = (x: number) =>
    [4, 9].reduce(
      (sum, mean, i) => sum + [0.75, 0.25][i]! * createDistribution(lognormalOfMean(mean, 0.7)).cdf(x),
      0,
    );
  for (const p of [0.1, 0.5, 0.95, 0.99, 0.995]) {
    expect(truth(mixtureQuantile(parts, p))).toBeCloseTo(p, 3);
  }
});
