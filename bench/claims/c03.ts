import type { Claim } from './claim.ts';
import { breakpoint, foundDifference, type Runs, worked } from './lab.ts';
import { pairedRatio } from './ratio.ts';

const NAME = 'claims/c03';
const FRAMES = 'claims/c03-frames';
const RATES = [20, 25, 30, 35, 40, 45];
const rate = (perHour: number) => `workload.synthetic.arrivals.rate=${perHour.toFixed(4)}/h`;

export const c03: Claim = {
  id: 'C03',
  words:
    'Game studio: 20 servers with an RTX 3090, 30 % fewer servers, frame rates collapse unshared, pool makes tests 4 times faster.',
  source: '[0]',
  scenarios: [NAME, FRAMES],
  isQuick: false,
  question(lab) {
    const before = lab.run(NAME);
    const fewer = lab.run(NAME, { variant: 'shared-14' });
    const all = lab.run(NAME, { variant: 'shared-20' });
    const unshared = lab.run(NAME, { variant: 'unshared-14' });
    const faster = (a: Runs, b: Runs) => a.mean('completion.mean') / b.mean('completion.mean');
    const atRate = (perHour: number, variant: string) => {
      const ask = { set: [rate(perHour)], replications: 5 };
      return faster(lab.run(NAME, ask), lab.run(NAME, { ...ask, variant }));
    };
    const fewest = RATES.map((perHour) => ({ perHour, times: atRate(perHour, 'shared-14') }));
    const isReached = faster(before, fewer) >= 4;
    const needed = breakpoint(30, 45, 4, 5, (perHour) => atRate(perHour, 'shared-20'));
    const waitAt = (perHour: number) =>
      lab.run(NAME, { set: [rate(perHour)], replications: 5 }).mean('wait.mean');
    const byRate = (times: (perHour: number) => number) =>
      RATES.map((perHour) => ({
        at: `${perHour}${perHour === 30 ? ' (the scenario)' : ''}`,
        gives: worked('time of a test, before over shared', times(perHour), 'ratio'),
      }));
    const fps = (variant?: string) => lab.run(FRAMES, variant === undefined ? {} : { variant });
    const rateOf = (what: string, runs: Runs) => runs.found(what, 'session.player.frame.rate', 'frames/s');
    const alone = fps();
    const four = fps('four');
    const isFewer = fewer.mean('completion.mean') <= before.mean('completion.mean');
    return {
      parts: [
        {
          claimed: '30 % fewer servers',
          found: [
            before.found(
              'time of a test with its queue, 20 servers, whole cards',
              'completion.mean',
              'seconds',
            ),
            foundDifference(
              '14 servers, three tests on a card: longer by',
              before,
              fewer,
              'completion.mean',
              'seconds',
            ),
            foundDifference(
              '14 servers, whole cards: longer by',
              before,
              unshared,
              'completion.mean',
              'seconds',
            ),
            fewer.found('a test on its card, over alone', 'stretch.mean', 'ratio'),
          ],
          verdict: isFewer ? 'consistent' : 'not reachable',
          reason:
            'Tests use half of a card at most; what the queue in working hours took is more than the turns of others take. By time-slicing, in containers: an RTX 3090 has no vGPUs.',
        },
        {
          claimed: 'frame rates collapse unshared',
          found: [
            rateOf('one player with the whole card', alone),
            rateOf('two on a card in turns', fps('two')),
            rateOf('three', fps('three')),
            rateOf('four', four),
          ],
          verdict:
            alone.mean('session.player.frame.rate') < 50
              ? 'consistent'
              : four.mean('session.player.frame.rate') < 50
                ? 'only if'
                : 'not reachable',
          ...(alone.mean('session.player.frame.rate') >= 50 && four.mean('session.player.frame.rate') < 50
            ? { condition: '"unshared" means several players on one card without a limit for each' }
            : {}),
          reason:
            'A player who has the card alone has all frames. It is sharing that takes some, from the third player on.',
        },
        {
          claimed: 'a pool makes tests 4 times faster',
          found: [
            pairedRatio('time of a test, before over 14 servers shared', fewer, before, 'completion.mean'),
            pairedRatio('the same over 20 servers shared', all, before, 'completion.mean'),
            before.found('of it in the queue, before', 'wait.mean', 'seconds'),
            fewer.found('in the queue, 14 servers shared', 'wait.mean', 'seconds'),
          ],
          verdict: isReached ? 'consistent' : needed === null ? 'not reachable' : 'only if',
          ...(isReached || needed === null
            ? {}
            : {
                condition: `all twenty servers stay, and so many tests queue before: ${needed.toFixed(0)} an hour or more over the day (30 assumed), when they wait ${(waitAt(needed) / 60).toFixed(0)} min. With 14 servers it is ${Math.max(...fewest.map(({ times }) => times)).toFixed(1)} times at most of the rates tried`,
              }),
          reason:
            'No test runs faster on a shared card than alone on it. What a pool takes away is the queue, and the time that machines take to boot.',
          varied: [
            {
              assumption: 'tests an hour, mean of the day; 14 servers shared',
              rows: byRate((perHour) => atRate(perHour, 'shared-14')),
            },
            {
              assumption: 'tests an hour, mean of the day; 20 servers shared',
              rows: byRate((perHour) => atRate(perHour, 'shared-20')),
            },
          ],
        },
      ],
      assumptions: [
        'Thirty tests an hour, four scripted games to one baking of light maps, twice as many in working hours as over the day; a game uses 40 % of a card, baking 75 %.',
        'Three tests of 6 GB on a card of 24 GB; tests run in containers when shared, in virtual machines before.',
      ],
      leftOut: [
        'Remote pools of calls (API remoting), which carry no graphics: they serve the baking alone.',
      ],
    };
  },
};
