import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { ChangeDocument } from '../schema/changes.ts';
import { canonicalDuration } from './distribution.ts';
import { canonicalSharing } from './sharing.ts';

const atUs = ({ at }: ChangeDocument) => readValid(durationQuantity, at);

/** Planned changes in the order of their times, those of one time as written, with every default written out. */
export function canonicalChanges(written: readonly ChangeDocument[]) {
  return [...written].sort((a, b) => atUs(a) - atUs(b)).map(canonicalChange);
}

export function canonicalChange({ at, hosts, sharing, path, closed, running, migrate }: ChangeDocument) {
  return {
    at: canonicalDuration(at),
    hosts: typeof hosts === 'string' ? [hosts] : [...hosts],
    sharing: sharing == null ? null : canonicalSharing(sharing),
    path: path ?? null,
    closed: canonicalDuration(closed ?? '0s'),
    running: running ?? 'wait',
    migrate: migrate ?? null,
  } as const;
}

export type CanonicalChange = ReturnType<typeof canonicalChange>;
