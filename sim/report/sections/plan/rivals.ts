import type { PlanResult, Rival } from '../../../experiment/plan/index.ts';
import { type Block, foldedTable, name, prose, type Text, tableOf, words } from '../../document/blocks.ts';
import { rivalAmount, rivalDifference, verdictWords, whyLost } from '../../plan/rivals.ts';
import { countsWords } from '../../plan/words.ts';
import type { PlanSection } from './section.ts';

const SHOWN = 20;

/** What became of the options that the plan does not have. */
export const planRivals: PlanSection = {
  id: 'options',
  title: 'Other options',
  build: (result): readonly Block[] =>
    foldedTable(
      tableOf(
        'Options that the plan does not have',
        [
          'option',
          words('verdict'),
          words('its cheapest plan'),
          words('against the plan'),
          prose('why it lost'),
        ],
        result.rivals.map((rival): readonly Text[] => [
          [name(rival.name)],
          verdictWords(rival),
          [name(cheapestWords(result, rival))],
          rivalDifference(result, rival),
          [name(`${whyShort(result, rival)}.`)],
        ]),
      ),
      SHOWN,
      'options',
    ),
};

function cheapestWords(result: PlanResult, rival: Rival): string {
  const { verdict, plan } = rival;
  const amount = rivalAmount(result, rival);
  return verdict !== 'dearer' || plan === undefined || plan.counts.length === 0
    ? amount
    : `${countsWords(plan.counts)}: ${amount}`;
}

/** What the other columns say need not be said again. */
function whyShort(result: PlanResult, rival: Rival): string {
  const { verdict, plan } = rival;
  if (verdict !== 'dearer' || plan === undefined) return whyLost(result, rival);
  return plan.isVerified
    ? `It serves in ${plan.runs} runs with fresh random numbers`
    : `It serves in the ${plan.runs === 1 ? 'run' : `${plan.runs} runs`} of the search`;
}
