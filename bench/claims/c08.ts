import type { Claim } from './claim.ts';
import { breakpoint, known, percent, type Runs, worked } from './lab.ts';
import { pairedRatio } from './ratio.ts';

const NAME = 'claims/c08';
const ALWAYS = 'workload.synthetic.arrivals.rate=30/h';
const share = (value: number) => `overheads={vgpu.aggregate: ${value}}`;

export const c08: Claim = {
  id: 'C08',
  words: 'Virtualized utilization 62 % to 89 %, scheduling 3 times as efficient.',
  source: '[0]',
  scenarios: [NAME],
  isQuick: true,
  question(lab) {
    const before = lab.run(NAME);
    const vgpu = lab.run(NAME, { variant: 'vgpu-14' });
    const turns = lab.run(NAME, { variant: 'turns-14' });
    const asMany = lab.run(NAME, { variant: 'vgpu-20' });
    const work = (what: string, runs: Runs) => runs.found(what, 'gpu.utilized.mean', 'fraction');
    const used = work('14 cards, two vGPUs each', vgpu);
    /** Fourteen cards that always have jobs waiting: the most that they can do. */
    const most = (together: number) =>
      lab.run(NAME, { variant: 'vgpu-14', set: [share(together), ALWAYS], replications: 3 });
    const needed = breakpoint(0.85, 0.98, 0.89, 6, (together) => most(together).mean('gpu.utilized.mean'));
    const isReached = (used.ci95?.[1] ?? known(used)) >= 0.89;
    const longWait = vgpu.mean('wait.mean') / before.mean('wait.mean');
    return {
      parts: [
        {
          claimed: 'utilization from 62 % to 89 %',
          found: [
            work('20 whole cards', before),
            used,
            work('14 cards in turns', turns),
            worked('cards for the same work at 89 %, of 20', (20 * 0.62) / 0.89, 'GPU'),
            before.found('wait for a place, 20 whole cards', 'wait.mean', 'seconds'),
            vgpu.found('wait for a place, 14 cards', 'wait.mean', 'seconds'),
          ],
          verdict: isReached ? 'consistent' : needed === null ? 'not reachable' : 'only if',
          ...(isReached || needed === null
            ? {}
            : {
                condition: `there is always a job waiting, and two vGPUs together do at least ${percent(needed, 1)} of what one job does alone (93 % typical, 85 to 98 %)`,
              }),
          reason: `Near what vGPUs together can do at all (93 % of one alone): with 14 cards jobs wait ${longWait.toFixed(1)} times as long as before.`,
          varied: [
            {
              assumption: 'speed of both vGPUs together, over one alone',
              rows: [0.85, 0.93, 0.98].map((value) => ({
                at: `${value}${value === 0.93 ? ' (typical)' : ''}`,
                gives: work('use of 14 cards with jobs always waiting', most(value)),
              })),
            },
          ],
        },
        {
          claimed: 'scheduling 3 times as efficient',
          found: [
            worked('work done on the same cards at most: 89 % over 62 %', 0.89 / 0.62, 'ratio'),
            pairedRatio(
              'time from coming to end, before over 20 cards shared',
              asMany,
              before,
              'completion.mean',
            ),
            before.found('wait for a place, 20 whole cards', 'wait.mean', 'seconds'),
            asMany.found('wait for a place, 20 cards shared', 'wait.mean', 'seconds'),
          ],
          verdict: asMany.mean('wait.mean') * 3 <= before.mean('wait.mean') ? 'only if' : 'not reachable',
          ...(asMany.mean('wait.mean') * 3 <= before.mean('wait.mean')
            ? {
                condition:
                  'efficient means the time that jobs wait for a place, and the number of cards stays as it was, so that utilization stays as well',
              }
            : {}),
          reason:
            'Work done can grow 1.4 times at most with 62 % before. More places take the queue away, but either the queue or the cards: not both figures at once.',
        },
      ],
      assumptions: [
        'Jobs compute 67 % of a card and are there for an hour, 18.5 an hour: the 62 % of the source. Two fit into a card.',
        'The vGPU scheduler is best effort; the source does not say what efficiency of scheduling is.',
      ],
      leftOut: ['Decision times of schedulers.'],
    };
  },
};
