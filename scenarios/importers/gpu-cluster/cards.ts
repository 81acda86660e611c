import { cardSpecOf } from '../../../sim/scenario/resolve/card-spec.ts';
import {
  type Card,
  type CardSpec,
  type GpuUse,
  ParameterValues,
  SHARING_PARAMETERS,
  type SharingConfig,
  sharingMode,
} from '../../../sim/sharing/index.ts';
import type { PartSlot } from './ways/way.ts';

const TYPICAL = new ParameterValues(SHARING_PARAMETERS);

/** A GPU of the catalogue by the name in the file, as a sharing mode sees it. */
export function cardOf(type: string): CardSpec {
  const gpu = { model: type, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null };
  return cardSpecOf({ uplinkBytesPerSec: null }, gpu);
}

/** A card without tenants, or why the mode cannot share this GPU so. */
export function emptyCard(config: SharingConfig, type: string): Card | { readonly reason: string } {
  const mode = sharingMode(config.mode);
  const spec = cardOf(type);
  const [problem] = mode.check(config, spec);
  return problem === undefined ? mode.createCard(config, spec, TYPICAL) : { reason: problem.message };
}

/** Part of its memory that a tenant of the scenario has in use: guests see 81 to 100 % of what a vGPU type reserves. */
const IN_USE = 0.8;

/**
 * What the tenant of every vgpu does with it: nothing in the file says so. One that takes all it can get shows what it is
 * given.
 *
 * @param memoryMib what the file asks, which no way gives less of but to make it fit
 */
export function useOf(memoryMib: number): GpuUse {
  return {
    workload: 'generic',
    busy: 1,
    compute: 1,
    bandwidth: 0.5,
    memoryMib: Math.floor(memoryMib * IN_USE),
    linkBytesPerSec: 0,
    processes: 1,
    syncCallsPerSec: 0,
    speedByProfile: null,
  };
}

/** What a tenant asks of a card. */
export function askOf(slot: PartSlot, askedMib: number) {
  return { slot, use: useOf(askedMib), count: 1 };
}
