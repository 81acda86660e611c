/** A part of an axis that is looked at. */
export type Span = readonly [from: number, to: number];

/** The part of an axis after zooming by a factor (above 1: closer) around a place that stays where it is. */
export function zoomed([from, to]: Span, whole: Span, factor: number, around: number, least: number): Span {
  const all = whole[1] - whole[0];
  const width = Math.min(all, Math.max(Math.min(least, all), (to - from) / factor));
  const part = to > from ? (around - from) / (to - from) : 0.5;
  return within([around - part * width, around - part * width + width], whole);
}

export function moved([from, to]: Span, whole: Span, by: number): Span {
  return within([from + by, to + by], whole);
}

/** The same width inside the whole, as near as it can be. */
function within([from, to]: Span, [first, last]: Span): Span {
  const width = Math.min(to - from, last - first);
  const start = Math.min(Math.max(first, from), last - width);
  return [start, start + width];
}

const SECOND = 1e6;
const DAY = 86_400 * SECOND;
const STEPS_SEC = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  432_000, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
];

export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Places and words of at most so many ticks on an axis of time since the start of the run. */
export function timeTicks([from, to]: Span, most: number): readonly Tick[] {
  const least = (to - from) / Math.max(1, most);
  const step = (STEPS_SEC.find((each) => each * SECOND >= least) ?? 0) * SECOND || decimalStep(least);
  return places([from, to], least < SECOND ? decimalStep(least) : step).map((at) => ({
    at,
    text: tickText(at, least < SECOND ? decimalStep(least) : step),
  }));
}

/** The same on an axis of numbers. */
export function numberTicks([from, to]: Span, most: number, unit: string): readonly Tick[] {
  const step = decimalStep((to - from) / Math.max(1, most));
  return places([from, to], step).map((at) => ({ at, text: `${Number(at.toPrecision(6))}${unit}` }));
}

function places([from, to]: Span, step: number): readonly number[] {
  if (!(step > 0)) return [];
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** The least of 1, 2, 5 times a power of ten that is no less. */
function decimalStep(least: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)));
  return ([1, 2, 5].find((each) => each * size >= least * (1 - 1e-9)) ?? 10) * size;
}

function tickText(atUs: number, stepUs: number): string {
  const days = Math.floor(atUs / DAY + 1e-9);
  const rest = Math.max(0, atUs - days * DAY);
  if (rest < 1e-3 && (days > 0 || stepUs >= DAY)) return `${days} d`;
  const seconds = rest / SECOND;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const clock = `${two(seconds / 3600)}:${two((seconds / 60) % 60)}`;
  if (stepUs >= 60 * SECOND) return clock;
  if (stepUs >= SECOND) return `${clock}:${two(seconds % 60)}`;
  return `${Number((seconds % 60).toPrecision(8))} s`;
}
