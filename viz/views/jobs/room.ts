import { CLOSED_FOR } from '../../../sim/cluster/closed-for.ts';
import { GPU_MILLI, type TaskRequest } from '../../../sim/cluster/request.ts';
import type { ReplayHeader, ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { modelOf } from './places.ts';

/** What there is, now, of that which one worker of a job asks for. */
export interface Room {
  /** Hosts where the job may go: those of its pool. */
  readonly hosts: number;
  /** Of these, how many take nobody in. */
  readonly closedHosts: number;
  /** Why they do, most first: a host may be closed for several reasons. */
  readonly closedFor: readonly (readonly [why: keyof typeof CLOSED_FOR, hosts: number])[];
  /** Open hosts with too little free CPU, or too little free memory. */
  readonly shortOfCpu: number;
  readonly shortOfMemory: number;
  /** GPUs of a model that will do, and of them those that are open. */
  readonly gpus: number;
  readonly openGpus: number;
  /** Open GPUs without anybody on them, and thousandths that are free on open GPUs. */
  readonly idleGpus: number;
  readonly freeMilli: number;
  /** Most GPUs without anybody that one open host has, and the largest free part of one open GPU. */
  readonly idleOnOneHost: number;
  readonly largestFreeMilli: number;
  /** Open GPUs of models that will do, for whoever asks more about them. */
  readonly candidates: readonly number[];
}

/** Hosts of a job's pool; all where the replay does not say. */
export function hostsFor(
  state: ReplayState,
  { pools }: Pick<ReplayHeader, 'pools'>,
  pool: number,
): readonly number[] {
  return pools[pool]?.hosts ?? state.hosts.map((_, h) => h);
}

/** Looks through the hosts where a job may go. */
export function roomFor(state: ReplayState, hosts: readonly number[], request: TaskRequest): Room {
  const { models } = request;
  const closedBy = new Map<keyof typeof CLOSED_FOR, number>();
  const candidates: number[] = [];
  let [closedHosts, shortOfCpu, shortOfMemory, gpus, openGpus] = [0, 0, 0, 0, 0];
  let [idleGpus, freeMilli, idleOnOneHost, largestFreeMilli] = [0, 0, 0, 0];
  for (const h of hosts) {
    const bits = state.closedFor[h] ?? 0;
    if (bits !== 0) closedHosts += 1;
    for (const [why, bit] of Object.entries(CLOSED_FOR) as [keyof typeof CLOSED_FOR, number][])
      if ((bits & bit) !== 0) closedBy.set(why, (closedBy.get(why) ?? 0) + 1);
    if (bits === 0 && (state.cpuFreeMilli[h] ?? 0) < request.cpuMilli) shortOfCpu += 1;
    if (bits === 0 && (state.memoryFreeMib[h] ?? 0) < request.memoryMib) shortOfMemory += 1;
    let idleHere = 0;
    for (let gpu = state.gpuStart[h] as number; gpu < (state.gpuStart[h + 1] as number); gpu++) {
      if (models.length > 0 && !models.includes(modelOf(state, gpu))) continue;
      gpus += 1;
      if (bits !== 0 || state.gpuClosedFor[gpu] !== 0) continue;
      openGpus += 1;
      candidates.push(gpu);
      const free = state.gpuFreeMilli[gpu] ?? 0;
      freeMilli += free;
      largestFreeMilli = Math.max(largestFreeMilli, free);
      if (free === GPU_MILLI && (state.occupants[gpu]?.length ?? 0) === 0) idleHere += 1;
    }
    idleGpus += idleHere;
    idleOnOneHost = Math.max(idleOnOneHost, idleHere);
  }
  return {
    hosts: hosts.length,
    closedHosts,
    closedFor: [...closedBy].sort((a, b) => b[1] - a[1]),
    ...{
      shortOfCpu,
      shortOfMemory,
      gpus,
      openGpus,
      idleGpus,
      freeMilli,
      idleOnOneHost,
      largestFreeMilli,
      candidates,
    },
  };
}

/** Jobs of the same pool that wait and arrived before a job, and all that wait there. */
export function queueAround(
  state: ReplayState,
  job: ReplayJob,
): { readonly before: number; readonly all: number } {
  let [before, all] = [0, 0];
  for (const other of state.jobs) {
    if (other?.phase !== 'waiting' || other.kind.claim.pool !== job.kind.claim.pool) continue;
    all += 1;
    if (other.number < job.number) before += 1;
  }
  return { before, all };
}
