import type { Claim } from './claim.ts';
import { parameter } from './facts.ts';
import { percent, worked } from './lab.ts';
import { pairedChange } from './ratio.ts';

const NAME = 'claims/c10';
const GPU = 'session.draughtsman.frame.gpu.mean';
const SEEN = 'session.draughtsman.frame.seen.mean';
const USERS = 12;

export const c10: Claim = {
  id: 'C10',
  words: 'CAD: virtual GPU 15 to 20 % slower frames than physical, preloading hides some.',
  source: '[1]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const lone = parameter('vgpu.lone-interactive');
    const before = lab.run(NAME);
    const sharing = 'fleet.hosts.cad.sharing={mode: vgpu, scheduler: best-effort, series: Q}';
    const perCard = (k: number, more: readonly string[] = []) =>
      lab.run(NAME, { set: [sharing, `fleet.hosts.cad.count=${USERS / k}`, ...more] });
    const slower = (k: number, metric: string, what: string) =>
      pairedChange(what, before, perCard(k), metric);
    const counts = [1, 2, 3, 4, 6, 12];
    const rows = counts.map((k) => ({ k, gives: slower(k, GPU, 'time of a frame on the GPU, longer by') }));
    const inRange = rows.filter(({ gives: { value } }) => value !== null && value >= 0.15 && value <= 0.2);
    const below = rows.filter(({ gives: { value } }) => value !== null && value < 0.15).at(-1)?.k;
    const above = rows.find(({ gives: { value } }) => value !== null && value > 0.2)?.k;
    const where =
      inRange.length > 0
        ? `${inRange.map(({ k }) => k).join(' or ')}`
        : `more than ${below} and fewer than ${above}`;
    const active = (on: string, off: string) => {
      const activity = `workload.sessions.draughtsman.activity={on: {kind: exponential, mean: ${on}}, off: {kind: exponential, mean: ${off}}}`;
      return pairedChange(
        'time of a frame on the GPU, four on a card, longer by',
        lab.run(NAME, { set: [activity] }),
        perCard(4, [activity]),
        GPU,
      );
    };
    return {
      parts: [
        {
          claimed: 'frames 15 to 20 % slower',
          verdict: 'only if',
          condition: `it is the time on the GPU that is meant, and ${where} draughtsmen share a card who each move their model a fifth of the time`,
          reason: `Alone on a card, a vGPU loses ${percent(1 - lone.typical)} (${percent(1 - lone.high)} to ${percent(1 - lone.low)} in the range that the model keeps); the rest is waiting for the turns of others, so that the answer is how many there are. What the user sees is slower by a few per cent only, as most of the way from mouse to eye is not on the GPU.`,
          found: [
            before.found('a frame on the GPU, physical', GPU, 'seconds'),
            pairedChange('longer in passthrough', before, lab.run(NAME, { variant: 'passthrough' }), GPU),
            slower(1, GPU, 'longer alone on a vGPU'),
            slower(12, GPU, 'longer with twelve on a card'),
            slower(12, SEEN, 'from the begin of a frame until it is seen, longer with twelve on a card'),
            lab
              .run(NAME, { variant: 'twelve-on-a-card' })
              .found('frames a second with twelve on a card', 'session.draughtsman.frame.rate', 'frames/s'),
            worked('speed alone that 15 % longer would need', 1 / 1.15, 'fraction'),
          ],
          varied: [
            {
              assumption: 'draughtsmen on a card',
              rows: rows.map(({ k, gives }) => ({ at: String(k), gives })),
            },
            {
              assumption: 'speed of a vGPU alone on a card',
              rows: (['low', 'typical', 'high'] as const).map((end) => ({
                at: `${percent(lone[end])}${end === 'typical' ? ' (typical)' : ''}`,
                gives: pairedChange(
                  'time of a frame on the GPU, alone on a card, longer by',
                  before,
                  perCard(1, [`overheads={vgpu.lone-interactive: ${lone[end]}}`]),
                  GPU,
                ),
              })),
            },
            {
              assumption: 'part of the time in which a draughtsman moves the model',
              rows: [
                { at: '10 %', gives: active('4s', '36s') },
                { at: '20 % (assumed)', gives: active('4s', '16s') },
                { at: '40 %', gives: active('4s', '6s') },
              ],
            },
          ],
        },
        {
          claimed: 'preloading hides some of it',
          verdict: 'not modelled',
          reason: 'What a program loads beforehand is its own; frames are drawn here from what is in memory.',
          found: [],
        },
      ],
      assumptions: [
        'Frames of 3 ms on an L40S with a variation of 60 %, after 10 ms of one CPU core: bound by the CPU, as most CAD is.',
        'Each draughtsman moves the model for 4 s at a time, a fifth of the time, all working day.',
        '10 ms of network there and back, an encoder of 2.1 ms and half a refresh until a frame is seen.',
      ],
      leftOut: ['Preloading.', 'Encoders and copy engines shared by users of one card.'],
    };
  },
};
