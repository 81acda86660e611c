import type { CanonicalDocument } from '../canonical/scenario.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { Experiment, Scenario } from '../types.ts';
import { resolveAlerts } from './alerts.ts';
import { changedGroups, resolveChanges } from './changes.ts';
import { resolveCost } from './cost.ts';
import { resolveElastic } from './elastic.ts';
import { resolveFaults } from './faults.ts';
import { resolveFleet } from './fleet.ts';
import { fleetCards } from './fleet-cards.ts';
import { resolveLicences } from './licences.ts';
import { resolveObjectives } from './objectives.ts';
import { resolvePolicy } from './policy.ts';
import { resolvePrecision } from './precision.ts';
import { anyLayoutGroups, resolveRepartition } from './repartition.ts';
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
  const cards = fleetCards([
    ...groups,
    ...changedGroups(changes, groups),
    ...anyLayoutGroups(document.repartition ?? [], groups),
  ]);
  return {
    name,
    description,
    sources,
    seed,
    replications,
    fleet,
    workload: resolveWorkload(document.workload, cards),
    policy: resolvePolicy(document.policy, experiment, fleet),
    experiment,
    changes: resolveChanges(changes, fleet),
    repartition: resolveRepartition(document.repartition ?? [], fleet),
    faults: document.faults === undefined ? null : resolveFaults(document.faults, fleet),
    elastic: document.elastic === undefined ? null : resolveElastic(document.elastic, fleet),
    licences: document.licences === undefined ? null : resolveLicences(document.licences, fleet),
    cost: document.cost === undefined ? null : resolveCost(document.cost, fleet),
    ...(document.alerts === undefined ? {} : { alerts: resolveAlerts(document.alerts) }),
    ...(document.metrics === undefined ? {} : { metrics: document.metrics }),
    overheads: Object.fromEntries(
      Object.entries(document.overheads ?? {}).map(([name, figure]) => [
        name,
        typeof figure === 'number' ? figure : figure.value,
      ]),
    ),
    ...resolveObjectives(document.objectives),
  };
}

function resolveExperiment(experiment: CanonicalDocument['experiment']): Experiment {
  const precision = resolvePrecision(experiment.precision);
  if (experiment.kind === 'fill') {
    const { kind, order, target, hindsight } = experiment;
    return {
      kind,
      order,
      target: order === 'shuffle' ? target : null,
      ...(hindsight === true ? { hasHindsight: true } : {}),
      ...precision,
    };
  }
  const { kind, horizon, warmup, hindsight } = experiment;
  const isWarmupAuto = warmup === 'auto';
  return {
    kind,
    horizonUs: horizon === null ? null : readValid(durationQuantity, horizon),
    warmupUs: isWarmupAuto ? 0 : readValid(durationQuantity, warmup),
    ...(isWarmupAuto ? { isWarmupAuto } : {}),
    ...(hindsight === true ? { hasHindsight: true } : {}),
    ...precision,
  };
}
