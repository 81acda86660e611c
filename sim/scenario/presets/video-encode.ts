import { lognormalOfMean } from '../../kernel/distributions/index.ts';
import {
  assumed,
  type BatchPreset,
  derived,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  NO_PROFILE_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
} from './preset.ts';

/** One film through the encoder of a card. */
export const VIDEO_ENCODE: BatchPreset = {
  kind: 'batch',
  name: 'video-encode',
  title: 'Video encoding',
  summary:
    'A stream of 1080p at 60 frames a second, decoded by the host and encoded by the card. The encoder has engines of its own beside the compute units; that their number limits streams is left out.',
  cpuMilli: assumed(4000, 'decoding by the host'),
  memoryMib: assumed(4096, 'frames in flight'),
  gpuCount: ONE_GPU,
  slot: assumed({ kind: 'part', computeMilli: 0, memoryMib: 1024 }, 'what it allocates'),
  referenceModel: assumed('l4', 'a card of clouds for video'),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'video',
  use: {
    busy: assumed(
      0.15,
      'scaling and colours before the encoder, which works beside the compute units (NVENC application note)',
    ),
    compute: assumed(0.1, 'small kernels'),
    bandwidth: assumed(0.1, 'frames are read and written a few times'),
    memoryMib: assumed(768, 'surfaces of 1080p and of the encoder'),
    linkBytesPerSec: derived(1920 * 1080 * 1.5 * 60, '1920 x 1080 pixels of 1.5 bytes (NV12), 60 a second'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(60, 'one wait a frame'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  lifetimeSec: assumed(lognormalOfMean(1800, 0.8), 'mean 30 min, 80 % variation: the length of what is sent'),
};
