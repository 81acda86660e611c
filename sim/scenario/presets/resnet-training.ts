import {
  assumed,
  type BatchPreset,
  defined,
  derived,
  measured,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  NO_PROFILE_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
} from './preset.ts';

const GAVEL = 'gavel simulation_throughputs.json, ResNet-50 (batch size 64)';
const MISO = 'miso mig_iteration_times.csv, resnet, batch 256';

/** Steps a second, of 64 images, on a V100, a P100 and a K80. */
const [V100, P100, K80] = [4.394774823323071, 2.6194694075770055, 0.6190282202246573];
const IMAGES = 1_281_167;

/** ImageNet from nothing, 90 passes. */
export const RESNET_50_TRAINING: BatchPreset = {
  kind: 'batch',
  name: 'resnet-50-training',
  title: 'ResNet-50 training',
  summary:
    'ImageNet for 90 epochs on one GPU in single precision, batch 64, as measured on a V100. Evaluation between epochs is left out.',
  cpuMilli: assumed(8000, 'eight loaders for some 280 images a second'),
  memoryMib: assumed(32_768, 'loaders and the file cache they need'),
  gpuCount: ONE_GPU,
  slot: defined({ kind: 'whole' }, 'a card of its own, unless the scenario says otherwise'),
  referenceModel: measured('v100-sxm2-16gb', `${GAVEL}; V100 with 16 GB`),
  speedByModel: derived(
    { 'p100-pcie-16gb': P100 / V100, K80: K80 / V100 },
    `${GAVEL}: steps a second over those on a V100`,
  ),
  communication: NO_COMMUNICATION,
  workload: 'training',
  use: {
    busy: derived(1, `${GAVEL}: two of them on one V100 make 0.996 of the steps of one alone`),
    compute: derived(1, `${GAVEL}: two of them on one V100 make 0.996 of the steps of one alone`),
    bandwidth: assumed(0.6, 'convolutions and normalization in turn; no measurement at hand'),
    memoryMib: derived(8192, `${GAVEL}: two fit into the 16 GB of a V100, which is the most it can be`),
    linkBytesPerSec: assumed(
      Math.round(V100 * 64 * 224 * 224 * 3 * 4),
      '4 bytes a value of 64 x 224 x 224 x 3 go up for each of the measured steps',
    ),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(20, 'a few waits a step'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  lifetimeSec: derived(
    { kind: 'constant', value: Math.round((90 * IMAGES) / (64 * V100)) },
    `${GAVEL}: 90 epochs of 1,281,167 images at 281 images a second; about 114 h`,
  ),
};

/** The set-up with published speeds on MIG profiles. */
export const RESNET_SMALL_IMAGES_TRAINING: BatchPreset = {
  kind: 'batch',
  name: 'resnet-small-images-training',
  title: 'ResNet training, small images',
  summary:
    'The job called resnet, batch 256, whose iteration times on five MIG profiles of an A100 are published: at 8,153 images a second, small ones.',
  cpuMilli: assumed(8000, 'loaders for some 8,000 small images a second'),
  memoryMib: assumed(16_384, 'a data set that fits into memory'),
  gpuCount: ONE_GPU,
  slot: defined({ kind: 'whole' }, 'a card of its own, unless the scenario says otherwise'),
  referenceModel: measured('a100-sxm4-40gb', `${MISO}; A100 with 40 GB, form factor not stated`),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'training',
  use: {
    busy: assumed(0.9, 'faster than it could use all units, so some of the time goes to the host'),
    compute: derived(0.5, `${MISO}: 2/7 over 0.5815 and 3/7 over 0.8486 of full speed`),
    bandwidth: assumed(0.4, 'no measurement at hand'),
    memoryMib: derived(4864, `${MISO}: runs on 1g.5gb, whose 4864 MiB are the most it can be`),
    linkBytesPerSec: assumed(100e6, '8,153 images a second of 32 x 32 x 3 x 4 bytes: image size not stated'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(100, 'a few waits an iteration of 31 ms'),
    speedByProfile: measured(
      { '1g.5gb': 0.3217, '2g.10gb': 0.5815, '3g.20gb': 0.8486, '4g.20gb': 0.9263, '7g.40gb': 1 },
      `${MISO}: speed_vs_7g`,
    ),
  },
  lifetimeSec: assumed({ kind: 'exponential', mean: 3600 }, 'an experiment of an hour'),
};
