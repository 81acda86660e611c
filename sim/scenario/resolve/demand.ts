import { type GpuUse, isRefusal, type Slot, type SlotRequest } from '../../sharing/index.ts';
import type { canonicalDemand } from '../canonical/demand.ts';
import { byteRateQuantity } from '../quantities/byte-rate.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { gpuShareQuantity } from '../quantities/gpu-share.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { callRateQuantity } from '../quantities/rate.ts';
import { partQuantity, shareOrZeroQuantity, shareQuantity } from '../quantities/ratio.ts';
import type { Demand } from '../types.ts';
import { catalogueGpu } from './card-spec.ts';
import type { FleetCards } from './fleet-cards.ts';

type CanonicalDemand = ReturnType<typeof canonicalDemand>;
type CanonicalUse = NonNullable<CanonicalDemand['use']>;

/** One whole GPU in thousandths. */
const GPU_MILLI = 1000;

/**
 * What a demand comes to on a fleet: what it leaves open depends on the cards that are there.
 *
 * @param cards of the fleet; without shared ones, how a job uses a GPU does not matter
 */
export function resolveDemand(demand: CanonicalDemand, cards: FleetCards): Demand {
  const { cpu, memory, gpus, models, reference, use, speedByModel, communication, lifecycle } = demand;
  const { slot, slotCount } = slotOf(demand);
  const isShared = cards.shared.length > 0 && slot !== null;
  const plainUse = use === undefined ? undefined : resolveUse(use);
  const given = isShared ? expectedSlot(cards, models, slot, slotCount, plainUse) : undefined;
  const gpuMilli = gpus === 0 ? 0 : shareOf(demand, slot, slotCount, given, cards);
  const slotMib = memoryOf(slot, given);
  const statedUse =
    plainUse !== undefined && use?.memory === null ? { ...plainUse, memoryMib: slotMib } : plainUse;
  return {
    cpuMilli: readValid(cpuQuantity, cpu),
    memoryMib: readValid(memoryQuantity, memory),
    gpuCount: gpus,
    gpuMilli,
    models,
    slot,
    slotCount,
    use: isShared ? (statedUse ?? useOfShare(gpuMilli, slotMib)) : null,
    referenceModel: reference ?? null,
    speedByModel: byFleetModel(speedByModel ?? {}, cards.models),
    communication: communication === undefined ? 0 : readValid(partQuantity, communication),
    lifecycle: lifecycle ?? null,
  };
}

/**
 * What is assumed of a job that says how much of a GPU it has and not how it uses it: all of that share, of compute and
 * of bandwidth, all the time. Where it gets its share in space (MIG, MPS, percent caps) it runs at full speed.
 */
export function useOfShare(gpuMilli: number, memoryMib: number): GpuUse {
  return {
    workload: 'generic',
    busy: 1,
    compute: gpuMilli / GPU_MILLI,
    bandwidth: gpuMilli / GPU_MILLI,
    memoryMib,
    linkBytesPerSec: 0,
    processes: 1,
    syncCallsPerSec: 0,
    speedByProfile: null,
  };
}

function slotOf({ gpus, gpu, slot }: CanonicalDemand): {
  readonly slot: SlotRequest | null;
  readonly slotCount: number;
} {
  if (gpus === 0) return { slot: null, slotCount: 1 };
  if (slot === undefined) {
    const computeMilli = readValid(gpuShareQuantity, gpu ?? 1);
    // A share is asked of a mode as compute: what memory comes with it is the mode's own (a slice, a type, none).
    return {
      slot: computeMilli === GPU_MILLI ? { kind: 'whole' } : { kind: 'part', computeMilli, memoryMib: 0 },
      slotCount: 1,
    };
  }
  if (slot.profile !== undefined) {
    return { slot: { kind: 'profile', profile: slot.profile }, slotCount: slot.count ?? 1 };
  }
  return {
    slot: {
      kind: 'part',
      computeMilli: readValid(gpuShareQuantity, slot.compute ?? 0),
      memoryMib: readValid(memoryQuantity, slot.memory ?? '0MiB'),
    },
    slotCount: 1,
  };
}

export function accepts(models: readonly string[], model: string): boolean {
  return models.length === 0 || models.includes(model);
}

/** Speeds by the names that the fleet has for its models; names that mean none of them stay. */
function byFleetModel(
  stated: Readonly<Record<string, number>>,
  models: readonly string[],
): Readonly<Record<string, number>> {
  const speeds: Record<string, number> = { ...stated };
  for (const [name, speed] of Object.entries(stated)) {
    const gpu = models.includes(name) ? null : catalogueGpu(name);
    if (gpu === null) continue;
    for (const model of models) {
      if (stated[model] === undefined && catalogueGpu(model)?.id === gpu.id) speeds[model] = speed;
    }
  }
  return speeds;
}

/** What the first card of an accepted model that could ever give the slot would give. */
function expectedSlot(
  cards: FleetCards,
  models: readonly string[],
  slot: SlotRequest,
  count: number,
  use = useOfShare(GPU_MILLI, 0),
): Slot | undefined {
  for (const { card, spec } of cards.shared) {
    if (card === undefined || !accepts(models, spec.model)) continue;
    const answer = card.admitEmpty({ slot, use, count });
    if (!isRefusal(answer)) return answer;
  }
  return undefined;
}

/** Memory that is asked for, or comes with a profile; 0 where neither says. */
function memoryOf(slot: SlotRequest | null, given: Slot | undefined): number {
  if (slot?.kind === 'part') return slot.memoryMib;
  return slot?.kind === 'profile' ? (given?.memoryMib ?? 0) : 0;
}

/**
 * Thousandths of a GPU that the books expect: as written; of a part what it takes of the smallest accepted GPU; of a
 * profile what the card says.
 */
function shareOf(
  { gpu, models }: CanonicalDemand,
  slot: SlotRequest | null,
  slotCount: number,
  given: Slot | undefined,
  cards: FleetCards,
): number {
  if (gpu !== undefined) return readValid(gpuShareQuantity, gpu);
  if (slot === null || slot.kind === 'whole') return GPU_MILLI;
  if (slot.kind === 'profile') return given === undefined ? GPU_MILLI : within(given.milli * slotCount);
  let memoryMilli = 0;
  for (const [model, memoryMib] of cards.memoryByModel) {
    if (accepts(models, model)) {
      memoryMilli = Math.max(memoryMilli, Math.ceil((GPU_MILLI * slot.memoryMib) / memoryMib));
    }
  }
  return within(Math.max(slot.computeMilli, memoryMilli));
}

const within = (milli: number) => Math.min(GPU_MILLI, Math.max(1, milli));

/** A canonical use in numbers; memory that is left open counts as none. */
function resolveUse(use: CanonicalUse): GpuUse {
  const { speedByProfile } = use;
  return {
    workload: use.workload,
    busy: readValid(shareQuantity, use.busy),
    compute: readValid(shareQuantity, use.compute),
    bandwidth: readValid(shareOrZeroQuantity, use.bandwidth),
    memoryMib: use.memory === null ? 0 : readValid(memoryQuantity, use.memory),
    linkBytesPerSec: readValid(byteRateQuantity, use.link),
    processes: use.processes,
    syncCallsPerSec: readValid(callRateQuantity, use.syncCalls),
    speedByProfile:
      speedByProfile === null
        ? null
        : Object.fromEntries(
            Object.entries(speedByProfile).map(([profile, speed]) => [
              profile,
              speed === null ? null : readValid(shareQuantity, speed),
            ]),
          ),
  };
}
