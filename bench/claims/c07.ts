import type { Claim } from './claim.ts';
import { known, type Runs, worked } from './lab.ts';

const NAME = 'claims/c07';
const cards = (count: number) => `fleet.hosts.own.count=${count}`;

export const c07: Claim = {
  id: 'C07',
  words: 'Hybrid pool: utilization 35 % to 78 %, burst answered in 300 ms.',
  source: '[0]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const before = lab.run(NAME);
    const hybrid = lab.run(NAME, { variant: 'hybrid' });
    const own = (what: string, runs: Runs) =>
      runs.foundIn('pool', 'default', what, 'gpu.allocated.mean', 'fraction');
    const used = own('8 own cards, and a cloud', hybrid);
    const rows = [4, 6, 8, 10, 12].map((count) => ({
      count,
      gives: own(
        'own cards held',
        lab.run(NAME, { variant: 'hybrid', set: [cards(count)], replications: 3 }),
      ),
    }));
    const most = rows.filter(({ gives }) => known(gives) >= 0.78).at(-1);
    const warm = (min: number) =>
      lab.run(NAME, {
        variant: 'hybrid',
        set: [`elastic.groups.warm.min=${min}`, `elastic.groups.warm.start=${min}`],
        replications: 3,
      });
    const wait = (what: string, runs: Runs, metric: string) =>
      runs.found(what, `elastic.${metric}`, 'seconds');
    return {
      parts: [
        {
          claimed: 'utilization of the own cards from 35 % to 78 %',
          found: [
            before.found('24 own cards alone', 'gpu.allocated.mean', 'fraction'),
            used,
            worked('own cards for the same work at 78 %, without any cloud', (24 * 0.35) / 0.78, 'GPU'),
            hybrid.found('cloud instead, a week', 'elastic.cost', 'USD'),
          ],
          verdict: known(used) >= 0.78 ? 'consistent' : most === undefined ? 'not reachable' : 'only if',
          ...(known(used) >= 0.78 || most === undefined
            ? {}
            : {
                condition: `no more than ${most.count} of the 24 own cards stay (of the numbers tried), and the cloud takes the rest of the work`,
              }),
          reason:
            'Own cards are full by day and half empty by night whatever their number; only few of them have work at all hours.',
          varied: [
            {
              assumption: 'own cards',
              rows: rows.map(({ count, gives }) => ({
                at: `${count}${count === 8 ? ' (the scenario)' : ''}`,
                gives,
              })),
            },
          ],
        },
        {
          claimed: 'a burst is answered in 300 ms',
          found: [
            wait('interactive jobs that burst, half of them wait at most', hybrid, 'warm.wait.p50'),
            wait('19 of 20 wait at most', hybrid, 'warm.wait.p95'),
            wait('an instance that has to come takes', hybrid, 'warm.boot.mean'),
            wait('batch jobs that burst wait', hybrid, 'batch.wait.mean'),
          ],
          verdict: hybrid.mean('elastic.warm.wait.p95') <= 0.3 ? 'consistent' : 'only if',
          ...(hybrid.mean('elastic.warm.wait.p95') <= 0.3
            ? {}
            : {
                condition:
                  'an instance stands ready and idle for it; a new one takes ten to fifteen minutes, two thousand times as long',
              }),
          reason:
            'With an instance that is there and idle a burst starts at once, less what the network takes.',
          varied: [
            {
              assumption: 'instances that always stand ready',
              rows: [0, 1, 2, 4].map((min) => ({
                at: `${min}${min === 1 ? ' (the scenario)' : ''}`,
                gives: wait('19 of 20 wait at most', warm(min), 'warm.wait.p95'),
              })),
            },
          ],
        },
      ],
      assumptions: [
        'Eight jobs an hour, ten times as many by day as by night, which hold 35 % of 24 own cards over the week; held, not used, is what counts here.',
        'New instances take 600 to 900 s (documented). Interactive jobs burst at once, batch work after two minutes.',
      ],
      leftOut: ['The time in which a scheduler decides, the network, and the data that a job needs there.'],
    };
  },
};
