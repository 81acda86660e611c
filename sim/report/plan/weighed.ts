import type { ParetoReport, PlanResult } from '../../experiment/plan/index.ts';
import { countsWords, planWords } from './words.ts';

type Plan = ParetoReport['plans'][number];

/** Plans that are the same in all that is told of them: options of what there is none of. */
export interface WeighedPlan extends Plan {
  /** Names of all of them, and whether the answer is one. */
  readonly text: string;
  readonly isAnswer: boolean;
}

/** The plans of a front and beside it, the cheapest first, those that are alike together. */
export function weighedPlans({ plans }: ParetoReport, answer: PlanResult['plan']): readonly WeighedPlan[] {
  const alike = new Map<string, Plan[]>();
  for (const plan of plans) {
    const key = JSON.stringify([countsWords(plan.counts), plan.values]);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [plan]);
    else known.push(plan);
  }
  return [...alike.values()]
    .map((group): WeighedPlan => {
      const first = group[0] as Plan;
      const isAnswer = group.some(
        ({ name, counts }) => name === answer?.name && countsWords(counts) === countsWords(answer.counts),
      );
      const text = planWords({ ...first, name: group.map(({ name }) => name).join('; ') });
      return { ...first, text: isAnswer ? `${text} (the answer)` : text, isAnswer };
    })
    .sort((a, b) => (a.values[0] ?? 0) - (b.values[0] ?? 0));
}
