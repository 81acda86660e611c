import type { JobKind, ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { classText, demandText, PHASE_TEXT, reasonText, tenantText } from '../../draw/words.ts';
import type { JobFilter } from '../../state/app-state.ts';
import { placesText } from './places.ts';

/** Columns of the list of jobs, in their order. */
export const COLUMNS = [
  'name',
  'state',
  'since',
  'tenant',
  'class',
  'asks',
  'priority',
  'arrived',
  'place',
] as const;
export type Column = (typeof COLUMNS)[number];

export interface Sorting {
  readonly by: Column;
  readonly isDown: boolean;
}

/** By state: what is most in question first. */
const PHASE_ORDER = { waiting: 0, starting: 1, running: 2, moving: 3, saving: 4, stopping: 5 } as const;

const demands = new WeakMap<JobKind, string>();

/** What jobs of a kind ask for, in a few words. */
export function asksText(kind: JobKind): string {
  let text = demands.get(kind);
  if (text === undefined) {
    text = demandText(kind.requests);
    demands.set(kind, text);
  }
  return text;
}

/** The reason that a job waits for, as the engine names it; empty where it does not wait or nothing is said. */
export function reasonOf({ reasons }: Pick<ReplayState, 'reasons'>, { phase, group }: ReplayJob): string {
  return phase === 'waiting' ? (reasons.get(group) ?? '') : '';
}

/** `waiting: the closest hosts have ...`, `running`. */
export function stateText(state: Pick<ReplayState, 'reasons'>, job: ReplayJob): string {
  const reason = reasonOf(state, job);
  return reason === '' ? PHASE_TEXT[job.phase] : `${PHASE_TEXT[job.phase]}: ${reasonText(reason)}`;
}

export function isListed(job: ReplayJob, { text, tenant, label, phase }: JobFilter): boolean {
  return (
    (phase === '' || job.phase === phase) &&
    (tenant === '' || tenantText(job.kind) === tenant) &&
    (label === '' || classText(job.kind) === label) &&
    (text === '' || job.name.toLowerCase().includes(text.toLowerCase()))
  );
}

/** The jobs in the system that a filter lets through, in order; ties by arrival. */
export function jobRows(
  state: ReplayState,
  filter: JobFilter,
  { by, isDown }: Sorting,
): readonly ReplayJob[] {
  const rows = state.jobs.filter((job) => job !== undefined && isListed(job, filter)) as ReplayJob[];
  const keys = new Map<ReplayJob, number | string>();
  for (const job of rows) keys.set(job, keyOf(state, job, by));
  const sign = isDown ? -1 : 1;
  return rows.sort((a, b) => {
    const [left, right] = [keys.get(a) as number | string, keys.get(b) as number | string];
    return (left < right ? -sign : left > right ? sign : 0) || a.number - b.number;
  });
}

function keyOf(state: ReplayState, job: ReplayJob, by: Column): number | string {
  switch (by) {
    case 'name':
      return job.name;
    case 'state':
      return `${PHASE_ORDER[job.phase]}${reasonOf(state, job)}`;
    case 'since':
      return job.sinceUs;
    case 'tenant':
      return tenantText(job.kind);
    case 'class':
      return classText(job.kind);
    case 'asks':
      return asksText(job.kind);
    case 'priority':
      return job.kind.claim.priority;
    case 'arrived':
      return job.number;
    case 'place':
      return placesText(state, job.parts);
  }
}
