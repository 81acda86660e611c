/** Frame times of desktops, games and previews on a card that tenants share in time slices. */
export { FrameAccumulator, type FrameBudget } from './accumulator.ts';
export type { BatchClass, FrameClass, RingClass } from './frame-class.ts';
export type { FrameTimes } from './frame-times.ts';
export { FrameModel } from './model.ts';
export { FRAME_PARAMETERS } from './parameters.ts';
export { quantileAt, type Spread, shareUpTo } from './quantile-function.ts';
export { type SliceRules, switchUsFor } from './rules.ts';
export { FrameStates } from './states.ts';
export { type FrameFigures, type FramePart, type FrameSummary, summarizeFrames } from './summary.ts';
