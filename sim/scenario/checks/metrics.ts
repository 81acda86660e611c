import { metricsOf, readObjective } from '../../objectives/index.ts';
import { valueAt } from '../path.ts';
import type { Finding } from '../problem.ts';
import type { CheckContext } from './context.ts';

type Metric = ReturnType<typeof metricsOf>[number]['metric'];

/** Metrics of the fleet as a whole that are there only with detail: what they begin with, at a dot or in full. */
const OF_DETAIL = [
  'gpu.hours',
  'gpu.stranded',
  'gpu.largestFit',
  'gpuMemory',
  'link.used',
  'communication.share',
  'energy.gpu',
  'cost.rate',
  'slowdown',
  'fairness.jain',
];
/** What a run tells of each GPU model whatever else it leaves out. */
const OF_ANY_MODEL = ['gpu.allocated', 'gpu.allocatedMilli', 'gpu.capacityMilli'];

const isOneOf = (name: string, stems: readonly string[]) =>
  stems.some((stem) => name === stem || name.startsWith(`${stem}.`));

/** Whether a run with `metrics.detail: false` has no such metric. */
export function needsDetail({ name, group }: Metric): boolean {
  if (group === undefined) return isOneOf(name, OF_DETAIL);
  return group.by !== 'model' || !isOneOf(name, OF_ANY_MODEL);
}

/** Nothing may be asked of a run that the same document leaves out. */
export function checkMetrics({ document, sound }: CheckContext): readonly Finding[] {
  if (sound.metrics?.detail !== false || valueAt(document, ['experiment', 'kind']) === 'fill') return [];
  const why = 'needs detail, which metrics.detail: false leaves out';
  return [
    ...(sound.metrics.perHost === true
      ? [{ path: ['metrics', 'perHost'], message: `must be false: it ${why}` }]
      : []),
    ...((sound.alerts?.rules ?? []).length > 0 ? [{ path: ['alerts', 'rules'], message: why }] : []),
    ...(sound.experiment?.precision?.targets ?? []).flatMap((target, index): readonly Finding[] =>
      target?.metric === undefined || !needsDetail({ name: target.metric })
        ? []
        : [
            {
              path: ['experiment', 'precision', 'targets', index, 'metric'],
              message: `${target.metric} ${why}`,
            },
          ],
    ),
    ...[...(sound.objectives ?? []).entries()].flatMap(([index, objective]): readonly Finding[] => {
      const isText = typeof objective === 'string';
      const read = readObjective((isText ? objective : objective?.expect) ?? '');
      if (!read.ok) return [];
      const names = metricsOf(read.condition)
        .filter(({ metric }) => needsDetail(metric))
        .map(({ metric: { name, group } }) => (group === undefined ? name : `${name} by ${group.by}`));
      const path = isText ? ['objectives', index] : ['objectives', index, 'expect'];
      return [...new Set(names)].map((name) => ({ path, message: `${name} ${why}` }));
    }),
  ];
}
