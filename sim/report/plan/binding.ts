import type { Binding, PlanResult } from '../../experiment/plan/index.ts';
import { askedOf, axisOf } from './answer.ts';
import { againstWords, axisWords, capital, countWords, stepWords } from './words.ts';

/** How many less are looked at: `one fewer host of gpu`. */
export function fewerWords(result: PlanResult, { axis, count }: Binding): string {
  const now = result.plan?.counts.find(({ name }) => name === axis)?.count ?? count + 1;
  return stepWords(axisOf(result, axis), now - count, 'fewer');
}

/** What would be left: `5 hosts of gpu`. */
export const leftWords = (result: PlanResult, { axis, count }: Binding): string =>
  countWords({ ...axisOf(result, axis), count });

/** What less of something breaks. */
export function breaksWords(result: PlanResult, binding: Binding): string {
  const { against } = binding;
  if (against !== null) return againstWords(against).join('; ');
  // What served in the search may be one of those that did not with fresh seeds.
  if (result.searched.refuted > 0) return 'nothing that the runs of the search show';
  return isContender(result, binding)
    ? 'nothing: that serves, too, and runs do not tell which is cheaper'
    : 'nothing: that serves, too, and is no cheaper';
}

/** Whether what is left with one step less is named as a plan that may as well be this one. */
function isContender({ plan, contenders }: PlanResult, { axis, count }: Binding): boolean {
  return contenders.some(
    ({ name, counts, isToldApart }) =>
      !isToldApart &&
      name === plan?.name &&
      counts.every((each, i) => each.count === (each.name === axis ? count : plan.counts[i]?.count)),
  );
}

/** Axes of which the plan has the fewest that are allowed: `hosts of gpu (1)`. */
export function atFewest(result: PlanResult): readonly string[] {
  const { binding, plan } = result;
  if (plan === null) return [];
  return (askedOf(result).counts ?? []).flatMap(({ name, path }) => {
    const own = name ?? path;
    const chosen = plan.counts.find((each) => each.name === own);
    return binding.some(({ axis }) => axis === own) || chosen === undefined
      ? []
      : [`${axisWords({ name: own, path })} (${chosen.count})`];
  });
}

/** A sentence for each axis. */
export function bindingSentences(result: PlanResult): readonly string[] {
  const fewest = atFewest(result);
  return [
    ...result.binding.map((each) => {
      const proof = each.against !== null && each.isProven ? ' (proven without a run)' : '';
      return `${capital(fewerWords(result, each))}: ${breaksWords(result, each)}${proof}.`;
    }),
    ...(fewest.length === 0 ? [] : [`No fewer are allowed of ${fewest.join(', ')}.`]),
  ];
}
