import { sriovOfGpu } from '../../hardware/index.ts';
import { type VgpuSeries, vgpuTypeByName } from '../../hardware/vgpu/index.ts';
import { vfScheduler } from '../modes/sriov/schedulers.ts';
import { TIME_SLICE_PARAMETER } from '../modes/time-slicing.ts';
import { frameLimitFps, sliceMs, TURN_AVERAGING, type TurnHolders } from '../modes/vgpu/turns.ts';
import type { VgpuSchedulerName } from '../names.ts';
import type { SharedGpu } from '../shared-gpu.ts';
import type { Slot } from '../slot.ts';
import { type SliceRules, switchUsFor } from './rules.ts';

/** How the tenants of one domain take turns, for frames, and the cap that the mode puts on a tenant's frame rate. */
export interface FrameRules {
  /** Null: nobody takes turns, because a tenant has its hardware for itself. */
  readonly rules: SliceRules | null;
  readonly limiterFps: number | null;
}

const SCHEDULER_OF: Readonly<Record<TurnHolders, VgpuSchedulerName>> = {
  active: 'best-effort',
  running: 'equal-share',
  places: 'fixed-share',
};

/** Where kernels of several tenants run together, turns this short stand for it: the limit of ever shorter turns. */
const TOGETHER_MS = 0.25;

/** The rules of the domain of a slot. */
export function frameRulesOf({ config, spec, values }: SharedGpu, slot: Slot): FrameRules {
  const get = (id: string) => values.get(id);
  const alone = { rules: null, limiterFps: null };
  switch (config.mode) {
    case 'bare-metal':
    case 'passthrough':
    case 'mig':
      return alone;
    case 'vgpu': {
      const { type } = vgpuTypeByName(slot.profile);
      const efficiency = Math.min(1, get('vgpu.aggregate') / Math.min(1, get('vgpu.lone')));
      return {
        rules: turns(
          config.scheduler,
          sliceMs(type.maxPerGpu, config.sliceMs),
          efficiency,
          type.maxPerGpu,
          TURN_AVERAGING.default,
        ),
        limiterFps: frameLimitFps(type.series, config.scheduler),
      };
    }
    case 'mig-vgpu': {
      const { type } = vgpuTypeByName(slot.profile);
      const most = type.maxPerGpuInstance ?? 1;
      const limiterFps = frameLimitFps(type.series as VgpuSeries, config.scheduler);
      if (most === 1) return { rules: null, limiterFps };
      const efficiency = Math.min(
        1,
        get('mig-vgpu.efficiency-shared') / Math.min(1, get('mig-vgpu.efficiency-alone')),
      );
      return {
        rules: turns(config.scheduler, sliceMs(most, null), efficiency, most, TURN_AVERAGING.default),
        limiterFps,
      };
    }
    case 'sriov': {
      const gpu = spec.catalogue === null ? undefined : sriovOfGpu(spec.catalogue);
      const scheduler = gpu === undefined ? undefined : vfScheduler(gpu, config.scheduler);
      const turnMs = scheduler?.turnMs(config.vfs) ?? null;
      if (scheduler === undefined || turnMs === null) return alone;
      const efficiency = Math.min(1, get('sriov.aggregate') / Math.min(1, get('sriov.lone')));
      return {
        rules: turns(SCHEDULER_OF[scheduler.holders], turnMs, efficiency, config.vfs),
        limiterFps: null,
      };
    }
    case 'time-slicing':
      return {
        rules: turns('best-effort', get(TIME_SLICE_PARAMETER), get('time-slicing.together'), 1),
        limiterFps: null,
      };
    case 'gvt-g':
      return { rules: turns('best-effort', 1, 1, 1), limiterFps: null };
    case 'uvm-swap':
      return { rules: turns('best-effort', config.turnSec * 1000, 1, 1), limiterFps: null };
    default:
      // Percent caps, MPS, remote and software: the fluid speeds say how much, short turns say when.
      return { rules: turns('best-effort', TOGETHER_MS, 1, 1), limiterFps: null };
  }
}

function turns(
  scheduler: VgpuSchedulerName,
  sliceMilliseconds: number,
  efficiency: number,
  slots: number,
  averaging = 0,
): SliceRules {
  const sliceUs = Math.max(1, Math.round(sliceMilliseconds * 1000));
  return {
    scheduler,
    sliceUs,
    switchUs: switchUsFor(sliceUs, efficiency),
    averaging,
    slots,
    encoders: 0,
  };
}
