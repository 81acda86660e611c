import type { StepKind } from '../../replay/player.ts';

/** Kinds of events to step through, in words. */
export const STEP_TEXT: Readonly<Record<StepKind, string>> = {
  arrived: 'arrival',
  placed: 'start',
  finished: 'end',
  preempted: 'stop of a running job',
  rejected: 'rejection',
  failed: 'failure of a job',
  moved: 'move',
  relaid: 'change of a layout',
  unitChanged: 'breakdown or repair',
  hostChanged: 'host that closes or opens',
};
