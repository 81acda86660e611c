import { breakEven } from './break-even.ts';
import type { Claim, Found } from './claim.ts';
import { parameter } from './facts.ts';
import { known, percent, worked } from './lab.ts';
import { pairedRatio } from './ratio.ts';
import { valueText } from './render.ts';

const NAME = 'claims/c11';
const FUNCTIONS = 4;
const SLOWER = 1.12;
const MORE = 3;
/** What the figures are rounded to: 1.115 is 12 % and 2.5 three times. */
const SLOWER_ROUNDED = [1.115, 1.125] as const;
const MORE_ROUNDED = 2.5;
const SEARCH = { from: 0.1, to: 1, level: SLOWER, steps: 9, runs: 5 } as const;

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
    const atLoss = ['low', 'typical', 'high'] as const;
    const mostAt = (overheads: readonly string[]): Found | null =>
      breakEven('part of the card that one may use for 12 %', 'fraction', SEARCH, (part, only) =>
        known(
          pairedRatio(
            '',
            lab.run(NAME, { set: uses(part), only }),
            lab.run(NAME, { variant: 'four-functions', set: [...uses(part), ...overheads], only }),
            'stretch.mean',
          ),
        ),
      );
    const most = mostAt([]);
    const [itsTime, itsUse] = [slower(1), more(1)];
    const useThere = most === null ? null : more(Number(known(most).toFixed(3)));
    const isAsIs =
      known(itsTime) >= SLOWER_ROUNDED[0] &&
      known(itsTime) <= SLOWER_ROUNDED[1] &&
      known(itsUse) >= MORE_ROUNDED;
    const trainings = MORE * SLOWER;
    const areEnough = useThere !== null && known(useThere) >= MORE_ROUNDED && trainings <= FUNCTIONS;
    const split = parameter('sriov.aggregate');
    const parts = [0.2, 0.25, 0.3, 0.5, 1];
    const label = (part: number) => `${percent(part)}${part === 1 ? ' (preset)' : ''}`;
    return {
      parts: [
        {
          claimed: 'passthrough 12 % faster and sharing uses three times as much',
          ...(isAsIs
            ? { verdict: 'consistent' as const }
            : most === null || !areEnough
              ? { verdict: 'not reachable' as const }
              : {
                  verdict: 'only if' as const,
                  condition: `a training by itself uses ${valueText(most)} of the card, and ${Math.floor(trainings)} to ${Math.ceil(trainings)} of them run at a time`,
                }),
          reason: `The two figures go together: ${FUNCTIONS} trainings that each take 12 % longer use ${(FUNCTIONS / SLOWER).toFixed(1)} times as much as one, ${(MORE * SLOWER).toFixed(1)} trainings three times. So they need a program that leaves most of the card idle by itself. ResNet-50 at batch 64 does not: measured on a V100, two beside each other do no more than one. Four functions each take ${valueText(itsTime)} as long and use ${valueText(itsUse)} as much of the card.`,
          found: [
            { ...itsTime, what: 'ResNet-50 as in the preset: time of a training, shared over passthrough' },
            {
              ...itsUse,
              what: 'ResNet-50 as in the preset: part of the card used, shared over passthrough',
            },
            worked('trainings at a time that the two figures need', trainings, 'jobs'),
            ...(most === null || useThere === null
              ? []
              : [most, { ...useThere, what: 'part of the card that four such use, over one' }]),
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
                gives: mostAt([`overheads={sriov.aggregate: ${split[end]}}`]) ?? {
                  what: 'part of the card that one may use for 12 %',
                  value: null,
                  unit: 'fraction' as const,
                },
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
