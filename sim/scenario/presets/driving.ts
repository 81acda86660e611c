import { lognormalOfMean } from '../../kernel/distributions/index.ts';
import {
  assumed,
  type BatchPreset,
  claimed,
  defined,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  NO_PROFILE_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
  type SessionPreset,
} from './preset.ts';

const STACK = '[3]: two A100 shared, training beside four real-time simulation streams (C13)';

/** One car in a simulation that must keep up with the clock. */
export const DRIVING_STREAM: SessionPreset = {
  kind: 'session',
  name: 'driving-stream',
  title: 'Driving stack: real-time stream',
  summary:
    'Perception of one simulated car, 30 times a second and always in time. Making of the pictures is left out: an A100 has no display engine.',
  cpuMilli: assumed(4000, 'the simulation of the car'),
  memoryMib: assumed(16_384, 'map and sensors'),
  gpuCount: ONE_GPU,
  slot: assumed({ kind: 'part', computeMilli: 0, memoryMib: 9728 }, 'what 1g.10gb gives'),
  referenceModel: claimed('a100-sxm4-80gb', STACK),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'inference-latency',
  use: {
    busy: assumed(0.3, '30 steps of 10 ms a second'),
    compute: assumed(0.1, 'batch 1 leaves most units idle, as in MG-P1-1'),
    bandwidth: assumed(0.1, 'in proportion to compute'),
    memoryMib: assumed(6144, 'networks of several cameras'),
    linkBytesPerSec: assumed(180e6, 'one camera of 1920 x 1080 x 3 bytes, 30 a second'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(300, 'some ten waits a step'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  logon: defined({ kind: 'always' }, 'streams run all the time'),
  durationSec: defined(null, 'streams run all the time'),
  activity: defined(null, 'streams run all the time'),
  frames: {
    gpuMs: assumed(lognormalOfMean(10, 0.2), 'mean 10 ms, 20 % variation'),
    cpuMs: assumed(5, 'tracking and planning'),
    targetFps: assumed(30, 'cameras of 30 pictures a second'),
    limiterFps: defined(null, 'none of its own'),
    encodeMs: defined(0, 'nobody looks'),
    networkMs: defined(0, 'nobody looks'),
    displayMs: defined(0, 'nobody looks'),
    deadlineMs: assumed(33.3, 'before the next picture'),
  },
};

/** The networks of the car, trained beside the streams. */
export const DRIVING_TRAINING: BatchPreset = {
  kind: 'batch',
  name: 'driving-training',
  title: 'Driving stack: training',
  summary: 'One long training job on one card of the two.',
  cpuMilli: assumed(16_000, 'loaders of camera pictures'),
  memoryMib: assumed(65_536, 'loaders and the file cache they need'),
  gpuCount: ONE_GPU,
  slot: defined({ kind: 'whole' }, 'a card of its own, unless the scenario says otherwise'),
  referenceModel: claimed('a100-sxm4-80gb', STACK),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'training',
  use: {
    busy: assumed(0.95, 'a little time goes to loaders'),
    compute: assumed(0.8, 'large batches'),
    bandwidth: assumed(0.6, 'no measurement at hand'),
    memoryMib: assumed(32_768, 'large batches'),
    linkBytesPerSec: assumed(300e6, 'camera pictures'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(20, 'a few waits a step'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  lifetimeSec: claimed({ kind: 'constant', value: 259_200 }, '[3]: 72 h before sharing (C13)'),
};
