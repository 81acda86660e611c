import { z } from 'zod';
import type { ObjectiveResult } from '../experiment/compare/index.ts';

const verdict = z.enum(['pass', 'fail', 'undecided', 'not-measured']);

/** JSON has no infinity and writes null: of an end of an interval the place tells which it was, of a value nothing does. */
const shown = z
  .object({
    value: z.number().nullable(),
    ci95: z.tuple([z.number().nullable(), z.number().nullable()]).nullable(),
  })
  .transform(({ value, ci95 }) => ({
    value: value ?? Number.POSITIVE_INFINITY,
    ci95:
      value === null || ci95 === null
        ? null
        : ([ci95[0] ?? Number.NEGATIVE_INFINITY, ci95[1] ?? Number.POSITIVE_INFINITY] as const),
  }))
  .nullable();

const comparison = z.object({
  text: z.string(),
  verdict,
  op: z.enum(['<', '<=', '>', '>=', '==', '!=']),
  left: shown,
  right: shown,
  isLimit: z.boolean(),
  margin: shown,
  isPercent: z.boolean(),
  dimension: z.record(z.string(), z.number()),
  n: z.number(),
  needed: z.number().nullable(),
  reason: z.string().optional(),
});

const objectives = z.array(
  z.object({
    name: z.string(),
    expect: z.string(),
    why: z.string(),
    index: z.number().nullable(),
    verdict,
    comparisons: z.array(comparison),
    needed: z.number().nullable(),
    isOneRun: z.boolean(),
    reason: z.string().optional(),
    onBase: verdict.optional(),
  }),
);

/** What a result keeps of its objectives, all of it: none where it keeps none, undefined where that cannot be read. */
export function keptObjectives(value: unknown): readonly ObjectiveResult[] | undefined {
  if (value === undefined) return [];
  const read = objectives.safeParse(value);
  return read.success ? (read.data as readonly ObjectiveResult[]) : undefined;
}
