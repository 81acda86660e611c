import { isRefusal, type RefusalRule } from '../sharing/index.ts';
import { CLOSED_FOR, type FleetView } from './fleet.ts';
import type { TaskShape } from './request.ts';

/**
 * Why a host cannot take a shape now, as bits of a mask; 0 = it can. The GPU bits exclude each other:
 * no GPU of an accepted model, too few of them in the host, or too few with room.
 */
export const REFUSALS = ['cpu', 'memory', 'gpu-model', 'gpu-count', 'gpu-room', 'host-closed'] as const;
export type Refusal = (typeof REFUSALS)[number];
export const REFUSAL_MASKS = 1 << REFUSALS.length;

const CPU = 1;
const MEMORY = 2;
const GPU_MODEL = 4;
const GPU_COUNT = 8;
const GPU_ROOM = 16;
const HOST_CLOSED = 32;

/** The filter: which constraints of `shape` the host fails now. */
export function refusalMask(fleet: FleetView, host: number, shape: TaskShape): number {
  let mask = (fleet.closedFor[host] as number) > 0 ? HOST_CLOSED : 0;
  if ((fleet.cpuFreeMilli[host] as number) < shape.cpuMilli) mask |= CPU;
  if ((fleet.memoryFreeMib[host] as number) < shape.memoryMib) mask |= MEMORY;
  if (shape.gpuCount === 0) return mask;
  const start = fleet.gpuStart[host] as number;
  const end = fleet.gpuStart[host + 1] as number;
  const accepts = shape.accepts;
  let accepted = 0;
  let withRoom = 0;
  for (let g = start; g < end; g++) {
    if (accepts !== undefined && accepts[fleet.gpuModel[g] as number] !== 1) continue;
    accepted += 1;
    if (fleet.hasRoom(g, shape)) withRoom += 1;
  }
  if (accepted === 0) mask |= GPU_MODEL;
  else if (accepted < shape.gpuCount) mask |= GPU_COUNT;
  else if (withRoom < shape.gpuCount) mask |= GPU_ROOM;
  return mask;
}

/** Whether the host could take the shape now if neither it nor any of its GPUs was down. */
export function fitsOnceMended(fleet: FleetView, host: number, shape: TaskShape): boolean {
  if (((fleet.closedFor[host] as number) & ~CLOSED_FOR.failure) !== 0) return false;
  if ((fleet.cpuFreeMilli[host] as number) < shape.cpuMilli) return false;
  if ((fleet.memoryFreeMib[host] as number) < shape.memoryMib) return false;
  let withRoom = 0;
  for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
    if (shape.accepts !== undefined && shape.accepts[fleet.gpuModel[g] as number] !== 1) continue;
    if (fleet.hasRoomOnceMended(g, shape)) withRoom += 1;
  }
  return withRoom >= shape.gpuCount;
}

/** Which constraints of `shape` the host fails even with nothing else on it; `gpu-room` is among them only for shared cards. */
export function capacityMask(fleet: FleetView, host: number, shape: TaskShape): number {
  let mask = 0;
  if ((fleet.cpuCapacityMilli[host] as number) < shape.cpuMilli) mask |= CPU;
  if ((fleet.memoryCapacityMib[host] as number) < shape.memoryMib) mask |= MEMORY;
  if (shape.gpuCount === 0) return mask;
  let accepted = 0;
  let able = 0;
  for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
    if (shape.accepts !== undefined && shape.accepts[fleet.gpuModel[g] as number] !== 1) continue;
    accepted += 1;
    if (fleet.couldHaveRoom(g, shape)) able += 1;
  }
  if (accepted === 0) mask |= GPU_MODEL;
  else if (accepted < shape.gpuCount) mask |= GPU_COUNT;
  else if (able < shape.gpuCount) mask |= GPU_ROOM;
  return mask;
}

/**
 * The rule by which most cards of accepted models refuse the shape, ties to the rule met first; undefined where no
 * shared card refuses it.
 *
 * @param isEmpty ask for cards without tenants, as for a job that can never start
 */
export function cardRefusal(fleet: FleetView, shape: TaskShape, isEmpty: boolean): RefusalRule | undefined {
  const { ask, accepts } = shape;
  if (!fleet.hasCards || ask === undefined) return undefined;
  const counts = new Map<RefusalRule, number>();
  for (let g = 0; g < fleet.gpuCount; g++) {
    const card = fleet.cards[g];
    if (card === undefined || (accepts !== undefined && accepts[fleet.gpuModel[g] as number] !== 1)) continue;
    const answer = isEmpty ? card.admitEmpty(ask) : card.admit(ask);
    if (isRefusal(answer)) counts.set(answer.refused, (counts.get(answer.refused) ?? 0) + 1);
  }
  let most: RefusalRule | undefined;
  for (const [rule, count] of counts) {
    if (most === undefined || count > (counts.get(most) as number)) most = rule;
  }
  return most;
}

/** By mask: how many constraints are in it. */
const BITS = Uint8Array.from({ length: REFUSAL_MASKS }, (_, mask) => refusalNames(mask).length);

/** Names of the constraints in a mask. */
export function refusalNames(mask: number): Refusal[] {
  return REFUSALS.filter((_, bit) => (mask >> bit) & 1);
}

/**
 * The constraint that holds a shape back in the whole fleet: the one that alone keeps it off the most hosts, ties to
 * the first in `REFUSALS`. Where no host fails on one constraint alone, the smallest set that keeps it off most hosts
 * (`cpu+gpu-room`). Hosts whose GPUs would not do even if they were idle are looked at only when there are no others.
 * `none` if some host could take it.
 *
 * @param hostsByMask number of hosts by refusal mask
 */
export function bindingRefusal(hostsByMask: ArrayLike<number>): string {
  if ((hostsByMask[0] as number) > 0) return 'none';
  const best = leastRefusal(hostsByMask, GPU_MODEL | GPU_COUNT) || leastRefusal(hostsByMask, 0);
  return best === 0 ? 'no-host' : refusalNames(best).join('+');
}

/** The mask with the fewest bits, of those the one with the most hosts; masks with a bit of `without` do not count. 0 = none. */
function leastRefusal(hostsByMask: ArrayLike<number>, without: number): number {
  let best = 0;
  let bestBits = Number.POSITIVE_INFINITY;
  for (let mask = 1; mask < REFUSAL_MASKS; mask++) {
    const hosts = hostsByMask[mask] as number;
    if (hosts === 0 || (mask & without) !== 0) continue;
    const bits = BITS[mask] as number;
    if (bits < bestBits || (bits === bestBits && hosts > (hostsByMask[best] as number))) {
      best = mask;
      bestBits = bits;
    }
  }
  return best;
}
