import { API_VERSION, type ScenarioDocument } from '../schema/scenario.ts';
import { canonicalAlerts, canonicalMetrics } from './alerts.ts';
import { canonicalChanges } from './changes.ts';
import { canonicalCost } from './cost.ts';
import { canonicalNumber } from './distribution.ts';
import { canonicalElastic } from './elastic.ts';
import { canonicalExperiment } from './experiment.ts';
import { canonicalFaults } from './faults.ts';
import { canonicalFleet } from './fleet.ts';
import { canonicalLicences } from './licences.ts';
import { canonicalObjectives } from './objectives.ts';
import { canonicalOverheads } from './overheads.ts';
import { canonicalPlan } from './plan.ts';
import { canonicalPolicy } from './policy.ts';
import { canonicalRepartition } from './repartition.ts';
import { canonicalWhatIf } from './what-if.ts';
import { canonicalWorkload } from './workload.ts';

/**
 * The one form of all documents that mean the same: every default written out, quantities in one unit or the
 * largest that divides them, keys in a fixed order. A canonical document is its own canonical form.
 *
 * @param written a document already found valid
 */
export function canonicalScenario(written: ScenarioDocument) {
  const base = withoutVariants(written);
  return {
    ...base,
    ...canonicalWhatIf(written, base, withoutVariants),
    ...(written.plan == null ? {} : { plan: canonicalPlan(written.plan, written.cost != null) }),
  } satisfies ScenarioDocument;
}

function withoutVariants(written: ScenarioDocument) {
  return {
    apiVersion: API_VERSION,
    name: written.name,
    description: written.description ?? '',
    sources: [...(written.sources ?? [])],
    seed: canonicalNumber(written.seed ?? 1),
    replications: written.replications ?? 1,
    fleet: canonicalFleet(written.fleet),
    workload: canonicalWorkload(written.workload),
    ...((written.changes ?? []).length === 0 ? {} : { changes: canonicalChanges(written.changes ?? []) }),
    ...((written.repartition ?? []).length === 0
      ? {}
      : { repartition: canonicalRepartition(written.repartition ?? []) }),
    ...(written.faults == null ? {} : { faults: canonicalFaults(written.faults) }),
    ...(written.elastic == null ? {} : { elastic: canonicalElastic(written.elastic) }),
    ...(written.licences == null ? {} : { licences: canonicalLicences(written.licences) }),
    ...(written.cost == null ? {} : { cost: canonicalCost(written.cost) }),
    ...(written.alerts == null ? {} : { alerts: canonicalAlerts(written.alerts) }),
    ...(written.metrics == null ? {} : { metrics: canonicalMetrics(written.metrics) }),
    ...(Object.keys(written.overheads ?? {}).length === 0
      ? {}
      : { overheads: canonicalOverheads(written.overheads ?? {}) }),
    policy: canonicalPolicy(written.policy ?? {}),
    experiment: canonicalExperiment(written.experiment ?? { kind: 'timed' }),
    ...((written.objectives ?? []).length === 0
      ? {}
      : { objectives: canonicalObjectives(written.objectives ?? []) }),
  } as const satisfies ScenarioDocument;
}

/** A scenario document in canonical form; itself a valid scenario document. */
export type CanonicalDocument = ReturnType<typeof canonicalScenario>;
