import type { Item } from './item.ts';
import { PRODUCT_LABELS } from './node.ts';

/** What a pod wants of the model of its GPUs, and what else it wants of its node that is not read. */
export interface PodModels {
  /** Models that will do, in the order of the pod; undefined: any. */
  readonly models: readonly string[] | undefined;
  readonly hasOtherWishes: boolean;
}

/**
 * Models that a pod's node selector and required node affinity leave: of the terms of the affinity one must hold, of
 * the expressions of a term and the selector all.
 *
 * @param modelOf the model that a product label means
 * @param fleet models of all nodes, which `NotIn` leaves some of
 */
export function readPodModels(
  spec: Item,
  modelOf: (product: string) => string,
  fleet: readonly string[],
): PodModels {
  let hasOtherWishes = false;
  let models: readonly string[] | undefined;
  for (const [label, value] of spec.at('nodeSelector').entries()) {
    if (isProduct(label)) models = both(models, [modelOf(value.name())]);
    else hasOtherWishes = true;
  }
  const affinity = spec.at('affinity').at('nodeAffinity');
  const terms = affinity.at('requiredDuringSchedulingIgnoredDuringExecution').at('nodeSelectorTerms').list();
  const answers = terms.map((term) => {
    let left: readonly string[] | undefined;
    if (term.at('matchFields').list().length > 0) hasOtherWishes = true;
    for (const expression of term.at('matchExpressions').list()) {
      const wanted = ofExpression(expression, modelOf, fleet);
      if (wanted === 'other') hasOtherWishes = true;
      else left = both(left, wanted);
    }
    return left;
  });
  if (answers.length > 0 && !answers.includes(undefined)) {
    models = both(models, [...new Set(answers.flatMap((answer) => answer ?? []))]);
  }
  if (affinity.at('preferredDuringSchedulingIgnoredDuringExecution').list().length > 0) hasOtherWishes = true;
  if (models?.length === 0 && !spec.rowIsBad)
    spec.reject('must leave some GPU product: selector and affinity rule all out');
  return { models, hasOtherWishes };
}

function ofExpression(
  expression: Item,
  modelOf: (product: string) => string,
  fleet: readonly string[],
): readonly string[] | 'other' {
  const operator = expression.at('operator').value;
  if (!isProduct(expression.at('key').name()) || (operator !== 'In' && operator !== 'NotIn')) return 'other';
  const named = expression
    .at('values')
    .list()
    .map((value) => modelOf(value.name()));
  return operator === 'In' ? [...new Set(named)] : fleet.filter((model) => !named.includes(model));
}

function isProduct(label: string): boolean {
  return PRODUCT_LABELS.some((each) => each === label);
}

function both(a: readonly string[] | undefined, b: readonly string[]): readonly string[] {
  return a === undefined ? b : a.filter((model) => b.includes(model));
}
