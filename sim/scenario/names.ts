/**
 * What settles equal placement scores. `auto` stands for the rule of the experiment: `shuffled` where a fill
 * experiment shuffles its tasks, `host-order` elsewhere.
 */
export const TIE_BREAK_NAMES = ['auto', 'host-order', 'shuffled', 'random'] as const;

/** File formats that hold both a fleet and tasks. */
export const TRACE_FORMAT_NAMES = ['openb'] as const;

/** File formats of recorded jobs. */
export const JOB_FORMAT_NAMES = [
  'philly',
  'philly-subset',
  'itp',
  'gavel',
  'gavel-continuous',
  'muri',
  'swf',
  'sacct',
  'kubernetes',
] as const;

/** Order in which a fill experiment offers its tasks. */
export const FILL_ORDER_NAMES = ['shuffle', 'file'] as const;

/** How near the workers of a job are, the nearest first, and how far apart; as the engine's layouts have them. */
export const NEARNESS_NAMES = ['island', 'host', 'rack', 'pool'] as const;
export const SPREAD_NAMES = ['none', 'hosts', 'racks'] as const;

export type TieBreakName = (typeof TIE_BREAK_NAMES)[number];
export type TraceFormatName = (typeof TRACE_FORMAT_NAMES)[number];
export type JobFormatName = (typeof JOB_FORMAT_NAMES)[number];
export type FillOrderName = (typeof FILL_ORDER_NAMES)[number];
export type NearnessName = (typeof NEARNESS_NAMES)[number];
export type SpreadName = (typeof SPREAD_NAMES)[number];
