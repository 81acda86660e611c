import type { Job } from '../../cluster/changes.ts';
import type { Fleet } from '../../cluster/fleet.ts';
import type { Layout, Nearness } from '../../cluster/layout.ts';
import type { Part } from '../../cluster/part.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import type { Placer } from '../../policies/placement/placer.ts';
import { Assembly } from './assembly.ts';
import { nearnessToTry, type Scope, scopesOf, totalRoom } from './scopes.ts';
import { type Budget, MOST_LOOKS, search } from './search.ts';

/** More workers than that on one host count as that many. */
const MANY = 4096;

/**
 * Takes room for all workers of a job by the rules of a layout; all or none. Of several racks (islands) with room the
 * one that has the least to spare beyond them is taken, of equals the one with the host that the policy wants; of
 * several hosts for all of them the one that the policy wants. Within that the policy puts one worker after another;
 * where that fails, room is sought by counting (equal workers: found wherever there is some) or by search.
 *
 * @param heedsNeighbours whether classes that keep apart count
 */
export function assemble(
  fleet: Fleet,
  placer: Placer,
  job: Job,
  layout: Layout,
  heedsNeighbours = true,
): readonly Part[] | undefined {
  const assembly = new Assembly(fleet, placer, job, layout, heedsNeighbours);
  const counts = new Map<TaskShape, number>();
  for (const shape of job.shapes) counts.set(shape, (counts.get(shape) ?? 0) + 1);
  const hosts = new Set<number>();
  for (const shape of counts.keys()) {
    const fitting = placer.index.fitting(shape);
    if (fitting.length === 0) return undefined;
    for (const host of fitting) hosts.add(host);
  }
  const ascending = [...hosts].sort((a, b) => a - b);
  const budget: Budget = { looks: MOST_LOOKS };
  for (const nearness of nearnessToTry(layout)) {
    const scopes = scopesOf(fleet, ascending, nearness, layout.within);
    for (const scope of inOrder(assembly, counts, scopes, nearness)) {
      if (counts.size > 1 && budget.looks <= 0) return undefined;
      if (putInto(assembly, counts, scope, budget)) return assembly.parts;
    }
  }
  return undefined;
}

function putInto(
  assembly: Assembly,
  counts: ReadonlyMap<TaskShape, number>,
  scope: Scope,
  budget: Budget,
): boolean {
  budget.looks -= scope.hosts.length;
  if (assembly.putByPolicy(scope)) return true;
  if (counts.size === 1) return mayMiss(assembly.fleet, [...counts.keys()]) && assembly.putExactly(scope);
  return isEnough(assembly, counts, scope) && search(assembly, scope, budget);
}

/**
 * Whether workers put one by one may miss room that there is: where they differ, and where each takes parts of several
 * GPUs, so that it matters of which.
 */
export function mayMiss(fleet: Fleet, shapes: readonly TaskShape[]): boolean {
  const [first] = shapes;
  if (first === undefined || shapes.some((shape) => shape !== first)) return true;
  return first.gpuCount > 1 && (fleet.hasCards || 2 * first.gpuMilli <= GPU_MILLI);
}

/** Whether each kind of worker finds room without the others; where sizes are nested also with all that are larger. */
function isEnough(assembly: Assembly, counts: ReadonlyMap<TaskShape, number>, scope: Scope): boolean {
  for (const [shape, count] of counts) {
    let wanted = 0;
    for (const [other, n] of counts) if (other === shape || isAtLeast(other, shape)) wanted += n;
    if (roomIn(assembly, shape, scope, Math.max(count, wanted)) < wanted) return false;
  }
  return true;
}

/** Whether wherever `a` goes, `b` could go in its place. */
function isAtLeast(a: TaskShape, b: TaskShape): boolean {
  return (
    a.cpuMilli >= b.cpuMilli &&
    a.memoryMib >= b.memoryMib &&
    a.gpuCount >= b.gpuCount &&
    a.gpuMilli >= b.gpuMilli &&
    a.ask === b.ask &&
    (b.accepts === undefined || a.accepts?.every((ok, m) => ok <= (b.accepts?.[m] ?? 0)) === true)
  );
}

function roomIn(assembly: Assembly, shape: TaskShape, { hosts, island }: Scope, most: number): number {
  return totalRoom(assembly.fleet, hosts, assembly.layout, (host) =>
    assembly.roomOn(host, shape, island, most),
  );
}

/** Scopes that may have room for all workers, in the order in which they are tried. */
function* inOrder(
  assembly: Assembly,
  counts: ReadonlyMap<TaskShape, number>,
  scopes: readonly Scope[],
  nearness: Nearness,
): Iterable<Scope> {
  const [only, second] = scopes;
  if (only !== undefined && second === undefined) {
    yield only;
    return;
  }
  const [first] = counts.keys();
  if (first === undefined) return;
  const left: { readonly scope: Scope; readonly spare: number }[] = [];
  for (const scope of scopes) {
    if (counts.size > 1 && !isEnough(assembly, counts, scope)) continue;
    const spare = roomIn(assembly, first, scope, MANY) - (counts.get(first) as number);
    if (spare >= 0) left.push({ scope, spare: nearness === 'host' ? 0 : spare });
  }
  left.sort((a, b) => a.spare - b.spare);
  while (left.length > 0) {
    const { spare } = left[0] as (typeof left)[number];
    const equals = left.filter((each) => each.spare === spare);
    const among = new Set(equals.flatMap(({ scope }) => scope.hosts));
    const wanted =
      equals.length === 1
        ? undefined
        : assembly.placer.decide(first, (host) => among.has(host) && assembly.allowance(host) > 0)?.host;
    const next = equals.find(({ scope }) => wanted === undefined || scope.hosts.includes(wanted));
    const chosen = next ?? (equals[0] as (typeof left)[number]);
    left.splice(left.indexOf(chosen), 1);
    yield chosen.scope;
  }
}
