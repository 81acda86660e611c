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

const cause = z.looseObject({ cause: z.string(), text: z.string(), gpuHours: z.number() });
const asker = z.looseObject({
  tenant: z.string(),
  class: z.string(),
  demand: z.string(),
  text: z.string(),
  gpuHours: z.number(),
});
const bucket = z.looseObject({
  bucket: z.string(),
  /** In words; parts of the fleet have those of the whole. */
  text: z.string().optional(),
  costPerMonth: z.number().optional(),
  gpuHours: z.number(),
  share: z.number().nullable(),
  ci95: interval.optional(),
  causes: z.array(cause).optional(),
  askers: z.array(asker).optional(),
});
const parted = z.looseObject({ buckets: z.array(bucket) }).transform((each) => each.buckets);
export const waterfallPart = z.looseObject({
  capacityGpuHours: z.number(),
  buckets: z.array(bucket),
  currency: z.string().optional(),
  byPool: z.record(z.string(), parted).optional(),
  byMode: z.record(z.string(), parted).optional(),
  byModel: z.record(z.string(), parted).optional(),
});
export type WaterfallPart = z.infer<typeof waterfallPart>;

const tried = z.looseObject({
  text: z.string(),
  set: z.record(z.string(), z.unknown()),
  gpuHours: z.number(),
  ci95: interval.optional(),
  usefulGpuHours: z.number(),
  waitP95Sec: z.number().nullable(),
  worse: z.array(z.string()),
  isConfirmed: z.boolean(),
});
export const giveBackPart = z.looseObject({
  seeds: z.number(),
  runs: z.number(),
  buckets: z.array(
    z.looseObject({ bucket: z.string(), text: z.string(), gpuHours: z.number(), changes: z.array(tried) }),
  ),
});
export type GiveBackPart = z.infer<typeof giveBackPart>;

const cells = z.array(z.number().nullable());
const course = z.looseObject({ unit: z.string(), min: cells, mean: cells, max: cells });
export const timePart = z.looseObject({
  bucketSeconds: z.number().positive(),
  startSeconds: z.number(),
  endSeconds: z.number(),
  names: z.record(z.string(), course),
});
export type TimePart = z.infer<typeof timePart>;

const alert = z.looseObject({
  rule: z.string(),
  scope: z.string(),
  state: z.enum(['fired', 'quiet', 'unmeasured']),
  count: z.number(),
  totalSeconds: z.number(),
  text: z.string(),
  source: z.string(),
  longest: z.array(
    z.looseObject({ seed: z.number(), atSeconds: z.number(), untilSeconds: z.number(), worst: z.number() }),
  ),
});
export const alertsPart = z.array(alert);
export type AlertPart = z.infer<typeof alert>;

/** Rows with whatever the audit says: texts and numbers are shown under their own names. */
const auditRow = z.record(z.string(), z.unknown());
export const licencesPart = z.array(auditRow);
export type LicenceRow = z.infer<typeof auditRow>;

const shown = z.looseObject({ value: z.number(), ci95: interval.nullable() }).nullable();
const objective = z.looseObject({
  name: z.string(),
  expect: z.string(),
  why: z.string(),
  verdict: z.enum(['pass', 'fail', 'undecided', 'not-measured']),
  needed: z.number().nullable(),
  isOneRun: z.boolean(),
  comparisons: z.array(
    z.looseObject({
      text: z.string(),
      left: shown,
      right: shown,
      margin: shown,
      isLimit: z.boolean(),
      isPercent: z.boolean(),
      dimension: z.looseObject({}),
      n: z.number(),
    }),
  ),
});
export const objectivesPart = z.array(objective);
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
