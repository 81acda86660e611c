import type { Scenario } from '../../scenario/types.ts';
import type { RunStatistics } from './run-statistics.ts';

const US = { second: 1e6, minute: 60e6, hour: 3600e6 } as const;

/**
 * Time after which every series that settled had settled, in microseconds, rounded up to two figures of seconds,
 * minutes or hours; 0 where none needs any, null where no series settled or there was too little of them.
 */
export function suggestedWarmupUs({ warmups }: Pick<RunStatistics, 'warmups'>): number | null {
  const settled = warmups.filter((each) => each.settled);
  return settled.length === 0 ? null : roundedUp(Math.max(...settled.map(({ untilUs }) => untilUs)));
}

function roundedUp(us: number): number {
  if (us === 0) return 0;
  const unit = us < 100 * US.second ? US.second : us < 100 * US.minute ? US.minute : US.hour;
  let step: number = unit;
  while (us > 100 * step) step *= 10;
  return Math.ceil(us / step) * step;
}

/**
 * The scenario with its warm-up in numbers. One that says `warmup: auto` is run once without warm-up, by the same seed,
 * to see when it settled; that run costs as much as the one whose metrics count. Where nothing settled, none is left out.
 *
 * @param pilot runs a scenario once and says how it went
 */
export function withSettledWarmup(
  scenario: Scenario,
  pilot: (scenario: Scenario) => RunStatistics | undefined,
): Scenario {
  const { experiment } = scenario;
  if (experiment.kind !== 'timed' || experiment.isWarmupAuto !== true) return scenario;
  const { isWarmupAuto: _, ...rest } = experiment;
  const untouched: Scenario = { ...scenario, experiment: { ...rest, warmupUs: 0 } };
  const seen = pilot(untouched);
  const warmupUs = seen === undefined ? null : suggestedWarmupUs(seen);
  const isInside = warmupUs !== null && warmupUs < (seen?.endUs ?? 0);
  return isInside ? { ...scenario, experiment: { ...rest, warmupUs } } : untouched;
}

/** Whether a scenario's jobs arrive in the same way all the time: no trace, no users' days, no rate that varies by the clock. */
export function seeksSteadyState({ workload, changes }: Scenario): boolean {
  const arrivals = workload.synthetic?.arrivals ?? null;
  if (arrivals === null || workload.trace !== null || workload.sessions.length > 0 || changes.length > 0) {
    return false;
  }
  return arrivals.process !== 'poisson' || (arrivals.hourFactors === null && arrivals.dayFactors === null);
}
