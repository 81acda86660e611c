import { log } from '../../kernel/math.ts';
import type { RandomStream } from '../../kernel/random.ts';
import { US_PER_SECOND } from '../../kernel/time.ts';
import type { ArrivalProcess } from './process.ts';

/** Poisson arrivals at the rate of a hidden state that changes by itself: quiet and busy spells. */
export interface MarkovModulatedSpec {
  readonly process: 'markov-modulated';
  /** Each lasts an exponential time, then any other state follows with equal chance. */
  readonly states: readonly { readonly ratePerSecond: number; readonly meanSec: number }[];
}

/** More changes of state between two arrivals than this, on average, are a mistyped scenario. */
const MAX_CHANGES_PER_ARRIVAL = 1e6;

/**
 * Markov-modulated Poisson arrivals. The first state is drawn by the share of time that each state has in the long run
 * (proportional to its mean length, as every state is entered equally often), so the process has its long-run rate and
 * variation from the start.
 *
 * An arrival needs one draw whatever the states: an exponential amount of rate times time, used up as states go by. So
 * under one seed the n-th arrival has the same draw in scenarios with other states.
 *
 * @param gaps one draw an arrival
 * @param changes one draw for the first state; then two a change, one where there are two states
 * @throws {RangeError} if there is no state, a rate is below 0 or above 1e9, all are 0, or a mean length is not above 0
 * @see Fischer and Meier-Hellstern, "The Markov-modulated Poisson process (MMPP) cookbook", Performance Evaluation 18
 *   (1993)
 */
export function markovModulated(
  { states }: MarkovModulatedSpec,
  gaps: RandomStream,
  changes: RandomStream,
): ArrivalProcess {
  checkStates(states);
  const ratePerUs = Float64Array.from(states, (state) => state.ratePerSecond / US_PER_SECOND);
  const meanUs = Float64Array.from(states, (state) => state.meanSec * US_PER_SECOND);
  const lengthUs = (state: number) => -log(changes.nextOpen()) * (meanUs[state] as number);

  let state = drawByWeight(meanUs, changes);
  let atUs = 0;
  let changeUs = states.length === 1 ? Infinity : lengthUs(state);

  const change = () => {
    atUs = changeUs;
    // Any other state: a draw among one fewer, counted past the present one.
    const other = states.length === 2 ? 0 : changes.int(states.length - 1);
    state = other < state ? other : other + 1;
    changeUs = atUs + lengthUs(state);
  };
  return {
    nextUs() {
      let left = -log(gaps.nextOpen());
      for (;;) {
        const rate = ratePerUs[state] as number;
        const endUs = atUs + left / rate;
        if (endUs < changeUs) {
          atUs = endUs;
          return Math.round(atUs);
        }
        // Not below 0 by rounding: in a state of rate 0 that would be an arrival long ago.
        left = Math.max(0, left - rate * (changeUs - atUs));
        change();
      }
    },
  };
}

function drawByWeight(weights: Float64Array, stream: RandomStream): number {
  let left = stream.next() * weights.reduce((a, b) => a + b, 0);
  for (const [index, weight] of weights.entries()) {
    if (left < weight) return index;
    left -= weight;
  }
  return weights.length - 1;
}

function checkStates(states: MarkovModulatedSpec['states']): void {
  if (states.length === 0) throw new RangeError('Cannot start arrivals: need at least one state');
  let arrivals = 0;
  let timeSec = 0;
  for (const [index, { ratePerSecond, meanSec }] of states.entries()) {
    if (!(ratePerSecond >= 0 && ratePerSecond <= 1e9)) {
      throw new RangeError(
        `Cannot start arrivals: states[${index}].ratePerSecond must be 0 to 1e9, got ${ratePerSecond}`,
      );
    }
    if (!(meanSec > 0 && meanSec <= 9e9)) {
      throw new RangeError(
        `Cannot start arrivals: states[${index}].meanSec must be above 0 and at most 9e9, got ${meanSec}`,
      );
    }
    arrivals += ratePerSecond * meanSec;
    timeSec += meanSec;
  }
  if (!(states.length <= arrivals * MAX_CHANGES_PER_ARRIVAL)) {
    throw new RangeError(
      `Cannot start arrivals: ${arrivals / timeSec} arrivals per s on average is too few for states of ` +
        `${timeSec / states.length} s on average`,
    );
  }
}
