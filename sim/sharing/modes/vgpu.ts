import type { CardSpec } from '../card-spec.ts';
import type { ConfigOf } from '../config.ts';
import type { SharingMode } from '../mode.ts';
import type { ParameterValues } from '../parameters.ts';
import { VgpuCard } from './vgpu/card.ts';
import { cardTypes } from './vgpu/card-types.ts';
import { vgpuProblems } from './vgpu/check.ts';
import { vgpuLicence } from './vgpu/licence.ts';
import { offersOf } from './vgpu/offers.ts';
import { vgpuOperations } from './vgpu/operations.ts';
import { VGPU_PARAMETERS } from './vgpu/parameters.ts';
import { TurnSpeeds } from './vgpu/turn-speeds.ts';
import { VGPU_TURN_HOLDERS } from './vgpu/turns.ts';

/** NVIDIA vGPU, time-sliced: virtual machines have the GPU's memory in parts and its engines in turn. */
export const vgpu: SharingMode<'vgpu'> = {
  name: 'vgpu',
  title: 'NVIDIA vGPU, time-sliced',
  summary: 'each virtual machine reserves the frame buffer of its vGPU type and has the engines in turn',
  leavesOut: [
    'The guest memory of compute types on boards without graphics types is not published: all of the reservation counts.',
    'Ada GPUs are said to take fewer 1 GiB vGPUs in mixed-size mode than others; the number is not published, so theirs is too high.',
    'Which placement id the vGPU manager takes is not published: here the one that keeps the larger types placeable.',
    'Display heads, resolutions and the lack of CUDA in A- and B-series do not refuse anyone who asks for a type by name.',
    'A guest without a licence (full speed for about 20 minutes, then throttled) occurs only where the scenario has `licences`.',
    'Migration on vSphere 6.7U1 fails above 100 s of stun (13 GiB on a P40); its path only says how long it takes.',
    'Turns on the video encoders and copy engines are not told apart from those on the graphics and compute engine.',
  ],
  parameters: VGPU_PARAMETERS,
  traits: {
    memoryIsolation: 'hard',
    faultIsolation: 'soft',
    faultEnds: 'tenant',
    performanceIsolation: 'share',
    liveMigration: 'live',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: true,
    layoutChange: 'tenant',
    graphics: 'yes',
    source: 'sharing modes table, R-alloc-1, R-mig-1 (documented); peer to peer (unverified)',
  },
  check: vgpuProblems,
  createCard(config: ConfigOf<'vgpu'>, card: CardSpec, values: ParameterValues) {
    const types = cardTypes(card);
    if (types === undefined) throw new RangeError(`Cannot share ${card.model} by vGPU: it has no vGPU types`);
    const efficiency = {
      lone: values.get('vgpu.lone'),
      loneInteractive: values.get('vgpu.lone-interactive'),
      aggregate: values.get('vgpu.aggregate'),
    };
    const speeds = new TurnSpeeds(
      VGPU_TURN_HOLDERS[config.scheduler],
      efficiency,
      (slot) => types.typeOf(slot.profile)!.maxPerGpu,
    );
    return new VgpuCard(card, config, offersOf(types, config), speeds);
  },
  operations: (_config, card) => vgpuOperations(card),
  licence: (_config, card, slot) => vgpuLicence(card, slot),
};
