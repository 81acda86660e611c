import { paretoFront } from '../../../experiment/compare/pareto.ts';
import type { SweptPoint } from '../../../experiment/sweep/index.ts';
import {
  type Block,
  type Column,
  foldedTable,
  name,
  paragraph,
  tableOf,
  words,
} from '../../document/blocks.ts';
import { metricWords } from '../../document/metric-words.ts';
import { axisScale, metricText } from '../../document/quantity.ts';
import { count, plural } from '../../format.ts';
import { frontLine } from '../front-line.ts';
import { pointCells, type SweepSection, type SweepView } from './view.ts';

const SHOWN = 12;

function columns({ results, metrics }: SweepView): readonly Column[] {
  return [
    { title: 'point' },
    ...results.design.factors.map(({ path }) => words(path)),
    ...metrics.map((metric) => ({ title: metricWords(metric), isNumber: true })),
  ];
}

const tableOfPoints = (view: SweepView, caption: string, points: readonly SweptPoint[]) =>
  tableOf(
    caption,
    columns(view),
    points.map((point) => [String(point.point), ...pointCells(view, point)]),
  );

/** What was run, how far it is, and the best of it. */
export const sweepAnswer: SweepSection = {
  id: 'answer',
  title: 'What was swept, and what came out best',
  build: (view) => {
    const { results, criteria, order } = view;
    const { runs, done, failures, points, seeds, design } = results;
    const missing = runs - done - failures.length;
    const [criterion] = criteria;
    const [best] = order;
    const values = best?.values.map((value, f) => `${design.factors[f]?.path}=${value}`).join(', ');
    return [
      ...(criterion === undefined || best === undefined
        ? []
        : [
            {
              kind: 'answer' as const,
              text: [
                `Best ${metricWords(criterion.metric)}: `,
                { strong: metricText(best.metrics[criterion.metric]) },
                ' with ',
                name(values ?? ''),
              ],
            },
          ]),
      {
        kind: 'facts',
        facts: [
          ['Scenario', [name(results.name)]],
          [
            'Points',
            `${count(points.length)}, each with ${plural(seeds.length, 'run')}${seeds.length > 1 ? ' of the same seeds (common random numbers)' : ''}`,
          ],
          [
            'Runs',
            [
              `${count(done)} of ${count(runs)} done`,
              ...(failures.length > 0 ? [`, ${count(failures.length)} failed`] : []),
              ...(missing > 0 ? [`, ${count(missing)} not run yet`] : []),
            ].join(''),
          ],
          ...(results.digest === null ? [] : ([['Digest', [{ code: results.digest }]]] as const)),
        ],
      },
      ...(seeds.length > 1
        ? [
            paragraph(
              'Figures after ± are half the width of 95 % intervals of the mean over the runs of a point. The best of many points looks better than it is: run it again with fresh seeds before it is promised.',
            ),
          ]
        : [
            paragraph(
              'One run of each point shows no spread: differences may be chance. Give --replications to have intervals.',
            ),
          ]),
      ...foldedTable(
        tableOfPoints(
          view,
          criterion === undefined ? 'Points' : `Points by ${metricWords(criterion.metric)}, the best first`,
          order,
        ),
        SHOWN,
        'points',
      ),
    ];
  },
};

/** Points that no other is better than in everything. */
export const sweepPareto: SweepSection = {
  id: 'pareto',
  title: 'Trade-offs: the Pareto front',
  build: (view) => {
    const { results, criteria, order } = view;
    const [first, second] = criteria;
    if (first === undefined || second === undefined || order.length < 2) return [];
    const byName = new Map(order.map((point) => [String(point.point), point]));
    const valuesOf = new Map(
      order.map((point) => [
        String(point.point),
        criteria.map(({ metric }) => point.metrics[metric]?.value ?? null),
      ]),
    );
    const { points } = paretoFront(criteria, valuesOf);
    const front = points.filter(({ dominatedBy, isComplete }) => isComplete && dominatedBy === null);
    const onFront = front.map((each) => byName.get(each.name) as SweptPoint);
    const scaleOf = (metric: string) => {
      const all = order.map((point) => point.metrics[metric]);
      const unit = all.find((each) => each !== undefined)?.unit ?? 'ratio';
      const largest = all.reduce((most, each) => Math.max(most, Math.abs(each?.value ?? 0)), 0);
      return axisScale(largest, unit);
    };
    const [x, y] = [scaleOf(first.metric), scaleOf(second.metric)];
    const names = new Set(front.map((each) => each.name));
    const label = ({ metric, better }: typeof first, unit: string) =>
      `${metricWords(metric)}${unit === '' ? '' : ` (${unit})`}, ${better} is better`;
    const range = (point: SweptPoint, metric: string, size: number) => {
      const ci95 = point.metrics[metric]?.ci95;
      if (ci95 === undefined) return undefined;
      // No quantity here goes below 0, whatever an interval of few runs says.
      const least = (point.metrics[metric]?.value ?? 0) >= 0 ? Math.max(0, ci95[0]) : ci95[0];
      return [least / size, ci95[1] / size] as const;
    };
    const line = frontLine(
      criteria,
      order.map((point) => ({
        values: valuesOf.get(String(point.point)) ?? [],
        isOnFront: names.has(String(point.point)),
      })),
    );
    const drawn = order.flatMap((point, i) => {
      const [at, over] = [first, second].map(({ metric }) => point.metrics[metric]?.value);
      if (at == null || over == null) return [];
      const isOnFront = names.has(String(point.point));
      const xRange = isOnFront ? range(point, first.metric, x.size) : undefined;
      const yRange = isOnFront ? range(point, second.metric, y.size) : undefined;
      return [
        {
          x: at / x.size,
          y: over / y.size,
          isOnFront,
          isOnLine: line.isOnLine[i] === true,
          ...(xRange === undefined ? {} : { xRange }),
          ...(yRange === undefined ? {} : { yRange }),
        },
      ];
    });
    const others = criteria.slice(2).map(({ metric }) => metricWords(metric));
    const title = `${metricWords(first.metric)} against ${metricWords(second.metric)}`;
    const blocks: Block[] = [
      paragraph(
        `${plural(front.length, 'point')} of ${order.length}: no other is at least as good in ${criteria.map(({ metric }) => metricWords(metric)).join(', ')} and better in one of them. By means: whether a difference is more than chance is another question.${others.length > 0 ? ` The picture shows two of the ${criteria.length} metrics: its line joins the points that are on the front by these two alone, open diamonds are on it for the others.` : ''}`,
      ),
      {
        kind: 'chart',
        chart: {
          kind: 'scatter',
          title,
          summary: `${title}: ${plural(front.length, 'point')} of ${order.length} on the front, drawn as diamonds`,
          x: { label: label(first, x.unit) },
          y: { label: label(second, y.unit) },
          points: drawn,
        },
        data: tableOfPoints(view, title, order.slice(0, 200)),
      },
      ...foldedTable(tableOfPoints({ ...view, results }, 'The front', onFront), SHOWN, 'points of the front'),
    ];
    return blocks;
  },
};
