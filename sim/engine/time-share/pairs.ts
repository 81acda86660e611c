import type { RoundOrder } from '../../policies/time-share/names.ts';

/** A job and a GPU model on which it may run in a round. */
export interface Pair<T> {
  readonly job: T;
  readonly model: number;
}

/** How urgent a pair is, and by what equals are told apart. */
export interface PairClaim {
  readonly priority: number;
  readonly deficitUs: number;
  readonly share: number;
}

/**
 * The pairs in the order in which a round gives them room: the more urgent first, then the one that is short of more time,
 * then the greater share, then as the jobs (and the models) stand.
 *
 * @param order `pairs`: over all models; else model by model
 * @param models in the order in which they are gone through
 * @param claimOf undefined: the job does not run there
 */
export function pairsInOrder<T>(
  jobs: readonly T[],
  models: readonly number[],
  order: RoundOrder,
  claimOf: (job: T, model: number) => PairClaim | undefined,
): readonly Pair<T>[] {
  const all: (Pair<T> & PairClaim & { readonly group: number })[] = [];
  models.forEach((model, at) => {
    for (const job of jobs) {
      const claim = claimOf(job, model);
      if (claim !== undefined) all.push({ job, model, ...claim, group: order === 'pairs' ? 0 : at });
    }
  });
  return all.sort(
    (a, b) => a.group - b.group || b.priority - a.priority || b.deficitUs - a.deficitUs || b.share - a.share,
  );
}
