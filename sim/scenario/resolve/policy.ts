import type { PlacementPolicyName } from '../../policies/placement/names.ts';
import type { CanonicalScheduled, canonicalPolicy } from '../canonical/policy.ts';
import type { TieBreakName } from '../names.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import type { Experiment, Fleet, Policy } from '../types.ts';
import { HostLists } from './changes.ts';
import { resolveScheduling } from './scheduling.ts';

type CanonicalPolicy = ReturnType<typeof canonicalPolicy>;

/** The policy in numbers. */
export function resolvePolicy(policy: CanonicalPolicy, experiment: Experiment, fleet: Fleet): Policy {
  const lists = fleet.kind === 'hosts' ? new HostLists(fleet.groups) : undefined;
  return {
    ...resolveScheduled(policy, experiment),
    typicalShare: readValid(shareQuantity, policy.typicalShare),
    referenceHost:
      policy.referenceHost === null
        ? null
        : {
            cpuMilli: readValid(cpuQuantity, policy.referenceHost.cpu),
            gpuCount: policy.referenceHost.gpus,
          },
    pools: (policy.pools ?? []).map((pool) => ({
      name: pool.name,
      hosts: lists === undefined ? pool.hosts : lists.of(pool.hosts),
      ...resolveScheduled(pool, experiment),
    })),
  };
}

function resolveScheduled(
  { placement, scores, tieBreak, queueing, scheduling }: CanonicalScheduled,
  experiment: Experiment,
): Pick<Policy, 'placement' | 'scores' | 'tieBreak' | 'queueing' | 'scheduling'> {
  const weighted = Object.entries(scores ?? {}).map(([policy, weight]) => ({
    policy: policy as PlacementPolicyName,
    weight: weight ?? 1,
  }));
  // GPUs are chosen by the policy that counts most.
  const most = weighted.reduce<(typeof weighted)[number] | undefined>(
    (best, each) => (best === undefined || each.weight > best.weight ? each : best),
    undefined,
  );
  return {
    placement: placement ?? most?.policy ?? 'best-fit',
    scores: weighted,
    tieBreak: resolveTieBreak(tieBreak, experiment),
    queueing,
    scheduling: resolveScheduling(scheduling ?? {}),
  };
}

/** What `auto` stands for in the experiment; anything else stands for itself. */
export function resolveTieBreak(
  tieBreak: TieBreakName,
  experiment: Pick<Experiment, 'kind'> & { readonly order?: string },
): Policy['tieBreak'] {
  if (tieBreak !== 'auto') return tieBreak;
  return experiment.kind === 'fill' && experiment.order === 'shuffle' ? 'shuffled' : 'host-order';
}
