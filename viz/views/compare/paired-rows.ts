import { quantity } from '../../../sim/report/document/quantity.ts';
import { durationText } from '../../draw/words.ts';
import type { Pair } from '../../replay/pair.ts';
import type { ClockWords } from '../timeline/clock-words.ts';
import { differenceText, signed } from './difference-text.ts';

/** One thing about something that both runs have. */
export interface PairedRow {
  readonly label: string;
  readonly texts: Pair<string>;
  /** How much more the second has; empty where that is not a number, or one of them has none. */
  readonly difference: string;
  readonly differs: boolean;
}

/** What nobody knows, or what is not there. */
const NONE = '-';

export function textRow(label: string, first: string, second: string): PairedRow {
  return { label, texts: [first || NONE, second || NONE], difference: '', differs: first !== second };
}

/** @param values null where there is none */
export function numberRow(label: string, values: Pair<number | null>, unit: string): PairedRow {
  const [first, second] = values;
  const difference = differenceText(first, second, unit);
  return {
    label,
    texts: [quantity(first, unit), quantity(second, unit)],
    difference: difference === NONE || difference === '0' ? '' : difference,
    differs: first === null || second === null ? first !== second : difference !== '0',
  };
}

/** Spans of time, microseconds. */
export function spanRow(label: string, [first, second]: Pair<number | undefined>): PairedRow {
  return {
    label,
    texts: [first, second].map((us) => (us === undefined ? NONE : durationText(us))) as [string, string],
    difference: apart(first, second),
    differs: first !== second,
  };
}

/** Moments, microseconds. */
export function momentRow(
  label: string,
  [first, second]: Pair<number | undefined>,
  clock: ClockWords,
): PairedRow {
  const texts = [first, second].map((us) => (us === undefined ? NONE : clock.text(us))) as [string, string];
  return { label, texts, difference: clock.isFill ? '' : apart(first, second), differs: first !== second };
}

function apart(first: number | undefined, second: number | undefined): string {
  if (first === undefined || second === undefined || first === second) return '';
  return signed(second - first, durationText);
}
