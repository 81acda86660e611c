import type { ClusterObserver, Job } from '../cluster/changes.ts';
import { NO_CLAIM } from '../cluster/claim.ts';
import { bindingRefusal, capacityMask, cardRefusal, REFUSAL_MASKS } from '../cluster/fit.ts';
import type { Fleet, FleetView } from '../cluster/fleet.ts';
import type { ShapeTable, TaskShape } from '../cluster/request.ts';
import type { Micros } from '../kernel/time.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { Task } from '../workload/task.ts';

/** What both experiments work on. Only they change the fleet. */
export interface RunContext {
  readonly fleet: Fleet;
  readonly shapes: ShapeTable;
  readonly placer: Placer;
  /** Told of every change, in this order. */
  readonly observers: readonly ClusterObserver[];
}

/** Gives the next task of a workload its number and shape. */
export function admitJob(run: RunContext, task: Task, number: number): Job {
  const shape = run.shapes.intern(task.request);
  const shapes =
    task.workers === undefined ? shape.alone : task.workers.map((each) => run.shapes.intern(each));
  return {
    number,
    name: task.name,
    shape,
    shapes,
    demand: run.shapes.demandOf(shapes),
    claim: task.claim ?? NO_CLAIM,
    arrivalUs: task.arrivalUs as Micros,
    durationUs: task.durationUs,
    estimateUs: Math.max(1, task.estimateUs ?? task.durationUs),
    kind: task.role?.kind ?? 'batch',
  };
}

/** The constraint that keeps a shape out of the fleet now; `gpu-room:RULE` where the cards' sharing mode refuses it. */
export function whyNot(fleet: FleetView, placer: Placer, shape: TaskShape): string {
  return withRule(fleet, shape, bindingRefusal(placer.index.hostsByMask(shape)), false);
}

/**
 * The constraint that would keep a job out of a pool with nothing else on it, that of the first worker which has one;
 * `none` if all could be taken.
 *
 * Leaves out whether workers that fit one by one fit all together, unless they are all alike.
 */
export function whyNever(fleet: FleetView, placer: Placer, shapes: readonly TaskShape[]): string {
  for (const shape of new Set(shapes)) {
    const hostsByMask = new Int32Array(REFUSAL_MASKS);
    for (const h of placer.hosts) hostsByMask[capacityMask(fleet, h, shape)]! += 1;
    const reason = withRule(fleet, shape, bindingRefusal(hostsByMask), true);
    if (reason !== 'none') return reason;
  }
  return 'none';
}

function withRule(fleet: FleetView, shape: TaskShape, reason: string, isEmpty: boolean): string {
  if (reason !== 'gpu-room') return reason;
  const rule = cardRefusal(fleet, shape, isEmpty);
  return rule === undefined ? reason : `${reason}:${rule}`;
}
