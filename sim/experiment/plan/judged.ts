import { metricsOf, readObjective } from '../../objectives/index.ts';
import type { Objective } from '../../scenario/types.ts';
import { mostWaiting } from '../bound/left-waiting.ts';
import type { ObjectiveResult } from '../compare/index.ts';
import { judgeAlone } from '../compare/objectives.ts';
import type { Replication } from '../replicate.ts';
import { toleratedBy } from './tolerated.ts';

/** `undecided`: the intervals of some objectives lie on both sides. */
type PlanVerdict = 'serves' | 'fails' | 'undecided';

/** What runs of a plan say of it. */
export interface Judged {
  readonly verdict: PlanVerdict;
  readonly objectives: readonly ObjectiveResult[];
  /** Rules of every plan that it breaks, in words. */
  readonly broken: readonly string[];
  /** Which plans a failure rules out with this one: those with fewer of everything, with more, or both. */
  readonly rulesOut: 'fewer' | 'more' | 'both';
  /** Further runs after which it should be decided; null: none would do, or none is needed. */
  readonly needed: number | null;
}

/**
 * Judges a plan by its runs: all objectives pass by their intervals, nobody is turned away and no job runs out of GPU memory
 * unless an objective says how many may, and hardly anybody still waits at the end of any run.
 *
 * @param confidence of the intervals, in (0, 1); default 0.95
 */
export function judgePlan(
  objectives: readonly Objective[],
  replications: readonly Replication[],
  confidence?: number,
): Judged {
  const { results } = judgeAlone(objectives, replications, confidence);
  const broken = [
    ...rejections(objectives, replications),
    ...outOfMemory(objectives, replications),
    ...leftWaiting(replications),
  ];
  const verdicts = results.map(({ verdict }) => verdict);
  const fails = broken.length > 0 || verdicts.some((each) => each === 'fail' || each === 'not-measured');
  const isOpen = verdicts.includes('undecided');
  const open = results.filter(({ verdict }) => verdict === 'undecided');
  return {
    verdict: fails ? 'fails' : isOpen ? 'undecided' : 'serves',
    objectives: results,
    broken,
    rulesOut: ruledOut(results, broken),
    needed:
      fails || !isOpen || open.some(({ needed }) => needed === null)
        ? null
        : Math.max(...open.map(({ needed }) => needed as number)),
  };
}

/** Metrics that fall short with more of something, not with less: what is paid, and how well what is there is used. */
const LESS_IS_BETTER = /^(cost\.|energy\.|elastic\.|licences\.|fragmentation\.|(gpu|cpu|memory|gpuMemory)\.)/;

function ruledOut(results: readonly ObjectiveResult[], broken: readonly string[]): Judged['rulesOut'] {
  const kinds = new Set<boolean>(broken.map(() => false));
  for (const { comparisons } of results)
    for (const { verdict, text } of comparisons) {
      if (verdict === 'pass') continue;
      const read = readObjective(text);
      const metrics = read.ok ? metricsOf(read.condition) : [];
      for (const { metric } of metrics) kinds.add(LESS_IS_BETTER.test(metric.name));
    }
  return kinds.has(true) ? (kinds.has(false) ? 'both' : 'more') : 'fewer';
}

function rejections(
  objectives: readonly Objective[],
  replications: readonly Replication[],
): readonly string[] {
  if (toleratedBy(objectives).rejections !== 'none') return [];
  const counts = replications.map((each) => reading(each, 'jobs.rejected') ?? 0);
  const most = Math.max(0, ...counts);
  return most === 0 ? [] : [`up to ${most} jobs of a run were turned away`];
}

/** Jobs that failed at their start because their card had not enough memory left: who is told to buy that is told wrong. */
function outOfMemory(
  objectives: readonly Objective[],
  replications: readonly Replication[],
): readonly string[] {
  if (toleratedBy(objectives).failures) return [];
  const counts = replications.map((each) => reading(each, OUT_OF_MEMORY) ?? 0);
  const most = Math.max(0, ...counts);
  return most === 0 ? [] : [`up to ${most} jobs of a run failed for want of GPU memory`];
}

const OUT_OF_MEMORY = 'jobs.failed.out-of-memory';

function leftWaiting(replications: readonly Replication[]): readonly string[] {
  let [worst, of] = [0, 0];
  for (const each of replications) {
    const arrived = reading(each, 'jobs.arrived') ?? 0;
    const waiting = reading(each, 'jobs.waiting') ?? 0;
    if (waiting > mostWaiting(arrived) && waiting * of >= worst * arrived) [worst, of] = [waiting, arrived];
  }
  return worst === 0 ? [] : [`${worst} of ${of} jobs of a run still waited at its end`];
}

/** A metric of the fleet as a whole; undefined where the run has none, or no value of it. */
function reading({ readings }: Replication, name: string): number | undefined {
  return readings.find(([each]) => each === name)?.[1].value ?? undefined;
}

/** Mean of a metric over runs; null where none has a value. */
export function meanReading(replications: readonly Replication[], name: string): number | null {
  const values = replications.flatMap((each) => reading(each, name) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
