import { refusalMask } from '../../cluster/fit.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { Assembly } from './assembly.ts';
import type { Scope } from './scopes.ts';
import { gpuRooms } from './worker-room.ts';

/** Looks at a host for a worker that one job may cost: room that takes more is not found. */
export const MOST_LOOKS = 50_000;

/** What is left of that. */
export interface Budget {
  looks: number;
}

/**
 * Looks for room for workers that ask for different things, the largest first: goes back and tries another host, or
 * other GPUs of it, where those that follow find none. Hosts that are alike are tried once, and equal workers in one
 * order only. It finds room wherever there is some, unless the budget runs out or a mode shares the GPUs (then each
 * host is tried with the policy's choice of GPUs alone).
 *
 * @returns whether all workers have been put; else none
 */
export function search(assembly: Assembly, { hosts, island }: Scope, budget: Budget): boolean {
  const { fleet, job, layout } = assembly;
  const order = [...job.shapes.keys()].sort(
    (a, b) => bySize(job.shapes[a] as TaskShape, job.shapes[b] as TaskShape) || a - b,
  );

  const put = (at: number, from: number): boolean => {
    const worker = order[at];
    if (worker === undefined) return true;
    const shape = job.shapes[worker] as TaskShape;
    const tried = new Set<string>();
    for (let p = from; p < hosts.length; p++) {
      if (budget.looks-- <= 0) return false;
      const host = hosts[p] as number;
      const allowance = assembly.allowance(host);
      if (allowance <= 0 || refusalMask(fleet, host, shape) !== 0) continue;
      const rooms = gpuRooms(fleet, host, shape, 1, island, 'now');
      if (rooms.reduce((sum, room) => sum + room, 0) < shape.gpuCount) continue;
      const state = stateOf(host, allowance);
      if (tried.has(state)) continue;
      tried.add(state);
      const isSameNext = job.shapes[order[at + 1] ?? -1] === shape;
      for (const gpus of choices(host, shape, rooms)) {
        assembly.put(worker, host, gpus);
        if (put(at + 1, isSameNext ? p : 0)) return true;
        assembly.takeAway(worker);
        if (budget.looks-- <= 0) return false;
      }
    }
    return false;
  };
  return put(0, 0);

  /** Hosts with equal text are alike to every worker. */
  function stateOf(host: number, allowance: number): string {
    const start = fleet.gpuStart[host] as number;
    const end = fleet.gpuStart[host + 1] as number;
    const gpus: string[] = [];
    for (let g = start; g < end; g++) {
      if (fleet.cards[g] !== undefined) return `${host}`;
      if (fleet.gpuClosedFor[g] === 0) gpus.push(kindOf(g));
    }
    const rack = layout.spread === 'racks' ? fleet.topology.rackOf[host] : '';
    return `${fleet.cpuFreeMilli[host]} ${fleet.memoryFreeMib[host]} ${allowance} ${rack} ${gpus.sort().join()}`;
  }

  function kindOf(g: number): string {
    const isInside = island < 0 || fleet.topology.islandOf[g] === island;
    return `${fleet.gpuModel[g]}:${fleet.gpuFreeMilli[g]}:${isInside}`;
  }

  /** Every choice of GPUs on a host that makes a difference, those with the least left first. */
  function* choices(host: number, shape: TaskShape, rooms: readonly number[]): Iterable<readonly number[]> {
    const start = fleet.gpuStart[host] as number;
    const able = [...rooms.keys()].filter((i) => (rooms[i] as number) > 0);
    if (shape.gpuCount === 0 || able.some((i) => fleet.cards[start + i] !== undefined)) {
      yield island < 0 ? assembly.placer.gpusOn(host, shape) : able.slice(0, shape.gpuCount);
      return;
    }
    const kinds = new Map<string, number[]>();
    able.sort(
      (a, b) =>
        (fleet.gpuFreeMilli[start + a] as number) - (fleet.gpuFreeMilli[start + b] as number) || a - b,
    );
    for (const i of able) {
      const kind = kinds.get(kindOf(start + i));
      if (kind === undefined) kinds.set(kindOf(start + i), [i]);
      else kind.push(i);
    }
    for (const gpus of combinations([...kinds.values()], shape.gpuCount)) yield gpus.sort((a, b) => a - b);
  }
}

/** All ways to take `count` of several kinds, as many of the first kinds as there are first. */
function* combinations(kinds: readonly (readonly number[])[], count: number): Iterable<number[]> {
  const [first, ...others] = kinds;
  if (first === undefined) {
    if (count === 0) yield [];
    return;
  }
  for (let n = Math.min(count, first.length); n >= 0; n--) {
    for (const rest of combinations(others, count - n)) yield [...first.slice(0, n), ...rest];
  }
}

/** The larger first. */
function bySize(a: TaskShape, b: TaskShape): number {
  return (
    b.totalGpuMilli - a.totalGpuMilli ||
    b.gpuCount - a.gpuCount ||
    b.cpuMilli - a.cpuMilli ||
    b.memoryMib - a.memoryMib ||
    a.id - b.id
  );
}
