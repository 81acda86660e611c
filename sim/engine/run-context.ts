import type { ClusterObserver, Job } from '../cluster/changes.ts';
import { NO_CLAIM } from '../cluster/claim.ts';
import { bindingRefusal, capacityMask, cardRefusal, REFUSAL_MASKS, REFUSALS } from '../cluster/fit.ts';
import type { Fleet, FleetView } from '../cluster/fleet.ts';
import { layoutKey } from '../cluster/layout.ts';
import type { ShapeTable, TaskShape } from '../cluster/request.ts';
import type { WorkBooks } from '../cluster/work-books.ts';
import type { Micros } from '../kernel/time.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { WaitBooks } from '../policies/queueing/waiting-line.ts';
import type { Task } from '../workload/task.ts';
import { withClosedReason } from './closed-for.ts';
import { layoutFailure, shapeFailure } from './failed-hardware.ts';
import { layoutNever, layoutRefusal } from './gang/refusal.ts';

const HOST_CLOSED_MASK = 1 << REFUSALS.indexOf('host-closed');

/** What both experiments work on. Only they change the fleet. */
export interface RunContext {
  readonly fleet: Fleet;
  readonly shapes: ShapeTable;
  readonly placer: Placer;
  /** Told of every change, in this order. */
  readonly observers: readonly ClusterObserver[];
  /** Keeps the books of what jobs wait for; absent: nobody asks. */
  readonly waits?: WaitBooks | undefined;
  /** Keeps the books of what held GPUs do; absent: nobody asks. */
  readonly work?: WorkBooks | undefined;
  /** Names of jobs whose reasons to wait are told one by one; absent: of none. */
  readonly watched?: ReadonlySet<string> | undefined;
  /** What a task is in this run in place of what its source says; absent: as it says. */
  readonly amend?: ((task: Task) => Task) | undefined;
}

/** Gives the next task of a workload its number and shape. */
export function admitJob(run: RunContext, stated: Task, number: number): Job {
  const task = run.amend === undefined ? stated : run.amend(stated);
  const shape = run.shapes.intern(task.request);
  const shapes =
    task.workers === undefined ? shape.alone : task.workers.map((each) => run.shapes.intern(each));
  const { neighbours } = run.fleet;
  const { layout, claim = NO_CLAIM } = task;
  const kin = neighbours.kinOf(claim.label, layout);
  // Where neighbours count, jobs of another class are another demand.
  const rules = layout === undefined ? '' : layoutKey(layout);
  const who = layout !== undefined || neighbours.isNamed(claim.label) ? `${rules}${claim.label}` : '';
  return {
    number,
    name: task.name,
    shape,
    shapes,
    layout,
    kin,
    demand: run.shapes.demandOf(shapes, who),
    claim,
    arrivalUs: task.arrivalUs as Micros,
    durationUs: task.durationUs,
    estimateUs: Math.max(1, task.estimateUs ?? task.durationUs),
    deadlineUs: task.deadlineUs,
    kind: task.role?.kind ?? 'batch',
  };
}

/**
 * The constraint that keeps a job out of the fleet now, that of the first worker which finds no host at all;
 * `gpu-room:RULE` where the cards' sharing mode refuses it, `host-closed:WHY` where hosts take nobody in, a rule of its
 * layout (see `layoutRefusal`) where each worker would find room. Where it would fit if what has failed worked, that is
 * the reason (see `FailureReason`).
 */
export function whyNot(fleet: Fleet, placer: Placer, job: Job): string {
  for (const shape of new Set(job.shapes)) {
    const reason = withRule(fleet, shape, bindingRefusal(placer.index.hostsByMask(shape)), false);
    if (reason === 'none') continue;
    return shapeFailure(fleet, placer, shape) ?? withClosedReason(fleet, placer.hosts, shape, reason);
  }
  const rule = layoutRefusal(fleet, placer, job);
  return rule === 'none' ? rule : (layoutFailure(fleet, placer, job) ?? rule);
}

/**
 * The constraint that would keep a job out of a pool with nothing else on it, that of the first worker which has one,
 * then that of its layout; `none` if all could be taken.
 *
 * Leaves out whether workers that differ, and fit kind by kind, fit all together.
 *
 * @param isThere whether a host is there or may come; absent: all are
 */
export function whyNever(
  fleet: FleetView,
  placer: Placer,
  job: Job,
  isThere: (host: number) => boolean = () => true,
): string {
  for (const shape of new Set(job.shapes)) {
    const hostsByMask = new Int32Array(REFUSAL_MASKS);
    for (const h of placer.hosts) {
      hostsByMask[isThere(h) ? capacityMask(fleet, h, shape) : HOST_CLOSED_MASK]! += 1;
    }
    const reason = withRule(fleet, shape, bindingRefusal(hostsByMask), true);
    if (reason !== 'none') return reason;
  }
  if (job.shapes.length === 1 && job.layout === undefined) return 'none';
  return layoutNever(fleet, placer.hosts.filter(isThere), job);
}

function withRule(fleet: FleetView, shape: TaskShape, reason: string, isEmpty: boolean): string {
  if (reason !== 'gpu-room') return reason;
  const rule = cardRefusal(fleet, shape, isEmpty);
  return rule === undefined ? reason : `${reason}:${rule}`;
}
