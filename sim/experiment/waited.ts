import { groupDigits } from '../kernel/group-digits.ts';
import type { Waited } from '../observe/wait-ledger.ts';
import type { Explanation } from './explanation.ts';

/** Reasons and demands listed; the rest is summed up in none. */
const MOST_ROWS = 50;

/** What all waiting was for, over replications: most waiting GPU-hours first. */
export function explainWaited(
  replications: readonly { readonly waited: readonly Waited[] }[],
  textOf: (reason: string) => string,
): Explanation[] {
  const sums = new Map<string, Waited>();
  for (const { waited } of replications) {
    for (const row of waited) {
      const key = `${row.reason}\n${row.demand}`;
      const sum = sums.get(key) ?? { ...row, jobSeconds: 0, gpuSeconds: 0, freeJobSeconds: 0 };
      sum.jobSeconds += row.jobSeconds;
      sum.gpuSeconds += row.gpuSeconds;
      sum.freeJobSeconds += row.freeJobSeconds;
      sums.set(key, sum);
    }
  }
  const rows = [...sums.values()].sort(
    (a, b) =>
      b.gpuSeconds - a.gpuSeconds ||
      b.jobSeconds - a.jobSeconds ||
      (`${a.reason} ${a.demand}` < `${b.reason} ${b.demand}` ? -1 : 1),
  );
  const total = rows.reduce((sum, { gpuSeconds }) => sum + gpuSeconds, 0);
  const totalJobs = rows.reduce((sum, { jobSeconds }) => sum + jobSeconds, 0);
  const n = replications.length;
  return rows.slice(0, MOST_ROWS).map(({ reason, demand, jobSeconds, gpuSeconds, freeJobSeconds }) => {
    const share = total > 0 ? gpuSeconds / total : jobSeconds / totalJobs;
    const freeShare = freeJobSeconds / jobSeconds;
    return {
      kind: 'waited',
      reason,
      demand,
      text: `${percent(share)} of ${hours(total > 0 ? total : totalJobs, n)} waiting ${total > 0 ? 'GPU-hours' : 'job-hours'}: ${demand} - ${textOf(reason)}, while ${percent(freeShare)} of the GPUs that would do were free`,
      jobSeconds: jobSeconds / n,
      gpuSeconds: gpuSeconds / n,
      share,
      freeShare,
    };
  });
}

function hours(seconds: number, runs: number): string {
  const value = seconds / 3600 / runs;
  return groupDigits(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}

/** Reasons of the queue, which no host is the cause of. */
export const QUEUE_REASON_TEXT: Readonly<Record<string, string>> = {
  'next-decision': 'the next decision is to come (rounds)',
  'queue-order': 'somebody before it in the queue waits, and nobody may overtake',
  'backfill-depth': 'too far back in the queue to be looked at',
  reserved: 'there is room, which is kept for somebody before it',
  'next-division': 'GPU time has not been divided anew since it came',
  'no-one-model': 'no GPU model takes all its workers, and under timeShare they run on one',
  'room-being-made': 'those who give way to it are still saving their work',
  licence: 'there is room, and no licence that it must have to start',
  'user-limit': 'its tenant runs as many jobs, or holds as many GPUs, as it may',
};
