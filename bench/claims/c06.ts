import type { Claim } from './claim.ts';
import { type Ask, breakpoint, worked } from './lab.ts';

const NAME = 'claims/c06';
const HOURS_A_MONTH = 3 * 21;

export const c06: Claim = {
  id: 'C06',
  words:
    'Video cluster: 25,000 USD hardware + 8,000 USD licences, 3 person-hours saved a day, payback 14 months.',
  source: '[0]',
  scenarios: [NAME],
  isQuick: true,
  question(lab) {
    const at = (perHour: number, ask: Ask = {}) =>
      lab.run(NAME, {
        replications: 1,
        ...ask,
        set: [`cost.baseline.perMonth=${(perHour * HOURS_A_MONTH).toFixed(6)}`, ...(ask.set ?? [])],
      });
    const payback = (perHour: number, ask: Ask = {}) => at(perHour, ask).mean('cost.payback');
    const running = (perMonth: number): Ask => ({
      set: [`cost.fixed=[{name: running, kind: other, perMonth: ${perMonth}}]`],
    });
    // From 25 USD up it is paid back within the 36 months in all three.
    const once = breakpoint(30, 60, 14, 12, (wage) => payback(wage));
    const yearly = breakpoint(35, 60, 14, 12, (wage) => payback(wage, { variant: 'subscription' }));
    const withRunning = breakpoint(40, 80, 14, 12, (wage) => payback(wage, running(500)));
    const text = (wage: number | null) => (wage === null ? 'more than was tried' : `${wage.toFixed(1)} USD`);
    return {
      parts: [
        {
          claimed: 'payback in 14 months',
          found: [
            at(40).found('at 40 USD a person-hour, licences bought', 'cost.payback', 'months'),
            at(40, { variant: 'subscription' }).found(
              'the same, licences every year',
              'cost.payback',
              'months',
            ),
            worked('person-hour at which it is 14 months', once ?? Number.NaN, 'USD/h'),
            worked('the same by arithmetic: 33,000 / 14 / 63', 33_000 / 14 / HOURS_A_MONTH, 'USD/h'),
            worked('the same, licences every year', yearly ?? Number.NaN, 'USD/h'),
            worked(
              'the same, licences bought, 500 USD a month to run it',
              withRunning ?? Number.NaN,
              'USD/h',
            ),
          ],
          verdict: once === null ? 'not reachable' : 'only if',
          ...(once === null
            ? {}
            : {
                condition: `a person-hour costs ${text(once)} (${text(yearly)} if the licences are paid every year), on 21 days a month, and running the cluster costs nothing more than before`,
              }),
          reason: 'The source states neither what an hour costs nor what the cluster costs to run.',
          varied: [
            {
              assumption: 'USD a person-hour, licences bought',
              rows: [25, 30, 40, 60].map((wage) => ({
                at: `${wage}${wage === 40 ? ' (the scenario)' : ''}`,
                gives: at(wage).found('payback', 'cost.payback', 'months'),
              })),
            },
            {
              assumption: 'USD a month to run it, 40 USD a person-hour',
              rows: [0, 250, 500].map((perMonth) => ({
                at: `${perMonth}${perMonth === 0 ? ' (the scenario)' : ''}`,
                gives: at(40, running(perMonth)).found('payback', 'cost.payback', 'months'),
              })),
            },
          ],
        },
        {
          claimed: '8,000 USD of licences with 25,000 USD of hardware',
          found: [
            worked('RTX vWS licences for a year at list price', 8000 / 250, 'users'),
            worked('vPC licences for a year at list price', 8000 / 50, 'users'),
          ],
          verdict: 'consistent',
          reason:
            'In order of magnitude: 32 workstations or 160 desktops at one time on four servers, by list prices of the maker.',
        },
        {
          claimed: '3 person-hours saved a day',
          found: [],
          verdict: 'not modelled',
          reason: 'It is a figure of how people work with the films, taken from the source as it stands.',
        },
      ],
      assumptions: [
        'Hardware and licences are paid at the start; 21 working days a month; nothing else changes.',
        'Payback is undiscounted; what the cluster encodes does not enter it.',
      ],
      leftOut: ['Running costs, taxes and financing, of which the source says nothing.'],
    };
  },
};
