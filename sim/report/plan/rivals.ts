import type { Against, PlanResult, Rival } from '../../experiment/plan/index.ts';
import { againstWords, amountWords, countsWords, differenceWords } from './words.ts';

/** In a word or two. */
export function verdictWords({ verdict, more = 1 }: Rival): string {
  return verdict === 'dearer' && more <= 0 ? 'not dearer for sure' : VERDICT_WORDS[verdict];
}

const VERDICT_WORDS: Readonly<Record<Rival['verdict'], string>> = {
  dearer: 'dearer',
  'out-of-reach': 'cannot be as cheap',
  proven: 'cannot serve',
  fails: 'does not serve',
  invalid: 'not valid',
};

/** Why an option lost, in one sentence without its end. */
export function whyLost({ plan: best, unit, minimise }: PlanResult, rival: Rival): string {
  const { verdict, why, bound, plan } = rival;
  const verb = minimise === 'cost' ? 'costs' : 'has';
  switch (verdict) {
    case 'dearer':
      if (plan === undefined) return 'Its cheapest plan is dearer';
      return `Its cheapest plan${plan.counts.length === 0 ? '' : `, ${countsWords(plan.counts)},`} ${verb} ${amountWords(plan.amount.value, plan.amount.unit)}${plan.isVerified ? '' : ' by the runs of the search'}${rival.more !== undefined && rival.more <= 0 ? ', which these runs do not tell from the plan' : ''}`;
    case 'out-of-reach':
      return bound === null
        ? 'None of its plans can be as cheap, as is proven'
        : `None of its plans ${verb} ${minimise === 'cost' ? 'less' : 'fewer'} than ${amountWords(bound, unit)}, as is proven, so that none was run`;
    case 'proven':
      return `It is proven that none of its plans serves: ${why}`;
    case 'fails': {
      const rest = best === null ? 'which rules out the others' : 'which rules out all that could be cheaper';
      const [first] = plan === undefined ? [] : againstWords(missedBy(plan));
      const known = plan === undefined || first === undefined ? why : `with ${hadWords(plan)} ${first}`;
      return `None of its plans that were run serves, ${rest}${known === '' ? '' : `: ${known}`}`;
    }
    case 'invalid':
      return `It is not a valid scenario: ${why}`;
  }
}

/** What a plan breaks or does not keep. */
function missedBy({ broken, objectives }: NonNullable<Rival['plan']>): Against {
  return { broken, objectives: objectives.filter(({ verdict }) => verdict !== 'pass') };
}

function hadWords(plan: NonNullable<Rival['plan']>): string {
  return plan.counts.length === 0 ? plan.name : countsWords(plan.counts);
}

/** Of its cheapest plan, or at least so much; `-` where none is known. */
export function rivalAmount({ unit }: PlanResult, { verdict, plan, bound }: Rival): string {
  if (verdict === 'dearer' && plan !== undefined) return amountWords(plan.amount.value, plan.amount.unit);
  return verdict === 'out-of-reach' && bound !== null ? `at least ${amountWords(bound, unit)}` : '-';
}

/** What it costs more than the plan. */
export function rivalDifference(
  { plan: best, unit }: PlanResult,
  { verdict, plan, bound, more }: Rival,
): string {
  if (best === null) return '-';
  const from = best.amount.value;
  if (verdict === 'dearer' && plan !== undefined) {
    const { value } = plan.amount;
    // Runs of the same seeds: the search has others than the verification.
    return differenceWords(more === undefined || value === null ? from : value - more, value, unit);
  }
  if (verdict !== 'out-of-reach' || bound === null || (from !== null && bound < from)) return '-';
  return `at least ${differenceWords(from, bound, unit)}`;
}
