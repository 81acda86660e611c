import { createDistribution } from '../../kernel/distributions/index.ts';
import { MAX_EXPECTED_SPAN_SEC, MAX_TASKS } from '../limits.ts';
import type { Finding } from '../problem.ts';
import { readValid } from '../quantities/quantity.ts';
import { rateQuantity } from '../quantities/rate.ts';
import { resolveDistribution, secondsFrom } from '../resolve/distribution.ts';
import type { DistributionDocument } from '../schema/distribution.ts';
import type { CheckContext } from './context.ts';

const SYNTHETIC = ['workload', 'synthetic'] as const;

const SECONDS_PER_DAY = 86_400;

/** Refuses a number of tasks over an impossibly long time, and an endless number within a time. */
export function checkSize(context: CheckContext): readonly Finding[] {
  const gapSec = meanGapSec(context);
  if (gapSec === undefined) return [];
  if (gapSec === 0) {
    const path = [...SYNTHETIC, 'arrivals', 'interarrival'];
    return [{ path, message: 'must have a mean above 0s, or tasks would arrive without end at one instant' }];
  }
  const { tasks, until } = context.sound.workload?.synthetic ?? {};
  if (until !== undefined && secondsFrom(until) / gapSec > MAX_TASKS) {
    const expected = Math.round(secondsFrom(until) / gapSec);
    const message = `must end within ${MAX_TASKS} tasks, got ${until}, which is about ${expected} tasks`;
    return [{ path: [...SYNTHETIC, 'until'], message }];
  }
  if (tasks !== undefined && tasks * gapSec > MAX_EXPECTED_SPAN_SEC) {
    const mostDays = Math.floor(MAX_EXPECTED_SPAN_SEC / SECONDS_PER_DAY);
    const days = Math.round((tasks * gapSec) / SECONDS_PER_DAY);
    const message = `must all arrive within ${mostDays} days, got ${tasks}, which take about ${days} days`;
    return [{ path: [...SYNTHETIC, 'tasks'], message }];
  }
  return [];
}

/** Mean gap between arrivals in seconds; undefined where it cannot be told. */
function meanGapSec({ sound, isFaulty }: CheckContext): number | undefined {
  const arrivals = sound.workload?.synthetic?.arrivals;
  if (arrivals?.process === undefined || isFaulty([...SYNTHETIC, 'arrivals'])) return undefined;
  if (arrivals.process === 'renewal') {
    const interarrival = arrivals.interarrival as DistributionDocument;
    return createDistribution(resolveDistribution(interarrival)).mean();
  }
  const { rate } = arrivals as { readonly rate: string };
  return 1 / readValid(rateQuantity, rate);
}
