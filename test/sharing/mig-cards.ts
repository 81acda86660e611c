import { GPU_MODELS, gpuById, gpuMemoryMib, MIG_MODELS, type MigModel } from '../../sim/hardware/index.ts';
import {
  type Card,
  type CardSpec,
  type ConfigOf,
  type GpuAsk,
  type GpuUse,
  isRefusal,
  ParameterValues,
  type Refusal,
  Residents,
  type Slot,
} from '../../sim/sharing/index.ts';
import { mig } from '../../sim/sharing/modes/mig.ts';
import { migVgpu } from '../../sim/sharing/modes/mig-vgpu.ts';

/** A GPU of the catalogue on a link that nothing fills. */
export function specOf(gpuId: string, linkBytesPerSec = 1e12): CardSpec {
  const catalogue = gpuById(gpuId)!;
  return { model: gpuId, catalogue, memoryMib: gpuMemoryMib(catalogue), linkBytesPerSec };
}

/** One GPU for each MIG model. */
export const MIG_GPUS: readonly (readonly [string, MigModel])[] = MIG_MODELS.map((model) => {
  const gpu = GPU_MODELS.find((each) => each.migModelId === model.id)!;
  return [gpu.id, model] as const;
});

export function migCard(
  gpuId: string,
  config: Partial<ConfigOf<'mig'>> = {},
  stated: Readonly<Record<string, number>> = {},
  linkBytesPerSec = 1e12,
): Card {
  return mig.createCard(
    { mode: 'mig', layout: null, computeInstances: false, ...config },
    specOf(gpuId, linkBytesPerSec),
    new ParameterValues(mig.parameters, stated),
  );
}

export function vgpuCard(
  gpuId: string,
  config: Partial<ConfigOf<'mig-vgpu'>> = {},
  stated: Readonly<Record<string, number>> = {},
): Card {
  return migVgpu.createCard(
    { mode: 'mig-vgpu', layout: null, scheduler: 'best-effort', series: null, ...config },
    specOf(gpuId),
    new ParameterValues(migVgpu.parameters, stated),
  );
}

/** A job that asks for little unless told otherwise. */
export function useOf(use: Partial<GpuUse> = {}): GpuUse {
  return {
    workload: 'generic',
    busy: 1,
    compute: 1,
    bandwidth: 0,
    memoryMib: 0,
    linkBytesPerSec: 0,
    processes: 1,
    syncCallsPerSec: 0,
    speedByProfile: null,
    ...use,
  };
}

export function profileAsk(profile: string, use: Partial<GpuUse> = {}, count = 1): GpuAsk {
  return { slot: { kind: 'profile', profile }, use: useOf(use), count };
}

export function partAsk(computeMilli: number, memoryMib: number, use: Partial<GpuUse> = {}): GpuAsk {
  return { slot: { kind: 'part', computeMilli, memoryMib }, use: useOf(use), count: 1 };
}

export function wholeAsk(use: Partial<GpuUse> = {}): GpuAsk {
  return { slot: { kind: 'whole' }, use: useOf(use), count: 1 };
}

/** Asks and takes; the test fails where it is refused. */
export function take(card: Card, ask: GpuAsk): Slot {
  const slot = card.admit(ask);
  if (isRefusal(slot)) throw new Error(`${slot.refused}: ${slot.detail}`);
  card.place(slot);
  return slot;
}

export function takeAll(card: Card, ...profiles: string[]): Slot[] {
  return profiles.map((profile) => take(card, profileAsk(profile)));
}

export function refusalOf(card: Card, ask: GpuAsk): Refusal {
  const answer = card.admit(ask);
  if (!isRefusal(answer)) throw new Error(`${answer.label} was admitted`);
  return answer;
}

/** Speeds of tenants, active unless told otherwise. */
export function speedsOf(
  card: Card,
  tenants: readonly { readonly slot: Slot; readonly use: GpuUse; readonly active?: boolean }[],
): number[] {
  const residents = new Residents();
  for (const { slot, use, active } of tenants) residents.join(slot, use, active ?? true);
  const into = new Float64Array(Math.max(1, tenants.length));
  card.speeds(residents, into);
  return [...into.slice(0, tenants.length)];
}

/** Speed of one job that has the card for itself on a profile. */
export function aloneOn(gpuId: string, profile: string, use: Partial<GpuUse>): number {
  const card = migCard(gpuId, { computeInstances: true });
  const whole = useOf(use);
  const slot = take(card, { slot: { kind: 'profile', profile }, use: whole, count: 1 });
  return speedsOf(card, [{ slot, use: whole }])[0]!;
}
