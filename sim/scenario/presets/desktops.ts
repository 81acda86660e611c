import { lognormalOfMean } from '../../kernel/distributions/index.ts';
import {
  assumed,
  defined,
  documented,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  NO_PROFILE_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
  type SessionPreset,
} from './preset.ts';
import {
  DESKTOP_DEADLINE_MS,
  DISPLAY_MS,
  ENCODE_MS,
  OFFICE_DURATION,
  OFFICE_LOGON,
  OFFICE_NETWORK_MS,
} from './remote-display.ts';

const VWS_GUIDE = 'NVIDIA RTX vWS sizing guide, table 9 (measured-sharing, vws-l40s-light)';
const VPC_GUIDE = 'NVIDIA vPC sizing guide, testing methodology';

/** A draughtsman with AutoCAD. */
export const AUTOCAD_DESKTOP: SessionPreset = {
  kind: 'session',
  name: 'autocad-desktop',
  title: 'AutoCAD desktop',
  summary:
    'A light CAD user on a vGPU of 4 GiB. Turning and zooming a model makes frames, reading and typing make none.',
  cpuMilli: documented(4000, `${VWS_GUIDE}: 4 vCPU for a light user`),
  memoryMib: documented(16_384, `${VWS_GUIDE}: 8 to 16 GB for a light user`),
  gpuCount: ONE_GPU,
  slot: documented(
    { kind: 'part', computeMilli: 0, memoryMib: 4096 },
    `${VWS_GUIDE}: L40S-4Q for a light user`,
  ),
  referenceModel: documented('l40s', `${VWS_GUIDE}: the GPU of the recommendation`),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'desktop',
  use: {
    busy: assumed(0.18, '60 frames of 3 ms a second'),
    compute: assumed(0.18, 'as busy: frames are not overlapped'),
    bandwidth: assumed(0.1, 'light scenes; no measurement at hand'),
    memoryMib: assumed(2048, 'half of the recommended 4 GiB'),
    linkBytesPerSec: assumed(50e6, 'geometry that changes; the encoded picture is below 10 MB/s'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(60, 'one wait a frame'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  logon: OFFICE_LOGON,
  durationSec: OFFICE_DURATION,
  activity: assumed(
    { onSec: { kind: 'exponential', mean: 4 }, offSec: { kind: 'exponential', mean: 16 } },
    'a change every 10 s; a fifth of the time with moving pictures',
  ),
  frames: {
    gpuMs: assumed(lognormalOfMean(3, 0.6), 'mean 3 ms, 60 % variation'),
    cpuMs: assumed(10, 'CAD is bound by one CPU core before a card of this class is'),
    targetFps: documented(60, 'R-frl-1: limiter of Q-series vGPUs; a display of 60 Hz'),
    limiterFps: defined(null, 'none of its own: by the mode'),
    encodeMs: ENCODE_MS,
    networkMs: OFFICE_NETWORK_MS,
    displayMs: DISPLAY_MS,
    deadlineMs: DESKTOP_DEADLINE_MS,
  },
};

/** Office programs, browser, calls. */
export const OFFICE_DESKTOP: SessionPreset = {
  kind: 'session',
  name: 'office-desktop',
  title: 'Office desktop',
  summary:
    'A knowledge worker on a vGPU of 1 GiB, at most 16 on one GPU of an A16. Video decoding is left out.',
  cpuMilli: documented(4000, `${VPC_GUIDE}: 4 vCPU`),
  memoryMib: documented(6144, `${VPC_GUIDE}: 6144 MB`),
  gpuCount: ONE_GPU,
  slot: documented(
    { kind: 'part', computeMilli: 0, memoryMib: 1024 },
    'NVIDIA vPC sizing guide (measured-sharing, vpc-a16-1b): 1B profile, 64 users on the four GPUs of an A16',
  ),
  referenceModel: documented('a16', 'NVIDIA vPC sizing guide (measured-sharing, vpc-a16-1b)'),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'desktop',
  use: {
    busy: assumed(0.12, '30 frames of 4 ms a second'),
    compute: assumed(0.12, 'as busy: frames are not overlapped'),
    bandwidth: assumed(0.05, 'flat pictures; no measurement at hand'),
    memoryMib: assumed(768, 'below the 1 GiB that is recommended'),
    linkBytesPerSec: assumed(10e6, 'the encoded picture and little else'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(30, 'one wait a frame'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  logon: OFFICE_LOGON,
  durationSec: OFFICE_DURATION,
  activity: assumed(
    { onSec: { kind: 'exponential', mean: 2 }, offSec: { kind: 'exponential', mean: 8 } },
    'scrolling and windows a fifth of the time',
  ),
  frames: {
    gpuMs: assumed(lognormalOfMean(4, 0.5), 'mean 4 ms, 50 % variation'),
    cpuMs: assumed(8, 'drawing of the desktop by the CPU'),
    targetFps: assumed(30, 'scrolling and video; the limiter of B-series vGPUs is 45 (R-frl-1)'),
    limiterFps: defined(null, 'none of its own: by the mode'),
    encodeMs: ENCODE_MS,
    networkMs: OFFICE_NETWORK_MS,
    displayMs: DISPLAY_MS,
    deadlineMs: DESKTOP_DEADLINE_MS,
  },
};
