import { cardSpecOf, catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import { accepts } from '../../sim/scenario/resolve/demand.ts';
import type { Demand, GpuGroup, HostGroup, Scenario } from '../../sim/scenario/types.ts';
import type { ConfigOf, GpuAsk } from '../../sim/sharing/index.ts';
import { type BackedType, type VgpuParts, vgpuPartsOf } from '../../sim/sharing/modes/mig/vgpu-parts.ts';
import { type CardType, cardTypes } from '../../sim/sharing/modes/vgpu/card-types.ts';
import { offersOf } from '../../sim/sharing/modes/vgpu/offers.ts';
import { shapeOfModel } from './mig-layout.ts';

/** Everything of the workload that asks for GPUs, in the order of the document. */
function demandsOf({ workload }: Scenario): readonly Demand[] {
  const { synthetic, services, sessions } = workload;
  return [...(synthetic?.classes ?? []), ...services, ...sessions].filter(({ gpuCount }) => gpuCount > 0);
}

/** What is asked of GPUs of a model: a demand may take others only. */
function asksOf(scenario: Scenario, model: string): readonly GpuAsk[] {
  return demandsOf(scenario).flatMap(({ models, slot, use, slotCount }) =>
    slot === null || use === null || !accepts(models, model) ? [] : [{ slot, use, count: slotCount }],
  );
}

/** The types that the workload gets of a card, the first choice of each ask, once each. */
export function askedTypes(
  scenario: Scenario,
  group: HostGroup,
  gpu: GpuGroup,
  config: ConfigOf<'vgpu'>,
): readonly CardType[] {
  const types = cardTypes(cardSpecOf(group, gpu));
  if (types === undefined) return [];
  const offers = offersOf(types, config);
  const first = asksOf(scenario, gpu.model).flatMap((ask) => {
    const wanted = offers.wanted(ask);
    return 'refused' in wanted ? [] : wanted.slice(0, 1);
  });
  return [...new Set(first)];
}

export function partsOfModel(model: string): VgpuParts | undefined {
  const gpu = catalogueGpu(model);
  const shape = shapeOfModel(model);
  return gpu === null || shape === undefined ? undefined : vgpuPartsOf(gpu, shape);
}

/**
 * The type that an instance of a profile is given to: of those that the workload names the first that it backs, else one
 * of the series with an instance of its own, compute types first.
 */
export function typeForProfile(
  scenario: Scenario,
  parts: VgpuParts,
  model: string,
  profile: string,
  series: string | null,
): BackedType | undefined {
  const backed = parts.types.filter(
    ({ sized, type }) => sized.profile.name === profile && (series === null || type.series === series),
  );
  const named = asksOf(scenario, model).flatMap(({ slot }) => {
    const type = slot.kind === 'profile' ? parts.named(slot.profile) : undefined;
    return type === undefined ? [] : [type];
  });
  const order = ['C', 'Q', 'B', 'A'];
  return (
    named.find((type) => backed.includes(type)) ??
    backed
      .filter(({ seats }) => seats === 1)
      .sort((a, b) => order.indexOf(a.type.series) - order.indexOf(b.type.series))[0]
  );
}
