import type { Path } from '../path.ts';
import { presetBrings } from '../preset-defaults.ts';
import type { Finding } from '../problem.ts';
import { secondsFrom } from '../resolve/distribution.ts';
import type { DistributionDocument } from '../schema/distribution.ts';
import type { SessionGroupDocument } from '../schema/sessions.ts';
import { isStated, repeats, someWeight } from './common.ts';
import type { CheckContext } from './context.ts';
import { requireMean } from './distribution.ts';
import type { Sound } from './sound.ts';

const SESSIONS = ['workload', 'sessions'] as const;
const SECONDS_PER_DAY = 86_400;
/** Fewer are a mistyped scenario. */
const FEWEST_PER_DAY = 1e-3;

/** What the values of each session group must satisfy together. */
export function checkSessions({ document, sound, isFaulty }: CheckContext): readonly Finding[] {
  const groups = sound.workload?.sessions ?? [];
  return [
    ...repeats(
      groups.map((group) => group?.name),
      (index) => [...SESSIONS, index, 'name'],
    ),
    ...groups.flatMap((group, index) => {
      if (group === undefined) return [];
      const path = [...SESSIONS, index];
      return [...checkLogon(document, path, group), ...checkActivity(path, group, isFaulty)];
    }),
  ];
}

function checkLogon(
  document: unknown,
  path: Path,
  { logon, duration, preset }: Sound<SessionGroupDocument>,
): readonly Finding[] {
  if (typeof logon !== 'object') return [];
  const here = [...path, 'logon'];
  const findings: Finding[] = [];
  if (logon.kind === 'daily') {
    findings.push(
      ...someWeight([...here, 'hourOfDay'], logon.hourOfDay ?? []),
      ...someWeight([...here, 'dayOfWeek'], logon.dayOfWeek ?? []),
    );
    const busiest = Math.max(...(logon.dayOfWeek ?? [1]).map((weight) => weight ?? 1));
    const most = (logon.perDay ?? 1) * busiest;
    if (busiest > 0 && most < FEWEST_PER_DAY) {
      const message = `must come to at least ${FEWEST_PER_DAY} sessions of a user on the busiest day, got ${most}`;
      findings.push({ path: [...here, 'perDay'], message });
    }
  }
  const isEveryDay = logon.kind === 'daily' || (logon.kind === 'storm' && (logon.daily ?? true));
  if (logon.kind === 'storm' && isEveryDay) {
    for (const key of ['at', 'spread'] as const) {
      const written = logon[key];
      if (written === undefined || secondsFrom(written) < SECONDS_PER_DAY) continue;
      const message = `must be below 1d where it happens every day, got ${written}`;
      findings.push({ path: [...here, key], message });
    }
  }
  const hasNone = isStated(document, [...path, 'duration'])
    ? duration === null
    : !presetBrings(preset, 'session', 'duration');
  if (isEveryDay && hasNone) {
    const state = duration === null ? 'empty' : 'missing';
    const message = `is ${state}: users who log on every day must also log off`;
    findings.push({ path: [...path, 'duration'], message });
  }
  return findings;
}

/** Periods that take no time would follow each other without end. */
function checkActivity(
  path: Path,
  { activity }: Sound<SessionGroupDocument>,
  isFaulty: CheckContext['isFaulty'],
): readonly Finding[] {
  return (['on', 'off'] as const).flatMap((key) => {
    const here = [...path, 'activity', key];
    const periods = activity?.[key];
    if (periods === undefined || isFaulty(here)) return [];
    return requireMean(here, periods as DistributionDocument, key === 'off');
  });
}
