import { CLOSED_FOR, GPU_CLOSED_FOR } from '../../../sim/cluster/closed-for.ts';

/** What is the matter with a host or a GPU, the gravest first; each is drawn in its own way, and has a sign. */
export const CONDITIONS = [
  'failed',
  'absent',
  'standby',
  'unreachable',
  'maintenance',
  'leaving',
  'changing',
  'unlicensed',
  'kept',
  'open',
] as const;
export type Condition = (typeof CONDITIONS)[number];

export const CONDITION_TEXT: Readonly<Record<Condition, string>> = {
  failed: 'failed',
  absent: 'not there',
  standby: 'on standby',
  unreachable: 'cannot be reached',
  maintenance: 'in maintenance or draining',
  leaving: 'leaving: it takes nobody in and is emptied',
  changing: 'being re-partitioned',
  unlicensed: 'without a licence',
  kept: 'kept for a job that waits',
  open: 'open',
};

/** Stands in the corner of a card or in front of a host's name, so that no condition is told by its colour alone. */
export const CONDITION_SIGN: Readonly<Record<Condition, string>> = {
  failed: '×',
  absent: '–',
  standby: 'Z',
  unreachable: '?',
  maintenance: 'M',
  leaving: '↓',
  changing: '~',
  unlicensed: '§',
  kept: 'K',
  open: '',
};

/** @param bits of `CLOSED_FOR` */
export function hostCondition(bits: number): Condition {
  if (bits === 0) return 'open';
  // In a maintenance window a host is down as by a failure.
  if ((bits & CLOSED_FOR.maintenance) !== 0) return 'maintenance';
  if ((bits & CLOSED_FOR.failure) !== 0) return 'failed';
  if ((bits & CLOSED_FOR.absence) !== 0) return 'absent';
  if ((bits & CLOSED_FOR.standby) !== 0) return 'standby';
  if ((bits & CLOSED_FOR.uplink) !== 0) return 'unreachable';
  if ((bits & CLOSED_FOR.leaving) !== 0) return 'leaving';
  if ((bits & CLOSED_FOR.change) !== 0) return 'changing';
  return 'kept';
}

/** @param bits of `GPU_CLOSED_FOR` */
export function gpuCondition(bits: number): Condition {
  if (bits === 0) return 'open';
  if ((bits & GPU_CLOSED_FOR.failure) !== 0) return 'failed';
  if ((bits & GPU_CLOSED_FOR.licence) !== 0) return 'unlicensed';
  return 'kept';
}
