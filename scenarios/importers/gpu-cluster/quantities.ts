import { memoryQuantity } from '../../../sim/scenario/quantities/memory.ts';
import type { Reading } from '../../../sim/scenario/quantities/quantity.ts';
import { shareQuantity } from '../../../sim/scenario/quantities/ratio.ts';

/** Units as cluster files write them. GPU memory of 10GB is 10 GiB: the GB in the names of GPUs and of their parts are GiB. */
const MEMORY = /^\s*(\d{1,15}(?:\.\d{1,12})?)\s*(k|m|g|t)(?:i?b|i)?\s*$/i;
const MEMORY_ACCEPTED = 'must be an amount of GPU memory such as 10GB, 10GiB or 10240MB';
const COMPUTE_ACCEPTED = 'must be a share of the GPU above 0 and at most 1, such as 25% or 0.25';

/** GPU memory in whole MiB. */
export function readMemory(written: unknown): Reading {
  const match = typeof written === 'string' ? MEMORY.exec(written) : null;
  if (match === null) {
    const unit = typeof written === 'number' ? ', with its unit' : '';
    return { ok: false, message: `${MEMORY_ACCEPTED}${unit}` };
  }
  const [, amount = '', unit = ''] = match;
  const reading = memoryQuantity.read(`${amount}${unit === 'k' ? 'K' : unit.toUpperCase()}iB`);
  if (!reading.ok) return { ok: false, message: MEMORY_ACCEPTED };
  return reading.value >= 1 ? reading : { ok: false, message: `${MEMORY_ACCEPTED}, at least 1MB` };
}

/** A share of the compute in thousandths of a GPU, 1 to 1000. */
export function readCompute(written: unknown): Reading {
  if (typeof written !== 'string' && typeof written !== 'number') {
    return { ok: false, message: COMPUTE_ACCEPTED };
  }
  const reading = shareQuantity.read(written);
  if (!reading.ok) {
    const percent = percentMeant(written);
    return {
      ok: false,
      message: percent === undefined ? COMPUTE_ACCEPTED : `${COMPUTE_ACCEPTED}; is ${percent} meant?`,
    };
  }
  const milli = Math.round(reading.value * 1000);
  return milli >= 1
    ? { ok: true, value: milli }
    : { ok: false, message: `${COMPUTE_ACCEPTED}, at least 0.1%` };
}

/** `25%` for a bare 25. */
function percentMeant(written: string | number): string | undefined {
  const value = typeof written === 'number' ? written : /^\s*\d+\s*$/.test(written) ? Number(written) : 0;
  return value > 1 && value <= 100 ? `${value}%` : undefined;
}

/** `10 GiB`, `512 MiB`: for people. */
export function memoryText(memoryMib: number): string {
  return memoryMib % 1024 === 0 ? `${memoryMib / 1024} GiB` : `${memoryMib} MiB`;
}

/** `25 %`, `12.5 %`: thousandths for people. */
export function shareText(milli: number): string {
  return `${milli / 10} %`;
}
