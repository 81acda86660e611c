import type { AlertRule } from '../scenario/metrics-types.ts';
import type { WorkloadClass } from '../sharing/index.ts';

/** How long "sustained" is: the sources do not say. */
const SUSTAINED_US = 15 * 60e6;
/** A load that is at its limit for so long has no spare for a moment's peak; no source gives a time. */
const CLOSE_US = 60e6;

const ARTICLE_2 =
  'source [2] (deployment guide, unverified); how long a value has to stay there is assumed here';

/**
 * The limits that the source documents watch (../shared/requirements.md, M). On fleets without shared GPUs jobs use what
 * they hold, so that what is allocated stands for utilization.
 *
 * @param movesData whether any work uses the links of its GPUs: else nothing is watched host by host
 */
export function defaultRules(hasCards: boolean, movesData: boolean): readonly AlertRule[] {
  const rule = (
    name: string,
    metric: AlertRule['metric'],
    limit: number,
    windowUs: number,
    scope: AlertRule['scope'],
    source: string,
  ): AlertRule => ({ name, metric, isAbove: true, limit, windowUs, scope, source });
  return [
    rule(
      'gpu-utilization',
      hasCards ? 'gpu.utilized' : 'gpu.allocated',
      0.85,
      SUSTAINED_US,
      'pool',
      `above 85 % for long: expand; ${ARTICLE_2}`,
    ),
    rule(
      'memory-fragmentation',
      'gpuMemory.fragmented',
      0.15,
      SUSTAINED_US,
      'pool',
      `keep below 15 %; ${ARTICLE_2}`,
    ),
    rule(
      'link-near-capacity',
      'link.used',
      0.9,
      CLOSE_US,
      hasCards && movesData ? 'host' : 'fleet',
      'throughput against the link, source [2] (unverified); 90 % and one minute are assumed here',
    ),
    rule(
      'communication-share',
      'communication.share',
      0.3,
      SUSTAINED_US,
      'pool',
      `above 30 %: a fault; ${ARTICLE_2}`,
    ),
  ];
}

/** A user puts up with a slow moment, not with a minute of them: assumed, as the sources do not say. */
export const FRAME_WINDOW_US = 60e6;
const FRAMES = 'p95 of each minute is assumed here';

/** Frame times that the sources watch, by the kind of work. They give neither a percentile nor a time. */
export const FRAME_LIMITS: readonly {
  readonly name: string;
  readonly workload: WorkloadClass;
  readonly metric: string;
  readonly seconds: number;
  readonly source: string;
}[] = [
  {
    name: 'frame-time-games',
    workload: 'graphics',
    metric: 'frame.gpu.p95',
    seconds: 0.03,
    source: `below 30 ms for games, sources [1] and [2] (unverified); ${FRAMES}`,
  },
  {
    name: 'frame-time-render',
    workload: 'render',
    metric: 'frame.gpu.p95',
    seconds: 0.05,
    source: `below 50 ms for rendering, source [2] (unverified); ${FRAMES}`,
  },
];
