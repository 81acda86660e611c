import { assign } from '../../kernel/optimize/assignment.ts';
import type { Divider, ShareJob, ShareProblem, TimeSharePolicy } from './policy.ts';
import { runsOn } from './share-program.ts';

/** What stands for a place where a job cannot run; more than any time to finish, and finite. */
const NOWHERE = 1e30;

/** Gives free GPUs to jobs so that the mean completion time of those present is least, and leaves a job where it is. */
class AllOx implements Divider {
  /** By job number: the model that it was given for as long as it lasts. */
  #given = new Map<number, number>();

  divide({ jobs, gpusOfModel }: ShareProblem): Float64Array {
    const models = gpusOfModel.length;
    const free = Array.from(gpusOfModel, (gpus) => Math.floor(gpus));
    const given = new Map<number, number>();
    const unplaced: number[] = [];
    jobs.forEach((job, i) => {
      if (job.gpus !== 1) {
        throw new RangeError(`Cannot divide time by allox: job ${job.number} has ${job.gpus} GPUs, need 1`);
      }
      const model = this.#given.get(job.number);
      if (model !== undefined && (free[model] as number) > 0) {
        free[model]! -= 1;
        given.set(job.number, model);
      } else if (free.some((_, m) => runsOn(job, m, gpusOfModel))) unplaced.push(i);
    });
    this.#given = given;
    const waiting = unplaced.map((i) => jobs[i] as ShareJob);
    for (const { job, model } of starters(waiting, free, gpusOfModel)) given.set(job.number, model);
    const shares = new Float64Array(jobs.length * models);
    jobs.forEach(({ number }, i) => {
      const model = given.get(number);
      if (model !== undefined) shares[i * models + model] = 1;
    });
    return shares;
  }
}

/** Who is first on each free GPU, in the order of least total completion time on these GPUs. */
function starters(
  jobs: readonly ShareJob[],
  free: readonly number[],
  gpusOfModel: ArrayLike<number>,
): { readonly job: ShareJob; readonly model: number }[] {
  /** A job that is k-th from the end on its GPU delays itself and the k - 1 after it: it costs k times its time. */
  const places: { readonly model: number; readonly fromEnd: number }[] = [];
  free.forEach((gpus, model) => {
    for (let i = 0; gpus > 0 && i < jobs.length; i++) {
      places.push({ model, fromEnd: 1 + Math.floor(i / gpus) });
    }
  });
  if (places.length < jobs.length) return [];
  const timeOn = (job: ShareJob, model: number) =>
    runsOn(job, model, gpusOfModel) ? job.leftUs / (job.speeds[model] as number) : NOWHERE;
  const placeOf = assign(jobs.length, places.length, (row, column) => {
    const { model, fromEnd } = places[column] as (typeof places)[number];
    return fromEnd * timeOn(jobs[row] as ShareJob, model);
  });
  const found: { readonly job: ShareJob; readonly model: number }[] = [];
  free.forEach((gpus, model) => {
    const here = jobs
      .map((job, i) => ({ job, place: places[placeOf[i] as number] as (typeof places)[number] }))
      .filter(({ job, place }) => place.model === model && runsOn(job, model, gpusOfModel))
      // On GPUs of one model it does not matter which of them has whom: the farthest from the end, then the shortest.
      .sort(
        (a, b) =>
          b.place.fromEnd - a.place.fromEnd ||
          timeOn(a.job, model) - timeOn(b.job, model) ||
          a.job.number - b.job.number,
      );
    for (const { job } of here.slice(0, gpus)) found.push({ job, model });
  });
  return found;
}

/** AlloX for jobs of one GPU: a job stays on the model that it was given. */
export const allox: TimeSharePolicy = {
  name: 'allox',
  summary: 'free GPUs to the jobs of one GPU that make the mean completion time least, each until it is done',
  source: 'Le et al., AlloX: Compute Allocation in Hybrid Clusters, EuroSys 2020',
  create: () => new AllOx(),
};
