import { createHash } from 'node:crypto';
import { stableJson } from '../../sim/experiment/sweep/index.ts';

/** The first 128 bits of the SHA-256 of what a value says, as hex. */
export function hash128(value: unknown): string {
  return createHash('sha256').update(stableJson(value), 'utf8').digest('hex').slice(0, 32);
}
