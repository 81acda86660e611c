import {
  assumed,
  defined,
  derived,
  documented,
  measured,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
  type ServicePreset,
} from './preset.ts';

const PARVA = 'parvagpu prof_data/resnet50.csv, 7 slices of an A100-80GB, one process';
const SLO = 'parvagpu SLO_latency.csv, resnet50';
const NOS = 'TS-1, MG-2: YOLOS-small on an A100-80GB (measured-sharing, nos rows)';

/** Requests a second by batch size, and the most at any size. */
const THROUGHPUT: readonly (readonly [size: number, perSec: number])[] = [
  [1, 195.826],
  [2, 425.561],
  [4, 821.169],
  [8, 1599.984],
  [16, 2211.111],
  [32, 2396.366],
  [64, 2482.569],
];
const SATURATED_PER_SEC = 2582.226;
const BYTES_PER_IMAGE = 224 * 224 * 3 * 4;

/** Seconds of a batch of 1, 2, 3, ... requests: size over throughput where measured, straight lines between. */
function batchSeconds(most: number): readonly number[] {
  const seconds: number[] = [];
  THROUGHPUT.forEach(([size, perSec], i) => {
    if (size > most) return;
    const before = THROUGHPUT[i - 1];
    const last = seconds[seconds.length - 1] ?? 0;
    const from = before?.[0] ?? 0;
    for (let n = from + 1; n <= size; n++) {
      const part = before === undefined ? 1 : (n - from) / (size - from);
      seconds.push(last + part * (size / perSec - last));
    }
  });
  return seconds;
}

/** Image classification under load: large batches fill the card. */
export const RESNET_50_INFERENCE: ServicePreset = {
  kind: 'service',
  name: 'resnet-50-inference',
  title: 'ResNet-50 inference, saturated',
  summary:
    'One replica that serves up to 64 images together, as measured on a whole A100. Decoding of images is left out.',
  cpuMilli: assumed(4000, 'decoding is left to others'),
  memoryMib: assumed(8192, 'framework and queues'),
  gpuCount: ONE_GPU,
  slot: assumed(
    { kind: 'part', computeMilli: 0, memoryMib: 12_288 },
    'what it allocates at batch 64, and some room',
  ),
  referenceModel: measured('a100-sxm4-80gb', `${PARVA}; form factor not stated`),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'inference-saturated',
  use: {
    busy: derived(
      1,
      'TS-2: three always-busy inference pods make 0.90 of one alone, so one alone takes all the time',
    ),
    compute: derived(
      2482.569 / SATURATED_PER_SEC,
      `${PARVA}: 2482.6 of 2582.2 requests a second, the most at any batch`,
    ),
    bandwidth: assumed(0.5, 'convolutions; no measurement at hand'),
    memoryMib: derived(
      10_240,
      'parvagpu prof_data/resnet50.csv: one process of batch 64 fits into 20 GB and two do not',
    ),
    linkBytesPerSec: assumed(
      Math.round(2482.569 * BYTES_PER_IMAGE),
      '4 bytes a value of 224 x 224 x 3 go up for each request of the measured rate',
    ),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(80, 'two waits a batch'),
    speedByProfile: derived(
      {
        '1g.10gb': null,
        '2g.20gb': 817.568 / 2482.569,
        '3g.40gb': 1328.518 / 2482.569,
        '4g.40gb': 1523.488 / 2482.569,
      },
      'parvagpu prof_data/resnet50.csv, batch 64: requests a second over those on 7 slices; out of memory on one',
    ),
  },
  batchSec: derived(
    batchSeconds(64),
    `${PARVA}: batch over throughput at 1, 2, 4, ... 64, straight lines between`,
  ),
  variability: assumed(null, 'the profile gives means only; the same image size each time'),
  maxBatch: assumed(64, `96 % of the best throughput of ${PARVA}`),
  batchWaitUs: assumed(5000, 'the time of one request alone'),
  concurrency: defined(1, 'one process'),
  objectiveUs: documented(204_500, `${SLO}, first scenario`),
};

/** The same network when each answer must come at once. */
export const RESNET_50_INFERENCE_LATENCY: ServicePreset = {
  ...RESNET_50_INFERENCE,
  name: 'resnet-50-inference-latency',
  title: 'ResNet-50 inference, latency bound',
  summary:
    'One replica that answers each image by itself in 5 ms: it waits for launches more than for the card.',
  slot: assumed({ kind: 'part', computeMilli: 0, memoryMib: 2048 }, 'what it allocates'),
  workload: 'inference-latency',
  use: {
    ...RESNET_50_INFERENCE.use,
    compute: derived(
      195.826 / SATURATED_PER_SEC,
      `${PARVA}: 195.8 requests a second at batch 1 of 2582.2 at the best batch`,
    ),
    bandwidth: assumed(0.05, 'in proportion to compute'),
    memoryMib: derived(
      2048,
      'parvagpu prof_data/resnet50.csv: five processes of batch 1 to 8 fit into 10 GB',
    ),
    linkBytesPerSec: assumed(
      Math.round(195.826 * BYTES_PER_IMAGE),
      '4 bytes a value of 224 x 224 x 3 go up for each request of the measured rate',
    ),
    syncCallsPerSec: assumed(400, 'two waits a request'),
    speedByProfile: derived(
      { '1g.10gb': 1, '2g.20gb': 1 },
      'parvagpu prof_data/resnet50.csv, batch 1: 196.8 and 213.4 requests a second on 1 and 2 slices, 195.8 on 7; more than the whole card is taken as noise',
    ),
  },
  batchSec: derived(batchSeconds(1), `${PARVA}: one over 195.826 a second`),
  maxBatch: defined(1, 'each request by itself'),
  batchWaitUs: defined(0, 'each request by itself'),
  objectiveUs: documented(71_500, `${SLO}, last scenario`),
};

/** The workload of the published comparison of time-slicing, MPS and MIG. */
export const YOLOS_INFERENCE: ServicePreset = {
  ...RESNET_50_INFERENCE,
  name: 'yolos-small-inference',
  title: 'YOLOS-small inference',
  summary:
    'Object detection, one image at a time without pause, as in the comparison of sharing modes with 1 to 7 pods.',
  slot: assumed(
    { kind: 'part', computeMilli: 0, memoryMib: 9728 },
    'seven of them run on instances of 1g.10gb',
  ),
  referenceModel: measured('a100-sxm4-80gb', `${NOS}; form factor not stated`),
  use: {
    ...RESNET_50_INFERENCE.use,
    busy: derived(1, 'TS-2: 3, 5 and 7 pods make 0.90 of one alone'),
    compute: derived(0.52, 'MP-2: seven pods under MPS make 1.93 times the work of one'),
    memoryMib: assumed(4096, 'a small model and its framework; seven fit into 80 GB'),
    linkBytesPerSec: assumed(80e6, '11 images a second of 800 x 800 x 3 x 4 bytes'),
    syncCallsPerSec: assumed(100, 'several waits a request'),
    speedByProfile: derived({ '1g.10gb': 0.257 }, 'MG-2'),
  },
  batchSec: measured([0.08815], NOS),
  maxBatch: defined(1, 'one image at a time'),
  batchWaitUs: defined(0, 'one image at a time'),
  objectiveUs: defined(null, 'none is stated'),
};
