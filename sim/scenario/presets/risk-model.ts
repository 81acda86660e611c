import { lognormalOfMean } from '../../kernel/distributions/index.ts';
import {
  assumed,
  type BatchPreset,
  NO_COMMUNICATION,
  NO_MODEL_SPEEDS,
  NO_PROFILE_SPEEDS,
  ONE_GPU,
  ONE_PROCESS,
} from './preset.ts';

/** A bank's positions under many futures. */
export const RISK_MODEL: BatchPreset = {
  kind: 'batch',
  name: 'risk-model',
  title: 'Risk model',
  summary:
    'Monte Carlo over paths of prices: nearly all arithmetic, little memory, results are a few numbers.',
  cpuMilli: assumed(4000, 'preparation of positions'),
  memoryMib: assumed(16_384, 'positions and market data'),
  gpuCount: ONE_GPU,
  slot: assumed({ kind: 'part', computeMilli: 0, memoryMib: 8192 }, 'what it allocates, and some room'),
  referenceModel: assumed('a100-sxm4-40gb', 'the card of the cluster file of [2]'),
  speedByModel: NO_MODEL_SPEEDS,
  communication: NO_COMMUNICATION,
  workload: 'hpc',
  use: {
    busy: assumed(0.95, 'a short pause between portfolios'),
    compute: assumed(0.9, 'independent paths fill all units'),
    bandwidth: assumed(0.25, 'paths are made and used in registers'),
    memoryMib: assumed(6144, 'random numbers and states of some million paths'),
    linkBytesPerSec: assumed(20e6, 'market data in, a few numbers out'),
    processes: ONE_PROCESS,
    syncCallsPerSec: assumed(20, 'a few waits a portfolio'),
    speedByProfile: NO_PROFILE_SPEEDS,
  },
  lifetimeSec: assumed(lognormalOfMean(900, 1.2), 'mean 15 min, 120 % variation: a desk or the whole bank'),
};
