import { fixed, timeUnit } from '../format.ts';
import { quantity } from './quantity.ts';

const MILLI = 1000;
const MIB_PER_GIB = 1024;

/** `48000m` as `48 cores`. */
export function coresText(text: string): string {
  const cores = milliOf(text);
  return cores === undefined ? text : quantity(cores, cores === 1 ? 'core' : 'cores');
}

/** `262144MiB` in GiB, other units as they stand. */
export function memoryText(text: string): string {
  const mib = /^(\d+)MiB$/.exec(text)?.[1];
  return mib === undefined ? text : quantity(Number(mib) / MIB_PER_GIB, 'GiB');
}

/** `300m` of a GPU as `30 %`. */
export function shareText(text: string): string {
  const share = milliOf(text);
  return share === undefined ? text : `${fourDigits(100 * share)}\u00a0%`;
}

const TIME = /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)$/;
const TIME_UNITS: Readonly<Record<string, readonly [seconds: number, shown: string]>> = {
  us: [1e-6, 'µs'],
  ms: [1e-3, 'ms'],
  s: [1, 's'],
  m: [60, 'min'],
  h: [3600, 'h'],
  d: [86_400, 'd'],
};
/** From so many of a unit on, another one suits better. */
const MANY = 1000;

/** A time as it is stated, `90m` as `90 min`; one that is only exact in a small unit, `576165960us`, as `9.603 min`. */
export function timeText(text: string): string {
  const [, number = '', unit = ''] = TIME.exec(text) ?? [];
  const [size, shown] = TIME_UNITS[unit] ?? [];
  if (size === undefined) return text;
  if (Number(number) < MANY) return `${number}\u00a0${shown}`;
  const seconds = Number(number) * size;
  const suited = timeUnit(seconds);
  return `${fourDigits(seconds / suited.size)}\u00a0${suited.unit}`;
}

/** A number with four digits that count, `0.9445`, whole ones as they stand; also of a rate: `9.951/h`. */
export function numberText(text: string): string {
  const [, number = '', rest = ''] = /^(-?\d+\.\d+)(\/\w+)?$/.exec(text) ?? [];
  if (number === '') return text;
  return `${fourDigits(Number(number))}${rest}`;
}

function fourDigits(value: number): string {
  return Math.abs(value) >= MANY ? fixed(value, 0) : String(Number(value.toPrecision(4)));
}

/** So many GPUs, or so much of one: `1` and `470m` as `0.47 GPU`. */
export function gpusText(count: number, each: string): string {
  const part = milliOf(each) ?? 1;
  if (count === 0 || part === 0) return 'no GPU';
  const times = count === 1 ? '' : `${count} × `;
  return part === 1 ? `${count}\u00a0${count === 1 ? 'GPU' : 'GPUs'}` : `${times}${part}\u00a0GPU`;
}

function milliOf(text: string): number | undefined {
  const milli = /^(\d+(?:\.\d+)?)m$/.exec(text)?.[1];
  if (milli !== undefined) return Number(milli) / MILLI;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
