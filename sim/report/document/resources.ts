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
