import type { ParetoReport } from '../../../experiment/plan/index.ts';
import {
  type Block,
  foldedTable,
  name,
  paragraph,
  type TableBlock,
  type Text,
  tableOf,
} from '../../document/blocks.ts';
import { axisScale, quantity } from '../../document/quantity.ts';
import { plural, printable } from '../../format.ts';
import { type WeighedPlan, weighedPlans } from '../../plan/weighed.ts';
import { andList, criterionWords } from '../../plan/words.ts';
import { type FrontLine, frontLine } from '../front-line.ts';
import type { PlanSection } from './section.ts';

const SHOWN = 12;

type Criterion = ParetoReport['criteria'][number];

/** Plans that no other beats in everything. */
export const planFront: PlanSection = {
  id: 'trade-offs',
  title: 'Trade-offs',
  build: ({ pareto, plan: answer }): readonly Block[] => {
    if (pareto === null || pareto.plans.length < 2) return [];
    const { criteria, runs } = pareto;
    const plans = weighedPlans(pareto, answer);
    const onFront = plans.filter((plan) => plan.isOnFront);
    // The answer is there, also where another is beyond it.
    const told = plans.filter(({ isOnFront, isAnswer }) => isOnFront || isAnswer);
    // Where something is not known of it, it is on no front, and not beaten either.
    const isBeaten = told.some((plan) => !plan.isOnFront && plan.values.every((value) => value !== null));
    const all = criteria.map(({ metric }) => criterionWords(metric)).join('; ');
    return [
      paragraph(
        `Plans that were simulated and serve are weighed by ${all}. ${plural(onFront.length, 'plan')} of these ${plans.length} ${onFront.length === 1 ? 'is' : 'are'} worth a look: every other is beaten by one of them, which is as good in everything and better in something. ${isBeaten ? 'In these runs the answer is one that is beaten. ' : ''}The figures are of ${runs === 1 ? 'one run of the search, the same for all' : `the same ${runs} runs of the search for all`}, so that those of the plan itself differ a little from the answer above.`,
      ),
      ...chart(pareto, plans),
      ...foldedTable(tableOfPlans('The front', criteria, told), SHOWN, 'plans of the front'),
    ];
  },
};

function chart({ criteria }: ParetoReport, plans: readonly WeighedPlan[]): readonly Block[] {
  const [first, second] = criteria;
  if (first === undefined || second === undefined) return [];
  const scaleOf = (at: number, { unit }: Criterion) =>
    axisScale(
      plans.reduce((most, { values }) => Math.max(most, Math.abs(values[at] ?? 0)), 0),
      unit,
    );
  const [x, y] = [scaleOf(0, first), scaleOf(1, second)];
  const label = ({ metric, better }: Criterion, unit: string) =>
    `${criterionWords(metric)}${unit === '' ? '' : ` (${unit})`}, ${better} is better`;
  const title = `${criterionWords(first.metric)} against ${criterionWords(second.metric)}`;
  const line = frontLine(criteria, plans);
  const points = plans.flatMap((plan, i) => {
    const [at, over] = plan.values;
    if (at == null || over == null) return [];
    return [
      {
        x: at / x.size,
        y: over / y.size,
        isOnFront: plan.isOnFront,
        isOnLine: line.isOnLine[i] === true,
        text: printable(
          [
            plan.text,
            ...criteria.map(
              ({ metric, unit }, c) => `${criterionWords(metric)}: ${quantity(plan.values[c], unit)}`,
            ),
          ].join('; '),
        ),
      },
    ];
  });
  if (points.length < 2) return [];
  const places = new Set(
    points.flatMap(({ isOnLine, x: at, y: over }) => (isOnLine ? [`${at} ${over}`] : [])),
  );
  const lineWords = lineSentences(criteria, line, places.size);
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'scatter',
        title,
        summary: `${title}. ${lineWords}`,
        x: { label: label(first, x.unit) },
        y: { label: label(second, y.unit) },
        points,
      },
      data: tableOfPlans(title, criteria, plans.slice(0, 200)),
    },
    paragraph(lineWords),
  ];
}

/**
 * What the diamonds are, and why some of them stand beside the line.
 *
 * @param places that the line joins: plans that are alike share one
 */
function lineSentences(
  criteria: readonly Criterion[],
  { isOnLine, betterIn }: FrontLine,
  places: number,
): string {
  const joined = isOnLine.filter((each) => each).length;
  const first =
    places < 2
      ? `The filled diamond stands for ${plural(joined, 'plan')} that no other beats in these two.`
      : `Filled diamonds, joined by the line, are the ${plural(joined, 'plan')} that no other beats in these two.`;
  const beside = betterIn.filter((better) => better.length > 0);
  if (beside.length === 0) return first;
  const reasons = criteria.flatMap(({ metric }) => {
    const many = beside.filter((better) => better.some((each) => each.metric === metric)).length;
    return many === 0 ? [] : [`${criterionWords(metric)} (${plural(many, 'plan')})`];
  });
  return `${first} Open diamonds are beaten in these two by a filled one, and are better than it in something that the picture does not show: ${andList(reasons)}.`;
}

function tableOfPlans(
  caption: string,
  criteria: readonly Criterion[],
  plans: readonly WeighedPlan[],
): TableBlock {
  return tableOf(
    caption,
    ['plan', ...criteria.map(({ metric }) => criterionWords(metric))],
    plans.map((plan): readonly Text[] => [
      [name(plan.text)],
      ...plan.values.map((value, c) => quantity(value, criteria[c]?.unit ?? '')),
    ]),
  );
}
