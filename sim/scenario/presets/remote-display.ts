import { assumed, derived, documented, measured } from './preset.ts';

/** What lies between a frame and the eye of a remote user: the same for desktops, games and previews. */
export const ENCODE_MS = measured(2.1, 'RD-3: hardware HEVC encoder, median 1.8 to 2.1 ms on an RTX 4090');
export const ENCODE_4K_MS = assumed(4.5, '99th percentile of RD-3, whose resolution is not stated');
export const OFFICE_NETWORK_MS = assumed(
  10,
  'office network or a site nearby; RD-4 calls up to 30 ms unnoticed',
);
export const EDGE_NETWORK_MS = assumed(
  5,
  'a site in the same city, as the claims of about 30 ms in all need',
);
export const DISPLAY_MS = derived(8.3, 'half a refresh of 60 Hz on average');
/** A desktop is in time while it is at most slightly slow. */
export const DESKTOP_DEADLINE_MS = documented(60, 'RD-4: 40 to 60 ms noticed slightly, above that sluggish');

/** Working days, with the morning's logons. The run begins at midnight of a Monday. */
export const OFFICE_LOGON = assumed(
  {
    kind: 'daily' as const,
    hourFactors: [0, 0, 0, 0, 0, 0, 1, 4, 10, 6, 2, 1, 1, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    dayFactors: [1, 1, 1, 1, 1, 0.05, 0.02],
    perDay: 1,
  },
  'office hours; no published distribution of logons at hand',
);
export const OFFICE_DURATION = assumed(
  { kind: 'normal' as const, mean: 27_000, stdDev: 5400, min: 3600 },
  'a working day less breaks',
);
