import { breakEven } from './break-even.ts';
import type { Claim, Found } from './claim.ts';
import { parameter, priceRange } from './facts.ts';
import { known, percent, type Runs, worked } from './lab.ts';
import { meanOf, pairedRatio } from './ratio.ts';
import { valueText } from './render.ts';

const NAME = 'claims/c14';
const USERS = 60;
const TYPICAL = 0.35;
const CLAIMED_LEAST = 3;
const CLAIMED_MOST = 5;
const IDLE_LESS = -0.7;
/** Users on a card afterwards. */
const PER_CARD = [3, 5, 10] as const;
const RUNS = 5;

export const c14: Claim = {
  id: 'C14',
  words: 'Clusters: utilization x3 to x5, idle cost -70 %.',
  source: '[2]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    // A user works for 100 s x need, then for the rest of them not.
    const needs = (need: number) => [
      `workload.sessions.user.activity={on: {kind: exponential, mean: ${Math.round(need * 1e5)}ms}, off: {kind: exponential, mean: ${Math.round((1 - need) * 1e5)}ms}}`,
    ];
    const one = (only?: number) => (only === undefined ? {} : { only });
    const before = (need: number, only?: number) => lab.run(NAME, { set: needs(need), ...one(only) });
    const after = (need: number, perCard: number, only?: number) =>
      lab.run(NAME, {
        variant: 'five-on-a-card',
        set: [
          ...needs(need),
          `fleet.hosts.node.count=${USERS / perCard}`,
          ...(perCard > 5
            ? ['workload.sessions.user.slot={memory: 4GiB}', 'workload.sessions.user.use.memory=3GiB']
            : []),
        ],
        ...one(only),
      });
    const gain = (need: number, perCard: number) =>
      pairedRatio(
        `use after over before, ${perCard} on a card`,
        before(need),
        after(need, perCard),
        'gpu.utilized.mean',
      );
    const speed = (need: number, perCard: number) =>
      after(need, perCard).found(
        `speed that a user has, ${perCard} on a card`,
        'session.user.speed.mean',
        'fraction',
      );
    const turns = parameter('vgpu.aggregate').typical;
    /** The most that may be used before for a gain; the less is used, the more can be gained. */
    const mostBefore = (times: number, perCard: number) =>
      breakEven(
        `most use before for x${times}, ${perCard} on a card`,
        'fraction',
        { from: 0.02, to: TYPICAL, level: times, steps: 5, runs: RUNS },
        (need, only) =>
          known(pairedRatio('', before(need, only), after(need, perCard, only), 'gpu.utilized.mean')),
      );
    const reached = (times: number) =>
      PER_CARD.flatMap((perCard) => {
        const most = perCard < times ? null : mostBefore(times, perCard);
        return most === null ? [] : [{ perCard, most }];
      });
    const [threes, fives] = [reached(CLAIMED_LEAST), reached(CLAIMED_MOST)];
    const isTypical = PER_CARD.some((perCard) => known(gain(TYPICAL, perCard)) >= CLAIMED_LEAST);
    const limits = (found: typeof threes) =>
      found.map(({ perCard, most }) => `${valueText(most)} with ${perCard} on a card`).join(' or ');
    const kept = breakEven(
      'most use before with which users keep nine tenths of their speed, five on a card',
      'fraction',
      { from: 0.01, to: TYPICAL, level: 0.9, steps: 5, runs: RUNS },
      (need, only) => after(need, 5, only).mean('session.user.speed.mean'),
    );

    const idle = (runs: Runs, cards: number) => cards * (1 - runs.mean('gpu.utilized.mean'));
    const [low, high] = priceRange('purchase', 'A100 80GB used');
    const [licence] = priceRange('licence-year', 'nvaie');
    const idleCost = (need: number, perCard: number, perYear: number, licenceYear: number): Found =>
      worked(
        `idle cost after beside before, ${perCard} on a card`,
        (idle(after(need, perCard), USERS / perCard) * (perYear + licenceYear)) /
          (idle(before(need), USERS) * perYear) -
          1,
        'fraction',
      );
    const free = idleCost(TYPICAL, 3, 1, 0);
    const paid = (price: number) => idleCost(TYPICAL, 3, price / 3, licence);
    // Of idle cards r are left, each costs price / 3 a year and the licence: r (1 + 3 licence / price) = 1 - 0.7.
    const prices = Array.from({ length: RUNS }, (_, only) => {
      const left = idle(after(TYPICAL, 3, only), USERS / 3) / idle(before(TYPICAL, only), USERS);
      return (3 * licence * left) / (1 + IDLE_LESS - left);
    });
    const dearEnough = prices.every((price) => price > 0)
      ? meanOf('price of a card from which it is -70 % with NVIDIA AI Enterprise', prices, 'USD')
      : null;
    const all = [0.05, 0.1, 0.15, 0.2, 0.25, TYPICAL];
    const at = (need: number) => `${percent(need)}${need === TYPICAL ? ' (typical by [2])' : ''}`;
    return {
      parts: [
        {
          claimed: 'utilization x3 to x5',
          ...(isTypical
            ? { verdict: 'consistent' as const }
            : threes.length === 0
              ? { verdict: 'not reachable' as const }
              : {
                  verdict: 'only if' as const,
                  condition: `no more of a card is used before than, for x${CLAIMED_LEAST}, ${limits(threes)}${
                    fives.length === 0
                      ? `; x${CLAIMED_MOST} is not reached`
                      : `, and for x${CLAIMED_MOST} ${limits(fives)}`
                  } (where work can wait without limit, ${percent(turns / CLAIMED_LEAST)} and ${percent(turns / CLAIMED_MOST)})`,
                }),
          reason: `From the ${percent(TYPICAL)} that the same source calls typical, no more than ${(1 / TYPICAL).toFixed(1)} times as much can be used, all of every card. With five on a card users keep nine tenths of their speed only where ${kept === null ? 'next to nothing' : `${valueText(kept)} or less`} was used: what is gained in use is lost in speed, as users get in each other's way.`,
          found: [
            worked(`most that can be gained from ${percent(TYPICAL)}`, 1 / TYPICAL, 'ratio'),
            worked('use before from which x3 fills the cards, less what turns cost', turns / 3, 'fraction'),
            worked('the same for x5', turns / 5, 'fraction'),
            gain(TYPICAL, 3),
            speed(TYPICAL, 3),
            gain(TYPICAL, 5),
            speed(TYPICAL, 5),
            ...[...threes, ...fives].map(({ most }) => most),
            ...(kept === null ? [] : [kept]),
          ],
          varied: PER_CARD.flatMap((perCard) => [
            {
              assumption: 'use of a card before',
              rows: all.map((need) => ({ at: at(need), gives: gain(need, perCard) })),
            },
            {
              assumption: 'use of a card before',
              rows: all.map((need) => ({ at: at(need), gives: speed(need, perCard) })),
            },
          ]),
        },
        {
          claimed: 'idle cost -70 %',
          ...(known(free) > IDLE_LESS
            ? { verdict: 'not reachable' as const }
            : known(paid(low)) <= IDLE_LESS
              ? { verdict: 'consistent' as const }
              : {
                  verdict: 'only if' as const,
                  condition: `two thirds of the cards go and sharing is not licensed by the card${
                    dearEnough === null
                      ? ''
                      : `, or a card costs ${valueText(dearEnough)} or more (published: ${low} to ${high} USD)`
                  }`,
                }),
          reason:
            'Where two thirds of the cards go, at least two thirds of what idle cards cost go with them, and those that stay are idle less. It is no gain of as much money: idle cost is a part of the cost only, and a licence by the card makes every idle hour dearer.',
          found: [
            { ...free, what: 'idle cost with three on a card, no licence' },
            { ...paid(low), what: `the same with NVIDIA AI Enterprise on cards of ${low} USD` },
            { ...paid(high), what: `the same on cards of ${high} USD` },
            ...(dearEnough === null ? [] : [dearEnough]),
            worked('least that goes where two thirds of the cards go', -2 / 3, 'fraction'),
          ],
          varied: [
            {
              assumption: 'use of a card before',
              rows: all.map((need) => ({ at: at(need), gives: idleCost(need, 3, 1, 0) })),
            },
          ],
        },
      ],
      assumptions: [
        'Sixty users each hold a card before, and three, five or ten of them a card afterwards.',
        'They come and go from their cards independently, a hundred seconds a round; users who work at the same hours gain less.',
        'Their memory fits: 8 GB each, 4 GB with ten on a card.',
        'A card is written off over 36 months; the price is that of used A100 of 80 GB.',
        'Three busy vGPUs lose 7 % of a card to turns (2 to 15 %, inferred).',
      ],
      leftOut: [
        'Work that comes because there is room: users have the same amount of time to work before and after.',
      ],
    };
  },
};
