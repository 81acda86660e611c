import type { Claim } from './claim.ts';
import { percent } from './lab.ts';

const NAME = 'claims/c16';
const CARDS = 16;
const LIMIT = 0.05;
const GPU = 'session.artist.frame.gpu';
const SEEN = 'session.artist.frame.seen';
const IN_TIME = 'session.artist.frame.inTime';

export const c16: Claim = {
  id: 'C16',
  words: 'Render farm: 16x A6000, 8 vGPU each, frame time < 50 ms.',
  source: '[2]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const own = lab.run(NAME);
    const eight = lab.run(NAME, { variant: 'eight-on-a-card' });
    const equal = lab.run(NAME, { variant: 'eight-on-a-card-equal-share' });
    const perCard = (users: number) =>
      lab.run(NAME, { variant: 'eight-on-a-card', set: [`workload.sessions.artist.users=${users * CARDS}`] });
    const active = (part: number) =>
      lab.run(NAME, {
        variant: 'eight-on-a-card',
        set: [
          `workload.sessions.artist.activity={on: {kind: exponential, mean: ${Math.round(part * 60)}s}, off: {kind: exponential, mean: ${Math.round(60 - part * 60)}s}}`,
        ],
      });
    const counts = [1, 2, 3, 4, 6, 8];
    const parts = [0.05, 0.1, 0.2, 1 / 3, 0.5];
    // 95 % of the frames: the others are drawn too long already alone.
    const most = counts.filter((users) => perCard(users).mean(`${GPU}.p95`) < LIMIT).at(-1);
    const least = parts.filter((part) => active(part).mean(`${GPU}.p95`) < LIMIT).at(-1);
    const seen = counts.filter((users) => perCard(users).mean(IN_TIME) >= 0.95).at(-1);
    return {
      parts: [
        {
          claimed: 'frame time below 50 ms, as time on the GPU',
          verdict: eight.mean(`${GPU}.p95`) < LIMIT ? 'consistent' : 'only if',
          ...(eight.mean(`${GPU}.p95`) < LIMIT
            ? {}
            : {
                condition: `${eight.mean(`${GPU}.mean`) < LIMIT ? 'the mean frame is meant, or ' : ''}at most ${most ?? 'none'} of the eight places are taken${least === undefined ? '' : `, or artists move their scene at most ${percent(least)} of the time`} for 95 % of the frames`,
              }),
          reason:
            'A preview that takes 15 ms of a card by itself waits for the turns of whoever else moves a scene; of eight artists a third do at any time, and four or more of them for a quarter of it. By equal share each has an eighth of the card whatever the others do, which is worse.',
          found: [
            own.found('mean with a card each', `${GPU}.mean`, 'seconds'),
            eight.found('mean with eight on a card', `${GPU}.mean`, 'seconds'),
            eight.found('95 % of the frames with eight on a card take less than', `${GPU}.p95`, 'seconds'),
            equal.found('mean with eight on a card, equal share', `${GPU}.mean`, 'seconds'),
          ],
          varied: [
            {
              assumption: 'artists on a card',
              rows: counts.map((users) => ({
                at: String(users),
                gives: perCard(users).found(
                  '95 % of the frames take less on the GPU than',
                  `${GPU}.p95`,
                  'seconds',
                ),
              })),
            },
            {
              assumption: 'part of the time in which an artist moves the scene, eight on a card',
              rows: parts.map((part) => ({
                at: `${percent(part)}${part === 1 / 3 ? ' (preset)' : ''}`,
                gives: active(part).found(
                  '95 % of the frames take less on the GPU than',
                  `${GPU}.p95`,
                  'seconds',
                ),
              })),
            },
          ],
        },
        {
          claimed: 'frame time below 50 ms, until the artist sees it',
          ...(seen === undefined
            ? { verdict: 'not reachable' as const }
            : eight.mean(IN_TIME) >= 0.95
              ? { verdict: 'consistent' as const }
              : {
                  verdict: 'only if' as const,
                  condition: `${seen === 1 ? 'each artist has a card alone' : `at most ${seen} artists are on a card`}, for 95 % of the frames`,
                }),
          reason:
            'CPU, encoder, network and display take 25 ms of the 50, so that a card alone is just enough and the turns of others are too much.',
          found: [
            own.found('seen within 50 ms with a card each', IN_TIME, 'fraction'),
            eight.found('seen within 50 ms with eight on a card', IN_TIME, 'fraction'),
            eight.found('mean with eight on a card', `${SEEN}.mean`, 'seconds'),
          ],
          varied: [
            {
              assumption: 'artists on a card',
              rows: counts.map((users) => ({
                at: String(users),
                gives: perCard(users).found('seen within 50 ms', IN_TIME, 'fraction'),
              })),
            },
          ],
        },
        {
          claimed: 'frame time below 50 ms, of final frames',
          verdict: 'not modelled',
          reason: 'A frame of a film takes minutes on a card of its own: the claim cannot be about these.',
          found: [],
        },
      ],
      assumptions: [
        'A preview takes 15 ms of an RTX A6000 with a variation of 30 %, 30 times a second.',
        'Every artist moves the scene for 20 s at a time, a third of the time.',
        '5 ms of CPU, 2.1 ms of encoder, 10 ms of network there and back, half a refresh of the display.',
      ],
      leftOut: [
        'Final frames on the same cards by day.',
        'Encoders and copy engines shared by users of one card.',
      ],
    };
  },
};
