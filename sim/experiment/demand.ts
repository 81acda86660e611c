import type { TaskRequest } from '../cluster/request.ts';
import type { FrameDemand } from '../engine/frame-tracker.ts';
import type { SessionGroupSpec } from '../engine/sessions.ts';
import { resolveGpu } from '../hardware/index.ts';
import { useOfShare } from '../scenario/resolve/demand.ts';
import type { Demand, SessionGroup } from '../scenario/types.ts';
import type { GpuAsk } from '../sharing/index.ts';
import type { WorkProfile } from '../workload/task.ts';
import { claimOf } from './claims.ts';

/** What a demand asks of a host. Call it once a class: tasks of a class share the object. */
export function requestOf(demand: Demand): TaskRequest {
  const { cpuMilli, memoryMib, gpuCount, gpuMilli, models, slot, slotCount, use } = demand;
  const ask: GpuAsk | undefined = slot === null || use === null ? undefined : { slot, use, count: slotCount };
  const speeds = Object.keys(demand.speedByModel).length === 0 ? undefined : demand.speedByModel;
  return { cpuMilli, memoryMib, gpuCount, gpuMilli, models, ask, speeds };
}

/** What each worker of a demand asks for; absent where it has one. */
export function workersOf({ workers = 1 }: Demand, request: TaskRequest): readonly TaskRequest[] | undefined {
  return workers === 1 ? undefined : Array.from({ length: workers }, () => request);
}

/** What a demand does on GPUs, where that is more than holding them for its time; undefined where it is not. */
export function profileOf(demand: Demand): WorkProfile | undefined {
  const { use, referenceModel, speedByModel, communication, lifecycle } = demand;
  const isPlain = use === null && Object.keys(speedByModel).length === 0 && communication === 0;
  if (demand.gpuCount === 0 || isPlain) return undefined;
  return {
    use: use ?? useOfShare(demand.gpuMilli, 0),
    reference: referenceModel === null ? null : resolveGpu(referenceModel).gpu,
    speedByModel,
    communication,
    lifecycle,
  };
}

/** A session group as the engine runs it. */
export function sessionGroupSpec(group: SessionGroup, pools: ReadonlyMap<string, number>): SessionGroupSpec {
  const { name, users, logon, durationSec, activity } = group;
  return {
    name,
    users,
    logon,
    durationSec,
    activity,
    request: requestOf(group),
    profile: profileOf(group),
    claim: claimOf(group.claim, name, pools),
    layout: group.layout,
  };
}

/** What a session group draws, as the frame model takes it; undefined where it draws nothing. */
export function frameDemandOf({ frames }: SessionGroup): FrameDemand | undefined {
  if (frames === null) return undefined;
  const { gpuMs, cpuMs, targetFps, limiterFps, encodeMs, networkMs, displayMs, deadlineMs } = frames;
  return { gpuMs, cpuMs, targetFps, limiterFps, encodeMs, networkMs, displayMs, deadlineMs };
}
