import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pacificInstants } from '../../scenarios/importers/pacific-time.ts';

/** The platform's own time zone data, which nothing here is made from. */
const CLOCK = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
} as Intl.DateTimeFormatOptions);

function clockAt(sec: number): string {
  const parts = new Map(CLOCK.formatToParts(sec * 1000).map(({ type, value }) => [type, value]));
  const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type);
  return `${at('year')}-${at('month')}-${at('day')} ${at('hour')}:${at('minute')}:${at('second')}`;
}

const FIRST = Date.UTC(2007, 0, 1, 8) / 1000;
const LAST = Date.UTC(2099, 11, 31) / 1000;

test('what the clock shows at an instant may mean that instant, and everything it may mean shows the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: FIRST, max: LAST }), (sec) => {
      const text = clockAt(sec);
      const instants = pacificInstants(text);
      expect(instants).toContain(sec);
      for (const instant of instants ?? []) expect(clockAt(instant)).toBe(text);
    }),
    { numRuns: 3000 },
  );
});

test('around every change of the clocks each shown time has exactly the instants at which it is shown', () => {
  for (let year = 2007; year <= 2098; year++) {
    for (const [month, changeDays] of [
      [2, 14],
      [10, 7],
    ] as const) {
      for (let day = 1; day <= changeDays; day++) {
        const noon = Date.UTC(year, month, day, 20) / 1000;
        // 00:30 to 04:30 in half hours: the hours that exist twice, once or not at all.
        for (let half = 1; half <= 9; half++) {
          const hour = String(Math.floor(half / 2)).padStart(2, '0');
          const text = `${clockAt(noon).slice(0, 10)} ${hour}:${half % 2 === 1 ? '30' : '00'}:00`;
          const shown: number[] = [];
          for (let sec = noon - 13 * 3600; sec <= noon; sec += 1800)
            if (clockAt(sec) === text) shown.push(sec);
          expect([text, pacificInstants(text)]).toEqual([text, shown]);
        }
      }
    }
    if (year > 2019) year += 6; // the rule repeats; a leap year now and then
  }
});

test.each([
  ['2017-11-05 01:30:00 PDT', [1_509_870_600]],
  ['2017-11-05 01:30:00 PST', [1_509_874_200]],
  ['2017-11-05T01:30:00', [1_509_870_600, 1_509_874_200]],
  ['2017-07-01 00:00:00 PST', []],
  ['2017-10-07 01:12:09.25', [1_507_363_929.25]],
  ['2016-02-29 23:59:59', [1_456_819_199]],
  ['2017-02-29 00:00:00', undefined],
  ['2100-02-29 00:00:00', undefined],
  ['2017-13-01 00:00:00', undefined],
  ['2017-00-01 00:00:00', undefined],
  ['2017-01-00 00:00:00', undefined],
  ['2017-01-01 24:00:00', undefined],
  ['2017-01-01 00:60:00', undefined],
  ['2017-01-01 00:00:60', undefined],
  ['2006-06-01 00:00:00', undefined],
  ['2017-1-1 00:00:00', undefined],
  ['2017-10-07', undefined],
  ['None', undefined],
])('%s means %j', (text, instants) => {
  expect(pacificInstants(text)).toEqual(instants);
});
