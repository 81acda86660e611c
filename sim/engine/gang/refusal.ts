import type { Job } from '../../cluster/changes.ts';
import type { Fleet, FleetView } from '../../cluster/fleet.ts';
import { ANY_LAYOUT, type Layout } from '../../cluster/layout.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { Placer } from '../../policies/placement/placer.ts';
import { takeOff } from '../parts.ts';
import { assemble } from './assemble.ts';
import { mostPerHost, scopesOf, totalRoom } from './scopes.ts';
import { workersOn } from './worker-room.ts';

/** A rule of a layout that can be lifted to see whether it is what keeps a job out. */
interface Rule {
  readonly name: string;
  /** The layout without it. */
  readonly without: Partial<Layout>;
  readonly isAboutNeighbours: boolean;
}

/** The rules that a job is under, those first that are named first. */
function rulesOf(
  { within, spread, maxPerHost, maxOfClassPerHost }: Layout,
  mayBeKeptOff: boolean,
): readonly Rule[] {
  const rules: Rule[] = [];
  if (mayBeKeptOff) rules.push({ name: 'anti-affinity', without: {}, isAboutNeighbours: true });
  const add = (name: string, without: Partial<Layout>) =>
    rules.push({ name, without, isAboutNeighbours: false });
  if (maxOfClassPerHost !== Number.POSITIVE_INFINITY) {
    add('max-of-class', { maxOfClassPerHost: Number.POSITIVE_INFINITY });
  }
  if (maxPerHost !== Number.POSITIVE_INFINITY) add('max-per-host', { maxPerHost: Number.POSITIVE_INFINITY });
  if (spread !== 'none') add('spread', { spread: 'none' });
  if (within !== 'pool') add(`gang:${within}`, { within: 'pool' });
  return rules;
}

/**
 * Which rule of its layout keeps a job out: the first that would let it in if it alone were lifted, of `anti-affinity`,
 * `max-of-class`, `max-per-host`, `spread` and `gang:WHERE`; where no one rule does, all of them joined by `+`; `gang`
 * where its workers find no room together even without any, `none` where they do with all.
 *
 * @param mayBeKeptOff whether it keeps away from others, or they from it
 * @param hasRoom whether there is room under that layout
 */
function bindingRule(
  layout: Layout,
  mayBeKeptOff: boolean,
  hasRoom: (layout: Layout, heedsNeighbours: boolean) => boolean,
): string {
  // Where it would rather be does not matter to whether it can be anywhere.
  const strict = { ...layout, prefer: layout.within };
  if (hasRoom(strict, true)) return 'none';
  if (!hasRoom(ANY_LAYOUT, false)) return 'gang';
  const rules = rulesOf(layout, mayBeKeptOff);
  for (const { name, without, isAboutNeighbours } of rules) {
    const lifted = { ...strict, ...without };
    if (hasRoom({ ...lifted, prefer: lifted.within }, !isAboutNeighbours)) return name;
  }
  return rules.map(({ name }) => name).join('+');
}

/** The rule that keeps a job out now, each of whose workers finds a host by itself. */
export function layoutRefusal(fleet: Fleet, placer: Placer, job: Job): string {
  const { layout: own = ANY_LAYOUT, kin } = job;
  const isShunned = kin !== undefined && fleet.neighbours.isNamed(kin.label);
  return bindingRule(own, own.apartFrom.length > 0 || isShunned, (layout, heedsNeighbours) => {
    const parts = assemble(fleet, placer, job, layout, heedsNeighbours);
    if (parts !== undefined) takeOff(fleet, parts);
    return parts !== undefined;
  });
}

/** The rule that would keep a job off these hosts if nothing else was on them, so that nobody has to keep apart. */
export function layoutNever(fleet: FleetView, hosts: readonly number[], job: Job): string {
  const counts = new Map<TaskShape, number>();
  for (const shape of job.shapes) counts.set(shape, (counts.get(shape) ?? 0) + 1);
  return bindingRule(job.layout ?? ANY_LAYOUT, false, (layout) => {
    const most = Math.min(mostPerHost(layout), layout.maxOfClassPerHost);
    return scopesOf(fleet, hosts, layout.within, layout.within).some(({ hosts: among, island }) =>
      [...counts].every(([shape, count]) => {
        const room = totalRoom(fleet, among, layout, (host) =>
          workersOn(fleet, host, shape, Math.min(most, count), island, 'empty'),
        );
        return room >= count;
      }),
    );
  });
}
