import { lognormalOfMean } from '../../kernel/distributions/index.ts';
import {
  assumed,
  claimed,
  defined,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  NO_PROFILE_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
  type SessionPreset,
} from './preset.ts';
import { DISPLAY_MS, EDGE_NETWORK_MS, ENCODE_4K_MS, ENCODE_MS } from './remote-display.ts';

const LOGON = assumed(
  {
    kind: 'daily' as const,
    hourFactors: [3, 2, 1, 1, 0, 0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 6, 7, 9, 11, 12, 12, 11, 8, 5],
    dayFactors: [0.5, 0.5, 0.5, 0.5, 0.7, 1, 0.9],
    perDay: 1,
  },
  'evenings and weekends; no published distribution at hand',
);
const DURATION = assumed(lognormalOfMean(3600, 0.8), 'mean 1 h, 80 % variation');
const ALWAYS_ACTIVE = defined(null, 'a game makes frames all the time');

/** A game streamed at 1920 x 1080. */
export const CLOUD_GAME_1080P: SessionPreset = {
  kind: 'session',
  name: 'cloud-game-1080p',
  title: 'Cloud game, 1080p',
  summary: 'A player at 60 frames a second with nearby servers. Frames are alike: no loading, no menus.',
  cpuMilli: assumed(4000, 'recommended PCs have 4 to 6 cores'),
  memoryMib: assumed(16_384, 'recommended PCs have 16 GB'),
  gpuCount: ONE_GPU,
  slot: assumed(
    { kind: 'part', computeMilli: 0, memoryMib: 6144 },
    '4 GiB that the game uses and the desktop below it',
  ),
  referenceModel: assumed('a10', 'a card of clouds that has half of an RTX 3090 and a hardware encoder'),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'graphics',
  use: {
    busy: assumed(0.48, '60 frames of 8 ms a second'),
    compute: assumed(0.45, 'a little below busy: not all units at all times'),
    bandwidth: assumed(0.35, 'no measurement at hand'),
    memoryMib: assumed(4096, 'textures of 1080p'),
    linkBytesPerSec: assumed(300e6, 'textures that are streamed in'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(60, 'one wait a frame'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  logon: LOGON,
  durationSec: DURATION,
  activity: ALWAYS_ACTIVE,
  frames: {
    gpuMs: assumed(lognormalOfMean(8, 0.3), 'mean 8 ms, 30 % variation'),
    cpuMs: assumed(4, 'game logic and draw calls'),
    targetFps: claimed(60, '[1]: games need 60 fps (C04)'),
    limiterFps: defined(60, 'the stream has 60 frames a second'),
    encodeMs: ENCODE_MS,
    networkMs: EDGE_NETWORK_MS,
    displayMs: DISPLAY_MS,
    deadlineMs: claimed(30, '[1]: games need below 30 ms (C04)'),
  },
};

/** A game streamed at 3840 x 2160. */
export const CLOUD_GAME_4K: SessionPreset = {
  ...CLOUD_GAME_1080P,
  name: 'cloud-game-4k',
  title: 'Cloud game, 4K',
  summary: 'As cloud-game-1080p with four times the picture: nearly a whole card of this class.',
  slot: assumed(
    { kind: 'part', computeMilli: 0, memoryMib: 12_288 },
    '10 GiB that the game uses and the desktop below it',
  ),
  use: {
    ...CLOUD_GAME_1080P.use,
    busy: assumed(0.84, '60 frames of 14 ms a second'),
    compute: assumed(0.8, 'a little below busy: not all units at all times'),
    bandwidth: assumed(0.6, 'no measurement at hand'),
    memoryMib: assumed(10_240, 'textures of 4K'),
    linkBytesPerSec: assumed(600e6, 'larger textures'),
  },
  frames: {
    ...CLOUD_GAME_1080P.frames,
    gpuMs: assumed(
      lognormalOfMean(14, 0.2),
      'mean 14 ms, 20 % variation: upscaled, or four times 1080p would not reach 60 fps on this card',
    ),
    cpuMs: assumed(2, 'game logic beside the GPU: 60 fps leave no more'),
    encodeMs: ENCODE_4K_MS,
    deadlineMs: claimed(35, '[0]: 4K latency from 120 ms to 35 ms (C04)'),
  },
};
