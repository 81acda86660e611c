import { API_VERSION, type ScenarioDocument } from '../schema/scenario.ts';
import { canonicalChanges } from './changes.ts';
import { canonicalNumber } from './distribution.ts';
import { canonicalElastic } from './elastic.ts';
import { canonicalExperiment } from './experiment.ts';
import { canonicalFaults } from './faults.ts';
import { canonicalFleet } from './fleet.ts';
import { canonicalOverheads } from './overheads.ts';
import { canonicalPolicy } from './policy.ts';
import { canonicalRepartition } from './repartition.ts';
import { canonicalWorkload } from './workload.ts';

/**
 * The one form of all documents that mean the same: every default written out, quantities in one unit or the
 * largest that divides them, keys in a fixed order. A canonical document is its own canonical form.
 *
 * @param written a document already found valid
 */
export function canonicalScenario(written: ScenarioDocument) {
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
    ...(Object.keys(written.overheads ?? {}).length === 0
      ? {}
      : { overheads: canonicalOverheads(written.overheads ?? {}) }),
    policy: canonicalPolicy(written.policy ?? {}),
    experiment: canonicalExperiment(written.experiment ?? { kind: 'timed' }),
  } as const satisfies ScenarioDocument;
}

/** A scenario document in canonical form; itself a valid scenario document. */
export type CanonicalDocument = ReturnType<typeof canonicalScenario>;
