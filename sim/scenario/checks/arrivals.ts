import { createDistribution } from '../../kernel/distributions/index.ts';
import type { Path } from '../path.ts';
import type { Finding } from '../problem.ts';
import { readValid } from '../quantities/quantity.ts';
import { rateOrZeroQuantity } from '../quantities/rate.ts';
import { resolveDistribution, secondsFrom } from '../resolve/distribution.ts';
import type { ArrivalsDocument } from '../schema/arrivals.ts';
import type { NumberDistributionDocument } from '../schema/distribution.ts';
import { someWeight } from './common.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';

/** Arrivals of a scenario, with their path: of generated tasks, of each service with open traffic. */
export function arrivalsOf({
  sound,
}: Pick<CheckContext, 'sound'>): readonly (readonly [Path, Sound<ArrivalsDocument>])[] {
  const { synthetic, services } = sound.workload ?? {};
  const found: [Path, Sound<ArrivalsDocument>][] = [];
  if (synthetic?.arrivals !== undefined) {
    found.push([['workload', 'synthetic', 'arrivals'], synthetic.arrivals]);
  }
  for (const [index, service] of (services ?? []).entries()) {
    const traffic = service?.traffic;
    if (traffic?.kind === 'open' && traffic.arrivals !== undefined) {
      found.push([['workload', 'services', index, 'traffic', 'arrivals'], traffic.arrivals]);
    }
  }
  return found;
}

/** Something must arrive at some time. */
export function checkArrivals(context: CheckContext): readonly Finding[] {
  return arrivalsOf(context).flatMap(([path, arrivals]): readonly Finding[] => {
    switch (arrivals.process) {
      case 'poisson':
        return [
          ...someWeight([...path, 'hourOfDay'], arrivals.hourOfDay ?? []),
          ...someWeight([...path, 'dayOfWeek'], arrivals.dayOfWeek ?? []),
        ];
      case 'markov-modulated':
        return context.isFaulty([...path, 'states']) ? [] : checkStates(path, arrivals.states as States);
      case 'bursts':
        return context.isFaulty([...path, 'size']) || arrivals.size === undefined
          ? []
          : checkSizes(path, arrivals.size as NumberDistributionDocument);
      default:
        return [];
    }
  });
}

type States = Extract<ArrivalsDocument, { process: 'markov-modulated' }>['states'];

/** More changes of state between two arrivals than this, on average, are a mistyped scenario. */
const MOST_CHANGES_PER_ARRIVAL = 1e6;

function checkStates(path: Path, states: States): readonly Finding[] {
  const arrivals = states.reduce(
    (sum, { rate, mean }) => sum + readValid(rateOrZeroQuantity, rate) * secondsFrom(mean),
    0,
  );
  if (arrivals === 0) {
    return [{ path: [...path, 'states'], message: 'must have at least one rate above 0, got only 0' }];
  }
  if (states.length <= arrivals * MOST_CHANGES_PER_ARRIVAL) return [];
  const message = `must change at most ${MOST_CHANGES_PER_ARRIVAL} times for each arrival, got about ${(states.length / arrivals).toPrecision(3)}`;
  return [{ path: [...path, 'states'], message }];
}

/** Bursts without arrivals must not be the rule. */
const FEWEST_BURSTS = 1e-6;

function checkSizes(path: Path, size: NumberDistributionDocument): readonly Finding[] {
  const here = [...path, 'size'];
  return kernelAccepts(size) &&
    createDistribution(resolveDistribution(size)).quantile(1 - FEWEST_BURSTS) < 0.5
    ? [{ path: here, message: `must be 1 or more in at least one burst of ${1 / FEWEST_BURSTS}` }]
    : [];
}

/** Whether the kernel takes the distribution; why not is told with the other distributions. */
function kernelAccepts(size: NumberDistributionDocument): boolean {
  try {
    createDistribution(resolveDistribution(size));
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}
