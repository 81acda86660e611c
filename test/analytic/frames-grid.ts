import {
  createDistribution,
  type DistributionSpec,
  lognormalOfMean,
} from '../../sim/kernel/distributions/index.ts';
import { RandomStream } from '../../sim/kernel/random.ts';
import type { FrameClass, RingClass } from '../../sim/sharing/frames/frame-class.ts';
import type { RingTenant } from '../../sim/sharing/frames/ring.ts';
import type { FrameSetting } from '../../sim/sharing/frames/simulate.ts';
import { sliceBySlice, type TwinFrame } from './frames-twin.ts';

/** A setting of the grid: class 0 is measured. */
export interface GridSetting extends FrameSetting {
  readonly index: number;
  readonly name: string;
}

const SCHEDULERS = ['best-effort', 'equal-share', 'fixed-share'] as const;
const TENANTS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32];
const SLICES_US = [1000, 2000, 6000, 30_000];
/** By mean frame, in milliseconds. */
const WORKS: readonly (readonly [string, (mean: number) => DistributionSpec])[] = [
  ['constant', (value) => ({ kind: 'constant', value })],
  ['lognormal 0.4', (mean) => lognormalOfMean(mean, 0.4)],
  ['lognormal 1', (mean) => lognormalOfMean(mean, 1)],
  ['gamma 0.5', (mean) => ({ kind: 'gamma', shape: 0.5, scale: mean / 0.5 })],
  ['pareto 2.1', (mean) => ({ kind: 'pareto', shape: 2.1, min: (mean * 1.1) / 2.1, max: mean * 100 })],
  [
    'two sizes',
    (mean) => ({
      kind: 'mixture',
      components: [
        { weight: 9, distribution: { kind: 'uniform', min: 0.25 * mean, max: 0.75 * mean } },
        { weight: 1, distribution: { kind: 'uniform', min: 4.5 * mean, max: 6.5 * mean } },
      ],
    }),
  ],
  ['weibull 0.7', (mean) => ({ kind: 'weibull', shape: 0.7, scale: mean / 1.2658 })],
];
/** Share of the card that one tenant at full rate would use. */
const LOADS = [0.02, 0.06, 0.15, 0.4, 0.9];
const RATES = [
  { targetFps: 30, limiterFps: 60 },
  { targetFps: 60, limiterFps: 45 },
  { targetFps: 144, limiterFps: null },
  { targetFps: 75, limiterFps: 60 },
];
const IDLE_PARTS = [0, 0, 0.25, 0.6];
const AVERAGINGS = [33, 0, 1, 60];
const NEIGHBOURS = [
  { count: 0, kernelMs: 0 },
  { count: 0, kernelMs: 0 },
  { count: 1, kernelMs: 0 },
  { count: 2, kernelMs: 0.3 },
  { count: 1, kernelMs: 7 },
  { count: 1, kernelMs: 45 },
];

/** 200 settings: each list is gone through at its own pace, so that any two values of two lists meet. */
export const GRID: readonly GridSetting[] = Array.from({ length: 200 }, (_, index) => {
  const draw = RandomStream.named('frame grid', 'setting', index);
  const scheduler = SCHEDULERS[index % SCHEDULERS.length]!;
  const sliceUs = SLICES_US[Math.floor(index / 3) % SLICES_US.length]!;
  const tenants = TENANTS[index % TENANTS.length]!;
  const [workName, work] = WORKS[index % WORKS.length]!;
  const rate = draw.pick(RATES);
  const fps = Math.min(rate.targetFps, rate.limiterFps ?? Infinity);
  const load = draw.pick(LOADS);
  const batch = draw.pick(NEIGHBOURS);
  const active = Math.max(1, Math.round(tenants * (1 - draw.pick(IDLE_PARTS))));
  const frames: FrameClass = {
    kind: 'frames',
    gpuMs: work((1000 / fps) * load),
    speed: 1,
    kernelMs: draw.pick([0, 0, 0, 0.5]),
    cpuMs: draw.pick([0, 2, 7]),
    ...rate,
    encodeMs: draw.pick([0, 2.1, lognormalOfMean(2.1, 0.3)]),
    networkMs: 1,
    displayMs: 8.3,
    deadlineMs: 50,
  };
  const running = tenants + batch.count;
  return {
    index,
    name: `${scheduler}, ${active} of ${tenants} tenants, slice ${sliceUs / 1000} ms, ${workName} at load ${load}, ${fps} fps, ${batch.count} batch of ${batch.kernelMs} ms`,
    rules: {
      scheduler,
      sliceUs,
      switchUs: draw.pick([0, 40, Math.round(0.07 * sliceUs)]),
      averaging: draw.pick(AVERAGINGS),
      slots: running + draw.pick([0, 0, 3]),
      encoders: draw.pick([0, 0, 1, 2]),
    },
    classes: [frames, { kind: 'batch', kernelMs: batch.kernelMs }],
    active: [active, batch.count],
    running,
  };
});

/** Slots of the cycle where slots are kept. */
export const slotsOf = ({ rules, running }: FrameSetting): number =>
  rules.scheduler === 'fixed-share' ? rules.slots : running;

/** Time until everybody had a turn. */
function roundUsOf(setting: FrameSetting): number {
  const { rules, classes, active } = setting;
  let us = rules.scheduler === 'best-effort' ? 0 : slotsOf(setting) * rules.sliceUs;
  for (const [i, { kernelMs }] of classes.entries()) {
    if (rules.scheduler === 'best-effort') us += active[i]! * rules.sliceUs;
    us += active[i]! * Math.max(0, kernelMs * 1000 - rules.sliceUs);
  }
  return us;
}

/** Whether turns follow each other without a pause. */
function isCyclic({ rules, classes, active }: FrameSetting): boolean {
  const { gpuMs, cpuMs, targetFps, limiterFps } = classes[0] as FrameClass;
  const wantedMs = cpuMs + active[0]! * (createDistribution(gpuMs).mean() + rules.switchUs / 1000);
  const isFull = wantedMs > 1000 / Math.min(targetFps, limiterFps ?? Infinity);
  return rules.scheduler !== 'best-effort' || active[1]! > 0 || isFull;
}

interface Member {
  readonly ringClass: RingClass | null;
  owedUs: number;
}

function membersOf(setting: FrameSetting): Member[] {
  const { rules, classes, active } = setting;
  const members: Member[] = classes.flatMap((ringClass, i) =>
    Array.from({ length: active[i]! }, () => ({ ringClass, owedUs: 0 })),
  );
  const places = rules.scheduler === 'best-effort' ? 0 : slotsOf(setting);
  while (members.length < places) members.push({ ringClass: null, owedUs: 0 });
  return members;
}

/**
 * The tenants of a setting, with independent draws, in random order, at random phases.
 *
 * @param seed of this run alone
 * @param members with what they owe; put in the order of the ring
 */
export function tenantsOf(setting: FrameSetting, seed: string, members = membersOf(setting)): RingTenant[] {
  const draw = RandomStream.named(seed, 'twin');
  const spreadUs = isCyclic(setting) ? roundUsOf(setting) : 0;
  draw.shuffle(members);
  return members.map(({ ringClass, owedUs }, k): RingTenant => {
    if (ringClass === null) return { kind: 'idle' };
    const kernelUs = Math.round(ringClass.kernelMs * 1000);
    if (ringClass.kind === 'batch') return { kind: 'batch', kernelUs, owedUs };
    const { targetFps, limiterFps, gpuMs, encodeMs, cpuMs } = ringClass;
    const periodUs = Math.round(1e6 / Math.min(targetFps, limiterFps ?? Infinity));
    const [works, encodes] = [RandomStream.named(seed, 'work', k), RandomStream.named(seed, 'encode', k)];
    const work = createDistribution(gpuMs);
    const encode = typeof encodeMs === 'number' ? null : createDistribution(encodeMs);
    return {
      kind: 'frames',
      kernelUs,
      periodUs,
      cpuUs: cpuMs * 1000,
      firstBeginUs: draw.int(Math.max(periodUs, spreadUs)),
      owedUs,
      lengths: {
        nextWorkUs: () => Math.max(1, Math.round(work.sample(works) * 1000)),
        nextEncodeUs: () => Math.round((encode?.sample(encodes) ?? (encodeMs as number)) * 1000),
      },
      activity: null,
    };
  });
}

/** Times of the frames of class 0, in milliseconds, by the twin with independent draws: one list for each run. */
export interface TwinSample {
  readonly gpuMs: readonly Float64Array[];
  readonly seenMs: readonly Float64Array[];
  readonly fps: number;
}

const RUNS = 64;

/** Walks the setting slice by slice, anew from the start 64 times or more, until there are `frames` frames. */
export function twinSample(setting: FrameSetting, frames: number, seed: string): TwinSample {
  const { rules, classes, active } = setting;
  const measured = classes[0] as FrameClass;
  const roundUs = roundUsOf(setting);
  const meanUs = createDistribution(measured.gpuMs).mean() * 1000;
  const periodUs = 1e6 / Math.min(measured.targetFps, measured.limiterFps ?? Infinity);
  const cycleUs = Math.max(
    isCyclic(setting) ? roundUs : 0,
    periodUs,
    measured.cpuMs * 1000 +
      (meanUs * roundUs) / (rules.sliceUs - rules.switchUs) +
      (active[0]! + active[1]!) * rules.switchUs,
  );
  // As long as the product's runs: where nothing varies, tenants fall into step in longer ones.
  const [warmUpUs, countedUs] = [6 * cycleUs, 24 * cycleUs];
  const members = membersOf(setting);
  const runFor = (endUs: number, run: number | string): TwinFrame[] => {
    const tenants = tenantsOf(setting, `${seed}/${run}`, members);
    const owedUs: number[] = [];
    const all = sliceBySlice(tenants, rules, slotsOf(setting), endUs, owedUs);
    for (const [k, member] of members.entries()) member.owedUs = owedUs[k]!;
    return all;
  };
  // A batch tenant that ran a long kernel is passed over many times: runs must not all begin at the same point of that.
  const longestUs = Math.max(0, ...classes.map((each, i) => (active[i]! > 0 ? each.kernelMs * 1000 : 0)));
  const repeatUs = rules.averaging === 0 ? 0 : (longestUs / rules.sliceUs) * roundUs;
  const phase = RandomStream.named(seed, 'twin phase');
  // Nobody owes anything at first: one long run until debts have settled, which the others go on from.
  if (classes.some((each, i) => active[i]! > 0 && each.kernelMs > 0)) {
    runFor(Math.min(12 * rules.averaging * roundUs, 600e6), 'debts');
  }

  const gpuMs: Float64Array[] = [];
  const seenMs: Float64Array[] = [];
  let cyclesUs = 0;
  let count = 0;
  const afterMs = measured.networkMs + measured.displayMs;
  for (let run = 0; run < RUNS || count < frames; run++) {
    const fromUs = warmUpUs + phase.next() * (repeatUs + cycleUs);
    const untilUs = fromUs + countedUs;
    const counted = runFor(untilUs, run).filter(({ beginUs }) => beginUs >= fromUs && beginUs < untilUs);
    gpuMs.push(Float64Array.from(counted, (frame) => (frame.doneUs - frame.submitUs) / 1000));
    seenMs.push(Float64Array.from(counted, (frame) => (frame.encodedUs - frame.beginUs) / 1000 + afterMs));
    for (const frame of counted) cyclesUs += frame.nextBeginUs - frame.beginUs;
    count += counted.length;
  }
  return { gpuMs, seenMs, fps: (1e6 * count) / cyclesUs };
}

/** A quantile of a sample of independent runs. */
export interface SampleQuantile {
  readonly value: number;
  /** Standard error of the share of frames below `value`, from how much it differs between runs. */
  readonly shareError: number;
  /** Quantiles at `p` minus and plus `shareErrors` of these. */
  readonly around: (shareErrors: number) => readonly [number, number];
}

export function sampleQuantile(runs: readonly Float64Array[], p: number): SampleQuantile {
  const all = new Float64Array(runs.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const run of runs) {
    all.set(run, at);
    at += run.length;
  }
  all.sort();
  const quantile = (q: number) =>
    all[Math.min(all.length - 1, Math.max(0, Math.round(q * all.length - 0.5)))]!;
  const value = quantile(p);
  // A ratio estimate: runs differ in their number of frames.
  let squares = 0;
  for (const run of runs) {
    const offset = run.reduce((sum, x) => sum + (x <= value ? 1 : 0), 0) - p * run.length;
    squares += offset * offset;
  }
  const shareError = Math.sqrt(squares) / all.length;
  return {
    value,
    shareError,
    around: (errors) => [quantile(p - errors * shareError), quantile(p + errors * shareError)],
  };
}
