import type { PlanResult, RegretReport } from '../../../experiment/plan/index.ts';
import {
  type Block,
  details,
  foldedTable,
  name,
  paragraph,
  prose,
  type Text,
  tableOf,
  words,
} from '../../document/blocks.ts';
import { demandName, regretCell, regretFailures, regretSentence } from '../../plan/regret.ts';
import { amountWords, planWords, shortAmount } from '../../plan/words.ts';
import type { PlanSection } from './section.ts';

const SHOWN = 12;
/** Failures that stand open. */
const MOST_OPEN = 6;

/** Plans under each of the demands that there might be. */
export const planRegret: PlanSection = {
  id: 'other-demand',
  title: 'If demand is different',
  build(result): readonly Block[] {
    const { regret } = result;
    if (regret === null || regret.demands.length === 0) return [];
    return [
      paragraph([name(regretSentence(result, regret))]),
      paragraph(
        'Regret is what a plan has more than the cheapest one that serves the same demand: it is in brackets.',
      ),
      ...matrix(result, regret),
      ...failures(regret),
    ];
  },
};

function matrix({ unit }: PlanResult, { demands, plans }: RegretReport): readonly Block[] {
  return foldedTable(
    tableOf(
      'Plans under each demand',
      [
        'plan',
        ...demands.map((each) => ({ title: [name(demandName(each))], isNumber: true })),
        { title: 'most regret', isNumber: true },
      ],
      [
        ...plans.map((plan): readonly Text[] => [
          [name(planWords(plan))],
          ...plan.under.map((each) => regretCell(unit, each)),
          plan.mostRegret === null ? 'does not serve all' : amountWords(plan.mostRegret, unit),
        ]),
        ['the cheapest', ...demands.map(({ amount }) => cheapestCell(amount, unit)), ''],
      ],
    ),
    SHOWN,
    'plans',
  );
}

const cheapestCell = (amount: number | null, unit: string): string =>
  amount === null ? 'no plan serves it' : shortAmount(amount, unit);

function failures(report: RegretReport): readonly Block[] {
  const all = regretFailures(report);
  if (all.length === 0) return [];
  const table = tableOf(
    'Where plans fail',
    ['plan', words('demand'), prose('what fails')],
    all.map(({ plan, demand, why }): readonly Text[] => [[name(plan)], [name(demand)], [name(`${why}.`)]]),
  );
  return all.length <= MOST_OPEN ? [table] : details('Where plans fail', foldedTable(table, 200, 'failures'));
}
