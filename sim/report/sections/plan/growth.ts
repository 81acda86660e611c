import { type Block, name, prose, type Text, tableOf, words } from '../../document/blocks.ts';
import { boughtWords, endWords, growthSentences, neededWords, servesWords } from '../../plan/growth.ts';
import { amountWords, countsWords, sentence } from '../../plan/words.ts';
import type { PlanSection } from './section.ts';

/** Up to which demand the plan does, what is bought next, and when. */
export const planGrowth: PlanSection = {
  id: 'growth',
  title: 'Growth',
  build(result): readonly Block[] {
    const { growth } = result;
    if (growth === null || growth.steps.length === 0) return [];
    const isDated = growth.perYear !== null;
    return [
      { kind: 'list', items: growthSentences(result, growth) },
      tableOf(
        'What is bought as demand grows',
        [
          'purchase',
          words('then there are'),
          words('serves up to'),
          ...(isDated ? [words('needed')] : []),
          { title: result.minimise === 'cost' ? 'cost then' : 'amount then', isNumber: true },
          prose('what ends it'),
        ],
        growth.steps.map((step, at): readonly Text[] => [
          [name(boughtWords(result, step) ?? 'the plan')],
          [name(step.plan.counts.length === 0 ? '-' : countsWords(step.plan.counts))],
          servesWords(growth, step),
          ...(isDated ? [neededWords(growth, at)] : []),
          amountWords(step.plan.amount.value, step.plan.amount.unit),
          [name(sentence(endWords(step)))],
        ]),
      ),
    ];
  },
};
