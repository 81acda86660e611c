import { crc32 } from '../../sim/observe/replay/crc32.ts';
import { isMapping } from '../../sim/scenario/path.ts';
import type { SweepOutcome } from './executor.ts';

/** One outcome as a line of JSON with its own checksum (CRC-32 of the text of `run` in UTF-8), newline included. */
export function encodeLine(outcome: SweepOutcome): Uint8Array {
  const text = JSON.stringify(outcome);
  const sum = crc32(Buffer.from(text, 'utf8')).toString(16).padStart(8, '0');
  return Buffer.from(`{"crc":"${sum}","run":${text}}\n`, 'utf8');
}

const LINE = /^\{"crc":"([0-9a-f]{8})","run":(.*)\}$/s;

/** What a line says, without its newline; undefined where it is damaged. */
export function decodeLine(line: Uint8Array): SweepOutcome | undefined {
  const match = LINE.exec(Buffer.from(line).toString('utf8'));
  const [, sum = '', text = ''] = match ?? [];
  if (match === null || crc32(Buffer.from(text, 'utf8')) !== Number.parseInt(sum, 16)) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isOutcome(read) ? read : undefined;
}

/** A line with a right checksum was written by this program: only what everything rests on is looked at. */
function isOutcome(read: unknown): read is SweepOutcome {
  if (!isMapping(read) || typeof read.id !== 'string' || !Number.isInteger(read.index)) return false;
  return read.status === 'done'
    ? typeof read.digest === 'string' && isMapping(read.metrics)
    : read.status === 'failed' && typeof read.error === 'string';
}
