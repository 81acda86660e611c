import { breakEven } from './break-even.ts';
import type { Claim, Found } from './claim.ts';
import { parameter } from './facts.ts';
import { known, percent, worked } from './lab.ts';
import { pairedChange } from './ratio.ts';
import { valueText } from './render.ts';

const NAME = 'claims/c10';
const GPU = 'session.draughtsman.frame.gpu.mean';
const SEEN = 'session.draughtsman.frame.seen.mean';
const USERS = 12;
/** What is claimed: so much longer. */
const LEAST = 0.15;
const MOST = 0.2;
/** A draughtsman moves the model for 4 s at a time (preset autocad-desktop), a fifth of the time. */
const MOVING_SEC = 4;
const MOVING = 0.2;
/** Runs of a quarter of the time, to look for a break-even. */
const SEARCH = { from: 0.02, to: 0.9, steps: 6, runs: 3 } as const;

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
    const isClaimed = (found: Found) => known(found) >= LEAST && known(found) <= MOST;
    const isReached = (found: Found) => known(found) >= LEAST;
    // Of how many share a card: the first that gives it, else the first beyond it.
    const sharers = rows.find(({ gives }) => isClaimed(gives)) ?? rows.find(({ gives }) => isReached(gives));
    const moving = (part: number) =>
      `workload.sessions.draughtsman.activity={on: {kind: exponential, mean: ${MOVING_SEC}s}, off: {kind: exponential, mean: ${Math.round(MOVING_SEC * 1000 * (1 / part - 1))}ms}}`;
    const active = (part: number, k: number, more: readonly string[] = [], only?: number) => {
      const set = [moving(part), ...more];
      const run = only === undefined ? {} : { only };
      return pairedChange(
        `time of a frame on the GPU, ${k} on a card, longer by`,
        lab.run(NAME, { set, ...run }),
        lab.run(NAME, { set: [sharing, `fleet.hosts.cad.count=${USERS / k}`, ...set], ...run }),
        GPU,
      );
    };
    const movingFor = (level: number, k: number) =>
      breakEven(
        `part of the time in which each moves the model for ${percent(level)} longer, ${k} on a card`,
        'fraction',
        { ...SEARCH, level },
        (part, only) => known(active(part, k, ['experiment.horizon=1h'], only)),
      );
    const ends =
      sharers === undefined ? [] : [LEAST, MOST].flatMap((level) => movingFor(level, sharers.k) ?? []);
    const seen = slower(
      USERS,
      SEEN,
      'from the begin of a frame until it is seen, longer with twelve on a card',
    );
    const alone = slower(1, GPU, 'longer alone on a vGPU');
    const conditions = [
      ...(isReached(seen) ? [] : ['it is the time on the GPU that is meant']),
      ...(sharers === undefined
        ? []
        : [
            `${sharers.k} draughtsmen share a card who each move their model ${
              ends.length === 2
                ? `between ${valueText(ends[0] as Found)} and ${valueText(ends[1] as Found)} of the time (${percent(MOVING)} assumed)`
                : `${percent(MOVING)} of the time`
            }`,
          ]),
    ];
    const speed = (part: number) => 1 / (1 + part);
    const isWithin = speed(LEAST) >= lone.low;
    return {
      parts: [
        {
          claimed: 'frames 15 to 20 % slower',
          ...(isClaimed(alone)
            ? { verdict: 'consistent' as const }
            : sharers === undefined
              ? { verdict: 'not reachable' as const }
              : { verdict: 'only if' as const, condition: conditions.join(', and ') }),
          reason: `Alone on a card, a vGPU loses ${percent(1 - lone.typical)} (${percent(1 - lone.high)} to ${percent(1 - lone.low)} in the range that the model keeps; the claim needs ${percent(1 - speed(LEAST))}, which is ${isWithin ? 'within it' : 'beyond it'}); the rest is waiting for the turns of others, so that the answer is how many there are and how much they do. What the user sees is slower by ${percent(known(seen))} at most, as most of the way from mouse to eye is not on the GPU.`,
          found: [
            before.found('a frame on the GPU, physical', GPU, 'seconds'),
            pairedChange('longer in passthrough', before, lab.run(NAME, { variant: 'passthrough' }), GPU),
            alone,
            ...ends,
            slower(12, GPU, 'longer with twelve on a card'),
            seen,
            lab
              .run(NAME, { variant: 'twelve-on-a-card' })
              .found('frames a second with twelve on a card', 'session.draughtsman.frame.rate', 'frames/s'),
            worked('speed alone that 15 % longer would need', speed(LEAST), 'fraction'),
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
                { at: '10 %', gives: active(0.1, 4) },
                { at: '20 % (assumed)', gives: active(MOVING, 4) },
                { at: '40 %', gives: active(0.4, 4) },
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
