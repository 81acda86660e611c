import type { EventKind, Phase } from './format.ts';
import type { HeldPart } from './job-kind.ts';
import type { CardState, ReplayJob, WorkShare } from './state.ts';

/** What happened, as it is read back; which of the others are there depends on the kind. */
export interface ReplayEvent {
  readonly kind: EventKind;
  readonly atUs: number;
  /** The job, as it is after the event. */
  readonly job?: ReplayJob;
  /** What it held before, where it gives something back; what it got, where it is placed or moved. */
  readonly parts?: readonly HeldPart[];
  readonly phase?: Phase;
  /** Why: of a rejection, a stop, a failure, of waiting, of a host that closes. The layout of a card, in words. */
  readonly text?: string;
  /** Of `toggled`: active; of `hostChanged`: open; of `unitChanged`: up; of `worked`: busy. */
  readonly isOn?: boolean;
  readonly host?: number;
  readonly gpu?: number;
  /** Number of a group of waiting jobs. */
  readonly group?: number;
  /** Work that was lost, microseconds at full speed. */
  readonly lostUs?: number;
  /** Of `unitChanged`: what kind of unit; its name is `text`. */
  readonly unitKind?: string;
  readonly work?: number;
  readonly shares?: readonly WorkShare[];
  readonly linkBytesPerSec?: number;
  /** Part of its time for which a job exchanges data between its GPUs. */
  readonly share?: number;
  readonly service?: number;
  readonly arrivedUs?: number;
  /** What a card is before it changes, and after. */
  readonly before?: CardState | undefined;
  readonly after?: CardState | undefined;
}
