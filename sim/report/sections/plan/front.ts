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
import { criterionWords, planWords } from '../../plan/words.ts';
import type { PlanSection } from './section.ts';

const SHOWN = 12;

type Criterion = ParetoReport['criteria'][number];
type Plan = ParetoReport['plans'][number];

/** Plans that no other beats in everything. */
export const planFront: PlanSection = {
  id: 'trade-offs',
  title: 'Trade-offs',
  build: ({ pareto }): readonly Block[] => {
    if (pareto === null || pareto.plans.length < 2) return [];
    const { criteria } = pareto;
    const plans = [...pareto.plans].sort((a, b) => (a.values[0] ?? 0) - (b.values[0] ?? 0));
    const onFront = plans.filter((plan) => plan.isOnFront);
    const all = criteria.map(({ metric }) => criterionWords(metric)).join('; ');
    return [
      paragraph(
        `${plural(onFront.length, 'plan')} of the ${plans.length} that serve: no other is as good in everything and better in something. They are weighed by ${all}. All by the means of the runs of the search, so that figures of the plan itself differ a little from those above.${criteria.length > 2 ? ' The picture shows the first two, so that plans of the front may stand behind it.' : ''}`,
      ),
      ...chart(pareto, plans, onFront.length),
      ...foldedTable(tableOfPlans('The front', criteria, onFront), SHOWN, 'plans of the front'),
    ];
  },
};

function chart({ criteria }: ParetoReport, plans: readonly Plan[], onFront: number): readonly Block[] {
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
  const points = plans.flatMap((plan) => {
    const [at, over] = plan.values;
    if (at == null || over == null) return [];
    return [
      {
        x: at / x.size,
        y: over / y.size,
        isOnFront: plan.isOnFront,
        text: printable(
          [
            planWords(plan),
            ...criteria.map(
              ({ metric, unit }, c) => `${criterionWords(metric)}: ${quantity(plan.values[c], unit)}`,
            ),
          ].join('; '),
        ),
      },
    ];
  });
  if (points.length < 2) return [];
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'scatter',
        title,
        summary: `${title}: ${plural(onFront, 'plan')} of ${plans.length} on the front, drawn as diamonds`,
        x: { label: label(first, x.unit) },
        y: { label: label(second, y.unit) },
        points,
      },
      data: tableOfPlans(title, criteria, plans.slice(0, 200)),
    },
  ];
}

function tableOfPlans(caption: string, criteria: readonly Criterion[], plans: readonly Plan[]): TableBlock {
  return tableOf(
    caption,
    ['plan', ...criteria.map(({ metric }) => criterionWords(metric))],
    plans.map((plan): readonly Text[] => [
      [name(planWords(plan))],
      ...plan.values.map((value, c) => quantity(value, criteria[c]?.unit ?? '')),
    ]),
  );
}
