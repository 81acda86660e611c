export { endsNeighbour, LICENSED_MODES } from './blast.ts';
export { drawnFailures, type FailureLaw, type LoggedFailure, loggedFailures } from './failure-law.ts';
export { type FaultUnit, UNIT_MEANING } from './kinds.ts';
export { UNIT_KINDS, type UnitKind } from './names.ts';
export { type Repair, RepairShop } from './repair-shop.ts';
export { SparePool } from './spare-pool.ts';
export { type MaintenanceWindow, type RecurringWindow, windowsUntil } from './window.ts';
