import type { PlanResult, RegretReport } from '../../experiment/plan/index.ts';
import { plural } from '../format.ts';
import { againstWords, amountWords, planPhrase, planWords, shortAmount, timesWords } from './words.ts';

type Row = RegretReport['plans'][number];

/** `high (1.4 times)`. */
export function demandName({ name, factor }: RegretReport['demands'][number]): string {
  return factor === 1 ? name : `${name} (${timesWords(factor)})`;
}

/** Which plan has the least regret, in one sentence. */
export function regretSentence({ unit }: PlanResult, { demands, plans }: RegretReport): string {
  const unserved = demands.filter(({ amount }) => amount === null).map(({ name }) => name);
  const [first] = plans;
  if (first === undefined) return 'No plan serves any of these demands.';
  const served = first.under.filter(({ serves }) => serves).length;
  if (served < demands.length) {
    const none = unserved.length === 0 ? '' : ` No plan at all serves ${unserved.join(', ')}.`;
    return `None of these plans serves every demand; that of ${planPhrase(first)} serves most of them, ${served} of ${demands.length}.${none}`;
  }
  const { mostRegret } = first;
  const least = mostRegret === null ? '' : regretText(mostRegret, unit);
  return `Of the plans that serve every demand, ${planPhrase(first)} has the least regret: whichever of the ${plural(demands.length, 'demand')} comes, ${least}.`;
}

function regretText(most: number, unit: string): string {
  return most === 0
    ? 'no plan that serves it is cheaper'
    : `it is at most ${amountWords(most, unit)} above the cheapest that serves it`;
}

/** A cell of the matrix: `14,200.51 USD (+7,636.57 USD)`, with what is more than the cheapest has, or that it fails. */
export function regretCell(unit: string, { serves, amount, regret }: Row['under'][number]): string {
  if (!serves) return 'does not serve';
  const own = shortAmount(amount, unit);
  if (regret === null) return own;
  return regret === 0 ? `${own} (the least)` : `${own} (+${shortAmount(regret, unit)})`;
}

/** Where plans fail, a line each: plan, demand, and what stands against it. */
export function regretFailures({
  demands,
  plans,
}: RegretReport): readonly { readonly plan: string; readonly demand: string; readonly why: string }[] {
  return plans.flatMap((plan) =>
    plan.under.flatMap(({ against }, d) =>
      against === null
        ? []
        : [
            {
              plan: planWords(plan),
              demand: demands[d]?.name ?? '',
              why: againstWords(against).join('; '),
            },
          ],
    ),
  );
}
