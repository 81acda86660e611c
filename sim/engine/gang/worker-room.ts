import { capacityMask, refusalMask } from '../../cluster/fit.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import {
  type Card,
  type GpuAsk,
  isRefusal,
  openCard,
  type SharedGpu,
  type Slot,
} from '../../sharing/index.ts';

/** Whether room is counted as it is now, or as it would be with nothing on any host and every host open. */
export type RoomAt = 'now' | 'empty';

/**
 * How many equal workers a host has room for, counted exactly, or `most` where there is room for that many.
 *
 * A worker has its GPUs on different cards. With u(g) workers that GPU g has room for, N of them can be served where
 * the sum of min(N, u(g)) is at least N times the GPUs of each: those with the most left first then give every worker
 * its GPUs.
 *
 * @param island only GPUs of this NVLink island count, while it works; -1: all of the host
 */
export function workersOn(
  fleet: FleetView,
  host: number,
  shape: TaskShape,
  most: number,
  island: number,
  at: RoomAt,
): number {
  if (most <= 0) return 0;
  const mask = at === 'now' ? refusalMask(fleet, host, shape) : capacityMask(fleet, host, shape);
  if (mask !== 0) return 0;
  const cpu = (at === 'now' ? fleet.cpuFreeMilli[host] : fleet.cpuCapacityMilli[host]) as number;
  const memory = (at === 'now' ? fleet.memoryFreeMib[host] : fleet.memoryCapacityMib[host]) as number;
  let count = most;
  if (shape.cpuMilli > 0) count = Math.min(count, Math.floor(cpu / shape.cpuMilli));
  if (shape.memoryMib > 0) count = Math.min(count, Math.floor(memory / shape.memoryMib));
  if (shape.gpuCount === 0) return count;
  const rooms = gpuRooms(fleet, host, shape, count, island, at);
  const served = (n: number) => rooms.reduce((sum, room) => sum + Math.min(n, room), 0);
  while (count > 0 && served(count) < count * shape.gpuCount) {
    count = Math.min(count - 1, Math.floor(served(count) / shape.gpuCount));
  }
  return count;
}

/** By GPU index of a host: how many workers it has room for, at most `most`. */
export function gpuRooms(
  fleet: FleetView,
  host: number,
  shape: TaskShape,
  most: number,
  island: number,
  at: RoomAt,
): readonly number[] {
  const start = fleet.gpuStart[host] as number;
  const emptyRooms = new Map<SharedGpu, number>();
  return Array.from({ length: fleet.gpusOf(host) }, (_, i) => {
    const g = start + i;
    if (shape.accepts !== undefined && shape.accepts[fleet.gpuModel[g] as number] !== 1) return 0;
    if (island >= 0 && fleet.topology.islandOf[g] !== island) return 0;
    const card = fleet.cards[g];
    if (at === 'now') {
      if (!fleet.hasRoom(g, shape) || (island >= 0 && fleet.gpuHasFabric[g] !== 1)) return 0;
      if (card === undefined)
        return Math.min(most, Math.floor((fleet.gpuFreeMilli[g] as number) / shape.gpuMilli));
      return slotsFree(card, shape.ask as GpuAsk, most);
    }
    if (!fleet.couldHaveRoom(g, shape)) return 0;
    if (card === undefined) return Math.min(most, Math.floor(GPU_MILLI / shape.gpuMilli));
    const shared = fleet.sharing[g] as SharedGpu;
    const known = emptyRooms.get(shared) ?? slotsFree(openCard(shared), shape.ask as GpuAsk, most);
    emptyRooms.set(shared, known);
    return known;
  });
}

/** How often a card gives what is asked, one after another; it is left as it was. */
function slotsFree(card: Card, ask: GpuAsk, most: number): number {
  const taken: Slot[] = [];
  let whole = 0;
  for (; whole < most; whole++) {
    let left = ask.count;
    for (; left > 0; left--) {
      const slot = card.admit(ask.count === 1 ? ask : { ...ask, count: left });
      if (isRefusal(slot)) break;
      card.place(slot);
      taken.push(slot);
    }
    if (left > 0) break;
  }
  for (const slot of taken.toReversed()) card.release(slot);
  return whole;
}
