import { coresText, memoryText, numberText, shareText, timeText } from './resources.ts';

/** Longest text of a part of the scenario; the whole is in the scenario itself. */
const MOST = 240;

/** Where an `m` is a thousandth; elsewhere it is a minute. */
const IN_THOUSANDTHS: Readonly<Record<string, (text: string) => string>> = {
  cpu: coresText,
  gpu: shareText,
  compute: shareText,
};

/** A part of a scenario in one line: `poisson, rate 9.95/h`. What is not stated is left out. */
export function plainValue(value: unknown): string {
  const text = partText(value);
  return text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`;
}

function partText(value: unknown, key = ''): string {
  // What is off needs no words.
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value)) return listText(value);
  if (typeof value === 'string') {
    if (key === 'name') return value;
    return IN_THOUSANDTHS[key]?.(value) ?? numberText(timeText(memoryText(value)));
  }
  if (typeof value !== 'object') return numberText(String(value));
  return Object.entries(value)
    .flatMap(([key, part]) => {
      const text = partText(part, key);
      if (text === '') return [];
      // The kind says what the rest is of.
      if (part === true) return [spaced(key)];
      return [key === 'kind' || key === 'process' || key === 'mode' ? text : `${spaced(key)} ${text}`];
    })
    .join(', ');
}

function listText(values: readonly unknown[]): string {
  const texts = values.map((each) => partText(each)).filter((text) => text !== '');
  const isPlain = values.every((each) => typeof each !== 'object');
  return isPlain && texts.length <= 4 ? texts.join(' ') : texts.length === 0 ? '' : `(${texts.join('; ')})`;
}

/** `hourOfDay` as words. */
function spaced(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
