import { metricsOf, readObjective } from '../../objectives/index.ts';
import type { MetricUnit } from '../../observe/metric.ts';
import type { ObjectiveResult } from '../compare/index.ts';
import type { Metric } from '../metric.ts';
import { type Summary, summarize } from '../summarize.ts';
import type { TriedPlan } from './cheapest.ts';
import type { Minimised } from './cost-floor.ts';
import type { Counts } from './lattice.ts';
import type { Against, ChosenCount, ReportedPlan } from './result.ts';
import { type PlanSpace, settingsOf } from './space.ts';

/** Metrics that a plan is told with, whatever its objectives read. */
const ALWAYS = [
  'wait.mean',
  'wait.p95',
  'gpu.allocated.mean',
  'gpu.utilized.mean',
  'energy.gpu',
  'cost.perMonth',
  'cost.perUserHour',
  'cost.perJob',
  'cost.perGpuHourDelivered',
] as const;

/** What plans are described by. */
export interface Describing {
  readonly space: PlanSpace;
  readonly minimise: Minimised;
  /** Of what is minimised. */
  readonly unit: MetricUnit;
  /** Metrics that they are weighed by. */
  readonly weighed: readonly string[];
}

/** A plan as reports show it. */
export function describePlan(
  { space, minimise, unit, weighed }: Describing,
  tried: TriedPlan,
  isVerified: boolean,
  summary: Pick<Summary, 'metrics'> = summarize(tried.replications),
): ReportedPlan {
  const { option, counts, judged, replications } = tried;
  const { name, options } = option.combination;
  const names = new Set<string>([...ALWAYS, ...weighed, ...metricsRead(judged.objectives)]);
  return {
    name,
    options,
    counts: chosen(space, counts),
    settings: Object.entries(settingsOf(space, option.combination, counts)).map(
      ([path, value]) => `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
    ...sizeOf(tried),
    amount: amountOf({ minimise, unit }, tried, summary),
    isVerified,
    runs: replications.length,
    objectives: judged.objectives,
    broken: judged.broken,
    metrics: Object.fromEntries(Object.entries(summary.metrics).filter(([metric]) => names.has(metric))),
    load: option.loadAt(counts) ?? null,
  };
}

/** GPUs and hosts of a plan, those that come and go included. */
function sizeOf({ plan: { scenario } }: TriedPlan): { readonly gpus: number; readonly hosts: number } {
  if (scenario.fleet.kind !== 'hosts') return { gpus: 0, hosts: 0 };
  let [gpus, hosts] = [0, 0];
  for (const group of scenario.fleet.groups) {
    hosts += group.count;
    gpus += group.count * group.gpus.reduce((sum, { count }) => sum + count, 0);
  }
  return { gpus, hosts };
}

/** What is minimised of a plan, with its interval. */
export function amountOf(
  { minimise, unit }: Pick<Describing, 'minimise' | 'unit'>,
  tried: TriedPlan,
  { metrics }: Pick<Summary, 'metrics'>,
): Metric {
  const cost = minimise === 'cost' ? metrics['cost.perMonth'] : undefined;
  const value = Number.isFinite(tried.amount) ? tried.amount : null;
  return cost ?? { value, unit, n: tried.replications.length };
}

export function chosen({ axes }: PlanSpace, counts: Counts): readonly ChosenCount[] {
  return axes.map(({ name, path = '' }, axis) => ({ name, path, count: counts[axis] as number }));
}

function metricsRead(objectives: readonly ObjectiveResult[]): readonly string[] {
  return objectives.flatMap(({ expect }) => {
    const read = readObjective(expect);
    return read.ok ? metricsOf(read.condition).map(({ metric }) => metric.name) : [];
  });
}

/** What stands against a plan: rules that it breaks, and objectives that it does not keep for sure. */
export function against({ judged: { broken, objectives } }: TriedPlan): Against {
  return { broken, objectives: objectives.filter(({ verdict }) => verdict !== 'pass') };
}
