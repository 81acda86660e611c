import type { FleetView } from '../../cluster/fleet.ts';
import type { TaskShape } from '../../cluster/request.ts';
import { hasRoom } from './gpu-choice.ts';

/**
 * Puts nearer together what a policy has chosen on a host with several NVLink islands or NUMA domains: each GPU may be
 * changed for one of the same model with as much left, which is all the same to the policy. Few islands count before
 * few domains; of islands (and domains) that have enough the one with the fewest such GPUs, so that large ones stay
 * whole, of equals the first. Hosts that state neither keep the choice as it is.
 *
 * @param gpus indices within the host, at least two; written over
 */
export function gather(fleet: FleetView, host: number, shape: TaskShape, gpus: number[]): void {
  const { isDivided, islandOf, domainOf } = fleet.topology;
  if (isDivided[host] !== 1) return;
  const start = fleet.gpuStart[host] as number;
  const kindOf = (i: number) =>
    (fleet.gpuModel[start + i] as number) * 1024 + (fleet.gpuFreeMilli[start + i] as number);
  const wanted = new Map<number, number>();
  for (const i of gpus) wanted.set(kindOf(i), (wanted.get(kindOf(i)) ?? 0) + 1);
  const able = new Map<number, number[]>([...wanted.keys()].map((kind) => [kind, []]));
  for (let i = 0; i < fleet.gpusOf(host); i++) {
    if (hasRoom(fleet, start + i, shape)) able.get(kindOf(i))?.push(i);
  }
  const levels = [(i: number) => islandOf[start + i] as number, (i: number) => domainOf[start + i] as number];
  const taken: number[] = [];
  // Kinds without a choice first: they say where the others had better be.
  const kinds = [...wanted].map(([kind, count]) => ({ count, among: able.get(kind) as number[] }));
  kinds.sort((a, b) => a.among.length - a.count - (b.among.length - b.count));
  for (const { count, among } of kinds) taken.push(...nearest(among, count, levels, taken));
  gpus.splice(0, gpus.length, ...taken);
}

/** `count` of some GPUs in as few groups as will do, level by level, those groups first that `beside` are in. */
function nearest(
  among: readonly number[],
  count: number,
  levels: readonly ((gpu: number) => number)[],
  beside: readonly number[],
): number[] {
  const [groupOf, ...finer] = levels;
  if (groupOf === undefined || count === among.length) return among.slice(0, count);
  const groups = new Map<number, number[]>();
  for (const i of among) {
    const group = groups.get(groupOf(i));
    if (group === undefined) groups.set(groupOf(i), [i]);
    else group.push(i);
  }
  const chosen: number[] = [];
  const used = new Set(beside.map(groupOf));
  while (chosen.length < count) {
    const need = count - chosen.length;
    let best = -1;
    for (const [group, members] of groups) {
      if (best < 0 || isBetter(group, members, best, groups.get(best) as number[], need)) best = group;
    }
    const members = groups.get(best) as number[];
    chosen.push(...nearest(members, Math.min(need, members.length), finer, [...beside, ...chosen]));
    groups.delete(best);
  }
  return chosen;

  function isBetter(a: number, ofA: number[], b: number, ofB: number[], need: number): boolean {
    if (used.has(a) !== used.has(b)) return used.has(a);
    const hasAll = ofA.length >= need;
    if (hasAll !== ofB.length >= need) return hasAll;
    return hasAll ? ofA.length < ofB.length : ofA.length > ofB.length;
  }
}
