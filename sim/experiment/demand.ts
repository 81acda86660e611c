import type { TaskRequest } from '../cluster/request.ts';
import type { FrameDemand } from '../engine/frame-tracker.ts';
import type { SessionGroupSpec } from '../engine/sessions.ts';
import { resolveGpu } from '../hardware/index.ts';
import type { Demand, SessionGroup } from '../scenario/types.ts';
import type { GpuAsk } from '../sharing/index.ts';
import type { WorkProfile } from '../workload/task.ts';

/** What a demand asks of a host. Call it once a class: tasks of a class share the object. */
export function requestOf(demand: Demand): TaskRequest {
  const { cpuMilli, memoryMib, gpuCount, gpuMilli, models, slot, slotCount, use } = demand;
  const ask: GpuAsk | undefined = slot === null || use === null ? undefined : { slot, use, count: slotCount };
  return { cpuMilli, memoryMib, gpuCount, gpuMilli, models, ask };
}

/** What a demand does on GPUs shared by a mode; undefined where it does nothing there. */
export function profileOf(demand: Demand): WorkProfile | undefined {
  const { use, referenceModel, speedByModel, communication, lifecycle } = demand;
  if (use === null) return undefined;
  return {
    use,
    reference: referenceModel === null ? null : resolveGpu(referenceModel).gpu,
    speedByModel,
    communication,
    lifecycle,
  };
}

/** A session group as the engine runs it. */
export function sessionGroupSpec(group: SessionGroup): SessionGroupSpec {
  const { name, users, logon, durationSec, activity } = group;
  return { name, users, logon, durationSec, activity, request: requestOf(group), profile: profileOf(group) };
}

/** What a session group draws, as the frame model takes it; undefined where it draws nothing. */
export function frameDemandOf({ frames }: SessionGroup): FrameDemand | undefined {
  if (frames === null) return undefined;
  const { gpuMs, cpuMs, targetFps, limiterFps, encodeMs, networkMs, displayMs, deadlineMs } = frames;
  return { gpuMs, cpuMs, targetFps, limiterFps, encodeMs, networkMs, displayMs, deadlineMs };
}
