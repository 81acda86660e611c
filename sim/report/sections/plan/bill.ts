import { type Block, tableOf } from '../../document/blocks.ts';
import { metricText } from '../../document/quantity.ts';
import { criterionWords } from '../../plan/words.ts';
import { billBlocks, PER_USE } from '../cost.ts';
import type { PlanSection } from './section.ts';

/** The bill of the plan, over the years too. */
export const planBill: PlanSection = {
  id: 'cost',
  title: 'Cost',
  build({ cost, plan, name }): readonly Block[] {
    if (cost === null || plan === null) return [];
    const shown = PER_USE.filter((metric) => plan.metrics[metric]?.value != null);
    return [
      tableOf(
        'What it costs',
        ['cost', 'value'],
        shown.map((metric) => [criterionWords(metric), metricText(plan.metrics[metric])]),
      ),
      ...billBlocks(cost, name),
    ];
  },
};
