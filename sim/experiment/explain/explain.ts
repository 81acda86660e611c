import type { Claim } from '../../cluster/claim.ts';
import type { Fleet } from '../../cluster/fleet.ts';
import type { InterventionDesk } from '../../engine/interventions.ts';
import type { LiveJob } from '../../engine/live-job.ts';
import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import { demandText } from '../../observe/wait-ledger.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Task } from '../../workload/task.ts';
import { type PoolPolicy, poolPolicies, rulesOfPool } from '../pools.ts';
import { replicate } from '../replicate.ts';
import type { TraceData } from '../trace-data.ts';
import { CHANGE_KINDS, type Change, type ChangeKind } from './change.ts';
import { demandChanges } from './demand-changes.ts';
import { cardChanges, type FleetSituation, hostChanges, sharingChanges } from './fleet-changes.ts';
import { JobTimeline, placesText, type Step } from './job-timeline.ts';
import { type Harm, WaitRecorder } from './others.ts';
import { firstOf, microsOf, type Outcome, type Question, tryChange } from './try-change.ts';

/** A change that starts the job, as a run with it has shown. */
export interface WorkingChange {
  readonly kind: ChangeKind;
  readonly text: string;
  /** The setting of the scenario that does the same, where there is one. */
  readonly setting?: string;
  readonly startSec: number;
  /** Whether it starts at the time that was asked about, or only sooner than it did. */
  readonly isInTime: boolean;
  readonly harm: Harm;
}

/** How many changes of a kind there were to try. */
export interface TriedKind {
  readonly kind: ChangeKind;
  readonly found: number;
  readonly tried: number;
  readonly inTime: number;
  readonly sooner: number;
}

/** What became of one job and why, and what would have started it. */
export interface JobExplanation {
  readonly schema: 'slicewise/explain@1';
  readonly job: string;
  readonly seed: number;
  /** Whether times are seconds, or the number of the arrival in a fill run in millionths. */
  readonly clock: 'seconds' | 'arrivals';
  readonly kind: 'batch' | 'session' | 'replica';
  /** Name of its class; empty where it has none. */
  readonly label: string;
  readonly tenant: string;
  readonly priority: number;
  readonly demand: string;
  /** Jobs of the run that have this name, the first of which is explained. */
  readonly namesakes: number;
  readonly steps: readonly Step[];
  /** The time at which it should run; null where it never had to wait. */
  readonly atSec: number | null;
  /** When it did as seen from then; null: never. */
  readonly startedSec: number | null;
  /** Jobs before it in its queue then; null where it did not wait. */
  readonly before: number | null;
  /** Those that start it in time before those that only start it sooner; in each, by kind, then by harm. */
  readonly changes: readonly WorkingChange[];
  readonly tried: readonly TriedKind[];
}

/** What is explained, and how. */
export interface ExplainRequest {
  readonly scenario: Scenario;
  /** Its canonical document, for changes that are checked like any scenario. */
  readonly document: unknown;
  readonly traces: TraceData;
  readonly seed: number;
  readonly job: string;
  /** Seconds; absent: the first time that it has to wait. */
  readonly atSec?: number | undefined;
  /** Most changes of one kind that are tried. Default 8. */
  readonly mostOfAKind?: number;
  /** There where `needsSolver(scenario)`. */
  readonly solver?: IntegerSolver | undefined;
  onProgress?(runs: number, of: number): void;
}

/** No job of that name arrives in the run. */
export class UnknownJobError extends Error {
  readonly names: readonly string[];

  constructor(job: string, names: readonly string[]) {
    super(`no job of the run is named "${job}"`);
    this.names = names;
  }
}

/** The job is not there at the time that is asked about. */
export class JobTimeError extends Error {}

/**
 * Explains what became of a job over time, and finds the single changes that would have started it, each shown by a run
 * with it from the same seed.
 *
 * Leaves out changes of two things at once, and times at which a host or a GPU more would be added: it is there from the
 * start. A job that is made smaller runs as long as it did.
 *
 * @throws {UnknownJobError} if no job of that name arrives
 * @throws {JobTimeError} if the time is before its arrival, or after its end or that of the run
 */
export function explainJob(request: ExplainRequest): JobExplanation {
  const { scenario, traces, seed, solver, job: name, mostOfAKind = 8 } = request;
  const first = followRun(request);
  const { timeline, others } = first;
  const { job } = timeline;
  if (job === undefined) throw new UnknownJobError(name, others.names);
  const atSec = request.atSec ?? timeline.firstWaitSec;
  checkTime(timeline.steps, request.atSec);
  const startedSec = atSec === undefined ? undefined : timeline.startFrom(atSec);
  const isFill = scenario.experiment.kind === 'fill';
  const about: Omit<JobExplanation, 'changes' | 'tried' | 'before'> = {
    schema: 'slicewise/explain@1',
    job: name,
    seed,
    clock: isFill ? 'arrivals' : 'seconds',
    kind: job.kind,
    label: job.claim.label,
    tenant: job.claim.tenant,
    priority: job.claim.priority,
    demand: demandText(job.shapes),
    namesakes: timeline.namesakes,
    steps: timeline.steps,
    atSec: atSec ?? null,
    startedSec: startedSec ?? null,
  };
  if (atSec === undefined || !isHeld(timeline.steps, atSec)) {
    return { ...about, before: null, changes: [], tried: [] };
  }
  const question: Question = { scenario, traces, seed, solver, job: name, atSec, startedSec, others };
  const seen = isFill ? undefined : lookAt(question);
  const situation = situationOf(request, first, seen);
  const candidates: Readonly<Record<ChangeKind, readonly Change[]>> = {
    demand: demandChanges(first.task as Task, first.fleet),
    order: seen?.order ?? [],
    move: seen?.moves ?? [],
    preemption: seen?.preemptions ?? [],
    sharing: sharingChanges(request.document, scenario),
    card: cardChanges(situation),
    host: hostChanges(situation),
  };
  const roundUs = rulesOfPool(poolPolicies(scenario)[job.claim.pool] as PoolPolicy).roundUs;
  const dueUs = roundUs === null ? microsOf(atSec) : Math.ceil(microsOf(atSec) / roundUs) * roundUs;
  const runs = CHANGE_KINDS.reduce((sum, kind) => sum + Math.min(mostOfAKind, candidates[kind].length), 0);
  const changes: WorkingChange[] = [];
  const tried: TriedKind[] = [];
  let done = 0;
  for (const kind of CHANGE_KINDS) {
    const all = candidates[kind];
    const some = all.slice(0, mostOfAKind);
    const working: WorkingChange[] = [];
    for (const change of some) {
      request.onProgress?.(done, runs);
      done += 1;
      const outcome = tryChange(question, change);
      if (outcome !== undefined) working.push(shown(change, outcome, dueUs));
    }
    changes.push(...working);
    const inTime = working.filter(({ isInTime }) => isInTime).length;
    tried.push({
      kind,
      found: all.length,
      tried: some.length,
      inTime,
      sooner: working.length - inTime,
    });
  }
  return { ...about, before: seen?.before ?? null, changes: changes.sort(compareChanges), tried };
}

interface FollowedRun {
  readonly fleet: Fleet;
  readonly timeline: JobTimeline;
  readonly others: WaitRecorder;
  /** As the workload states it. */
  readonly task: Task | undefined;
}

/** The run as it is, with the job watched. */
function followRun({ scenario, traces, seed, solver, job: name }: ExplainRequest): FollowedRun {
  const others = new WaitRecorder();
  const claims = new Map<string, Claim>();
  let found: { readonly fleet: Fleet; readonly timeline: JobTimeline } | undefined;
  let stated: Task | undefined;
  replicate(scenario, traces, seed, {
    solver,
    detail: false,
    watched: new Set([name]),
    observers(fleet, waits) {
      const timeline = new JobTimeline(name, fleet, waits, (other) => describe(other, claims.get(other)));
      found = { fleet, timeline };
      return [{ arrived: (_atUs, job) => void claims.set(job.name, job.claim) }, timeline, others];
    },
    amend: firstOf(name, (task) => {
      stated = task;
      return task;
    }),
  });
  if (found === undefined) throw new RangeError('Cannot follow a run that has no observers');
  return { ...found, others, task: stated };
}

/** `task-12 (class large, of research, priority 5)`. */
function describe(name: string, claim: Claim | undefined): string {
  if (claim === undefined) return name;
  const words = [
    ...(claim.label === '' ? [] : [`class ${claim.label}`]),
    ...(claim.tenant === '' ? [] : [`of ${claim.tenant}`]),
    ...(claim.priority === 0 ? [] : [`priority ${claim.priority}`]),
  ];
  return words.length === 0 ? name : `${name} (${words.join(', ')})`;
}

function checkTime(steps: readonly Step[], atSec: number | undefined): void {
  if (atSec === undefined) return;
  const fromSec = steps[0]?.atSec ?? 0;
  const last = steps.at(-1) as Step;
  if (atSec < fromSec) throw new JobTimeError(`must not be before it arrives, at ${fromSec} s`);
  if (last.kind !== 'rejected' && atSec > last.atSec) {
    const end = last.kind === 'ended' ? 'the end of the run' : 'its end';
    throw new JobTimeError(`must not be after ${end}, at ${last.atSec} s`);
  }
}

/** Whether it waits at a time, or has been rejected by then. */
function isHeld(steps: readonly Step[], atSec: number): boolean {
  return steps.some(
    ({ kind, atSec: fromSec, untilSec = fromSec }) =>
      (kind === 'waited' && fromSec <= atSec && atSec < untilSec) ||
      (kind === 'rejected' && fromSec <= atSec),
  );
}

/** What is seen at the time that is asked about, in a run of its own that ends there: looking may draw random numbers. */
interface Seen {
  readonly before: number | null;
  readonly order: readonly Change[];
  readonly moves: readonly Change[];
  readonly preemptions: readonly Change[];
  readonly freeMilli: readonly number[];
}

function lookAt({ scenario, traces, seed, solver, job: name, atSec }: Question): Seen {
  let seen: Seen = { before: null, order: [], moves: [], preemptions: [], freeMilli: [] };
  let fleet: Fleet | undefined;
  replicate(scenario, traces, seed, {
    solver,
    detail: false,
    observers: (made) => {
      fleet = made;
      return [];
    },
    interventions: [
      {
        atUs: microsOf(atSec),
        act(desk) {
          const view = fleet as Fleet;
          const freeMilli = Array.from({ length: view.hostCount }, (_, h) => desk.freeMilli(h));
          const live = desk.find(name);
          seen =
            live?.phase === 'waiting'
              ? { ...roomChanges(desk, live, view, scenario), freeMilli }
              : { ...seen, freeMilli };
          return 'end';
        },
      },
    ],
  });
  return seen;
}

function roomChanges(
  desk: InterventionDesk,
  live: LiveJob,
  fleet: Fleet,
  scenario: Scenario,
): Omit<Seen, 'freeMilli'> {
  const { name } = live.job;
  const before = desk.before(live);
  const small = (a: LiveJob, b: LiveJob) => a.gpus - b.gpus || b.startedUs - a.startedUs;
  const moves = desk.possibleMoves(live).toSorted((a, b) => small(a.job, b.job));
  const victims = desk.possibleVictims(live).toSorted(small);
  const order: Change[] = [];
  if (before > 0) {
    order.push({
      kind: 'order',
      text: `first in the queue (${before} before it)`,
      intervene: (then) => onBoth(then, name, name, (own) => then.putFirst(own)),
    });
  }
  const pool = poolPolicies(scenario)[live.pool];
  const highest = desk.highestPriority(live);
  if (pool?.queueing === 'priority' && highest >= live.job.claim.priority) {
    const priority = highest + 1;
    order.push({
      kind: 'order',
      text: `priority ${priority} in place of ${live.job.claim.priority}`,
      amend: (task) => (task.claim === undefined ? task : { ...task, claim: { ...task.claim, priority } }),
    });
  }
  return {
    before,
    order,
    moves: moves.map(
      ({ job: other, parts }): Change => ({
        kind: 'move',
        text: `${other.job.name} moved from ${placesText(fleet, other.parts)} to ${placesText(fleet, parts)}`,
        intervene: (then) => onBoth(then, name, other.job.name, (own, moved) => then.moveFor(own, moved)),
      }),
    ),
    preemptions: victims.map(
      (victim): Change => ({
        kind: 'preemption',
        text: `${describe(victim.job.name, victim.job.claim)} stopped on ${placesText(fleet, victim.parts)}`,
        intervene: (then) => onBoth(then, name, victim.job.name, (own, other) => then.stopFor(own, other)),
      }),
    ),
  };
}

/** Does it where both jobs are there as they were when it was looked at. */
function onBoth(
  desk: InterventionDesk,
  name: string,
  otherName: string,
  act: (live: LiveJob, other: LiveJob) => void,
): void {
  const live = desk.find(name);
  const other = desk.find(otherName);
  if (live?.phase === 'waiting' && other !== undefined) act(live, other);
}

function situationOf(
  { scenario }: ExplainRequest,
  { fleet, timeline }: FollowedRun,
  seen: Seen | undefined,
): FleetSituation {
  const pool = timeline.job?.claim.pool ?? 0;
  const poolOf = new Map(scenario.policy.pools.flatMap(({ hosts }, i) => hosts.map((host) => [host, i + 1])));
  return {
    hosts: fleet.hosts,
    scenario,
    freeMilli: (host) => seen?.freeMilli[host] ?? 0,
    isOfItsPool: (host) => (poolOf.get(fleet.hostNames[host] as string) ?? 0) === pool,
  };
}

function shown({ kind, text, setting }: Change, { startSec, harm }: Outcome, dueUs: number): WorkingChange {
  const isInTime = microsOf(startSec) <= dueUs;
  return { kind, text, ...(setting === undefined ? {} : { setting }), startSec, isInTime, harm };
}

/** In time first; then by kind; then what costs others least. */
function compareChanges(a: WorkingChange, b: WorkingChange): number {
  return (
    Number(b.isInTime) - Number(a.isInTime) ||
    CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind) ||
    a.harm.rejectedJobs - b.harm.rejectedJobs ||
    costOf(a.harm) - costOf(b.harm) ||
    a.harm.delayedJobs - b.harm.delayedJobs ||
    a.startSec - b.startSec
  );
}

function costOf({ addedGpuHours, lostGpuHours }: Harm): number {
  return addedGpuHours + lostGpuHours;
}
