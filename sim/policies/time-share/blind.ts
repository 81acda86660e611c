import type { ShareProblem } from './policy.ts';

/** The problem as one sees it who takes each job to be as fast on all models on which it runs as on its best. */
export function speedsAlike({ jobs, gpusOfModel }: ShareProblem): ShareProblem {
  return {
    gpusOfModel,
    jobs: jobs.map((job) => {
      const speeds = Array.from(job.speeds);
      const best = Math.max(...speeds);
      return { ...job, speeds: speeds.map((speed) => (speed > 0 ? best : 0)) };
    }),
  };
}
