import { PHASES, type Phase, type ReplayState } from '../../../sim/observe/replay/index.ts';
import { classText, tenantText } from '../../draw/words.ts';
import { reasonOf } from './job-rows.ts';

/** Jobs of one tenant or class. */
export interface PartCount {
  readonly name: string;
  waiting: number;
  /** It holds GPUs, whether it works or not. */
  holding: number;
}

export interface JobCounts {
  readonly byPhase: Readonly<Record<Phase, number>>;
  /** Jobs that wait, by the reason as the engine names it: most first. */
  readonly byReason: readonly (readonly [reason: string, count: number])[];
  /** Most jobs first. */
  readonly byTenant: readonly PartCount[];
  readonly byClass: readonly PartCount[];
  readonly all: number;
}

/** Counts of the jobs in the system. */
export function countJobs(state: ReplayState): JobCounts {
  const byPhase = Object.fromEntries(PHASES.map((phase) => [phase, 0])) as Record<Phase, number>;
  const byReason = new Map<string, number>();
  const byTenant = new Map<string, PartCount>();
  const byClass = new Map<string, PartCount>();
  let all = 0;
  for (const job of state.jobs) {
    if (job === undefined) continue;
    all += 1;
    byPhase[job.phase] += 1;
    if (job.phase === 'waiting') {
      const reason = reasonOf(state, job);
      byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
    }
    addTo(byTenant, tenantText(job.kind), job.phase);
    addTo(byClass, classText(job.kind), job.phase);
  }
  return {
    byPhase,
    byReason: [...byReason].sort((a, b) => b[1] - a[1]),
    byTenant: mostFirst(byTenant),
    byClass: mostFirst(byClass),
    all,
  };
}

function addTo(counts: Map<string, PartCount>, name: string, phase: Phase): void {
  let own = counts.get(name);
  if (own === undefined) {
    own = { name, waiting: 0, holding: 0 };
    counts.set(name, own);
  }
  if (phase === 'waiting') own.waiting += 1;
  else own.holding += 1;
}

function mostFirst(counts: ReadonlyMap<string, PartCount>): readonly PartCount[] {
  return [...counts.values()].sort((a, b) => b.waiting + b.holding - (a.waiting + a.holding));
}
