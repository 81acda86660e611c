import { createDistribution, type DistributionSpec } from '../../kernel/distributions/index.ts';
import type { SliceRules } from './rules.ts';

/** Tenants with frames that are alike: desktops, games, previews. */
export interface FrameClass {
  readonly kind: 'frames';
  /** GPU time of a frame alone on the whole reference GPU, milliseconds. */
  readonly gpuMs: DistributionSpec;
  /** Speed of this card relative to the reference, after the losses that a lone tenant has too; > 0. */
  readonly speed: number;
  /** GPU work that cannot be interrupted comes in pieces of this length on this card; 0: it can be interrupted anywhere. */
  readonly kernelMs: number;
  /** From the start of a frame until the GPU has its work, milliseconds. */
  readonly cpuMs: number;
  /** Frames a second that the program wants, > 0. */
  readonly targetFps: number;
  /** Frames a second that the limiter lets through; null: no limiter. */
  readonly limiterFps: number | null;
  /** Time of the encoder for a frame, milliseconds; waiting for a shared one comes on top (`SliceRules.encoders`). */
  readonly encodeMs: number | DistributionSpec;
  /** One way there and back, and the display, milliseconds. */
  readonly networkMs: number;
  readonly displayMs: number;
  /** A frame is in time if the user sees it within this from its begin, milliseconds. */
  readonly deadlineMs: number;
}

/** Processes that always have work, in kernels of equal length that cannot be interrupted. A job with two of them counts twice. */
export interface BatchClass {
  readonly kind: 'batch';
  /** On this card; 0: can be interrupted anywhere. */
  readonly kernelMs: number;
}

export type RingClass = FrameClass | BatchClass;

export const microsOf = (milliseconds: number): number => Math.round(milliseconds * 1000);

/** Shortest time from the begin of a frame to the begin of the next, in microseconds. */
export function periodUsOf({ targetFps, limiterFps }: FrameClass): number {
  return Math.round(1e6 / (limiterFps === null ? targetFps : Math.min(targetFps, limiterFps)));
}

/** Part of the card's time that a tenant wants, (0, 1]. */
export function loadOf(ringClass: RingClass): number {
  if (ringClass.kind === 'batch') return 1;
  const workUs = (createDistribution(ringClass.gpuMs).mean() * 1000) / ringClass.speed;
  // Work without a mean fills the card.
  if (workUs === Infinity) return 1;
  return workUs / Math.max(periodUsOf(ringClass), microsOf(ringClass.cpuMs) + workUs);
}

/** Length of the work that cannot be interrupted, in microseconds; 0: none. */
export function kernelUsOf({ kernelMs }: RingClass): number {
  return kernelMs === 0 ? 0 : Math.max(1, microsOf(kernelMs));
}

/**
 * Whether no tenant of these classes can run over its slot, so that where slots are kept, and encoders are not shared,
 * nobody's frames depend on what the others do.
 */
export function runsApart(rules: SliceRules, classes: readonly RingClass[]): boolean {
  if (rules.scheduler === 'best-effort' || rules.encoders > 0) return false;
  const run = rules.sliceUs - rules.switchUs;
  return classes.every((each) => {
    const kernel = kernelUsOf(each);
    return kernel === 0 || (each.kind === 'batch' && run % kernel === 0);
  });
}

/**
 * What a tenant that is always busy owes in the long run: its turns shrink until they hold a whole number of kernels,
 * and then stay there. It would take some `averaging` turns to get there, or many more where a kernel is little longer
 * than a turn.
 */
export function steadyDebtUs(rules: SliceRules, ringClass: BatchClass): number {
  const kernel = kernelUsOf(ringClass);
  if (kernel === 0) return 0;
  return rules.averaging * ((rules.sliceUs - rules.switchUs) % kernel);
}

/** Problems of one class, each with the name of its field; empty: none. */
export function ringClassProblems(ringClass: RingClass): string[] {
  const problems: string[] = [];
  const check = (field: string, value: number, accepted: string, isAccepted: boolean) => {
    if (!(isAccepted && Number.isFinite(value))) problems.push(`${field}: need ${accepted}, got ${value}`);
  };
  const atLeast0 = (field: string, value: number) => check(field, value, 'milliseconds >= 0', value >= 0);
  atLeast0('kernelMs', ringClass.kernelMs);
  if (ringClass.kind === 'batch') return problems;
  const { gpuMs, speed, cpuMs, targetFps, limiterFps, encodeMs, networkMs, displayMs, deadlineMs } =
    ringClass;
  check('speed', speed, 'a factor > 0', speed > 0);
  check('targetFps', targetFps, 'frames a second > 0', targetFps > 0);
  if (limiterFps !== null) check('limiterFps', limiterFps, 'frames a second > 0', limiterFps > 0);
  atLeast0('cpuMs', cpuMs);
  atLeast0('networkMs', networkMs);
  atLeast0('displayMs', displayMs);
  atLeast0('deadlineMs', deadlineMs);
  if (typeof encodeMs === 'number') atLeast0('encodeMs', encodeMs);
  for (const [field, spec] of [['gpuMs', gpuMs] as const, ['encodeMs', encodeMs] as const]) {
    if (typeof spec === 'number') continue;
    try {
      createDistribution(spec);
    } catch (error) {
      problems.push(`${field}: ${(error as Error).message}`);
    }
  }
  return problems;
}
