/** How near each other the workers of a job have to be, the nearest first; an NVLink island may be less or more than a host. */
export const NEARNESS = ['island', 'host', 'rack', 'pool'] as const;
export type Nearness = (typeof NEARNESS)[number];

/** How far apart they have to be: as it comes, each on another host, each in another rack. */
export const SPREADS = ['none', 'hosts', 'racks'] as const;
type Spread = (typeof SPREADS)[number];

/** Which places the workers of a job may have, besides what each asks of its host. Jobs of one class share the object. */
export interface Layout {
  /** All of them lie in one of these; `pool`: anywhere. */
  readonly within: Nearness;
  /** They do so where there is room, and else go wider by and by; as `within` or nearer. */
  readonly prefer: Nearness;
  readonly spread: Spread;
  /** Most workers of the job on one host; Infinity: any number. */
  readonly maxPerHost: number;
  /** Most workers of all jobs of its class on one host; Infinity: any number. */
  readonly maxOfClassPerHost: number;
  /** Classes with whose jobs it shares no host, whichever came first; its own class means other jobs of it. */
  readonly apartFrom: readonly string[];
}

/** No rule at all. */
export const ANY_LAYOUT: Layout = {
  within: 'pool',
  prefer: 'pool',
  spread: 'none',
  maxPerHost: Number.POSITIVE_INFINITY,
  maxOfClassPerHost: Number.POSITIVE_INFINITY,
  apartFrom: [],
};

/** Text that is equal for equal rules. */
export function layoutKey(layout: Layout): string {
  const { within, prefer, spread, maxPerHost, maxOfClassPerHost, apartFrom } = layout;
  return JSON.stringify([within, prefer, spread, String(maxPerHost), String(maxOfClassPerHost), apartFrom]);
}
