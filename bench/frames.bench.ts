import { lognormalOfMean } from '../sim/kernel/distributions/index.ts';
import {
  FrameAccumulator,
  type FrameClass,
  FrameModel,
  type SliceRules,
  switchUsFor,
} from '../sim/sharing/frames/index.ts';
import { simulateFrames } from '../sim/sharing/frames/simulate.ts';

/** node bench/run.mjs frames.bench: time of frame distributions, of following a card's state, and of a summary. */

const desktop: FrameClass = {
  kind: 'frames',
  gpuMs: lognormalOfMean(3, 1),
  speed: 1,
  kernelMs: 0,
  cpuMs: 2,
  targetFps: 60,
  limiterFps: 60,
  encodeMs: 2.1,
  networkMs: 1,
  displayMs: 8.3,
  deadlineMs: 50,
};
const batch = { kind: 'batch', kernelMs: 0.2 } as const;
const FRAMES = 1 << 16;

function timed<T>(call: () => T): [milliseconds: number, result: T] {
  const start = performance.now();
  const result = call();
  return [performance.now() - start, result];
}

for (const scheduler of ['best-effort', 'equal-share', 'fixed-share'] as const) {
  for (const [tenants, neighbours, sliceUs] of [
    [1, 0, 2000],
    [8, 0, 2000],
    [32, 0, 1000],
    [7, 1, 2000],
    [28, 4, 1000],
  ] as const) {
    const rules: SliceRules = {
      scheduler,
      sliceUs,
      switchUs: switchUsFor(sliceUs, 0.93),
      averaging: 33,
      slots: 32,
      encoders: 0,
    };
    const setting = {
      rules,
      classes: [desktop, batch],
      active: [tenants, neighbours],
      running: tenants + neighbours,
    };
    simulateFrames(setting, 1, FRAMES);
    const [ms] = timed(() => simulateFrames(setting, 2, FRAMES));
    console.log(
      `${scheduler}, ${tenants} desktops, ${neighbours} batch: ${ms.toFixed(0)} ms for ${FRAMES} frames, ${((ms * 1e6) / FRAMES).toFixed(0)} ns each`,
    );
  }
}

const rules: SliceRules = {
  scheduler: 'best-effort',
  sliceUs: 1000,
  switchUs: 70,
  averaging: 33,
  slots: 0,
  encoders: 0,
};
const model = new FrameModel({ rules, classes: [desktop], maxActive: [20], maxRunning: 0, seed: 1 });
const accumulator = new FrameAccumulator(model);
const CHANGES = 50_000_000;
const [adding] = timed(() => {
  let bits = 1;
  let state = 10;
  for (let i = 0; i < CHANGES; i++) {
    bits = (Math.imul(bits, 1664525) + 1013904223) >>> 0;
    state = Math.min(20, Math.max(0, state + ((bits >>> 20) & 2) - 1));
    accumulator.add(state, 0.5);
  }
});
console.log(`${CHANGES} changes of state: ${adding.toFixed(0)} ms`);
const [summing, summaries] = timed(() => accumulator.summaries());
console.log(`summary over ${model.states.size} states: ${summing.toFixed(0)} ms`, summaries[0]?.gpuMs);
