import type { Claim } from './claim.ts';
import { parameter } from './facts.ts';
import { breakpoint, percent, worked } from './lab.ts';
import { pairedRatio } from './ratio.ts';

const NAME = 'claims/c11';
const FUNCTIONS = 4;
const SLOWER = 1.12;
const MORE = 3;

export const c11: Claim = {
  id: 'C11',
  words: 'ResNet-50 on AMD: passthrough 12 % faster than shared, shared uses 3x more of the card.',
  source: '[1]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const uses = (part: number) =>
      ['busy', 'compute', 'bandwidth'].map(
        (key) => `workload.synthetic.classes.resnet.use.${key}=${key === 'bandwidth' ? part * 0.6 : part}`,
      );
    const alone = (part: number) => lab.run(NAME, { set: uses(part) });
    const shared = (part: number) => lab.run(NAME, { variant: 'four-functions', set: uses(part) });
    const slower = (part: number) =>
      pairedRatio('time of a training, shared over passthrough', alone(part), shared(part), 'stretch.mean');
    const more = (part: number) =>
      pairedRatio(
        'part of the card used, shared over passthrough',
        alone(part),
        shared(part),
        'gpu.utilized.mean',
      );
    const most = breakpoint(0.1, 1, SLOWER, 9, (part) => slower(part).value ?? 0);
    const atLoss = ['low', 'typical', 'high'] as const;
    const mostAt = (aggregate: number) =>
      breakpoint(
        0.1,
        1,
        SLOWER,
        9,
        (part) =>
          pairedRatio(
            '',
            alone(part),
            lab.run(NAME, {
              variant: 'four-functions',
              set: [...uses(part), `overheads={sriov.aggregate: ${aggregate}}`],
            }),
            'stretch.mean',
          ).value ?? 0,
      );
    const split = parameter('sriov.aggregate');
    const parts = [0.2, 0.25, 0.3, 0.5, 1];
    const label = (part: number) => `${percent(part)}${part === 1 ? ' (preset)' : ''}`;
    return {
      parts: [
        {
          claimed: 'passthrough 12 % faster and sharing uses three times as much',
          verdict: 'only if',
          condition: `a training by itself uses about ${percent(most ?? 0)} of the card and three to four of them run at a time`,
          reason: `The two figures go together: ${FUNCTIONS} trainings that each take 12 % longer use ${(FUNCTIONS / SLOWER).toFixed(1)} times as much as one, ${(MORE * SLOWER).toFixed(1)} trainings three times. So they need a program that leaves most of the card idle by itself. ResNet-50 at batch 64 does not: measured on a V100, two beside each other do no more than one, and four functions take four times as long each and use no more of the card.`,
          found: [
            { ...slower(1), what: 'ResNet-50 as in the preset: time of a training, shared over passthrough' },
            {
              ...more(1),
              what: 'ResNet-50 as in the preset: part of the card used, shared over passthrough',
            },
            worked('trainings at a time that the two figures need', MORE * SLOWER, 'jobs'),
            worked('most of the card that one may use for 12 %', most ?? 0, 'fraction'),
          ],
          varied: [
            {
              assumption: 'part of the card that a training uses by itself',
              rows: parts.map((part) => ({ at: label(part), gives: slower(part) })),
            },
            {
              assumption: 'part of the card that a training uses by itself',
              rows: parts.map((part) => ({ at: label(part), gives: more(part) })),
            },
            {
              assumption: 'what four functions do together, in cards',
              rows: atLoss.map((end) => ({
                at: `${split[end]}${end === 'typical' ? ' (typical)' : ''}`,
                gives: worked(
                  'most of the card that one may use for 12 %',
                  mostAt(split[end]) ?? 0,
                  'fraction',
                ),
              })),
            },
          ],
        },
      ],
      assumptions: [
        'A Radeon Pro V620, the card with four functions of 8 GB; the article names none.',
        'Its scheduler is not published: the default of the open driver, by which a function without work keeps its turns.',
        'Splitting loses 5 % (2 to 10 %, unverified), passthrough 1.5 %.',
        'Every function always has a training; before, one training at a time.',
      ],
      leftOut: [
        'How fast the framework runs on this card: both sides have the same.',
        'Inference, if that is what the article means.',
      ],
    };
  },
};
