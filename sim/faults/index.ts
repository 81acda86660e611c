export { endsNeighbour, LICENSED_MODES } from './blast.ts';
export { drawnFailures, type FailureLaw, type LoggedFailure, loggedFailures } from './failure-law.ts';
export { type FaultUnit, UNIT_KINDS, UNIT_MEANING, type UnitKind } from './kinds.ts';
export { type Repair, RepairShop } from './repair-shop.ts';
export { SparePool } from './spare-pool.ts';
export { type MaintenanceWindow, type RecurringWindow, windowsUntil } from './window.ts';
