import type { Claim } from './claim.ts';
import { percent, worked } from './lab.ts';

const NAME = 'claims/c13';
const HOURS = 3600;
const BEFORE = 72;
const AFTER = 28;
const RATIO = BEFORE / AFTER;

export const c13: Claim = {
  id: 'C13',
  words: 'Driving: two A100 shared, training 72 h to 28 h beside 4 real-time simulation streams.',
  source: '[3]',
  scenarios: [NAME],
  isQuick: true,
  question(lab) {
    const time = (what: string, variant?: string) =>
      lab.run(NAME, variant === undefined ? {} : { variant }).found(what, 'completion.mean', 'seconds');
    const beside = (streams: number) =>
      streams === 0
        ? lab.run(NAME)
        : lab.run(NAME, { variant: 'one-card-for-all', set: [`workload.sessions.stream.users=${streams}`] });
    const slower = [0, 1, 2, 3, 4].map((streams) => ({
      streams,
      gives: beside(streams).found('time of the training over its time alone', 'stretch.mean', 'ratio'),
    }));
    const migRun = lab.run(NAME, { variant: 'mig-for-streams' });
    const needed = slower.find(({ gives }) => (gives.value ?? 0) >= RATIO);
    const least = (72 * HOURS) / 2;
    return {
      parts: [
        {
          claimed: 'training from 72 h to 28 h by sharing',
          ...(needed === undefined
            ? { verdict: 'not reachable' as const }
            : {
                verdict: 'only if' as const,
                condition: `the training takes 28 h alone, and its 72 h before were on one card that it shared with more than ${needed.streams - 1} and up to ${needed.streams} of the streams, or with as much other work`,
              }),
          reason: `A training that has a card for itself is never made faster by sharing: it keeps its 72 h. Even both cards with nobody beside it and spreading at no cost give ${least / HOURS} h, more than 28. What sharing out two cards can do is to bring the streams away from the training's card, if they were there.`,
          found: [
            time('before: a card of its own'),
            time('a card of its own, the streams on MIG slices of the other', 'mig-for-streams'),
            time('over both cards, nobody else there, spreading at no cost', 'both-cards-alone'),
            time('over both cards beside four streams, time-slicing', 'both-cards-beside-streams'),
            time('on one card with all four streams, time-slicing', 'one-card-for-all'),
            worked('speed-up that is claimed', RATIO, 'ratio'),
            worked('most that two cards can give over one', 2, 'ratio'),
          ],
          varied: [
            {
              assumption: 'streams on the card of the training before',
              rows: slower.map(({ streams, gives }) => ({ at: String(streams), gives })),
            },
          ],
        },
        {
          claimed: 'four real-time streams beside the training',
          ...(migRun.mean('session.stream.frame.inTime') >= 0.99
            ? {
                verdict: 'only if' as const,
                condition: 'the streams have a card or slices of a card apart from the training',
              }
            : { verdict: 'not reachable' as const }),
          reason: `By MIG ${percent(migRun.mean('session.stream.frame.inTime'))} of the pictures are done before the next; by taking turns with a training they are not, as each turn of the training is a wait.`,
          found: [
            lab
              .run(NAME, { variant: 'mig-for-streams' })
              .found('in time on MIG slices', 'session.stream.frame.inTime', 'fraction'),
            lab
              .run(NAME, { variant: 'both-cards-beside-streams' })
              .found(
                'in time by time-slicing on both cards, two streams each',
                'session.stream.frame.inTime',
                'fraction',
              ),
            lab
              .run(NAME, { variant: 'one-card-for-all' })
              .found('in time by time-slicing on one card', 'session.stream.frame.inTime', 'fraction'),
          ],
        },
      ],
      assumptions: [
        'A stream takes 10 ms of an A100, 30 times a second, and has to be done before the next picture.',
        'The training uses its card nearly all the time; where it is spread over two, what they exchange costs nothing.',
        'The 72 h are taken as the time on one A100 with nobody beside.',
      ],
      leftOut: [
        'Making of the pictures: an A100 has no display engine.',
        'Queues for the two cards: waiting shorter would be a gain in the time until results, not of a training.',
      ],
    };
  },
};
