import { completed } from '../preset-defaults.ts';
import { DAYS_PER_WEEK, HOURS_PER_DAY } from '../schema/arrivals.ts';
import type { SessionGroupDocument } from '../schema/sessions.ts';
import { canonicalClaim } from './claim.ts';
import { canonicalDemand } from './demand.ts';
import { canonicalDistribution, canonicalDuration, canonicalNumber } from './distribution.ts';
import { canonicalWorkers } from './layout.ts';

/** A session group with every default written out, keys in a fixed order. */
export function canonicalSessionGroup(document: SessionGroupDocument) {
  const written = completed(document, 'session');
  const { name, users, logon, duration, activity, frames } = written;
  return {
    name,
    ...canonicalDemand(written, 1),
    ...canonicalWorkers(written),
    ...canonicalClaim(written),
    users,
    logon: canonicalLogon(logon ?? 'always'),
    duration: duration == null ? null : canonicalDistribution(duration),
    activity:
      activity == null
        ? null
        : { on: canonicalDistribution(activity.on), off: canonicalDistribution(activity.off) },
    frames: frames == null ? null : canonicalFrames(frames),
  };
}

function canonicalLogon(written: NonNullable<SessionGroupDocument['logon']>) {
  if (written === 'always' || written.kind === 'always') return 'always' as const;
  if (written.kind === 'storm') {
    return {
      kind: written.kind,
      at: canonicalDuration(written.at),
      spread: canonicalDuration(written.spread),
      daily: written.daily ?? true,
    } as const;
  }
  return {
    kind: written.kind,
    hourOfDay: (written.hourOfDay ?? Array<number>(HOURS_PER_DAY).fill(1)).map(canonicalNumber),
    dayOfWeek: (written.dayOfWeek ?? Array<number>(DAYS_PER_WEEK).fill(1)).map(canonicalNumber),
    perDay: written.perDay ?? 1,
  } as const;
}

function canonicalFrames(written: NonNullable<SessionGroupDocument['frames']>) {
  const duration = (value: string | undefined) => canonicalDuration(value ?? '0s');
  return {
    gpu: canonicalDistribution(written.gpu),
    cpu: duration(written.cpu),
    target: written.target,
    limiter: written.limiter ?? null,
    encode: duration(written.encode),
    network: duration(written.network),
    display: duration(written.display),
    deadline: canonicalDuration(written.deadline),
  };
}
