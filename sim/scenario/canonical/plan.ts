import type { QuantityKind } from '../quantities/quantity.ts';
import { confidenceQuantity, multipleQuantity } from '../quantities/ratio.ts';
import type { PlanDocument } from '../schema/plan.ts';
import { canonicalNumber } from './distribution.ts';

/**
 * What can be planned with every default written out. Settings stay as they are written: what they say may hold only together
 * with those of other choices.
 *
 * @param hasCost whether the scenario says what its fleet costs
 */
export function canonicalPlan(written: PlanDocument, hasCost: boolean): PlanDocument {
  const { choices = [], counts = [], replications = {}, growth, demands = [] } = written;
  return {
    minimise: written.minimise ?? (hasCost ? 'cost' : 'gpus'),
    choices: choices.map(({ name, options }) => ({
      name,
      options: options.map(({ name: option, description = '', set = {} }) => ({
        name: option,
        description,
        set: { ...set },
      })),
    })),
    counts: counts.map(({ name, path, from = 1, to, step = 1 }) => ({
      ...(name === undefined ? {} : { name }),
      path,
      from,
      to,
      step,
    })),
    ...(written.replicas === undefined ? {} : { replicas: written.replicas.map((each) => ({ ...each })) }),
    replications: {
      search: replications.search ?? DEFAULT_RUNS.search,
      most: replications.most ?? Math.max(DEFAULT_RUNS.most, replications.search ?? 0),
      verify: replications.verify ?? DEFAULT_RUNS.verify,
    },
    confidence: canonical(confidenceQuantity, written.confidence ?? DEFAULT_CONFIDENCE),
    uncertainty: written.uncertainty ?? true,
    tryCheaper: written.tryCheaper ?? DEFAULT_TRY_CHEAPER,
    rivals: written.rivals ?? DEFAULT_RIVALS,
    ...(written.weigh === undefined ? {} : { weigh: [...written.weigh] }),
    ...(growth == null
      ? {}
      : {
          growth: {
            upTo: canonicalNumber(growth.upTo ?? DEFAULT_GROWTH),
            purchases: growth.purchases ?? DEFAULT_PURCHASES,
            perYear: growth.perYear == null ? null : canonical(multipleQuantity, growth.perYear),
          },
        }),
    ...(demands.length === 0
      ? {}
      : {
          demands: demands.map(({ name, description = '', factor = 1, set = {} }) => ({
            name,
            description,
            factor: canonicalNumber(factor),
            set: { ...set },
          })),
        }),
  };
}

const DEFAULT_RUNS = { search: 3, most: 12, verify: 10 };
const DEFAULT_CONFIDENCE = 0.95;
const DEFAULT_TRY_CHEAPER = 6;
const DEFAULT_RIVALS = 3;
const DEFAULT_GROWTH = 2;
const DEFAULT_PURCHASES = 2;

function canonical(kind: QuantityKind, written: string | number): string {
  const read = kind.read(written);
  if (!read.ok) throw new RangeError(`Cannot write ${written}: it was found valid`);
  return kind.write(read.value) as string;
}
