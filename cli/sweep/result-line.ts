import { decodeLine as decodeBytes } from '../../sim/experiment/sweep/index.ts';
import { crc32 } from '../../sim/observe/replay/crc32.ts';
import type { SweepOutcome } from './executor.ts';

/** One outcome as a line of JSON with its own checksum (CRC-32 of the text of `run` in UTF-8), newline included. */
export function encodeLine(outcome: SweepOutcome): Uint8Array {
  const text = JSON.stringify(outcome);
  const sum = crc32(Buffer.from(text, 'utf8')).toString(16).padStart(8, '0');
  return Buffer.from(`{"crc":"${sum}","run":${text}}\n`, 'utf8');
}

/** What a line says, without its newline; undefined where it is damaged. */
export const decodeLine = (line: Uint8Array): SweepOutcome | undefined =>
  decodeBytes(line, (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
