export { endsNeighbour, LICENSED_MODES } from './blast.ts';
export { drawnFailures, type FailureLaw, loggedFailures } from './failure-law.ts';
export type { FaultUnit } from './kinds.ts';
export { UNIT_KINDS } from './names.ts';
export { type Repair, RepairShop } from './repair-shop.ts';
export { SparePool } from './spare-pool.ts';
export { type MaintenanceWindow, windowsUntil } from './window.ts';
