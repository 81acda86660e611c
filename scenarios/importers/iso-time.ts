const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;

/** An instant that a text names. */
export interface IsoTime {
  /** Seconds since 1970-01-01, of UTC where the text has a zone, else of the clock that wrote it. */
  readonly sec: number;
  readonly hasZone: boolean;
}

/**
 * Reads a date and time such as `2024-04-11T05:18:35`, with a fraction and a zone (`Z`, `+02:00`) where it has them. Years
 * from 1970 to 2199.
 *
 * @returns undefined for anything else, and for days that are not in the calendar
 */
export function readIsoTime(text: string): IsoTime | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // 60 is a leap second, the same instant as the next minute's 0.
  if (year < 1970 || year > 2199 || hour > 23 || minute > 59 || second > 60) return undefined;
  const days = Date.UTC(year, month - 1, day);
  const date = new Date(days);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const zone = zoneSeconds(match[8]);
  if (zone === undefined) return undefined;
  const fraction = match[7] === undefined ? 0 : Number(`0${match[7]}`);
  const sec = days / 1000 + hour * 3600 + minute * 60 + second - zone + fraction;
  return sec < 0 ? undefined : { sec, hasZone: match[8] !== undefined };
}

function zoneSeconds(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}
