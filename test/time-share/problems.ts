import fc from 'fast-check';
import type { ShareJob, ShareProblem } from '../../sim/policies/time-share/policy.ts';

export const shareJob = (job: Partial<ShareJob> & { readonly speeds: readonly number[] }): ShareJob => ({
  number: 0,
  gpus: 1,
  weight: 1,
  leftUs: 3600e6,
  ageUs: 0,
  ...job,
});

/** A few jobs on two or three models: alike and unlike ones, gangs, some that do not run on a model or anywhere. */
export const problems = (gpus = fc.constantFrom(1, 1, 2, 4)): fc.Arbitrary<ShareProblem> =>
  fc.integer({ min: 2, max: 3 }).chain((models) =>
    fc.record({
      gpusOfModel: fc.array(fc.constantFrom(0, 1, 2, 4), { minLength: models, maxLength: models }),
      jobs: fc
        .array(
          fc.record({
            speeds: fc.array(fc.constantFrom(0, 0.25, 0.5, 1, 1, 2), {
              minLength: models,
              maxLength: models,
            }),
            gpus,
            weight: fc.constantFrom(1, 1, 1, 2, 0.5),
            leftUs: fc.constantFrom(3600e6, 3600e6, 7200e6, 360e6, 100 * 3600e6),
            ageUs: fc.constantFrom(0, 0, 1800e6, 50 * 3600e6),
          }),
          { minLength: 1, maxLength: 7 },
        )
        .map((jobs) => jobs.map((job, number): ShareJob => ({ ...job, number }))),
    }),
  );

export const speedOf = (shares: Float64Array, i: number, { speeds }: ShareJob): number => {
  let sum = 0;
  for (let m = 0; m < speeds.length; m++) {
    sum += (speeds[m] as number) * (shares[i * speeds.length + m] as number);
  }
  return sum;
};

/** Whether a job runs anywhere, its gang in one piece. */
export const runsSomewhere = ({ speeds, gpus }: ShareJob, gpusOfModel: ArrayLike<number>): boolean =>
  Array.from(speeds).some((speed, m) => speed > 0 && gpus <= (gpusOfModel[m] as number));
