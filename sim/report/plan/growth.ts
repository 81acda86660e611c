import type { GrowthReport, GrowthStep, PlanResult } from '../../experiment/plan/index.ts';
import { count } from '../format.ts';
import { axisOf } from './answer.ts';
import { againstWords, amountWords, capital, monthsWords, stepWords, timesWords } from './words.ts';

/** So much demand: `37.5 jobs/h (1.25 times)`, or a multiple of today's. */
function demandWords({ unit }: GrowthReport, factor: number): string {
  if (unit === null) return `${timesWords(factor)} today's demand`;
  const amount = Number((unit.amount * factor).toPrecision(4));
  // Users are run in whole numbers, rounded up.
  return `${count(unit.unit === 'users' ? Math.ceil(amount) : amount)}\u00a0${unit.unit}`;
}

/** What is bought to come to a step; undefined of the plan itself. */
export function boughtWords(result: PlanResult, { bought }: GrowthStep): string | undefined {
  return bought === undefined ? undefined : stepWords(axisOf(result, bought.axis), bought.more, 'more');
}

/** Up to where a step serves. */
export function servesWords(growth: GrowthReport, { servesUpTo, failsAt }: GrowthStep): string {
  const upTo = demandWords(growth, servesUpTo);
  const times = growth.unit === null ? '' : `, ${timesWords(servesUpTo)} today's`;
  return `${upTo}${times}${failsAt === null ? ', the most that was tried' : ''}`;
}

/** When a step is needed: when the one before it no longer does. */
export function neededWords({ perYear, steps }: GrowthReport, at: number): string {
  if (at === 0) return 'now';
  return perYear === null ? '-' : monthsWords(steps[at - 1]?.months ?? null);
}

/** What the plan takes, and what is worth buying from where on, in sentences. */
export function growthSentences(result: PlanResult, growth: GrowthReport): readonly string[] {
  const { steps, perYear } = growth;
  const [first, ...later] = steps;
  if (first === undefined) return [];
  const today = growth.unit === null ? '' : `, today's being ${demandWords(growth, 1)}`;
  const timing = (step: GrowthStep | undefined) =>
    perYear === null || step?.months == null ? '' : `, which is reached ${monthsWords(step.months)}`;
  const last = steps.at(-1) as GrowthStep;
  return [
    first.failsAt === null
      ? `The plan serves ${demandWords(growth, first.servesUpTo)}${today}, the most that was tried.`
      : `The plan serves up to ${demandWords(growth, first.servesUpTo)}${today}; at ${demandWords(growth, first.failsAt)} it does not any more${timing(first)}.`,
    ...later.map((step, i) => {
      const { amount } = step.plan;
      const verb = (step.bought?.more ?? 1) === 1 ? 'is' : 'are';
      return `${capital(boughtWords(result, step) ?? '')} ${verb} worth it above ${demandWords(growth, steps[i]?.servesUpTo ?? 1)}${timing(steps[i])}; it then ${result.minimise === 'cost' ? 'costs' : 'has'} ${amountWords(amount.value, amount.unit)} and serves up to ${demandWords(growth, step.servesUpTo)}.`;
    }),
    ...(last.failsAt === null
      ? []
      : [
          `What is bought above ${demandWords(growth, last.servesUpTo)} is not told: no count alone serves it as far as it may grow, or it lies further ahead than was looked.`,
        ]),
  ];
}

/** Why a step ends. */
export const endWords = ({ against }: GrowthStep): string =>
  against === null ? '-' : againstWords(against).join('; ');
