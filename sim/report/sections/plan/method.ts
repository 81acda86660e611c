import type { PlanResult } from '../../../experiment/plan/index.ts';
import { isMapping } from '../../../scenario/path.ts';
import { type Block, code, details, name, paragraph, type Text } from '../../document/blocks.ts';
import { shellWord } from '../../document/shell-word.ts';
import { askedOf } from '../../plan/answer.ts';
import { restsOn, searchedSentence } from '../../plan/search.ts';
import { axisWords, MINIMISED_WORDS, timesWords } from '../../plan/words.ts';
import type { PlanSection } from './section.ts';

/** Longest scenario that a report carries with it, in characters. */
const MOST_TEXT = 60_000;

/** How the plan was found, what that rests on, and how to have it again. */
export const planMethod: PlanSection = {
  id: 'method',
  title: 'How it was found',
  build: (result): readonly Block[] => [
    paragraph(searchedSentence(result)),
    { kind: 'list', items: restsOn(result) },
    { kind: 'facts', facts: facts(result) },
    ...(result.notes.length === 0
      ? []
      : [{ kind: 'list' as const, items: result.notes.map((note): Text => [name(note)]) }]),
    ...again(result),
  ],
};

/** The question as the scenario states it. */
function facts(result: PlanResult): readonly (readonly [label: string, text: Text])[] {
  const { choices = [], counts = [], demands = [], growth } = askedOf(result);
  const { scenario, version } = result;
  const seed = isMapping(scenario) ? scenario.seed : undefined;
  return [
    ['Scenario', [name(result.name)]],
    ['Minimised', MINIMISED_WORDS[result.minimise]],
    ...choices.map(
      (choice) =>
        [`Choice ${choice.name}`, [name(choice.options.map((option) => option.name).join(', '))]] as const,
    ),
    ...counts.map(({ name: own, path, from = 1, to, step = 1 }) => {
      const range = `${from} to ${to}${step === 1 ? '' : `, in steps of ${step}`}`;
      return [`Count of ${axisWords({ name: own ?? path, path })}`, [`${range} (`, code(path), ')']] as const;
    }),
    ...(growth == null
      ? []
      : ([
          [
            'Growth',
            `looked at up to ${timesWords(growth.upTo ?? 2)} today's demand${growth.perYear == null ? '' : `, which grows by ${growth.perYear} a year`}`,
          ],
        ] as const)),
    ...(demands.length === 0
      ? []
      : ([['Demands', [name(demands.map(({ name: own }) => own).join(', '))]]] as const)),
    ...(typeof seed === 'number'
      ? ([['First seed', `${seed}; the plan was verified with others`]] as const)
      : []),
    ['Version', [name(version)]],
  ];
}

function again(result: PlanResult): readonly Block[] {
  const { plan, scenario } = result;
  const text = JSON.stringify(scenario, null, 2);
  const file = 'question.json';
  return [
    paragraph([
      'With the scenario and its question below in ',
      code(file),
      ', the same version finds the same plan',
      plan === null
        ? ':'
        : ', writes its scenario, which can be run and opened in the viewer, and what is needed to deploy it:',
    ]),
    {
      kind: 'code',
      label: 'Commands that find the plan again',
      text: [
        `slicewise plan ${shellWord(file)} --out plan`,
        ...(plan === null
          ? []
          : [
              'slicewise run plan/scenario.yaml --out plan/run',
              'slicewise export purchase-list plan/scenario.yaml',
            ]),
      ].join('\n'),
    },
    ...(plan === null || plan.settings.length === 0
      ? []
      : details('The settings that make the plan of the scenario', [
          { kind: 'list', items: plan.settings.map((each): Text => [code(each)]) },
        ])),
    ...(text.length > MOST_TEXT
      ? [paragraph('The scenario is too long to be shown here.')]
      : details('The scenario with its question', [{ kind: 'code', label: 'Scenario as JSON', text }])),
  ];
}
