import type { FleetView } from '../cluster/fleet.ts';
import { powerOfGpu } from '../hardware/prices/index.ts';
import type { Power } from '../observe/groups/fleet-course.ts';
import type { Scenario } from '../scenario/types.ts';

/**
 * What a GPU of each model of a fleet draws without work and with all that it can do, as the bill takes it: stated under
 * `cost.energy.gpus`, else by the price tables, if they do not call it unverified. Undefined: nobody knows.
 */
export function gpuPowers(
  scenario: Pick<Scenario, 'cost'>,
  fleet: FleetView,
): readonly (Power | undefined)[] {
  return fleet.modelNames.map((model) => {
    const stated = scenario.cost?.energy?.gpus.find((each) => each.model === model);
    if (stated !== undefined) return { idleW: stated.idleW, maxW: stated.maxW };
    const known = powerOfGpu(model);
    return known === undefined || known.confidence === 'unverified' ? undefined : known;
  });
}
