import type { Claim, Found } from './claim.ts';
import { parameter, priceRange } from './facts.ts';
import { breakpoint, percent, type Runs, worked } from './lab.ts';
import { pairedRatio } from './ratio.ts';

const NAME = 'claims/c14';
const USERS = 60;
const TYPICAL = 0.35;

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
    const before = (need: number) => lab.run(NAME, { set: needs(need) });
    const after = (need: number, perCard: number) =>
      lab.run(NAME, {
        variant: 'five-on-a-card',
        set: [
          ...needs(need),
          `fleet.hosts.node.count=${USERS / perCard}`,
          ...(perCard > 5
            ? ['workload.sessions.user.slot={memory: 4GiB}', 'workload.sessions.user.use.memory=3GiB']
            : []),
        ],
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
    const three = breakpoint(0.05, TYPICAL, 3, 5, (need) => gain(need, 5).value ?? 0);
    const five = breakpoint(0.05, TYPICAL, 5, 5, (need) => gain(need, 10).value ?? 0);
    const kept = breakpoint(0.02, TYPICAL, 0.9, 5, (need) => after(need, 5).mean('session.user.speed.mean'));

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
    const all = [0.05, 0.1, 0.15, 0.2, 0.25, TYPICAL];
    const at = (need: number) => `${percent(need)}${need === TYPICAL ? ' (typical by [2])' : ''}`;
    return {
      parts: [
        {
          claimed: 'utilization x3 to x5',
          verdict: 'only if',
          condition: `${percent(three ?? 0)} of a card or less is used before for x3 with five users on a card, ${percent(five ?? 0)} or less for x5 with ten (where work can wait without limit, ${percent(turns / 3)} and ${percent(turns / 5)})`,
          reason: `From the ${percent(TYPICAL)} that the same source calls typical, no more than ${(1 / TYPICAL).toFixed(1)} times as much can be used, all of every card. With five on a card users keep nine tenths of their speed only where ${kept === null ? `less than ${percent(0.02)}` : percent(kept)} or less was used: what is gained in use is lost in speed, as users get in each other's way.`,
          found: [
            worked(`most that can be gained from ${percent(TYPICAL)}`, 1 / TYPICAL, 'ratio'),
            worked('use before from which x3 fills the cards, less what turns cost', turns / 3, 'fraction'),
            worked('the same for x5', turns / 5, 'fraction'),
            gain(TYPICAL, 3),
            speed(TYPICAL, 3),
            gain(TYPICAL, 5),
            speed(TYPICAL, 5),
          ],
          varied: [3, 5, 10].flatMap((perCard) => [
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
          ...((free.value ?? 0) > -0.7
            ? { verdict: 'not reachable' as const }
            : (paid(low).value ?? 0) <= -0.7
              ? { verdict: 'consistent' as const }
              : {
                  verdict: 'only if' as const,
                  condition:
                    'two thirds of the cards go and sharing is not licensed by the card, or cards cost as much as the upper end of what is published',
                }),
          reason:
            'Where two thirds of the cards go, at least two thirds of what idle cards cost go with them, and those that stay are idle less. It is no gain of as much money: idle cost is a part of the cost only, and a licence by the card makes every idle hour dearer.',
          found: [
            { ...free, what: 'idle cost with three on a card, no licence' },
            { ...paid(low), what: `the same with NVIDIA AI Enterprise on cards of ${low} USD` },
            { ...paid(high), what: `the same on cards of ${high} USD` },
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
