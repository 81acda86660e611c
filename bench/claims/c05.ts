import type { Claim } from './claim.ts';
import { breakpoint, known, percent, type Runs, worked } from './lab.ts';

const NAME = 'claims/c05';
const RESNET = 'claims/c05-resnet';
const SERVERS = 17;
const PRICES = [
  { at: 'host 20,000, card 8,000 USD', host: 20_000, gpu: 8000 },
  { at: 'host 60,000, card 8,000 USD', host: 60_000, gpu: 8000 },
  { at: 'host 60,000, card 15,000 USD (the scenario)', host: 60_000, gpu: 15_000 },
] as const;

/** Of a training that took 72 h. */
const WANTED_SEC = 8 * 3600;

export const c05: Claim = {
  id: 'C05',
  words:
    'AI training: per-GPU utilization 45 % to 85 %, 12,000 USD per server-year saved, ResNet-50 72 h to 8 h.',
  source: '[0]',
  scenarios: [NAME, RESNET],
  isQuick: false,
  question(lab) {
    const before = lab.run(NAME);
    const nine = lab.run(NAME, { variant: 'shared-9' });
    const twelve = lab.run(NAME, { variant: 'shared-12' });
    const used = nine.found('9 servers, two jobs on a card', 'gpu.utilized.mean', 'fraction');
    const top = used.ci95?.[1] ?? known(used);
    /** Nine servers that always have jobs waiting: the most that their cards can do. */
    const most = (together: number) =>
      lab.run(NAME, {
        variant: 'shared-9',
        set: [`overheads={time-slicing.together: ${together}}`, 'workload.synthetic.arrivals.rate=80/h'],
        replications: 3,
      });
    const needed = breakpoint(0.7, 0.985, 0.85, 6, (together) => most(together).mean('gpu.utilized.mean'));
    /** USD a year for each server that there was before. */
    const saved = (a: Runs, b: Runs) => ((a.mean('cost.perMonth') - b.mean('cost.perMonth')) * 12) / SERVERS;
    const priced = ({ host, gpu }: (typeof PRICES)[number]) => {
      const set = [`cost.hosts.racks.owned={host: ${host}, gpu: ${gpu}, months: 36, support: 6%}`];
      const ask = { set, replications: 1 };
      return saved(lab.run(NAME, ask), lab.run(NAME, { ...ask, variant: 'shared-12' }));
    };
    const savings = PRICES.map((each) => ({ at: each.at, usd: priced(each) }));
    const isSaved = savings.some(({ usd }) => usd >= 12_000);
    const job = (variant?: string) => lab.run(RESNET, variant === undefined ? {} : { variant });
    const time = (what: string, runs: Runs) => runs.found(what, 'completion.mean', 'seconds');
    const h100 = job('h100').mean('completion.mean');
    return {
      parts: [
        {
          claimed: 'use of each GPU from 45 % to 85 %',
          found: [
            before.found('17 servers, a card for each job', 'gpu.utilized.mean', 'fraction'),
            used,
            twelve.found('12 servers, two jobs on a card', 'gpu.utilized.mean', 'fraction'),
            before.found('wait for a place, 17 servers', 'wait.mean', 'seconds'),
            nine.found('wait for a place, 9 servers', 'wait.mean', 'seconds'),
            nine.found('job on its card over alone, 9 servers', 'stretch.mean', 'ratio'),
          ],
          verdict: top >= 0.85 ? 'consistent' : needed === null ? 'not reachable' : 'only if',
          ...(top >= 0.85 || needed === null
            ? {}
            : {
                condition: `two jobs that each use half of a card do at least ${percent(needed, 1)} in turns of what one does alone (90 % typical, 98.5 % the best of the range), fit into its memory, and there is always a job waiting`,
              }),
          reason: `What is lost in turns comes off the 100 % that two such jobs make: ${percent(most(0.9).mean('gpu.utilized.mean'), 1)} is the most. With nine servers the queue grows for ever; twelve serve all at a lower figure.`,
          varied: [
            {
              assumption: 'speed of both together in turns, over one alone',
              rows: [0.7, 0.9, 0.985].map((value) => ({
                at: `${value}${value === 0.9 ? ' (typical)' : ''}`,
                gives: most(value).found(
                  'use of 9 servers with jobs always waiting',
                  'gpu.utilized.mean',
                  'fraction',
                ),
              })),
            },
          ],
        },
        {
          claimed: '12,000 USD saved for each server and year',
          found: [
            worked('12 of 17 servers are enough', saved(before, twelve), 'USD'),
            worked('9 of 17 servers are enough', saved(before, nine), 'USD'),
            worked('cost of a server-year of which 47 % is 12,000 USD', 12_000 / (1 - 0.45 / 0.85), 'USD'),
          ],
          verdict: isSaved ? 'consistent' : 'not reachable',
          reason:
            'In order of magnitude: what is saved is the cost of servers that are not needed, and that of a server with eight A100 is several times the figure.',
          varied: [
            {
              assumption: 'prices, 12 servers in place of 17',
              rows: savings.map(({ at, usd }) => ({
                at,
                gives: worked('saved for each server and year', usd, 'USD'),
              })),
            },
          ],
        },
        {
          claimed: 'ResNet-50 from 72 h to 8 h',
          found: [
            time('alone on a V100', job()),
            time('beside another one on the V100', job('shared')),
            time('alone on an A100 (estimate)', job('a100')),
            time('alone on an H100 (estimate)', job('h100')),
          ],
          ...(known(time('', job('shared'))) <= WANTED_SEC
            ? { verdict: 'consistent' as const }
            : h100 <= WANTED_SEC
              ? { verdict: 'only if' as const, condition: 'a newer card is meant, not sharing' }
              : { verdict: 'not reachable' as const }),
          reason: `By sharing: the job has the whole card before, and a shared one is never faster. Nor by the newest card of the three (${(h100 / 3600).toFixed(1)} h). It takes nine times the GPUs, or 64 of the 72 h spent in a queue.`,
          varied: [
            {
              assumption: 'speed of n GPUs over n times one',
              rows: [0.7, 0.9, 1].map((value) => ({
                at: `${value}`,
                gives: worked('V100 for 8 h', Math.ceil(9 / value - 1e-9), 'GPU'),
              })),
            },
          ],
        },
      ],
      assumptions: [
        'Jobs compute 50 % of a card, nine of ten cards are held: the 45 % of the source. Two fit into the 80 GB of a card.',
        'A host costs 60,000 USD, a used A100 15,000 USD, over 36 months, support 6 % a year, energy by load.',
        'The 72 h are on one V100 and all computing.',
      ],
      leftOut: ['Other precisions and batch sizes, which change the work itself.'],
    };
  },
};
