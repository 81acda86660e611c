import type { Claim } from './claim.ts';
import { breakpoint, foundDifference, known, percent, worked } from './lab.ts';

const NAME = 'claims/c02';
/** How much longer work may take before less hardware counts as less service. */
const LONGEST = 1.25;
const SCENARIO_RATE = 32;
const rate = (perHour: number) => `workload.synthetic.arrivals.rate=${perHour.toFixed(4)}/h`;

export const c02: Claim = {
  id: 'C02',
  words: 'Finance: virtual cluster, utilization 35 % to 82 %, 20 developers in parallel, 40 % less hardware.',
  source: '[2]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const before = lab.run(NAME);
    const less = lab.run(NAME, { variant: 'shared-18' });
    const least = lab.run(NAME, { variant: 'shared-13' });
    const grown = (perHour: number) =>
      lab.run(NAME, { variant: 'shared-18', set: [rate(perHour)], replications: 3 });
    const longer = less.mean('completion.mean') / before.mean('completion.mean');
    const isServed = less.mean('wait.p95') <= before.mean('wait.p95') && longer <= LONGEST;
    const needed = breakpoint(SCENARIO_RATE, 90, 0.82, 6, (x) => grown(x).mean('gpu.utilized.mean'));
    const used = less.found('18 cards in turns', 'gpu.utilized.mean', 'fraction');
    return {
      parts: [
        {
          claimed: '40 % less hardware for 20 developers in parallel',
          found: [
            less.found('developers with a place', 'session.developer.on.mean', 'users'),
            less.found('speed of a developer who computes', 'session.developer.speed.mean', 'fraction'),
            before.found('risk model, from coming to end, before', 'completion.mean', 'seconds'),
            foundDifference('longer with 18 cards by', before, less, 'completion.mean', 'seconds'),
          ],
          verdict: isServed ? 'consistent' : 'only if',
          ...(isServed ? {} : { condition: `work may take ${longer.toFixed(2)} times as long` }),
          reason: `Taken as: nobody waits longer for a place, and work takes at most ${percent(LONGEST - 1)} longer. Cards that developers hold and use a sixth of take the risk models in.`,
          varied: [
            {
              assumption: 'speed of all together in turns, over one alone',
              rows: [0.7, 0.9, 0.985].map((value) => ({
                at: `${value}${value === 0.9 ? ' (typical)' : ''}`,
                gives: lab
                  .run(NAME, {
                    variant: 'shared-18',
                    set: [`overheads={time-slicing.together: ${value}}`],
                    replications: 3,
                  })
                  .found('risk model, from coming to end, 18 cards', 'completion.mean', 'seconds'),
              })),
            },
          ],
        },
        {
          claimed: 'utilization from 35 % to 82 %, with 40 % less hardware',
          found: [
            before.found('30 whole cards', 'gpu.utilized.mean', 'fraction'),
            used,
            least.found('13 cards in turns', 'gpu.utilized.mean', 'fraction'),
            worked('35 % on 40 % less hardware', 0.35 / 0.6, 'fraction'),
            worked('hardware that 35 % needs at 82 %', 0.35 / 0.82, 'fraction'),
          ],
          verdict: known(used) >= 0.82 ? 'consistent' : needed === null ? 'not reachable' : 'only if',
          ...(needed === null
            ? {}
            : {
                condition: `the work grows as well: risk models come ${(needed / SCENARIO_RATE).toFixed(2)} times as often, and each then takes ${grown(needed).mean('stretch.mean').toFixed(1)} times as long as alone`,
              }),
          reason:
            'The same work on 60 % of the hardware is 58 %, not 82 %: the two figures do not belong together. 57 % less hardware would be 82 %, if it lost nothing and nobody took longer.',
          varied: [
            {
              assumption: 'risk models an hour, 18 cards in turns',
              rows: [32, 45, 60].map((perHour) => ({
                at: `${perHour}${perHour === SCENARIO_RATE ? ' (the scenario)' : ''}`,
                gives: grown(perHour).found('work of the cards', 'gpu.utilized.mean', 'fraction'),
              })),
            },
          ],
        },
      ],
      assumptions: [
        'Twenty developers hold a card each throughout and compute a third of the time; risk models come 32 times an hour. Together they make the 35 % that the source begins with.',
        'Cards are shared in turns, four at most on each. Other modes lose less or more: see the range.',
      ],
      leftOut: ['What the cluster software itself saves in administration.'],
    };
  },
};
