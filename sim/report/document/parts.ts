import { z } from 'zod';

/**
 * The parts of a result that a report reads if they are there. They are read as leniently as they can be shown: what is
 * not known is left out, and a result of an older or newer version still gives a report.
 */

const interval = z.tuple([z.number(), z.number()]);
const metric = z.looseObject({
  value: z.number().nullable(),
  unit: z.string(),
  ci95: interval.optional(),
  n: z.number(),
});
const metrics = z.record(z.string(), metric);
const groups = z.record(z.string(), metrics);

const cause = z.looseObject({
  reason: z.string().optional(),
  demand: z.string().optional(),
  text: z.string().optional(),
  gpuHours: z.number(),
});
const bucket = z.looseObject({
  bucket: z.string(),
  gpuHours: z.number(),
  share: z.number().nullable(),
  ci95: interval.optional(),
  causes: z.array(cause).optional(),
});
const parted = z.union([
  z.array(bucket),
  z.looseObject({ buckets: z.array(bucket) }).transform((each) => each.buckets),
]);
export const waterfallPart = z.looseObject({
  capacityGpuHours: z.number(),
  buckets: z.array(bucket),
  byPool: z.record(z.string(), parted).optional(),
  byMode: z.record(z.string(), parted).optional(),
  byModel: z.record(z.string(), parted).optional(),
});
export type WaterfallPart = z.infer<typeof waterfallPart>;

const cells = z.array(z.number().nullable());
const course = z.looseObject({ unit: z.string(), min: cells, mean: cells, max: cells });
export const timePart = z.looseObject({
  bucketSeconds: z.number().positive(),
  startSeconds: z.number().optional(),
  names: z.record(z.string(), course),
});
export type TimePart = z.infer<typeof timePart>;

const alert = z.looseObject({
  rule: z.string(),
  scope: z.string().optional(),
  atSeconds: z.number().optional(),
  untilSeconds: z.number().nullable().optional(),
  worst: z.number().nullable().optional(),
  unit: z.string().optional(),
  text: z.string().optional(),
});
export const alertsPart = z.union([
  z.array(alert),
  z.looseObject({ alerts: z.array(alert) }).transform((part) => part.alerts),
]);
export type AlertPart = z.infer<typeof alert>;

/** Rows with whatever the audit says: texts and numbers are shown under their own names. */
const auditRow = z.record(z.string(), z.unknown());
export const licencesPart = z.union([
  z.array(auditRow),
  z.looseObject({ audit: z.array(auditRow) }).transform((part) => part.audit),
]);
export type LicenceRow = z.infer<typeof auditRow>;

const objective = z.looseObject({
  expression: z.string(),
  verdict: z.string(),
  text: z.string().optional(),
  value: z.number().nullable().optional(),
  unit: z.string().optional(),
  ci95: interval.nullable().optional(),
});
export const objectivesPart = z.union([
  z.array(objective),
  z.looseObject({ objectives: z.array(objective) }).transform((part) => part.objectives),
]);
export type ObjectivePart = z.infer<typeof objective>;

/** What every result has. */
export const corePart = z.looseObject({
  schema: z.literal('slicewise/result@1'),
  version: z.string(),
  scenario: z.looseObject({
    name: z.string(),
    description: z.string().optional(),
    sources: z.array(z.string()).optional(),
    fleet: z.looseObject({}),
    workload: z.looseObject({}),
    policy: z.looseObject({}),
    experiment: z.looseObject({ kind: z.string() }),
  }),
  overlays: z.array(z.string()),
  inputs: z.array(
    z.looseObject({ path: z.string(), rows: z.number(), kept: z.number(), skipped: z.number() }),
  ),
  seeds: z.array(z.number()).min(1),
  digest: z.string(),
  metrics,
  groups: z.record(z.string(), groups),
  series: z.looseObject({}),
  explanations: z.array(z.looseObject({ kind: z.string(), reason: z.string(), text: z.string() })),
  assumptions: z.array(z.looseObject({ id: z.string(), what: z.string(), value: z.number() })),
  notes: z.array(z.string()),
});
