import { createDistribution } from '../../kernel/distributions/index.ts';
import { canonicalService } from '../canonical/services.ts';
import { canonicalSessionGroup } from '../canonical/sessions.ts';
import { MAX_EXPECTED_SPAN_SEC, MAX_TASKS } from '../limits.ts';
import type { Path } from '../path.ts';
import type { Finding } from '../problem.ts';
import { readValid } from '../quantities/quantity.ts';
import { rateOrZeroQuantity, rateQuantity } from '../quantities/rate.ts';
import { resolveDistribution, secondsFrom } from '../resolve/distribution.ts';
import type { ArrivalsDocument } from '../schema/arrivals.ts';
import type { AnyDistributionDocument } from '../schema/distribution.ts';
import type { ServiceDocument } from '../schema/services.ts';
import type { SessionGroupDocument } from '../schema/sessions.ts';
import type { CheckContext } from './context.ts';

const SYNTHETIC = ['workload', 'synthetic'] as const;

const SECONDS_PER_DAY = 86_400;

/** Refuses work over an impossibly long time, and an endless amount of it within a time. */
export function checkSize(context: CheckContext): readonly Finding[] {
  return [...checkTasks(context), ...checkUntilHorizon(context)];
}

function checkTasks({ sound, isFaulty }: CheckContext): readonly Finding[] {
  const { arrivals, tasks, until } = sound.workload?.synthetic ?? {};
  const path = [...SYNTHETIC, 'arrivals'];
  if (arrivals === undefined || isFaulty(path)) return [];
  const perSecond = meanRate(arrivals as ArrivalsDocument);
  if (perSecond === Number.POSITIVE_INFINITY) return [atOnce(path)];
  if (until !== undefined && secondsFrom(until) * perSecond > MAX_TASKS) {
    const expected = Math.round(secondsFrom(until) * perSecond);
    const message = `must end within ${MAX_TASKS} tasks, got ${until}, which is about ${expected} tasks`;
    return [{ path: [...SYNTHETIC, 'until'], message }];
  }
  if (tasks !== undefined && tasks / perSecond > MAX_EXPECTED_SPAN_SEC) {
    const mostDays = Math.floor(MAX_EXPECTED_SPAN_SEC / SECONDS_PER_DAY);
    const days = Math.round(tasks / perSecond / SECONDS_PER_DAY);
    const message = `must all arrive within ${mostDays} days, got ${tasks}, which take about ${days} days`;
    return [{ path: [...SYNTHETIC, 'tasks'], message }];
  }
  return [];
}

/** Requests, logons and changes of activity up to the horizon. */
function checkUntilHorizon({ sound, isFaulty }: CheckContext): readonly Finding[] {
  const { experiment, workload } = sound;
  if (experiment?.kind !== 'timed' || experiment.horizon == null) return [];
  const horizon = experiment.horizon;
  const findings: Finding[] = [];
  const limit = (path: Path, perSecond: number, what: string) => {
    const expected = perSecond * secondsFrom(horizon);
    if (!(expected > MAX_TASKS)) return;
    const message = `must come to at most ${MAX_TASKS} ${what} up to the horizon (${horizon}), got about ${expected.toPrecision(3)}`;
    findings.push({ path, message });
  };
  for (const [index, service] of (workload?.services ?? []).entries()) {
    const path = ['workload', 'services', index];
    if (service === undefined || isFaulty(path)) continue;
    const { traffic } = service as ServiceDocument;
    if (traffic.kind === 'open' && meanRate(traffic.arrivals) === Number.POSITIVE_INFINITY) {
      findings.push(atOnce([...path, 'traffic', 'arrivals']));
    } else limit([...path, 'traffic'], requestRate(service as ServiceDocument), 'requests');
  }
  for (const [index, group] of (workload?.sessions ?? []).entries()) {
    const path = ['workload', 'sessions', index];
    if (group === undefined || isFaulty(path)) continue;
    limit(path, sessionRate(group as SessionGroupDocument), 'logons and changes of activity');
  }
  return findings;
}

function atOnce(path: Path): Finding {
  return {
    path: [...path, 'interarrival'],
    message: 'must have a mean above 0s, or tasks would arrive without end at one instant',
  };
}

const meanOf = (written: AnyDistributionDocument) => createDistribution(resolveDistribution(written)).mean();

/** Mean arrivals a second; Infinity where they come without end at one instant. */
function meanRate(arrivals: ArrivalsDocument): number {
  switch (arrivals.process) {
    case 'poisson':
    case 'deterministic':
      return readValid(rateQuantity, arrivals.rate);
    case 'renewal':
      return 1 / meanOf(arrivals.interarrival);
    case 'markov-modulated': {
      // Every state is entered equally often, so each has its mean time as its part of the whole.
      let expected = 0;
      let seconds = 0;
      for (const { rate, mean } of arrivals.states) {
        expected += readValid(rateOrZeroQuantity, rate) * secondsFrom(mean);
        seconds += secondsFrom(mean);
      }
      return expected / seconds;
    }
    case 'bursts':
      return readValid(rateQuantity, arrivals.rate) * Math.max(1, meanOf(arrivals.size));
  }
}

/** Requests a second: all that arrive; of a closed loop at most what clients send and replicas serve. */
function requestRate(service: ServiceDocument): number {
  const { traffic, batch, replicas, concurrency } = canonicalService(service);
  if (traffic.kind === 'open') return meanRate(traffic.arrivals);
  const times = (batch?.times ?? []).map(secondsFrom);
  const shortest = Math.min(...times);
  const sent = traffic.clients / (meanOf(traffic.think) + shortest);
  return Math.min(sent, (replicas * concurrency * (batch?.max ?? 1)) / shortest);
}

/** Logons and changes of activity a second of all users. */
function sessionRate(group: SessionGroupDocument): number {
  const { users, logon, activity } = canonicalSessionGroup(group);
  const changes = activity === null ? 0 : 2 / (meanOf(activity.on) + meanOf(activity.off));
  let perDay = 0;
  if (logon !== 'always' && logon.kind === 'storm') perDay = 1;
  else if (logon !== 'always') perDay = logon.perDay * Math.max(...logon.dayOfWeek);
  return users * (changes + perDay / SECONDS_PER_DAY);
}
