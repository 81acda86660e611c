/** What can break down, besides the jobs' own processes. */
export const UNIT_KINDS = ['gpu', 'host', 'rack', 'nvlink', 'uplink', 'licence-server'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];
