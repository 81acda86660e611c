import type { HostSpec } from '../../cluster/fleet.ts';
import type { InterventionDesk } from '../../engine/interventions.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Task } from '../../workload/task.ts';

/** Kinds of changes, the smallest first: this is the order in which those that work are listed. */
export const CHANGE_KINDS = ['demand', 'order', 'move', 'preemption', 'sharing', 'card', 'host'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const CHANGE_KIND_TEXT: Readonly<Record<ChangeKind, string>> = {
  demand: 'another demand',
  order: 'its place in the queue',
  move: 'one job moved',
  preemption: 'one job stopped',
  sharing: 'another sharing mode',
  card: 'one more GPU',
  host: 'one more host',
};

/** One change that may start a job. It holds from the start of the run, but for `intervene`. */
export interface Change {
  readonly kind: ChangeKind;
  /** What is changed, in a few words. */
  readonly text: string;
  /** The setting of the scenario that does the same, where there is one: `path=value`. */
  readonly setting?: string;
  /** What the job is in place of what the workload says. */
  amend?(task: Task): Task;
  /** The scenario in place of the one that is explained. */
  readonly scenario?: Scenario;
  hosts?(stated: readonly HostSpec[]): readonly HostSpec[];
  /** What is done in the run at the time that is asked about, after all else of that instant. */
  intervene?(desk: InterventionDesk): void;
}
