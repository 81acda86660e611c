import { z } from 'zod';
import { MAX_REPLICATIONS, MAX_SEED } from '../limits.ts';
import { alertsSchema, metricsSchema } from './alerts.ts';
import { changesSchema } from './changes.ts';
import { costSchema } from './cost.ts';
import { elasticSchema } from './elastic.ts';
import { experimentSchema } from './experiment.ts';
import { faultsSchema } from './faults.ts';
import { fleetSchema } from './fleet.ts';
import { line, list, orNone, prose, section, wholeNumber } from './leaves.ts';
import { licencesSchema } from './licences.ts';
import { objectivesSchema } from './objectives.ts';
import { overheadsSchema } from './overheads.ts';
import { planSchema } from './plan.ts';
import { policySchema } from './policy.ts';
import { repartitionSchema } from './repartition.ts';
import { whatIfSchema } from './what-if.ts';
import { workloadSchema } from './workload.ts';

export const API_VERSION = 'slicewise/v1';

/** The scenario document, structure and single values; `checks/` holds what several values must satisfy together. */
export const scenarioSchema = section(
  {
    apiVersion: z
      .literal(API_VERSION, { error: `must be ${API_VERSION}` })
      .meta({ description: 'Version of the document format.' }),
    name: line(120, 'Name of the scenario; lower-case letters, digits and "-" make the best file names.'),
    description: prose(20_000, 'What the scenario is about.').optional(),
    sources: list(prose(2000, 'A source.'), 'sources', 0, 1000, 'Where its figures come from.').optional(),
    seed: wholeNumber(0, MAX_SEED, 'Seed of every random stream. Default 1.').optional(),
    replications: wholeNumber(
      1,
      MAX_REPLICATIONS,
      'Independent repetitions, each with its own seed. Default 1.',
    ).optional(),
    fleet: fleetSchema,
    workload: workloadSchema,
    changes: changesSchema.optional(),
    repartition: repartitionSchema.optional(),
    faults: orNone(faultsSchema),
    elastic: orNone(elasticSchema),
    licences: orNone(licencesSchema),
    cost: orNone(costSchema),
    alerts: orNone(alertsSchema),
    metrics: orNone(metricsSchema),
    overheads: overheadsSchema.optional(),
    policy: policySchema.optional(),
    experiment: experimentSchema.optional(),
    objectives: objectivesSchema.optional(),
    whatIf: whatIfSchema.optional(),
    plan: orNone(planSchema),
  },
  'A fleet, a workload, a policy and an experiment on them.',
).meta({ title: 'Slicewise scenario' });

/** A scenario document as its author may write it: defaults left out, quantities in any accepted form. */
export type ScenarioDocument = z.infer<typeof scenarioSchema>;
export type FleetDocument = ScenarioDocument['fleet'];
export type HostGroupDocument = NonNullable<FleetDocument['hosts']>[number];
export type GpuGroupDocument = Exclude<NonNullable<HostGroupDocument['gpus']>, readonly unknown[]>;
export type WorkloadDocument = ScenarioDocument['workload'];
export type SyntheticDocument = NonNullable<WorkloadDocument['synthetic']>;
export type TaskClassDocument = SyntheticDocument['classes'][number];
export type PolicyDocument = NonNullable<ScenarioDocument['policy']>;
export type ExperimentDocument = NonNullable<ScenarioDocument['experiment']>;
