import type { FleetView, HostSpec } from '../../cluster/fleet.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { SharedGpu } from '../../sharing/index.ts';
import type { HostKind } from '../bound/host-kind.ts';
import type { ArrivedType } from './arrived-jobs.ts';

/** Jobs that ask for the same. */
interface PackedType {
  /** Index into the shapes, and how many workers have it. */
  readonly workers: readonly { readonly shape: number; readonly count: number }[];
  readonly count: number;
}

/** What arrived, and the hosts it could have gone to. */
export interface Packing {
  readonly hosts: readonly HostKind[];
  /** By host kind: how many there are. */
  readonly counts: readonly number[];
  readonly shapes: readonly TaskShape[];
  readonly types: readonly PackedType[];
  /** By shape: how many workers have it. */
  readonly workers: readonly number[];
}

/** What is to be found out: the most of it. */
export type Wanted = 'allocated' | 'jobs';

/** @param hosts numbers of the hosts that jobs may go to */
export function packingOf(
  fleet: FleetView,
  hosts: readonly number[],
  arrived: readonly ArrivedType[],
): Packing {
  const numbers = new Map<number, number>();
  const shapes: TaskShape[] = [];
  const workers: number[] = [];
  const types = arrived.map(({ shapes: own, count }): PackedType => {
    const counts = new Map<number, number>();
    for (const shape of own) {
      const known = numbers.get(shape.id) ?? shapes.length;
      if (known === shapes.length) {
        numbers.set(shape.id, known);
        shapes.push(shape);
        workers.push(0);
      }
      counts.set(known, (counts.get(known) ?? 0) + 1);
      workers[known]! += count;
    }
    return { workers: [...counts].map(([shape, n]) => ({ shape, count: n })), count };
  });
  return { ...kindsOf(fleet, hosts), shapes, types, workers };
}

/** Hosts that are alike as bought, in order of the first of each. */
function kindsOf(fleet: FleetView, hosts: readonly number[]): Pick<Packing, 'hosts' | 'counts'> {
  const modes = new Map<SharedGpu | undefined, number>();
  const kinds = new Map<string, { readonly kind: HostKind; count: number }>();
  for (const h of hosts) {
    const { name, cpuMilli, memoryMib, gpus } = fleet.hosts[h] as HostSpec;
    const there = gpus.filter(({ count }) => count > 0);
    const key = JSON.stringify([
      cpuMilli,
      memoryMib,
      there.map(({ model, count, sharing }) => {
        if (!modes.has(sharing)) modes.set(sharing, modes.size);
        return [model, count, modes.get(sharing)];
      }),
    ]);
    const known = kinds.get(key);
    if (known !== undefined) {
      known.count += 1;
      continue;
    }
    const cards = there.map(({ model, sharing, count }) => ({ card: { model, sharing }, perHost: count }));
    kinds.set(key, { kind: { name, pool: 0, cpuMilli, memoryMib, cards }, count: 1 });
  }
  const all = [...kinds.values()];
  return { hosts: all.map(({ kind }) => kind), counts: all.map(({ count }) => count) };
}
