const DAY_SEC = 86_400;
const HOUR_SEC = 3600;
/** Pacific Standard Time is 8 hours behind UTC, Pacific Daylight Time 7. */
const STANDARD_BEHIND_SEC = 8 * HOUR_SEC;
const DAYLIGHT_BEHIND_SEC = 7 * HOUR_SEC;

const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(\.\d{1,6})?(?: (PST|PDT))?$/;

/** Years for which the rule below holds; it is the law since 2007. */
const FIRST_YEAR = 2007;
const LAST_YEAR = 2199;

/**
 * What a wall clock in US Pacific time may have meant, in Unix seconds, earliest first: one instant as a rule, two in
 * the hour that autumn repeats, none in the hour that spring leaves out. The text is `2017-10-07 01:12:09`, with PST or
 * PDT after it where it says which.
 *
 * Daylight time runs from 02:00 on the second Sunday of March to 02:00 on the first Sunday of November.
 *
 * @returns undefined where the text is no such date and time
 * @see Energy Policy Act of 2005, section 110
 */
export function pacificInstants(text: string): readonly number[] | undefined {
  const match = LOCAL_TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12) return undefined;
  if (day < 1 || day > daysOfMonth(year, month) || hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = match[7] === undefined ? 0 : Number(`0${match[7]}`);
  const localSec = dayNumber(year, month, day) * DAY_SEC + hour * HOUR_SEC + minute * 60 + second + fraction;
  const springSec = sundayOf(year, 3, 2) * DAY_SEC + 2 * HOUR_SEC;
  const autumnSec = sundayOf(year, 11, 1) * DAY_SEC + 2 * HOUR_SEC;
  const isDaylight = localSec >= springSec + HOUR_SEC && localSec < autumnSec;
  const isStandard = localSec < springSec || localSec >= autumnSec - HOUR_SEC;
  const zone = match[8];
  return [
    ...(isDaylight && zone !== 'PST' ? [localSec + DAYLIGHT_BEHIND_SEC] : []),
    ...(isStandard && zone !== 'PDT' ? [localSec + STANDARD_BEHIND_SEC] : []),
  ];
}

/** Day of the n-th Sunday of a month, as days since 1970-01-01. */
function sundayOf(year: number, month: number, nth: number): number {
  const first = dayNumber(year, month, 1);
  // 1970-01-01 was a Thursday: days with (day + 4) divisible by 7 are Sundays.
  return first + ((7 - ((first + 4) % 7)) % 7) + 7 * (nth - 1);
}

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365] as const;

/** Days since 1970-01-01 in the Gregorian calendar, for years from 1970. */
function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 477;
  const thisYear = (DAYS_BEFORE_MONTH[month - 1] as number) + (month > 2 && isLeap(year) ? 1 : 0);
  return (year - 1970) * 365 + leapDays + thisYear + day - 1;
}

function daysOfMonth(year: number, month: number): number {
  const days = (DAYS_BEFORE_MONTH[month] as number) - (DAYS_BEFORE_MONTH[month - 1] as number);
  return month === 2 && isLeap(year) ? days + 1 : days;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
