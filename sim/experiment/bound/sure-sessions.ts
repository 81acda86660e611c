import type { Scenario } from '../../scenario/types.ts';
import { mostWaiting } from './left-waiting.ts';
import { MEASURED } from './peak.ts';
import type { SamplePath } from './sample-path.ts';
import type { WaitLimit } from './shortfall.ts';

/**
 * How many sessions of each group are on at one time, at least, in a run of a path in which a quantile of the wait keeps a
 * limit: who logs on in time is on from the logon and the limit to the logon and the length, and so many may come late or still
 * wait at the end. For sessions that nothing ends before their time (`startsAreFinal`).
 *
 * @param limit of all jobs
 */
export function sureSessions(
  { workload, experiment }: Scenario,
  path: SamplePath,
  { quantile, limitSec }: WaitLimit,
): ReadonlyMap<string, number> {
  if (experiment.kind !== 'timed') throw new RangeError('Cannot look at the sessions of a fill');
  const endUs = experiment.horizonUs ?? Number.POSITIVE_INFINITY;
  const limitUs = Math.ceil(limitSec * MEASURED * 1e6);
  const all = path.type.length + path.perhaps;
  const mostLate = all - quantile * Math.max(0, all - mostWaiting(all) - 1);
  const groups = new Set(workload.sessions.map(({ name }) => name));
  const changes = new Map<string, { readonly atUs: number; readonly by: number }[]>();
  path.type.forEach((number, i) => {
    const type = path.types[number] as SamplePath['types'][number];
    const arrivalUs = path.arrivalUs[i] as number;
    const fromUs = arrivalUs + limitUs;
    const toUs = Math.min(endUs, arrivalUs + (path.durationUs[i] as number));
    if (!type.isTimed || !groups.has(type.label) || arrivalUs < experiment.warmupUs || toUs <= fromUs) return;
    const own = changes.get(type.label) ?? [];
    changes.set(type.label, own);
    own.push({ atUs: fromUs, by: 1 }, { atUs: toUs, by: -1 });
  });
  const sure = new Map<string, number>();
  for (const [label, own] of changes) {
    own.sort((a, b) => a.atUs - b.atUs || a.by - b.by);
    let [on, most] = [0, 0];
    for (const { by } of own) {
      on += by;
      most = Math.max(most, on);
    }
    sure.set(label, Math.max(0, Math.ceil(most - mostLate)));
  }
  return sure;
}
