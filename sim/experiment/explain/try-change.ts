import type { Intervention } from '../../engine/interventions.ts';
import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Task } from '../../workload/task.ts';
import { replicate } from '../replicate.ts';
import { ScenarioError } from '../scenario-error.ts';
import type { TraceData } from '../trace-data.ts';
import type { Change } from './change.ts';
import { JobTimeline } from './job-timeline.ts';
import { type Harm, WaitRecorder } from './others.ts';

/** The run that is explained, and what is asked of it. */
export interface Question {
  readonly scenario: Scenario;
  readonly traces: TraceData;
  readonly seed: number;
  readonly solver: IntegerSolver | undefined;
  readonly job: string;
  /** The time at which it should run, in seconds. */
  readonly atSec: number;
  /** When it started as it was; undefined: never. */
  readonly startedSec: number | undefined;
  readonly others: WaitRecorder;
}

/** What a change does. */
export interface Outcome {
  readonly startSec: number;
  readonly harm: Harm;
}

/**
 * Runs the scenario again with a change, from the same seed. A run in which the job does not start sooner than it did is
 * ended there.
 *
 * @returns undefined where the job does not start sooner
 */
export function tryChange(question: Question, change: Change): Outcome | undefined {
  const { scenario, traces, seed, solver, job, atSec, startedSec } = question;
  let timeline: JobTimeline | undefined;
  const others = new WaitRecorder();
  const start = () => timeline?.startFrom(atSec);
  const isSooner = () => {
    const sec = start();
    return sec !== undefined && (startedSec === undefined || sec < startedSec);
  };
  const interventions: Intervention[] = [];
  const { intervene } = change;
  if (intervene !== undefined) {
    interventions.push({
      atUs: microsOf(atSec),
      act(desk) {
        intervene(desk);
        return undefined;
      },
    });
  }
  if (startedSec !== undefined) {
    interventions.push({ atUs: microsOf(startedSec), act: () => (isSooner() ? undefined : 'end') });
  }
  try {
    replicate(change.scenario ?? scenario, traces, seed, {
      solver,
      // Nobody reads its metrics: what is asked is told by the observers.
      detail: false,
      observers(fleet) {
        timeline = new JobTimeline(job, fleet, undefined);
        return [timeline, others];
      },
      ...(change.amend === undefined ? {} : { amend: firstOf(job, (task) => change.amend?.(task) ?? task) }),
      ...(change.hosts === undefined ? {} : { hosts: (stated) => change.hosts?.(stated) ?? stated }),
      interventions,
    });
  } catch (error) {
    if (error instanceof ScenarioError) return undefined;
    throw error;
  }
  const startSec = start();
  if (startSec === undefined || !isSooner()) return undefined;
  return { startSec, harm: others.harmAgainst(question.others, job) };
}

/** Edits the first task of a name; others of that name stay as they are. */
export function firstOf(name: string, edit: (task: Task) => Task): (task: Task) => Task {
  let isDone = false;
  return (task) => {
    if (isDone || task.name !== name) return task;
    isDone = true;
    return edit(task);
  };
}

export function microsOf(seconds: number): number {
  return Math.round(seconds * 1e6);
}
