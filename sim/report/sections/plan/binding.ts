import { type Block, name, paragraph, prose, tableOf, words } from '../../document/blocks.ts';
import { atFewest, breaksWords, fewerWords, leftWords } from '../../plan/binding.ts';
import { sentence } from '../../plan/words.ts';
import type { PlanSection } from './section.ts';

/** One less of each thing, and what that breaks. */
export const planBinding: PlanSection = {
  id: 'binding',
  title: 'What holds the plan up',
  build(result): readonly Block[] {
    const { binding, plan } = result;
    if (plan === null) return [];
    const fewest = atFewest(result);
    return [
      ...(binding.length === 0
        ? []
        : [
            tableOf(
              'With one step less',
              ['step', words('what is left'), prose('what that breaks'), words('how it is known')],
              binding.map((each) => [
                [name(fewerWords(result, each))],
                [name(leftWords(result, each))],
                [name(`${sentence(breaksWords(result, each))}.`)],
                each.isProven ? 'proven, without a run' : 'seen in runs',
              ]),
            ),
          ]),
      ...(fewest.length === 0
        ? []
        : [paragraph(['The plan has the fewest that are allowed of ', name(fewest.join(', ')), '.'])]),
    ];
  },
};
