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

/** What a rule of `alerts` can watch: parts of the fleet have those of the first list, the fleet alone the others. */
export const PLACE_ALERT_METRICS = [
  'gpu.allocated',
  'gpu.utilized',
  'gpu.busy',
  'gpu.stranded',
  'gpu.largestFit',
  'cpu.allocated',
  'memory.allocated',
  'gpuMemory.reserved',
  'gpuMemory.used',
  'gpuMemory.fragmented',
  'link.used',
  'communication.share',
] as const;
export const FLEET_ALERT_METRICS = [
  'jobs.waiting',
  'jobs.waitingGpus',
  'jobs.running',
  'fragmentation',
] as const;
export const ALERT_METRICS = [...PLACE_ALERT_METRICS, ...FLEET_ALERT_METRICS] as const;

/** Parts of a fleet that a rule of `alerts` can be about, each for itself. */
export const ALERT_SCOPES = ['fleet', 'pool', 'hostGroup', 'gpuModel', 'mode', 'host'] as const;

export type AlertMetricName = (typeof ALERT_METRICS)[number];
export type AlertScopeName = (typeof ALERT_SCOPES)[number];
export type TieBreakName = (typeof TIE_BREAK_NAMES)[number];
export type TraceFormatName = (typeof TRACE_FORMAT_NAMES)[number];
export type JobFormatName = (typeof JOB_FORMAT_NAMES)[number];
export type FillOrderName = (typeof FILL_ORDER_NAMES)[number];
export type NearnessName = (typeof NEARNESS_NAMES)[number];
export type SpreadName = (typeof SPREAD_NAMES)[number];
