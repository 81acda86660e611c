/** What is proven against counts of hosts before anything is simulated. */
export { CapacityBound } from './capacity-bound.ts';
export type { Shortfall, WaitLimit } from './shortfall.ts';
