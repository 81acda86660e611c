import { createDistribution, type DistributionSpec } from '../../kernel/distributions/index.ts';
import { RandomStreams } from '../../kernel/random.ts';
import { US_PER_DAY } from '../../kernel/time.ts';
import type { Arrivals, Scenario, Service, SessionGroup } from '../../scenario/types.ts';
import { SessionPlan } from '../../workload/sessions.ts';
import { statedKind, type WorkKind } from './work-kind.ts';

/** What a kind of work wants in the long run. */
export interface Offered {
  readonly kind: WorkKind;
  /** Jobs that are there at the same time, whatever their speed: replicas, sessions. */
  readonly held: number;
  /** Whether they are all there all the time, so that they have to fit at once. */
  readonly isLasting: boolean;
  /** Work that arrives, in seconds of one job at speed 1 each second. */
  readonly work: number;
  /** Pieces of work that one job does at the same time, each at its speed. */
  readonly concurrency: number;
}

/**
 * What the workload offers in the long run: every class, service and session group that it states. Classes with a number of tasks in place of an end time, and recorded tasks,
 * come to an end and offer nothing. Means are taken from below where they are not exact, so that the offer never is too
 * large: draws below 0 count as 0, a mean without bound as half of the median.
 */
export function offeredBy(scenario: Scenario, seed: number): readonly Offered[] {
  const { synthetic, services, sessions } = scenario.workload;
  const offered: Offered[] = [];
  if (synthetic !== null) {
    const { taskCount, arrivals } = synthetic;
    const rate = taskCount === null && arrivals !== null ? leastRate(arrivals) : 0;
    const weights = synthetic.classes.reduce((sum, { weight }) => sum + weight, 0);
    for (const each of synthetic.classes) {
      if (each.weight === 0) continue;
      const work =
        each.lifetimeSec === null ? 0 : rate * (each.weight / weights) * leastMean(each.lifetimeSec);
      const kind = statedKind(scenario, 'class', each);
      offered.push({ kind, held: 0, isLasting: false, work, concurrency: 1 });
    }
  }
  for (const each of services) {
    const { replicas, concurrency } = each;
    const kind = statedKind(scenario, 'service', each);
    offered.push({ kind, held: replicas, isLasting: true, work: requestWork(each), concurrency });
  }
  for (const each of sessions) {
    const isLasting = each.logon.kind === 'always';
    const held = isLasting ? each.users : usersOn(each, seed);
    const kind = statedKind(scenario, 'session group', each);
    offered.push({ kind, held, isLasting, work: 0, concurrency: 1 });
  }
  return offered;
}

/** Seconds of work a second that requests bring, served in the batches that cost least. */
export function requestWork({ traffic, batchSec, maxBatch, variability }: Service): number {
  if (traffic.kind !== 'open') return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let size = 1; size <= maxBatch; size++) {
    const sec = batchSec[Math.min(size, batchSec.length) - 1] as number;
    least = Math.min(least, sec / size);
  }
  return leastRate(traffic.arrivals) * least * (variability === null ? 1 : leastMean(variability));
}

/** Arrivals a second in the long run, never more than there are. */
function leastRate(arrivals: Arrivals): number {
  switch (arrivals.process) {
    case 'poisson':
    case 'deterministic':
      return arrivals.ratePerSecond;
    case 'renewal':
      return 1 / mostMean(arrivals.gapSec);
    case 'markov-modulated': {
      // Every state follows every other one as often, so that time in them is as their mean lengths.
      let weighted = 0;
      let total = 0;
      for (const { ratePerSecond, meanSec } of arrivals.states) {
        weighted += ratePerSecond * meanSec;
        total += meanSec;
      }
      return weighted / total;
    }
    case 'bursts':
      return arrivals.burstsPerSecond * leastRounded(arrivals.size);
  }
}

function leastMean(spec: DistributionSpec): number {
  const distribution = createDistribution(spec);
  const mean = distribution.mean();
  // Markov's inequality.
  return Number.isFinite(mean) ? Math.max(0, mean) : Math.max(0, distribution.quantile(0.5)) / 2;
}

/** Mean where draws below 0 count as 0, never less than it is; the root of the mean square bounds the mean size. */
function mostMean(spec: DistributionSpec): number {
  const distribution = createDistribution(spec);
  const mean = distribution.mean();
  return distribution.min >= 0 ? mean : Math.sqrt(distribution.variance() + mean * mean);
}

const MOST_SIZES = 10_000;

/** Mean of sizes rounded to whole numbers, those below 1 being 0: the sum of the chances of at least n. */
function leastRounded(spec: DistributionSpec): number {
  const distribution = createDistribution(spec);
  let sum = 0;
  for (let n = 1; n <= MOST_SIZES; n++) {
    const chance = 1 - distribution.cdf(n - 0.5);
    if (chance < 1e-9) break;
    sum += chance;
  }
  return sum;
}

/** Users and days of the sample of sessions. */
const SAMPLED_USERS = 100;
const SAMPLED_DAYS = 28;

/**
 * Users of a group who are logged on at the same time in the mean, if nobody ever waits: from a sample of four weeks, less three
 * standard errors. A user who is logged on does not log on again, which no formula is at hand for. Sessions without end
 * and those of a single day have no mean in the long run.
 */
function usersOn({ name, users, logon, durationSec }: SessionGroup, seed: number): number {
  if (durationSec === null || logon.kind === 'always' || (logon.kind === 'storm' && !logon.daily)) return 0;
  const sampled = Math.min(users, SAMPLED_USERS);
  const plan = new SessionPlan({ name, users: sampled, logon, durationSec }, new RandomStreams(seed));
  const endUs = SAMPLED_DAYS * US_PER_DAY;
  let sum = 0;
  let squares = 0;
  for (let user = 0; user < sampled; user++) {
    let onUs = 0;
    let fromUs = 0;
    for (;;) {
      const session = plan.next(user, fromUs);
      if (session === undefined || session.startUs >= endUs) break;
      fromUs = session.startUs + session.lengthUs;
      onUs += Math.min(fromUs, endUs) - session.startUs;
    }
    const share = onUs / endUs;
    sum += share;
    squares += share * share;
  }
  const mean = sum / sampled;
  const variance = sampled < 2 ? mean : Math.max(0, squares / sampled - mean * mean) / (sampled - 1);
  return users * Math.max(0, mean - 3 * Math.sqrt(variance));
}
