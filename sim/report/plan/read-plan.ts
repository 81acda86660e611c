import { z } from 'zod';
import type { PlanResult } from '../../experiment/plan/index.ts';
import { MINIMISED, planSchema } from '../../scenario/schema/plan.ts';
import { keptObjectives } from '../kept-objectives.ts';

/** JSON has no infinity and writes null. */
const amount = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.POSITIVE_INFINITY);
const text = z.string();
const texts = z.array(text);

const metric = z.looseObject({
  value: z.number().nullable(),
  unit: text,
  ci95: z.tuple([z.number(), z.number()]).optional(),
  n: z.number(),
});
const chosen = z.array(z.looseObject({ name: text, path: text, count: z.number() }));
const objectives = z.unknown().transform((value, context) => {
  const found = keptObjectives(value);
  if (value !== undefined && found !== undefined) return found;
  context.addIssue({ code: 'custom', message: 'must be objectives with what became of them' });
  return z.NEVER;
});
const objective = z.unknown().transform((value, context) => {
  const [found] = keptObjectives([value]) ?? [];
  if (found !== undefined) return found;
  context.addIssue({ code: 'custom', message: 'must be an objective with what became of it' });
  return z.NEVER;
});
const against = z.looseObject({ broken: texts, objectives }).nullable();
const options = z.array(z.looseObject({ choice: text, option: text }));

const plan = z.looseObject({
  name: text,
  options,
  counts: chosen,
  settings: texts,
  gpus: z.number(),
  hosts: z.number(),
  amount: metric,
  isVerified: z.boolean(),
  runs: z.number(),
  objectives,
  broken: texts,
  metrics: z.record(text, metric),
  load: z.number().nullable(),
});

const binding = z.looseObject({ axis: text, count: z.number(), against, isProven: z.boolean() });

const rival = z.looseObject({
  name: text,
  options,
  verdict: z.enum(['dearer', 'out-of-reach', 'proven', 'fails', 'invalid']),
  why: text,
  bound: z.number().nullable(),
  plan: plan.optional(),
  more: amount.optional(),
});

const pareto = z.looseObject({
  runs: z.number(),
  criteria: z.array(z.looseObject({ metric: text, better: z.enum(['higher', 'lower']), unit: text })),
  plans: z.array(
    z.looseObject({
      name: text,
      counts: chosen,
      values: z.array(z.number().nullable()),
      isOnFront: z.boolean(),
    }),
  ),
});

const growth = z.looseObject({
  unit: z.looseObject({ amount: z.number(), unit: text }).nullable(),
  perYear: z.number().nullable(),
  steps: z.array(
    z.looseObject({
      plan: z.looseObject({ counts: chosen, amount: metric }),
      bought: z.looseObject({ axis: text, more: z.number() }).optional(),
      servesUpTo: z.number(),
      failsAt: z.number().nullable(),
      against,
      months: z.number().nullable(),
    }),
  ),
});

const regret = z.looseObject({
  demands: z.array(
    z.looseObject({
      name: text,
      factor: z.number(),
      cheapest: text.nullable(),
      amount: z.number().nullable(),
    }),
  ),
  plans: z.array(
    z.looseObject({
      name: text,
      counts: chosen,
      under: z.array(z.looseObject({ serves: z.boolean(), amount, regret: z.number().nullable(), against })),
      mostRegret: z.number().nullable(),
    }),
  ),
});

const ledgerLine = z.record(text, text);
const bill = z.looseObject({
  currency: text,
  perMonth: text,
  measuredHours: z.number(),
  ledger: z.array(ledgerLine),
  byKind: z.record(text, text),
  tco: z.array(z.record(text, text)),
  byGpuModel: z.array(z.looseObject({ model: text, amount: text })),
  chargeback: z.array(z.looseObject({ tenant: text, amount: text })),
  appraisal: z.looseObject({ baseline: text, months: z.number(), npv: z.number() }).nullable(),
});

const planResult = z.looseObject({
  schema: z.literal('slicewise/plan@1'),
  version: text,
  name: text,
  scenario: z.looseObject({ plan: planSchema }),
  minimise: z.enum(MINIMISED),
  unit: text,
  searched: z.looseObject({
    options: z.number(),
    plans: z.number(),
    proven: z.number(),
    run: z.number(),
    refuted: z.number(),
    runs: z.number(),
  }),
  plan: plan.nullable(),
  planned: z.unknown(),
  cost: bill.nullable(),
  bound: z.number().nullable(),
  usage: z.number().nullable(),
  gap: z.number().nullable(),
  cheaper: z.object({ plans: z.number(), run: z.number(), bound: z.number(), gap: z.number() }).nullable(),
  contenders: z.array(
    z.looseObject({ name: text, options, counts: chosen, more: metric, isToldApart: z.boolean() }),
  ),
  binding: z.array(binding),
  rivals: z.array(rival),
  pareto: pareto.nullable(),
  growth: growth.nullable(),
  regret: regret.nullable(),
  closest: plan.nullable(),
  infeasible: z.array(z.looseObject({ name: text, nearest: objective.optional(), by: text.optional() })),
  notes: texts,
});

/** What keeps a file from being a plan. */
interface PlanProblem {
  /** Where, such as `plan.counts[0].count`; empty: the whole. */
  readonly path: string;
  readonly message: string;
}

export type ReadPlan =
  | { readonly ok: true; readonly plan: PlanResult }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] };

/** A parsed `plan.json`; every problem at once where it is none. What it has more than this version knows is left. */
export function readPlan(value: unknown): ReadPlan {
  const read = planResult.safeParse(value);
  // Everything that reports read has been looked at.
  if (read.success) return { ok: true, plan: read.data as unknown as PlanResult };
  return {
    ok: false,
    problems: read.error.issues.map(({ path, message }) => ({ path: pathText(path), message })),
  };
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
