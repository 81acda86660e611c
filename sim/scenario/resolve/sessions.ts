import type { canonicalSessionGroup } from '../canonical/sessions.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { Frames, SessionGroup } from '../types.ts';
import { toMeanOne } from './arrivals.ts';
import { resolveClaim } from './claim.ts';
import { resolveDemand } from './demand.ts';
import { resolveDistribution } from './distribution.ts';
import type { FleetCards } from './fleet-cards.ts';
import { resolveWorkers } from './layout.ts';

type CanonicalSessionGroup = ReturnType<typeof canonicalSessionGroup>;

export function resolveSessionGroup(group: CanonicalSessionGroup, cards: FleetCards): SessionGroup {
  const { name, users, logon, duration, activity, frames } = group;
  return {
    name,
    ...resolveDemand(group, cards),
    ...resolveWorkers(group),
    claim: resolveClaim(group, false),
    users,
    logon: resolveLogon(logon),
    durationSec: duration === null ? null : resolveDistribution(duration),
    activity:
      activity === null
        ? null
        : { onSec: resolveDistribution(activity.on), offSec: resolveDistribution(activity.off) },
    frames: frames === null ? null : resolveFrames(frames),
  };
}

function resolveLogon(logon: CanonicalSessionGroup['logon']): SessionGroup['logon'] {
  if (logon === 'always') return { kind: 'always' };
  if (logon.kind === 'storm') {
    return {
      kind: 'storm',
      atUs: readValid(durationQuantity, logon.at),
      spreadUs: readValid(durationQuantity, logon.spread),
      daily: logon.daily,
    };
  }
  return {
    kind: 'daily',
    hourFactors: toMeanOne(logon.hourOfDay),
    dayFactors: logon.dayOfWeek,
    perDay: logon.perDay,
  };
}

const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;

const milliseconds = (written: string) => readValid(durationQuantity, written) / US_PER_MS;

function resolveFrames(frames: NonNullable<CanonicalSessionGroup['frames']>): Frames {
  return {
    gpuMs: resolveDistribution(frames.gpu, MS_PER_SECOND),
    cpuMs: milliseconds(frames.cpu),
    targetFps: frames.target,
    limiterFps: frames.limiter,
    encodeMs: milliseconds(frames.encode),
    networkMs: milliseconds(frames.network),
    displayMs: milliseconds(frames.display),
    deadlineMs: milliseconds(frames.deadline),
  };
}
