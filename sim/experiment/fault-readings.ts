import type { Fleet } from '../cluster/fleet.ts';
import type { FaultSetup } from '../engine/faults.ts';
import { UNIT_KINDS } from '../faults/index.ts';
import type { Micros } from '../kernel/time.ts';
import { FaultMeter } from '../observe/fault-meter.ts';
import { gpusInService } from './faults.ts';

/** A meter for the units of a run. */
export function faultMeter(setup: FaultSetup, fleet: Fleet, warmupUs: Micros): FaultMeter {
  const units = new Map<string, number>();
  for (const kind of UNIT_KINDS) {
    const count = setup.units.filter(({ unit }) => unit.kind === kind).length;
    if (count > 0) units.set(kind, count);
  }
  return new FaultMeter(warmupUs, gpusInService(setup, fleet), units);
}
