import type { FleetView } from '../cluster/fleet.ts';
import { OnCardTable } from '../engine/on-card.ts';
import type { Scenario } from '../scenario/types.ts';
import type { GpuUse } from '../sharing/index.ts';
import { profileOf } from './demand.ts';

/** What work takes of a card at full speed, where that is not what it takes on the GPU for which it is stated. */
export interface ReplayFullUse {
  /** As jobs state it. */
  readonly use: GpuUse;
  /** Of the card. */
  readonly model: string;
  /** Part of the card's compute, (0, 1]; null: classes that state the same use differ in it. */
  readonly compute: number | null;
}

/**
 * What turns the work that a card does for a job into the job's speed: a job alone on a whole card does so much. Uses that
 * are not named take on each card what they state.
 */
export function fullUses({ workload }: Scenario, fleet: FleetView): readonly ReplayFullUse[] {
  const demands = [...(workload.synthetic?.classes ?? []), ...workload.services, ...workload.sessions];
  const cards = new Map<string, number>();
  for (const [gpu, card] of fleet.cards.entries()) {
    const model = fleet.modelNames[fleet.gpuModel[gpu] as number] as string;
    if (card !== undefined && !cards.has(model)) cards.set(model, gpu);
  }
  const table = new OnCardTable(fleet);
  const found = new Map<string, ReplayFullUse>();
  for (const demand of demands) {
    const profile = profileOf(demand);
    if (profile === undefined || demand.use === null) continue;
    const { use } = profile;
    for (const [model, gpu] of cards) {
      const key = JSON.stringify([use, model]);
      const { compute } = table.of(profile, gpu).use;
      const known = found.get(key);
      const isSame = known === undefined || known.compute === compute;
      found.set(key, { use, model, compute: isSame ? compute : null });
    }
  }
  return [...found.values()].filter(({ use, compute }) => compute !== use.compute);
}
