import type { Claim } from './claim.ts';
import { breakpoint, percent, worked } from './lab.ts';

const NAME = 'claims/c01';
const CARDS = 17;
const DESKS = 200;

/** Part of the time in which a draughtsman makes pictures; the preset has a fifth. */
const activity = (part: number) =>
  `workload.sessions.draughtsman.activity={on: {kind: exponential, mean: 4s}, off: {kind: exponential, mean: ${(4 / part - 4).toFixed(6)}s}}`;

export const c01: Claim = {
  id: 'C01',
  words: 'Bank: 200+ AutoCAD desktops on vGPU, utilization 35 % to 82 %.',
  source: '[0]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const before = lab.run(NAME);
    const after = lab.run(NAME, { variant: 'shared' });
    const at = (part: number) => lab.run(NAME, { variant: 'shared', set: [activity(part)], replications: 2 });
    const work = (part: number) => at(part).mean('gpu.utilized.mean');
    const reached = after.mean('gpu.utilized.mean') >= 0.82;
    const needed = breakpoint(0.2, 0.9, 0.82, 6, work);
    const inTime = needed === null ? null : at(needed).mean('session.draughtsman.frame.inTime');
    const alone = before.mean('gpu.utilized.mean');
    const weaker = 0.35 / alone;
    return {
      parts: [
        {
          claimed: 'more than 200 desktops on vGPUs',
          found: [
            worked('cards', CARDS, 'GPU'),
            after.found('desktops with a place', 'session.draughtsman.on.mean', 'users'),
            after.found('frames seen within 60 ms', 'session.draughtsman.frame.inTime', 'fraction'),
            before.found('the same with a card each', 'session.draughtsman.frame.inTime', 'fraction'),
          ],
          verdict: after.mean('session.draughtsman.frame.inTime') >= 0.99 ? 'consistent' : 'not reachable',
          reason: `Twelve on a card, as the maker's guide advises, are ${CARDS} cards, and their frames are in time when everybody is logged on.`,
        },
        {
          claimed: 'utilization 82 % after',
          found: [
            after.found('work of the cards', 'gpu.utilized.mean', 'fraction'),
            after.found('time in which a card has any work', 'gpu.busy.mean', 'fraction'),
            after.found('places that are taken', 'gpuMemory.reserved.mean', 'fraction'),
          ],
          verdict: reached ? 'consistent' : needed === null ? 'not reachable' : 'only if',
          ...(reached || needed === null || inTime === null
            ? {}
            : {
                condition: `everybody is logged on and makes pictures ${percent(needed)} of the time (the preset has 20 %), when ${percent(inTime, 1)} of the frames are in time; or if places that are taken are counted, not work`,
              }),
          reason: `Memory fills the cards (${DESKS} of ${CARDS * 12} places) long before their compute does.`,
          varied: [
            {
              assumption: 'time in which a draughtsman makes pictures',
              rows: [0.1, 0.2, 0.4, 0.6].map((part) => ({
                at: `${percent(part)}${part === 0.2 ? ' (the scenario)' : ''}`,
                gives: at(part).found('work of the cards', 'gpu.utilized.mean', 'fraction'),
              })),
            },
          ],
        },
        {
          claimed: 'utilization 35 % before',
          found: [
            before.found('work of cards with one desktop each', 'gpu.utilized.mean', 'fraction'),
            worked('cards before over cards after', DESKS / CARDS, 'ratio'),
            worked('the same as 82 % over 35 % allows', 0.82 / 0.35, 'ratio'),
            worked('fewest cards after for 200 that were at 35 %', (DESKS * 0.35) / 0.82, 'GPU'),
          ],
          verdict: alone >= 0.35 ? 'consistent' : 'only if',
          ...(alone >= 0.35
            ? {}
            : {
                condition: `the cards before are ${weaker.toFixed(1)} times weaker than an L40S, or several desktops had a card before`,
              }),
          reason:
            'A desktop that uses 35 % of a card leaves room for 2.3 on it, not for twelve: on cards of one kind 200 desktops at 35 % need 86 cards at 82 %.',
        },
      ],
      assumptions: [
        'All users are logged on all the time: the best hour of the day. Over a week of office hours all figures of work are about a fifth of these.',
        'A frame takes 3 ms of an L40S, 60 a second while pictures move, a fifth of the time (preset autocad-desktop).',
        'The cards are L40S before and after; the source names none.',
      ],
      leftOut: ['Encoding and decoding engines, which have a use of their own.'],
    };
  },
};
