import type { View } from '../state/app-state.ts';

export const VIEW_TITLES: Readonly<Record<View, string>> = {
  start: 'Start',
  fleet: 'Fleet',
  jobs: 'Queue and jobs',
  waterfall: 'Waterfall and money',
  compare: 'Compare',
  'what-if': 'What if',
  sweep: 'Sweep',
};

/** Views that show something without a replay. */
export const WITHOUT_REPLAY: ReadonlySet<View> = new Set(['start', 'what-if', 'sweep']);
