import type { ClusterObserver, Job } from '../cluster/changes.ts';
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
  return {
    number,
    name: task.name,
    shape: run.shapes.intern(task.request),
    arrivalUs: task.arrivalUs as Micros,
    durationUs: task.durationUs,
    kind: task.role?.kind ?? 'batch',
  };
}

/** The constraint that keeps a shape out of the fleet now; `gpu-room:RULE` where the cards' sharing mode refuses it. */
export function whyNot(run: RunContext, shape: TaskShape): string {
  return withRule(run.fleet, shape, bindingRefusal(run.placer.index.hostsByMask(shape)), false);
}

/** The constraint that would keep a shape out of an empty fleet; `none` if some host could take it. */
export function whyNever(fleet: FleetView, shape: TaskShape): string {
  const hostsByMask = new Int32Array(REFUSAL_MASKS);
  for (let h = 0; h < fleet.hostCount; h++) hostsByMask[capacityMask(fleet, h, shape)]! += 1;
  return withRule(fleet, shape, bindingRefusal(hostsByMask), true);
}

function withRule(fleet: FleetView, shape: TaskShape, reason: string, isEmpty: boolean): string {
  if (reason !== 'gpu-room') return reason;
  const rule = cardRefusal(fleet, shape, isEmpty);
  return rule === undefined ? reason : `${reason}:${rule}`;
}
