import type { CanonicalDocument } from '../canonical/scenario.ts';
import type { TieBreakName } from '../names.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import type { Experiment, Policy, Scenario } from '../types.ts';
import { changedGroups, resolveChanges } from './changes.ts';
import { resolveFleet } from './fleet.ts';
import { fleetCards } from './fleet-cards.ts';
import { resolveWorkload } from './workload.ts';

/**
 * A canonical document in numbers.
 *
 * @param document the canonical form of a document already found valid
 */
export function resolveScenario(document: CanonicalDocument): Scenario {
  const { name, description, sources, seed, replications } = document;
  const experiment = resolveExperiment(document.experiment);
  const fleet = resolveFleet(document.fleet);
  const groups = fleet.kind === 'hosts' ? fleet.groups : [];
  const changes = document.changes ?? [];
  const cards = fleetCards([...groups, ...changedGroups(changes, groups)]);
  return {
    name,
    description,
    sources,
    seed,
    replications,
    fleet,
    workload: resolveWorkload(document.workload, cards),
    policy: resolvePolicy(document.policy, experiment),
    experiment,
    changes: resolveChanges(changes, fleet),
    overheads: Object.fromEntries(
      Object.entries(document.overheads ?? {}).map(([name, figure]) => [
        name,
        typeof figure === 'number' ? figure : figure.value,
      ]),
    ),
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

function resolvePolicy(policy: CanonicalDocument['policy'], experiment: Experiment): Policy {
  return {
    placement: policy.placement,
    tieBreak: resolveTieBreak(policy.tieBreak, experiment),
    queueing: policy.queueing,
    typicalShare: readValid(shareQuantity, policy.typicalShare),
    referenceHost:
      policy.referenceHost === null
        ? null
        : {
            cpuMilli: readValid(cpuQuantity, policy.referenceHost.cpu),
            gpuCount: policy.referenceHost.gpus,
          },
  };
}

function resolveExperiment(experiment: CanonicalDocument['experiment']): Experiment {
  if (experiment.kind === 'fill') {
    const { kind, order, target } = experiment;
    return { kind, order, target: order === 'shuffle' ? target : null };
  }
  const { kind, horizon, warmup } = experiment;
  return {
    kind,
    horizonUs: horizon === null ? null : readValid(durationQuantity, horizon),
    warmupUs: readValid(durationQuantity, warmup),
  };
}
