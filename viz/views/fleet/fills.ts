import { type Occupant, PHASES, type ReplayState } from '../../../sim/observe/replay/index.ts';
import { classTones, tenantTones } from '../../draw/tone-tables.ts';
import { classText, PHASE_TEXT, tenantText } from '../../draw/words.ts';
import type { Colouring } from '../../state/app-state.ts';

/** Steps of the scale of utilization: idle, then quarters. */
export const UTILIZATION_TEXT = ['idle', 'up to 25 %', 'up to 50 %', 'up to 75 %', 'up to 100 %'] as const;

const WAIT_LIMITS_US = [60e6, 600e6, 3600e6, 6 * 3600e6, 86_400e6];
export const WAIT_TEXT = [
  'under 1 min',
  'under 10 min',
  'under 1 h',
  'under 6 h',
  'under 1 d',
  '1 d or more',
] as const;

/**
 * By what number a resident is coloured: of its tenant or class the tone, of a scale the step, of its state the phase.
 * The utilization is that of its card: work as a part of the card's compute; what is taken, where nothing shares it.
 */
export function fillKey(colouring: Colouring, state: ReplayState, gpu: number, { job }: Occupant): number {
  switch (colouring) {
    case 'tenant':
      return tenantTones.toneOf(tenantText(job.kind));
    case 'class':
      return classTones.toneOf(classText(job.kind));
    case 'utilization':
      return utilizationStep(utilizationOf(state, gpu));
    case 'wait':
      return waitStep(job.startedUs - job.arrivalUs);
    case 'state':
      return PHASES.indexOf(job.phase);
  }
}

/** Part of a GPU that works, 0 to 1; of one that nothing shares, the part that is taken. */
export function utilizationOf(state: ReplayState, gpu: number): number {
  const used =
    state.cards[gpu] === undefined
      ? 1 - (state.gpuFreeMilli[gpu] as number) / 1000
      : (state.work[gpu] as number);
  return Math.min(1, Math.max(0, used));
}

export function utilizationStep(used: number): number {
  return Math.min(4, Math.ceil(used * 4 - 1e-9));
}

/** @param waitedUs from its arrival to its last start */
export function waitStep(waitedUs: number): number {
  let step = 0;
  while (step < WAIT_LIMITS_US.length && waitedUs >= (WAIT_LIMITS_US[step] as number)) step += 1;
  return step;
}

/** What a number stands for, in words. */
export function fillText(colouring: Colouring, key: number): string {
  switch (colouring) {
    case 'tenant':
      return tenantTones.names[key] ?? '';
    case 'class':
      return classTones.names[key] ?? '';
    case 'utilization':
      return UTILIZATION_TEXT[key] ?? '';
    case 'wait':
      return WAIT_TEXT[key] ?? '';
    case 'state':
      return PHASE_TEXT[PHASES[key] ?? 'running'];
  }
}
