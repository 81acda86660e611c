import type { Claim } from './claim.ts';
import { breakpoint, percent, type Runs, worked } from './lab.ts';

const NAME = 'claims/c04';
const FOUR_K = 'claims/c04-4k';
/** Of the 60 frames wanted, what still counts as 60: what one player alone has. */
const SMOOTH = 57;
/** USD an hour of a whole card, on demand (slicewise catalog prices). */
const PRICES = [
  { at: 'AWS g6.xlarge, L4: 0.805 USD/h', perHour: 0.8048 },
  { at: 'AWS g5.xlarge, A10G: 1.006 USD/h', perHour: 1.006 },
  { at: 'Azure NV36ads A10 v5: 3.2 USD/h (the scenario)', perHour: 3.2 },
] as const;
/** Relative logons by the hour of the preset's day (sessions last about an hour). */
const HOURS = [3, 2, 1, 1, 0, 0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 6, 7, 9, 11, 12, 12, 11, 8, 5];
const LOAD = HOURS.reduce((sum, x) => sum + x, 0) / HOURS.length / Math.max(...HOURS);

/** One A10 with so many players, each frame so many ms of it on average; its use goes with that. */
const players = (users: number, frameMs = 8): readonly string[] => [
  'fleet.hosts.games.count=1',
  'cost=null',
  `workload.sessions.player.users=${users}`,
  `workload.sessions.player.frames.gpu={kind: lognormal, median: ${Math.round(frameMs * 957.8)}us, sigma: 0.2936}`,
  `workload.sessions.player.use.busy=${(frameMs * 0.06).toFixed(4)}`,
  `workload.sessions.player.use.compute=${(frameMs * 0.05625).toFixed(4)}`,
];

export const c04: Claim = {
  id: 'C04',
  words:
    'Cloud gaming: 0.5 USD per user-hour, 70 % less hardware, 4K latency 120 ms to 35 ms; need < 30 ms and 60 fps [1].',
  source: '[0][1]',
  scenarios: [NAME, FOUR_K],
  isQuick: true,
  question(lab) {
    const before = lab.run(NAME);
    const after = lab.run(NAME, { variant: 'shared' });
    const pairs = lab.run(NAME, { variant: 'pairs' });
    const fps = (runs: Runs) => runs.mean('session.player.frame.rate');
    const card = (users: number, frameMs?: number) =>
      lab.run(NAME, { variant: 'shared', set: players(users, frameMs) });
    const smooth = [1, 2, 3, 4].filter((users) => fps(card(users)) >= SMOOTH).length;
    // Four on some cards and three on the others: 60 players on 18 cards.
    const fast = breakpoint(1, 8, SMOOTH, 6, (ms) => fps(card(4, ms)));
    const cheapest = Math.min(...PRICES.map(({ perHour }) => perHour));
    const [near, two, far] = [
      lab.run(FOUR_K),
      lab.run(FOUR_K, { variant: 'two' }),
      lab.run(FOUR_K, { variant: 'far' }),
    ] as const;
    const seen = (what: string, runs: Runs) => runs.found(what, 'session.player.frame.seen.mean', 'seconds');
    const nearMs = near.mean('session.player.frame.seen.mean');
    const hdMs = before.mean('session.player.frame.seen.mean');
    const hdTwo = card(2).mean('session.player.frame.seen.mean');
    return {
      parts: [
        {
          claimed: '0.5 USD for a user-hour',
          found: [
            before.found('a rented A10 each', 'cost.perUserHour', 'USD/h'),
            pairs.found('two on a card', 'cost.perUserHour', 'USD/h'),
            after.found('three or four on a card, 83 % of the places taken', 'cost.perUserHour', 'USD/h'),
            worked('a sixth of the card as the cloud sells it, licence included', 0.454, 'USD/h'),
            worked('players on a card that all have 60 frames a second', smooth, 'users'),
            worked('cards rented for the evening, over those used on average', 1 / LOAD, 'ratio'),
          ],
          verdict: cheapest / smooth <= 0.5 ? 'consistent' : 'only if',
          ...(cheapest / smooth <= 0.5
            ? {}
            : {
                condition: `a card costs at most ${(0.5 * smooth).toFixed(2)} USD an hour, is given back when nobody plays, and 60 frames a second are kept; or if as many play on it as the table says, with the frames they then have`,
              }),
          reason: `At 8 ms a frame one card makes 60 frames a second for ${smooth}. Cards that stand by for the evening cost ${(1 / LOAD).toFixed(1)} times as much for an hour that is played (the preset's day).`,
          varied: [
            {
              assumption: 'price of the card',
              rows: PRICES.map(({ at, perHour }) => ({
                at,
                gives: worked('players on a card, all the time that it is paid for', perHour / 0.5, 'users'),
              })),
            },
          ],
        },
        {
          claimed: '70 % less hardware, at 60 frames a second',
          found: [
            before.found('frames a second with a card each', 'session.player.frame.rate', 'frames/s'),
            pairs.found('half of the cards', 'session.player.frame.rate', 'frames/s'),
            after.found('30 % of the cards', 'session.player.frame.rate', 'frames/s'),
          ],
          verdict: fps(after) >= SMOOTH ? 'consistent' : fast === null ? 'not reachable' : 'only if',
          ...(fps(after) >= SMOOTH || fast === null
            ? {}
            : {
                condition: `a frame takes at most ${fast.toFixed(1)} ms of an A10 (8 ms assumed), or ${percent(fps(after) / 60)} of the frames will do`,
              }),
          reason:
            'Memory takes four players on a card, its compute does not. Each frame waits for the turns of the others.',
          varied: [
            {
              assumption: 'GPU time of a frame, four players on an A10',
              rows: [2, 4, 6, 8].map((ms) => ({
                at: `${ms} ms${ms === 8 ? ' (the scenario)' : ''}`,
                gives: card(4, ms).found('frames a second', 'session.player.frame.rate', 'frames/s'),
              })),
            },
          ],
        },
        {
          claimed: '4K latency from 120 ms to 35 ms',
          found: [
            seen('a card to oneself, 5 ms of network', near),
            seen('two on the card', two),
            seen('a card to oneself, 90 ms of network', far),
          ],
          verdict: nearMs > 0.035 ? 'not reachable' : 'only if',
          ...(nearMs > 0.035
            ? {}
            : {
                condition: `each player has a card alone, at most ${((0.035 - nearMs) * 1000 + 5).toFixed(1)} ms of network away, and 85 of the 120 ms before came from elsewhere (network, encoder): sharing makes no frame earlier`,
              }),
          reason:
            'Before sharing the frame waits for nobody; what sharing changes about latency is that it adds the turns of others.',
          varied: [
            {
              assumption: 'network, there and back, a card to oneself',
              rows: [5, 20, 50, 90].map((ms) => ({
                at: `${ms} ms${ms === 5 ? ' (the scenario)' : ''}`,
                gives: seen(
                  'from input to eye, 4K',
                  lab.run(FOUR_K, {
                    set: [`workload.sessions.player.frames.network=${ms}ms`],
                    replications: 1,
                  }),
                ),
              })),
            },
          ],
        },
        {
          claimed: 'below 30 ms',
          found: [
            seen('1080p, a card to oneself', before),
            seen('1080p, two on the card', card(2)),
            seen('4K, a card to oneself', near),
            worked('encoder, network and display alone, 4K', 0.0178, 'seconds'),
          ],
          verdict: nearMs < 0.03 ? 'consistent' : hdMs < 0.03 ? 'only if' : 'not reachable',
          ...(nearMs < 0.03 || hdMs >= 0.03
            ? {}
            : {
                condition: `the picture is 1080p${hdTwo < 0.03 ? '' : ' and each player has a card alone'}; not at 4K`,
              }),
          reason:
            'Mean from input to eye. A 4K frame of 14 ms leaves no room in 30 ms beside encoder, network, display and the game itself.',
        },
      ],
      assumptions: [
        'A frame takes 8 ms of an A10 at 1080p and 14 ms at 4K, 30 and 20 % variation; 4 and 2 ms of CPU; encoder 2.1 and 4.5 ms, network 5 ms, display 8.3 ms (presets).',
        '60 frames a second count as kept from 57 on, which a player alone has, too.',
      ],
      leftOut: ['The limit of encoder engines, and cards of other clouds.'],
    };
  },
};
