import type { ObjectiveResult } from '../../../experiment/compare/index.ts';
import type { PlanResult, ReportedPlan } from '../../../experiment/plan/index.ts';
import {
  type Block,
  heading,
  name,
  paragraph,
  prose,
  type Text,
  tableOf,
  words,
} from '../../document/blocks.ts';
import { quantity } from '../../document/quantity.ts';
import { outcomeText, VERDICT_WORD } from '../../objectives.ts';
import { answerSentences, changesWanted, headline } from '../../plan/answer.ts';
import { plannedGroups } from '../../plan/fleet.ts';
import { amountWords, axisWords, MINIMISED_WORDS, planPhrase, sentence } from '../../plan/words.ts';
import type { PlanSection } from './section.ts';

/** What to have, what it costs, what it keeps, and what could be saved at most. */
export const planAnswer: PlanSection = {
  id: 'answer',
  title: 'The answer',
  build: (result) => [
    { kind: 'answer', text: [{ strong: headline(result) }] },
    ...answerSentences(result).map((sentences) => paragraph(sentences)),
    ...(result.plan === null ? nothingServes(result) : planBlocks(result, result.plan)),
  ],
};

function planBlocks(result: PlanResult, plan: ReportedPlan): readonly Block[] {
  return [
    ...groupTable(result.planned),
    ...objectiveTable('What was asked of the plan', plan.objectives),
    {
      kind: 'facts',
      facts: [
        ['Minimised', MINIMISED_WORDS[result.minimise]],
        ...plan.options.map(({ choice, option }) => [`Choice ${choice}`, [name(option)]] as const),
        ...plan.counts.map((each) => [`Count of ${axisWords(each)}`, String(each.count)] as const),
        ...(plan.load === null
          ? []
          : ([['Work offered, of what the cards can do', quantity(plan.load, 'fraction')]] as const)),
      ],
    },
  ];
}

function groupTable(planned: unknown): readonly Block[] {
  const groups = plannedGroups(planned) ?? [];
  if (groups.length === 0) return [];
  const isShared = groups.some(({ sharing }) => sharing !== '');
  return [
    tableOf(
      'What to have',
      ['host group', words('how'), 'hosts', words('GPUs of each'), ...(isShared ? [words('sharing')] : [])],
      groups.map(({ name: group, how, hosts, gpus, sharing }): readonly Text[] => [
        [name(group)],
        how,
        String(hosts),
        [name(gpus === '' ? 'none' : gpus)],
        ...(isShared ? [[name(sharing === '' ? '-' : sharing)]] : []),
      ]),
    ),
  ];
}

function objectiveTable(caption: string, objectives: readonly ObjectiveResult[]): readonly Block[] {
  if (objectives.length === 0) return [];
  return [
    tableOf(
      caption,
      ['objective', words('verdict'), prose('what was found')],
      objectives.map((each): readonly Text[] => [
        [name(each.name === each.expect ? each.expect : `${each.name}: ${each.expect}`)],
        VERDICT_WORD[each.verdict],
        sentence(outcomeText(each)),
      ]),
    ),
  ];
}

/** Which objective cannot be met, how far the nearest plan gets, and what could be changed. */
function nothingServes(result: PlanResult): readonly Block[] {
  const { closest, infeasible } = result;
  const missed = infeasible.flatMap(({ nearest, by }) => (nearest === undefined ? [] : [{ nearest, by }]));
  const proven = infeasible.filter(({ nearest }) => nearest === undefined);
  return [
    ...(missed.length === 0
      ? []
      : [
          tableOf(
            'What no plan that was run keeps, and how far the nearest gets',
            ['objective', words('nearest'), prose('what that reaches')],
            missed.map(({ nearest, by }): readonly Text[] => [
              [name(nearest.name === nearest.expect ? nearest.expect : `${nearest.name}: ${nearest.expect}`)],
              [name(by ?? '-')],
              sentence(outcomeText(nearest)),
            ]),
          ),
        ]),
    ...(proven.length === 0
      ? []
      : [
          tableOf(
            'Why options cannot serve, with the most of everything',
            ['option', prose('why')],
            proven.map(({ name: why, by }): readonly Text[] => [[name(by ?? '-')], [name(sentence(why))]]),
          ),
        ]),
    ...(closest === null ? [] : closestBlocks(closest)),
    heading('What could be changed'),
    { kind: 'list', items: changesWanted(result).map((each) => `${each}.`) },
  ];
}

function closestBlocks(plan: ReportedPlan): readonly Block[] {
  const { amount, broken, objectives } = plan;
  return [
    heading('The plan that comes closest'),
    paragraph([
      name(planPhrase(plan)),
      amount.value === null ? '.' : `, at ${amountWords(amount.value, amount.unit)}.`,
      ...broken.map((each) => ` ${sentence(each)}.`),
    ]),
    ...objectiveTable('What becomes of the objectives with it', objectives),
  ];
}
