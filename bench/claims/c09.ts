import type { Claim, Found } from './claim.ts';
import { priceRange } from './facts.ts';
import { breakpoint, percent, type Runs, worked } from './lab.ts';
import { pairedChange } from './ratio.ts';

const NAME = 'claims/c09';
const CARDS = 24;
/** Users notice: jobs take a tenth longer, or a developer has less than nine tenths of the speed of before. */
const LONGER = 1.1;
const LEAST_SPEED = 0.9;
/** 14 an hour of 40 min at 90 % of a card are the 8.4 cards of work that are 35 % of 24. */
const JOBS_ALONE = ['workload.sessions=null', 'workload.synthetic.arrivals.rate=14/h'];

export const c09: Claim = {
  id: 'C09',
  words: 'Survey: GPU cost -58 %, operations +40 %, energy -25 %.',
  source: '[0]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const before = lab.run(NAME);
    const shared = lab.run(NAME, { variant: 'shared' });
    const free = lab.run(NAME, { variant: 'shared-without-licence' });
    const on = (count: number) =>
      lab.run(NAME, { variant: 'shared', set: [`fleet.hosts.node.count=${count}`] });
    const isGood = (runs: Runs) =>
      runs.mean('slowdown.mean') <= LONGER * before.mean('slowdown.mean') &&
      runs.mean('session.developer.speed.mean') >= LEAST_SPEED;
    const counts = [24, 20, 18, 16, 14, 12, 10];
    const least = counts.filter((count) => isGood(on(count))).at(-1);
    const leastChange = least === undefined ? null : least / CARDS - 1;
    const { value: energyChange } = pairedChange('', before, shared, 'cost.energy.kWh');
    const hostWatts = (watts: number) => {
      const set = [`cost.energy.hosts.idle=${watts}`, `cost.energy.hosts.max=${watts + 200}`];
      return -(
        pairedChange('', lab.run(NAME, { set }), lab.run(NAME, { variant: 'shared', set }), 'cost.energy.kWh')
          .value ?? 0
      );
    };
    const enough = breakpoint(0, 150, 0.25, 5, hostWatts);
    const [low, high] = priceRange('purchase', 'A100 80GB used');
    const [licence] = priceRange('licence-year', 'nvaie');
    const hardware = (card: number, count: number) => (6000 + card) * count;
    const withLicence = (card: number): Found =>
      worked(
        'hardware over 36 months and licences of ten machines, beside hardware of 24',
        (hardware(card, 10) + 3 * licence * 10) / hardware(card, CARDS) - 1,
        'fraction',
      );
    return {
      parts: [
        {
          claimed: 'GPU cost -58 %',
          verdict: 'only if',
          condition: `ten of 24 machines are left, jobs may then take ${(shared.mean('slowdown.mean') / before.mean('slowdown.mean')).toFixed(1)} times as long and developers have ${percent(shared.mean('session.developer.speed.mean'))} of the speed, and sharing needs no licence by the card`,
          reason: `At 35 % of use before, 58 % fewer cards are used ${percent(0.35 / 0.42)} of the time at least, which leaves no room for peaks. With jobs at most a tenth longer and developers at nine tenths of the speed, ${
            least === undefined
              ? 'no number of machines up to 24 will do'
              : `${least} machines are needed (${percent(leastChange ?? 0)})`
          }. A licence by the card takes most of the rest.`,
          found: [
            pairedChange('hardware on ten machines', before, shared, 'cost.hardware.perMonth'),
            pairedChange('whole bill with NVIDIA AI Enterprise', before, shared, 'cost.perMonth'),
            pairedChange('whole bill without a licence', before, free, 'cost.perMonth'),
            before.found('compute used before', 'gpu.utilized.mean', 'fraction'),
            shared.found('compute used on ten machines', 'gpu.utilized.mean', 'fraction'),
            worked('least use after it by arithmetic', 0.35 / 0.42, 'fraction'),
          ],
          varied: [
            {
              assumption: 'machines that are left (24 before)',
              rows: counts.map((count) => ({
                at: String(count),
                gives: on(count).found('time of a job over its work', 'slowdown.mean', 'ratio'),
              })),
            },
            {
              assumption: 'machines that are left (24 before)',
              rows: counts.map((count) => ({
                at: String(count),
                gives: on(count).found(
                  'speed that a developer has',
                  'session.developer.speed.mean',
                  'fraction',
                ),
              })),
            },
            {
              assumption: 'when work comes',
              rows: [
                {
                  at: 'developers by day, jobs at all hours (assumed)',
                  gives: shared.found(
                    'time of a job over its work on ten machines',
                    'slowdown.mean',
                    'ratio',
                  ),
                },
                {
                  at: 'the same work as jobs at all hours',
                  gives: lab
                    .run(NAME, { variant: 'shared', set: JOBS_ALONE })
                    .found('time of a job over its work on ten machines', 'slowdown.mean', 'ratio'),
                },
              ],
            },
            {
              assumption: 'price of a card',
              rows: [low, (low + high) / 2, high].map((card) => ({
                at: `${card} USD`,
                gives: withLicence(card),
              })),
            },
          ],
        },
        {
          claimed: 'operations +40 %',
          verdict: 'not modelled',
          reason:
            'What is 40 % more, and of what, the survey does not say; what people do in a day is not modelled.',
          found: [],
        },
        {
          claimed: 'energy -25 %',
          ...(energyChange !== null && energyChange <= -0.25
            ? {
                verdict: 'only if' as const,
                condition: `machines at rest without their card draw ${enough === null ? 'anything at all' : `${Math.round(enough)} W or more`}, and are switched off when their card goes`,
              }
            : { verdict: 'not reachable' as const }),
          reason:
            'The work is the same, and takes the same watts above rest wherever it is done. What is saved is the rest of what is taken away, and on the cards alone that is less than a quarter.',
          found: [
            pairedChange('energy at the meter on ten machines', before, shared, 'cost.energy.kWh'),
            pairedChange('of the cards alone', before, shared, 'energy.gpu'),
            ...(least === undefined
              ? []
              : [
                  pairedChange(
                    `energy at the meter on ${least} machines`,
                    before,
                    on(least),
                    'cost.energy.kWh',
                  ),
                ]),
          ],
          varied: [
            {
              assumption: 'watts of a machine at rest (200 more with all cores taken)',
              rows: [0, 75, 150, 300, 500].map((watts) => ({
                at: watts === 150 ? '150 (assumed)' : String(watts),
                gives: worked('energy saved on ten machines', hostWatts(watts), 'fraction'),
              })),
            },
          ],
        },
      ],
      assumptions: [
        'The survey names no workload: jobs and developers are made up so that 35 % of the cards is used before, as [0] says is typical.',
        'A card costs the low end of the range for used A100, a machine 6,000 USD more, written off over 36 months.',
        'A machine draws 150 W at rest without its card, 350 W with all cores taken.',
        'Four vGPUs on each card, best effort; their memory of 10 GB is enough.',
      ],
      leftOut: ['The work of administrators.', 'What is paid to change over.'],
    };
  },
};
