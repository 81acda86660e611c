/** What is proven against counts of hosts before anything is simulated. */
export { CapacityBound } from './capacity-bound.ts';
export { startsAreFinal } from './peak.ts';
export { samplePath } from './sample-path.ts';
export type { Shortfall, Tolerated, WaitLimit } from './shortfall.ts';
export { sureSessions } from './sure-sessions.ts';
