import type { Fleet } from '../../cluster/fleet.ts';
import { placementsIn } from '../../hardware/index.ts';
import type { LiveJob } from '../live-job.ts';
import { roomOnHost } from './around.ts';
import { type Seated, stopCost } from './demand.ts';
import type { Field } from './field.ts';
import { isSeatable } from './instance-choice.ts';
import { layoutOf } from './layout-of.ts';
import { hostOf } from './move.ts';
import type { PeriodicPolicy } from './setup.ts';
import { type Tenant, tenantsOn } from './tenants.ts';

/** One running job on an instance that is free, by how much faster it is there. */
interface Better {
  readonly tenant: Seated;
  readonly from: number;
  readonly profile: number;
  readonly gain: number;
}

/**
 * Running jobs that should be stopped to go on at once on a free instance on which they are faster, by so much that it is
 * worth what stopping costs: those that gain most first, each on an instance of its own. A job of which nothing is known
 * but that it runs is as fast everywhere, and stays; so do those for which `instancesFor` would not choose a place.
 *
 * Leaves out that the instances which they leave would make others faster: the next review sees that.
 *
 * @param gpus cards of the field that stay as they are
 */
export function fasterElsewhere(
  fleet: Fleet,
  live: readonly (LiveJob | undefined)[],
  field: Field,
  gpus: readonly number[],
  policy: PeriodicPolicy,
  nowUs: number,
): readonly Tenant[] {
  const { geometry } = field;
  const free: { readonly gpu: number; readonly profile: number }[] = [];
  for (const gpu of gpus) {
    const { standing, used, held } = layoutOf(fleet, gpu);
    for (const { profileIndex } of placementsIn(geometry, (standing ?? 0) & ~used & ~held)) {
      free.push({ gpu, profile: profileIndex });
    }
  }
  if (free.length === 0) return [];
  const found: Better[] = [];
  for (const [gpu, onCard] of tenantsOn(fleet, live, gpus)) {
    for (const { index, profileIndex } of placementsIn(geometry, layoutOf(fleet, gpu).used)) {
      const [only, ...others] = onCard.get(index) ?? [];
      if (only === undefined || others.length > 0) continue;
      found.push(...betterFor(field, { ...only, profile: profileIndex }, gpu, policy, nowUs));
    }
  }
  const going = new Map<LiveJob, Tenant>();
  for (const { tenant, from, profile } of found.sort((a, b) => b.gain - a.gain)) {
    if (going.has(tenant.live)) continue;
    const at = free.findIndex(
      (each) =>
        each.profile === profile &&
        (hostOf(fleet, each.gpu) === hostOf(fleet, from) || roomOnHost(fleet, tenant, from, each.gpu)),
    );
    if (at < 0) continue;
    free.splice(at, 1);
    going.set(tenant.live, tenant);
  }
  return [...going.values()];
}

/** The profiles on which a job would be faster by more than stopping it costs. */
function betterFor(
  field: Field,
  tenant: Seated,
  from: number,
  policy: PeriodicPolicy,
  nowUs: number,
): readonly Better[] {
  const { live, profile: own } = tenant;
  if (live.phase !== 'running' || !isSeatable(field, live)) return [];
  const { shape } = live.job;
  const accepts = field.accepts(shape);
  const speeds = field.speeds(shape, live.profile);
  const now = speeds[accepts.indexOf(own)] ?? 1;
  const cost = stopCost(tenant, now, policy, nowUs);
  if (cost === undefined) return [];
  return accepts.flatMap((profile, at) => {
    const gain = (speeds[at] as number) - now - cost;
    return gain > 0 ? [{ tenant, from, profile, gain }] : [];
  });
}
