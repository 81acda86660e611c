import type { Claim } from './claim.ts';
import { parameter } from './facts.ts';
import { breakpoint, known, percent, worked } from './lab.ts';
import { pairedRatio } from './ratio.ts';

const NAME = 'claims/c12';
const CLAIMED = 2.8;
const CT = 'workload.synthetic.classes.ct';

const AT_ONCE = 4;
/** Sets that are under way at the end of a run are not done. */
const ROUNDING = 0.1;

export const c12: Claim = {
  id: 'C12',
  words: 'Medical CT: two shared cards process 4 sets at once, 2.8x one card.',
  source: '[3]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const one = lab.run(NAME);
    const shared = lab.run(NAME, { variant: 'two-shared-cards' });
    // The preset's 90 % of the time, 60 % of the units and 75 % of the bandwidth, in proportion.
    const uses = (busy: number) => [
      `${CT}.use.busy=${busy}`,
      `${CT}.use.compute=${(busy * 0.6) / 0.9}`,
      `${CT}.use.bandwidth=${(busy * 0.75) / 0.9}`,
    ];
    const gain = (busy: number) =>
      pairedRatio(
        'sets done by two shared cards over one card',
        lab.run(NAME, { set: uses(busy) }),
        lab.run(NAME, { variant: 'two-shared-cards', set: uses(busy) }),
        'jobs.completed',
      );
    const turns = parameter('vgpu.aggregate');
    // Little's law on both sides: sets under way are sets done in a time, times the time of each; one card has one.
    const atOnce = worked(
      'sets under way on two shared cards',
      (known(pairedRatio('', one, shared, 'jobs.completed')) * shared.mean('stretch.mean')) /
        one.mean('stretch.mean'),
      'jobs',
    );
    const most = breakpoint(0.3, 0.9, CLAIMED, 6, (busy) => gain(busy).value ?? 0);
    return {
      parts: [
        {
          claimed: 'four sets at once',
          verdict: known(atOnce) >= AT_ONCE - ROUNDING ? 'consistent' : 'not reachable',
          reason:
            'Two vGPUs of 24 GB on each of two cards are four places, and a set of 7 GB fits. So many times one card are done, each set takes so much longer: together that is how many are under way.',
          found: [
            atOnce,
            shared.found(
              'time of a set beside another, over its time alone on a Quadro RTX 6000',
              'stretch.mean',
              'ratio',
            ),
            one.found('the same alone on an RTX A6000', 'stretch.mean', 'ratio'),
          ],
        },
        {
          claimed: '2.8 times one card',
          ...(most === null
            ? { verdict: 'not reachable' as const }
            : {
                verdict: 'only if' as const,
                condition: `a set by itself leaves the card without work for ${percent(1 - most)} of the time or more`,
              }),
          reason:
            'Two cards do twice what one does; the rest of 2.8 has to come from pauses of one set that another fills. With the pauses of a tenth that are assumed there is little to fill, and taking turns costs some of it.',
          found: [
            pairedRatio('two shared cards', one, shared, 'jobs.completed'),
            pairedRatio(
              'two whole cards',
              one,
              lab.run(NAME, { variant: 'two-whole-cards' }),
              'jobs.completed',
            ),
            pairedRatio(
              'two shared RTX A6000 over one Quadro RTX 6000',
              lab.run(NAME, { variant: 'one-card-of-2018' }),
              shared,
              'jobs.completed',
            ),
            worked('what each shared card has to do, in cards with one set', CLAIMED / 2, 'ratio'),
          ],
          varied: [
            {
              assumption: 'part of its time in which a set has work for the card',
              rows: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((busy) => ({
                at: `${percent(busy)}${busy === 0.9 ? ' (preset)' : ''}`,
                gives: gain(busy),
              })),
            },
            {
              assumption: 'what two busy vGPUs do together, in cards',
              rows: (['low', 'typical', 'high'] as const).map((end) => ({
                at: `${turns[end]}${end === 'typical' ? ' (typical)' : ''}`,
                gives: pairedRatio(
                  'sets done by two shared cards over one card',
                  one,
                  lab.run(NAME, {
                    variant: 'two-shared-cards',
                    set: [`overheads={vgpu.aggregate: ${turns[end]}}`],
                  }),
                  'jobs.completed',
                ),
              })),
            },
          ],
        },
      ],
      assumptions: [
        'A set has work for the card 90 % of its time and is bound by its memory bandwidth; no measurement of a clinical system is at hand.',
        'One card does one set at a time before; there are always sets that wait.',
        'Two busy vGPUs on a card lose 7 % of it to turns (2 to 15 %, inferred).',
      ],
      leftOut: [
        'Reading of sets from disk and the network: a machine that waits for these would gain by any second set.',
      ],
    };
  },
};
