import { hookWay } from './hook.ts';
import { migWay } from './mig.ts';
import { migVgpuWay } from './mig-vgpu.ts';
import { sriovWay } from './sriov.ts';
import { timeSlicingWay } from './time-slicing.ts';
import { vgpuWay } from './vgpu.ts';
import type { Way } from './way.ts';

/**
 * Every way that a cluster file can be imported in. Where two keep as many of the figures asked, the earlier wins: what the
 * file calls a vgpu is one first; then what isolates in hardware; then what only holds on average.
 */
export const WAYS: readonly Way[] = [vgpuWay, migVgpuWay, migWay, sriovWay, hookWay, timeSlicingWay];

export const WAY_NAMES: readonly string[] = WAYS.map(({ name }) => name);
