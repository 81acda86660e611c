import { lognormalOfMean } from '../../kernel/distributions/index.ts';
import {
  assumed,
  type BatchPreset,
  claimed,
  defined,
  derived,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  NO_PROFILE_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
  type SessionPreset,
} from './preset.ts';
import { DISPLAY_MS, ENCODE_MS, OFFICE_DURATION, OFFICE_LOGON, OFFICE_NETWORK_MS } from './remote-display.ts';

const FARM = '[2]: 16 RTX A6000 with 8 vGPUs each (render)';
const SLOT = derived(
  { kind: 'part' as const, computeMilli: 0, memoryMib: 6144 },
  `${FARM}: an eighth of 48 GiB`,
);
const REFERENCE = claimed('rtx-a6000', FARM);

/** A frame of a film. */
export const RENDER_FRAME: BatchPreset = {
  kind: 'batch',
  name: 'render-frame',
  title: 'Render farm: final frame',
  summary:
    'One frame by path tracing, the scene in the memory of its part of the card. Loading of the scene is left out.',
  cpuMilli: assumed(4000, 'one thread feeds the card, others load'),
  memoryMib: assumed(16_384, 'the scene and its textures'),
  gpuCount: ONE_GPU,
  slot: SLOT,
  referenceModel: REFERENCE,
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'render',
  use: {
    busy: assumed(0.98, 'a path tracer leaves no pause'),
    compute: assumed(0.95, 'rays keep all units at work'),
    bandwidth: assumed(0.5, 'no measurement at hand'),
    memoryMib: assumed(5632, 'a scene that fits into the part'),
    linkBytesPerSec: assumed(50e6, 'the scene once, the picture once'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(5, 'a wait for each tile'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  lifetimeSec: assumed(lognormalOfMean(180, 1), 'mean 3 min, 100 % variation: scenes differ'),
};

/** An artist who looks at a scene while changing it. */
export const RENDER_PREVIEW: SessionPreset = {
  kind: 'session',
  name: 'render-preview',
  title: 'Render farm: preview',
  summary: 'Interactive views of a scene, each to be seen within 50 ms.',
  cpuMilli: assumed(4000, 'a workstation of four cores'),
  memoryMib: assumed(16_384, 'the scene and its textures'),
  gpuCount: ONE_GPU,
  slot: SLOT,
  referenceModel: REFERENCE,
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'graphics',
  use: {
    busy: assumed(0.45, '30 frames of 15 ms a second'),
    compute: assumed(0.42, 'a little below busy: not all units at all times'),
    bandwidth: assumed(0.3, 'no measurement at hand'),
    memoryMib: assumed(5120, 'a scene that fits into the part'),
    linkBytesPerSec: assumed(100e6, 'what changes of the scene'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(30, 'one wait a frame'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  logon: OFFICE_LOGON,
  durationSec: OFFICE_DURATION,
  activity: assumed(
    { onSec: { kind: 'exponential', mean: 20 }, offSec: { kind: 'exponential', mean: 40 } },
    'a third of the time in motion',
  ),
  frames: {
    gpuMs: assumed(
      lognormalOfMean(15, 0.3),
      'mean 15 ms, 30 % variation: seen within 50 ms with the rest of the way',
    ),
    cpuMs: assumed(5, 'changes of the scene'),
    targetFps: assumed(30, 'smooth enough for work'),
    limiterFps: defined(null, 'none of its own: by the mode'),
    encodeMs: ENCODE_MS,
    networkMs: OFFICE_NETWORK_MS,
    displayMs: DISPLAY_MS,
    deadlineMs: claimed(50, '[2]: frame time below 50 ms (C16)'),
  },
};
