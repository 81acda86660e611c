import { breakEven } from './break-even.ts';
import type { Claim, Found } from './claim.ts';
import { priceRange } from './facts.ts';
import { known, percent, type Runs, worked } from './lab.ts';
import { pairedChange, pairedRatio } from './ratio.ts';
import { valueText } from './render.ts';

const NAME = 'claims/c09';
const CARDS = 24;
/** Users notice: jobs take a tenth longer, or a developer has less than nine tenths of the speed of before. */
const LONGER = 1.1;
const LEAST_SPEED = 0.9;
/** What is claimed, up to the digit that it is rounded to. */
const CHEAPER = -0.575;
const SAVED = -0.245;
const RUNS = 5;
/** Jobs an hour, and pauses of a developer between two minutes of work: the scenario's. */
const JOBS_PER_HOUR = 13;
const PAUSE_MIN = 6;
/** Of a machine at rest without its card. */
const WATTS = 150;
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
    const hardwareChange = (count: number) => pairedChange('', before, on(count), 'cost.hardware.perMonth');
    const energyChange = (count: number) => pairedChange('', before, on(count), 'cost.energy.kWh');
    // Of the numbers of machines tried, the most with which each figure is reached.
    const cheap = counts.find((count) => known(hardwareChange(count)) <= CHEAPER);
    const saving = counts.find((count) => known(energyChange(count)) <= SAVED);
    const billPaid = pairedChange('whole bill with NVIDIA AI Enterprise', before, shared, 'cost.perMonth');
    const billFree = pairedChange('whole bill without a licence', before, free, 'cost.perMonth');

    // How little work there may be before, for users not to notice that ten machines are left.
    const work = (part: number) => [
      `workload.synthetic.arrivals.rate=${(JOBS_PER_HOUR * part).toFixed(4)}/h`,
      `workload.sessions.developer.activity.off={kind: exponential, mean: ${Math.round(60_000 * ((PAUSE_MIN + 1) / part - 1))}ms}`,
    ];
    const unnoticed = (part: number, only: number) => {
      const own = lab.run(NAME, { set: work(part), only });
      const its = lab.run(NAME, { variant: 'shared', set: work(part), only });
      const room = LONGER - its.mean('slowdown.mean') / own.mean('slowdown.mean');
      return Math.min(room, its.mean('session.developer.speed.mean') - LEAST_SPEED);
    };
    const search = { from: 0.1, to: 1, level: 0, steps: 5, runs: RUNS };
    const lighter = breakEven(
      'work of the scenario at which ten machines are enough',
      'fraction',
      search,
      unnoticed,
    );
    const usedThen =
      lighter === null
        ? null
        : lab
            .run(NAME, { set: work(Number(known(lighter).toFixed(3))) })
            .found('compute used before with which nobody would notice', 'gpu.utilized.mean', 'fraction');

    const savedAt = (watts: number, only?: number) => {
      const set = [`cost.energy.hosts.idle=${watts}`, `cost.energy.hosts.max=${watts + 200}`];
      const run = only === undefined ? {} : { only };
      return -known(
        pairedChange(
          '',
          lab.run(NAME, { set, ...run }),
          lab.run(NAME, { variant: 'shared', set, ...run }),
          'cost.energy.kWh',
        ),
      );
    };
    const enough = breakEven(
      'watts of a machine at rest from which it is a quarter less on ten machines',
      'W',
      { from: 0, to: 500, level: 0.25, steps: 6, runs: RUNS },
      savedAt,
    );
    const [low, high] = priceRange('purchase', 'A100 80GB used');
    const [licence] = priceRange('licence-year', 'nvaie');
    const hardware = (card: number, count: number) => (6000 + card) * count;
    const withLicence = (card: number): Found =>
      worked(
        'hardware over 36 months and licences of ten machines, beside hardware of 24',
        (hardware(card, 10) + 3 * licence * 10) / hardware(card, CARDS) - 1,
        'fraction',
      );
    const conditions = [
      ...(cheap === undefined ? [] : [`no more than ${cheap} of the ${CARDS} machines are left`]),
      ...(cheap !== undefined && !isGood(on(cheap))
        ? [
            `jobs may then take ${valueText(pairedRatio('', before, on(cheap), 'slowdown.mean'))} as long and developers have ${valueText(on(cheap).found('', 'session.developer.speed.mean', 'fraction'))} of the speed`,
          ]
        : []),
      ...(known(billFree) > CHEAPER
        ? ['cards and machines are meant, not the whole bill']
        : known(billPaid) > CHEAPER
          ? ['sharing needs no licence by the card']
          : []),
    ];
    const costVerdict =
      cheap === undefined
        ? { verdict: 'not reachable' as const }
        : conditions.length === 1 && isGood(on(cheap))
          ? { verdict: 'consistent' as const }
          : { verdict: 'only if' as const, condition: conditions.join(', and ') };
    const energyConditions = [
      ...(saving !== undefined && isGood(on(saving))
        ? []
        : [`no more than ${saving} of the ${CARDS} machines are left, which users notice`]),
      ...(savedAt(0) >= 0.25
        ? []
        : [
            `machines that go are switched off, and at rest without a card draw the ${WATTS} W that are assumed${enough === null ? '' : ` (with ten left, ${valueText(enough)} or more)`}`,
          ]),
    ];
    const energyVerdict =
      saving === undefined
        ? { verdict: 'not reachable' as const }
        : energyConditions.length === 0
          ? { verdict: 'consistent' as const }
          : { verdict: 'only if' as const, condition: energyConditions.join(', and ') };
    return {
      parts: [
        {
          claimed: 'GPU cost -58 %',
          ...costVerdict,
          reason: `At 35 % of use before, 58 % fewer cards are used ${percent(0.35 / 0.42)} of the time at least, which leaves no room for peaks. With jobs at most a tenth longer and developers at nine tenths of the speed, ${
            least === undefined
              ? 'no number of machines up to 24 will do'
              : `${least} machines are needed (${percent(leastChange ?? 0)})`
          }; ten are enough ${
            usedThen === null
              ? 'for no amount of work that was tried'
              : `where only ${valueText(usedThen)} of the cards is used before`
          }. A licence by the card takes ${percent(1 - known(billPaid) / known(billFree))} of what the whole bill saves.`,
          found: [
            pairedChange('hardware on ten machines', before, shared, 'cost.hardware.perMonth'),
            billPaid,
            billFree,
            before.found('compute used before', 'gpu.utilized.mean', 'fraction'),
            shared.found('compute used on ten machines', 'gpu.utilized.mean', 'fraction'),
            worked('least use after it by arithmetic', 0.35 / 0.42, 'fraction'),
            ...(lighter === null || usedThen === null ? [] : [lighter, usedThen]),
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
          ...energyVerdict,
          reason:
            'The work is the same, and takes the same watts above rest wherever it is done. What is saved is the rest of what is taken away, and on the cards alone that is less than a quarter.',
          found: [
            pairedChange('energy at the meter on ten machines', before, shared, 'cost.energy.kWh'),
            pairedChange('of the cards alone', before, shared, 'energy.gpu'),
            ...(enough === null ? [] : [enough]),
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
                at: watts === WATTS ? `${WATTS} (assumed)` : String(watts),
                gives: worked('energy saved on ten machines', savedAt(watts), 'fraction'),
              })),
            },
          ],
        },
      ],
      assumptions: [
        'The survey names no workload: jobs and developers are made up so that 35 % of the cards is used before, as [0] says is typical.',
        'A card costs the low end of the range for used A100, a machine 6,000 USD more, written off over 36 months.',
        `A machine draws ${WATTS} W at rest without its card, ${WATTS + 200} W with all cores taken.`,
        'Four vGPUs on each card, best effort; their memory of 10 GB is enough.',
      ],
      leftOut: ['The work of administrators.', 'What is paid to change over.'],
    };
  },
};
