import type { FrameTimes } from './frame-times.ts';
import { mixtureQuantile, type Spread } from './quantile-function.ts';

/** Frames of tenants that are alike on a card in one state. */
export interface FramePart {
  readonly times: FrameTimes;
  /** Time that the tenants were active in this state, added up over tenants. */
  readonly activeSeconds: number;
}

/** A distribution of times, in milliseconds. */
export interface FrameFigures {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What became of frames over a whole run. */
export interface FrameSummary {
  /** Time that tenants were active, added up over tenants. */
  readonly activeSeconds: number;
  readonly frames: number;
  /** Frames a second of an active tenant. */
  readonly fps: number;
  /** Frames on the GPU, from begin to user, and from a click to the user: see FrameTimes. */
  readonly gpuMs: FrameFigures;
  readonly seenMs: FrameFigures;
  readonly clickMs: FrameFigures;
  /** Share of frames seen within the deadline. */
  readonly inTimeShare: number;
}

/** Puts parts together, of one class or of several, on cards of one kind or of several; null where there is no time in any. */
export function summarizeFrames(parts: readonly FramePart[]): FrameSummary | null {
  const weighted = parts
    .filter(({ activeSeconds }) => activeSeconds > 0)
    .map(({ times, activeSeconds }) => ({
      times,
      activeSeconds,
      frames: (activeSeconds * 1000) / times.cycleMs,
    }));
  let activeSeconds = 0;
  let frames = 0;
  let inTime = 0;
  for (const part of weighted) {
    activeSeconds += part.activeSeconds;
    frames += part.frames;
    inTime += part.frames * part.times.inTimeShare;
  }
  if (frames === 0) return null;
  const byFrames = (of: (times: FrameTimes) => Spread) =>
    figures(weighted.map((part) => ({ weight: part.frames, spread: of(part.times) })));
  return {
    activeSeconds,
    frames,
    fps: frames / activeSeconds,
    gpuMs: byFrames((times) => times.gpuMs),
    seenMs: byFrames((times) => times.seenMs),
    // Users click by the clock, not by the frame.
    clickMs: figures(weighted.map((part) => ({ weight: part.activeSeconds, spread: part.times.clickMs }))),
    inTimeShare: inTime / frames,
  };
}

function figures(parts: readonly { readonly weight: number; readonly spread: Spread }[]): FrameFigures {
  let mean = 0;
  let total = 0;
  for (const { weight, spread } of parts) {
    mean += weight * spread.mean;
    total += weight;
  }
  return {
    mean: mean / total,
    p50: mixtureQuantile(parts, 0.5),
    p95: mixtureQuantile(parts, 0.95),
    p99: mixtureQuantile(parts, 0.99),
  };
}
