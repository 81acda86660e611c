import { readIsoTime } from '../iso-time.ts';

const DURATION = /^(?:(?:(\d{1,6})-)?(\d{1,6}):)?(\d{1,6}):(\d{2})(?:\.\d{1,6})?$/;
/** From 2001 to 2286, as `SLURM_TIME_FORMAT=%s` prints them. */
const UNIX_SECONDS = /^[1-9]\d{9}$/;
const ABSENT: ReadonlySet<string> = new Set(['', 'Unknown', 'None', 'N/A', 'NULL', '(null)']);

/** Whether a cell says that there is no such time. */
export function isAbsent(text: string): boolean {
  return ABSENT.has(text);
}

/** An instant, and whether the text said which zone it is in. */
export interface ClockReading {
  readonly sec: number;
  readonly isLocal: boolean;
}

/**
 * Unix seconds of a time as sacct prints it, which is the site's local time unless it has a zone.
 *
 * @param offsetSec how far the site's clock is ahead of UTC
 * @returns undefined for anything else
 */
export function readClock(text: string, offsetSec: number): ClockReading | undefined {
  if (UNIX_SECONDS.test(text)) return { sec: Number(text), isLocal: false };
  const time = readIsoTime(text);
  if (time === undefined) return undefined;
  const sec = time.hasZone ? time.sec : time.sec - offsetSec;
  return sec < 0 ? undefined : { sec, isLocal: !time.hasZone };
}

/** Seconds of `[days-]hours:minutes:seconds` or `minutes:seconds`; undefined for anything else. A fraction is dropped. */
export function readDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1, 5).map((part) => Number(part ?? 0));
  if (seconds > 59 || (match[2] !== undefined && minutes > 59) || (match[1] !== undefined && hours > 23)) {
    return undefined;
  }
  return days * 86_400 + hours * 3600 + minutes * 60 + seconds;
}
