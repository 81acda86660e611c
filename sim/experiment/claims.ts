import { type Claim, NO_CLAIM } from '../cluster/claim.ts';
import type { ClaimSpec, Scenario, TaskClass } from '../scenario/types.ts';
import type { TraceTask } from './trace-data.ts';

/** Numbers of the pools by name: `default` is 0, the others follow in their order. */
export function poolNumbers({ policy }: Pick<Scenario, 'policy'>): ReadonlyMap<string, number> {
  return new Map([['default', 0] as const, ...policy.pools.map(({ name }, i) => [name, i + 1] as const)]);
}

/** A claim as the engine takes it. Its tenant stands for the queue where none is named. */
export function claimOf(
  spec: ClaimSpec,
  label: string,
  pools: ReadonlyMap<string, number>,
  tenant = spec.tenant,
): Claim {
  const { queue, pool, priority, isPreemptible, checkpoint } = spec;
  const number = pools.get(pool);
  if (number === undefined) throw new RangeError(`Cannot send ${label} to pool "${pool}": there is none`);
  return { tenant, queue: queue ?? tenant, label, pool: number, priority, isPreemptible, checkpoint };
}

/** Claims of a class's tasks with their shares: one, or one for each tenant. */
export function claimsOfClass(
  { name, claim, tenants }: TaskClass,
  pools: ReadonlyMap<string, number>,
): readonly { readonly claim: Claim; readonly weight: number }[] {
  if (tenants.length === 0) return [{ claim: claimOf(claim, name, pools), weight: 1 }];
  return tenants.map(({ tenant, weight }) => ({ claim: claimOf(claim, name, pools, tenant), weight }));
}

/** Gives recorded tasks their claims: one object for all that say the same. */
export class TraceClaims {
  readonly #known = new Map<string, Claim>();

  of({ tenant = '', queue = '', priority = 0, kind = '' }: TraceTask): Claim {
    const key = JSON.stringify([tenant, queue, priority, kind]);
    let claim = this.#known.get(key);
    if (claim === undefined) {
      claim = { ...NO_CLAIM, tenant, queue: queue === '' ? tenant : queue, priority, label: kind };
      this.#known.set(key, claim);
    }
    return claim;
  }
}
