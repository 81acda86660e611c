import {
  assumed,
  type BatchPreset,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  NO_PROFILE_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
} from './preset.ts';

const OKITSU =
  'Okitsu, Ino and Hagihara, High-performance cone beam reconstruction using CUDA compatible GPUs (2010)';

/** One set of pictures of a patient made into a volume. */
export const CT_RECONSTRUCTION: BatchPreset = {
  kind: 'batch',
  name: 'ct-reconstruction',
  title: 'CT reconstruction',
  summary:
    'One cone-beam set by an iterative method: projections go up, are projected forth and back again and again, the volume comes down. Bound by memory bandwidth.',
  cpuMilli: assumed(4000, 'reading and filtering of projections'),
  memoryMib: assumed(16_384, 'projections and volume, twice'),
  gpuCount: ONE_GPU,
  slot: assumed({ kind: 'part', computeMilli: 0, memoryMib: 8192 }, 'what it allocates, and some room'),
  referenceModel: assumed('quadro-rtx-6000', 'the card of the article that claims four sets at once (C12)'),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'hpc',
  use: {
    busy: assumed(0.9, 'the rest reads, filters and copies'),
    compute: assumed(0.6, 'bandwidth is what binds'),
    bandwidth: assumed(0.75, `busy times 83 %, the part of its card's bandwidth in ${OKITSU}`),
    memoryMib: assumed(7168, '1024^3 voxels and 720 projections of 1024^2 at 4 bytes each: 4 and 2.8 GiB'),
    linkBytesPerSec: assumed(125_000_000, '6.8 GiB in and out over 60 s'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(10, 'a wait for each part of the projections'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  lifetimeSec: assumed(
    { kind: 'constant', value: 60 },
    `about 80 passes of 0.7 s: ${OKITSU} makes 512^3 voxels of 360 projections at 64.3 a second, on a GeForce 8800 GTX of 86.4 GB/s (recalled, not checked); this card has 672 GB/s`,
  ),
};
