import type { TaskRequest } from '../../../sim/cluster/request.ts';
import type { ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { modelOf } from './places.ts';

/** Workers of a job that ask for the same. */
export interface WorkerKind {
  readonly request: TaskRequest;
  readonly count: number;
}

/** What the workers of a job ask for, each kind once, in the order of the job. */
export function workerKinds({ requests }: Pick<ReplayJob['kind'], 'requests'>): readonly WorkerKind[] {
  const kinds = new Map<string, { readonly request: TaskRequest; count: number }>();
  for (const request of requests) {
    const key = JSON.stringify(request);
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { request, count: 1 });
    else known.count += 1;
  }
  return [...kinds.values()];
}

/** Where workers of one kind would fit now, each by itself: what they may have beside each other is not looked at. */
export interface WorkerPlaces {
  /** Hosts with room for at least one, and for how many. */
  readonly hosts: readonly (readonly [host: number, workers: number])[];
  /** On all of them; Infinity where they ask for nothing that could run out. */
  readonly workers: number;
}

/**
 * Looks through open hosts for room.
 *
 * @param partsOn by GPU that a mode shares: how many of the wanted parts it would take now
 */
export function workerPlaces(
  state: ReplayState,
  hosts: readonly number[],
  request: TaskRequest,
  partsOn: (gpu: number) => number,
): WorkerPlaces {
  const { cpuMilli, memoryMib, gpuCount } = request;
  const found: [host: number, workers: number][] = [];
  let all = 0;
  for (const host of hosts) {
    if (state.closedFor[host] !== 0) continue;
    const byCpu = cpuMilli === 0 ? Infinity : Math.floor((state.cpuFreeMilli[host] ?? 0) / cpuMilli);
    const byMemory = memoryMib === 0 ? Infinity : Math.floor((state.memoryFreeMib[host] ?? 0) / memoryMib);
    let workers = Math.min(byCpu, byMemory);
    if (gpuCount > 0 && workers > 0) {
      const rooms: number[] = [];
      for (let gpu = state.gpuStart[host] as number; gpu < (state.gpuStart[host + 1] as number); gpu++)
        rooms.push(roomOn(state, gpu, request, partsOn));
      workers = Math.min(workers, mostWorkers(rooms, gpuCount));
    }
    if (workers <= 0) continue;
    found.push([host, workers]);
    all += workers;
  }
  return { hosts: found, workers: all };
}

/** Workers of a kind that could each have a part of one GPU. */
function roomOn(
  state: ReplayState,
  gpu: number,
  { models, ask, gpuMilli }: TaskRequest,
  partsOn: (gpu: number) => number,
): number {
  if (state.gpuClosedFor[gpu] !== 0) return 0;
  if (models.length > 0 && !models.includes(modelOf(state, gpu))) return 0;
  if (state.cards[gpu] !== undefined) return ask === undefined ? 0 : Math.floor(partsOn(gpu) / ask.count);
  if (ask?.slot.kind === 'profile' || gpuMilli === 0) return 0;
  return Math.floor((state.gpuFreeMilli[gpu] ?? 0) / gpuMilli);
}

/**
 * Most workers that get `gpuCount` different GPUs each where a GPU has room for so many of them: `n` do if and only if
 * GPUs, each counted up to `n` times, come to `n` times `gpuCount`.
 */
export function mostWorkers(rooms: readonly number[], gpuCount: number): number {
  const total = rooms.reduce((sum, room) => sum + room, 0);
  let [low, high] = [0, Math.floor(total / gpuCount)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const had = rooms.reduce((sum, room) => sum + Math.min(room, middle), 0);
    if (had >= middle * gpuCount) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Hosts that are named. */
const MOST_NAMED = 3;

/** `fits on 2 hosts (a, b), which have room for 3 of its 4 workers`. */
export function placesText(
  { hosts }: Pick<ReplayState, 'hosts'>,
  places: WorkerPlaces,
  count: number,
): string {
  if (places.hosts.length === 0) return 'fits on no host now';
  const names = places.hosts.slice(0, MOST_NAMED).map(([host]) => hosts[host]?.name ?? `host ${host}`);
  if (places.hosts.length > MOST_NAMED) names.push('...');
  const on = `fits on ${places.hosts.length} ${places.hosts.length === 1 ? 'host' : 'hosts'} (${names.join(', ')})`;
  if (count === 1) return on;
  return places.workers >= count
    ? `${on}, with room for all ${count} by themselves`
    : `${on}, with room for only ${places.workers} of the ${count}`;
}
