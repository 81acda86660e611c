import type { ShareJob } from './policy.ts';

/** Jobs that a policy need not tell apart. */
export interface Kind {
  readonly speeds: ArrayLike<number>;
  readonly gpus: number;
  readonly weight: number;
  /** Of each of them; where they differ the policy has a key that says so. */
  readonly leftUs: number;
  /** Places in the list of jobs. */
  readonly members: readonly number[];
}

/**
 * Puts jobs together that have the same speeds, GPUs and weight. Where each of them counts alike there is an optimum in
 * which they have the same share (the mean of any optimum over all ways to exchange them), so one variable does for all.
 *
 * @param more what else has to be the same
 */
export function kindsOf(jobs: readonly ShareJob[], more: (job: ShareJob) => number = () => 0): Kind[] {
  const kinds = new Map<string, { readonly kind: Kind; readonly members: number[] }>();
  jobs.forEach((job, i) => {
    const { speeds, gpus, weight, leftUs } = job;
    const key = `${Array.from(speeds).join()};${gpus};${weight};${more(job)}`;
    const known = kinds.get(key);
    if (known !== undefined) {
      known.members.push(i);
      return;
    }
    const members = [i];
    kinds.set(key, { kind: { speeds, gpus, weight, leftUs, members }, members });
  });
  return [...kinds.values()].map(({ kind }) => kind);
}
