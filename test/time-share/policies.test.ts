import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { LinearProgramBuilder } from '../../sim/kernel/optimize/linear-program.ts';
import { fairWorth } from '../../sim/policies/time-share/fair-worth.ts';
import { TIME_SHARE_POLICIES, timeSharePolicy } from '../../sim/policies/time-share/index.ts';
import { SOLVING_NAMES, type TimeShareName } from '../../sim/policies/time-share/names.ts';
import type { ShareJob, ShareProblem } from '../../sim/policies/time-share/policy.ts';
import { problems, runsSomewhere, shareJob, speedOf } from './problems.ts';

const solver = await loadSolver();

const divide = (name: TimeShareName, problem: ShareProblem, costs: readonly number[] = []): Float64Array =>
  timeSharePolicy(name)
    .create({ solver, costs: Array.from(problem.gpusOfModel, (_, m) => costs[m] ?? 1) })
    .divide(problem);

/** What a job gets in units of what is due to it; 0 where it runs nowhere. */
function levels(problem: ShareProblem, shares: Float64Array): number[] {
  return problem.jobs.map((job, i) => {
    const worth = fairWorth({ ...job, members: [] }, problem.gpusOfModel);
    if (worth === undefined || !runsSomewhere(job, problem.gpusOfModel)) return Number.NaN;
    const models = problem.gpusOfModel.length;
    return worth.reduce((sum, each, m) => sum + each * (shares[i * models + m] as number), 0);
  });
}

/**
 * The most that can be had of something, with a variable for each job and model (no two jobs put together): the plain
 * program of the paper.
 *
 * @param rest adds what is maximised, and what is asked besides
 */
function plain(
  { jobs, gpusOfModel }: ShareProblem,
  rest: (program: LinearProgramBuilder, variable: (job: number, model: number) => number) => void,
): number | undefined {
  const program = new LinearProgramBuilder();
  const models = gpusOfModel.length;
  const variables = jobs.map(({ speeds, gpus }) =>
    Array.from(gpusOfModel, (count, m) =>
      program.variable(0, 0, (speeds[m] as number) > 0 && gpus <= count ? 1 : 0),
    ),
  );
  for (const row of variables)
    program.row(
      0,
      1,
      row,
      row.map(() => 1),
    );
  for (let m = 0; m < models; m++) {
    program.row(
      0,
      gpusOfModel[m] as number,
      variables.map((row) => row[m] as number),
      jobs.map(({ gpus }) => gpus),
    );
  }
  rest(program, (job, model) => variables[job]?.[model] as number);
  const found = solver.solve(program);
  return found.status === 'optimal' ? -found.objective : undefined;
}

const allModels = ({ gpusOfModel }: ShareProblem) => Array.from(gpusOfModel, (_, m) => m);

describe.each(TIME_SHARE_POLICIES.map((policy) => [policy.name, policy] as const))('%s', (name, policy) => {
  const jobs = name === 'allox' ? problems(fc.constant(1)) : problems();

  test('gives no job more than all the time, no model more than its GPUs, and nothing where a job does not run', () => {
    fc.assert(
      fc.property(jobs, (problem) => {
        const shares = divide(name, problem);
        const models = problem.gpusOfModel.length;
        const used = allModels(problem).map(() => 0);
        problem.jobs.forEach(({ gpus, speeds }, i) => {
          let time = 0;
          for (const m of allModels(problem)) {
            const share = shares[i * models + m] as number;
            expect(share).toBeGreaterThanOrEqual(0);
            if ((speeds[m] as number) === 0) expect(share).toBe(0);
            time += share;
            used[m]! += share * gpus;
          }
          expect(time).toBeLessThanOrEqual(1 + 1e-6);
        });
        for (const [m, gpus] of used.entries()) {
          expect(gpus).toBeLessThanOrEqual((problem.gpusOfModel[m] as number) + 1e-6);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('gives the same shares to the same problem, and says where it comes from', () => {
    fc.assert(
      fc.property(jobs, (problem) => {
        expect(divide(name, problem)).toEqual(divide(name, problem));
      }),
      { numRuns: 30 },
    );
    expect(policy.summary.length).toBeGreaterThan(20);
    expect(policy.source.length).toBeGreaterThan(20);
  });

  test('works without a solver where it is said to', () => {
    const bare = policy.create({ solver: undefined, costs: [1] });
    const problem = { jobs: [shareJob({ speeds: [1] })], gpusOfModel: [1] };
    if (SOLVING_NAMES.includes(name)) expect(() => bare.divide(problem)).toThrow();
    else expect([...bare.divide(problem)]).toEqual([1]);
  });
});

describe('max-min', () => {
  test('raises the least level as far as a program with a variable for each job can', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        const running = levels(problem, divide('max-min', problem)).filter((level) => !Number.isNaN(level));
        if (running.length === 0) return;
        const best = plain(problem, (program, variable) => {
          const least = program.variable(-1);
          problem.jobs.forEach((job, i) => {
            const worth = fairWorth({ ...job, members: [] }, problem.gpusOfModel);
            if (worth === undefined || !runsSomewhere(job, problem.gpusOfModel)) return;
            program.row(
              0,
              Number.POSITIVE_INFINITY,
              [least, ...allModels(problem).map((m) => variable(i, m))],
              [-1, ...worth],
            );
          });
        });
        expect(Math.min(...running)).toBeCloseTo(best as number, 6);
      }),
      { numRuns: 150 },
    );
  });

  test('gives the fast GPU to the job that gains more by it, as worked out by hand', () => {
    // One GPU of each of two models. Job 0 is 3 times as fast on the first, job 1 just as fast on both. In units of the
    // mean GPU they have 1.5 x + 0.5 y and 1: job 1 keeps to the second, and job 0 has level 1.5 on the first. That does
    // not lower job 1, whose level cannot be above 1.
    const problem = {
      jobs: [shareJob({ speeds: [3, 1] }), shareJob({ speeds: [1, 1], number: 1 })],
      gpusOfModel: [1, 1],
    };
    const [first = 0, second = 0] = levels(problem, divide('water-filling', problem));
    expect(first).toBeCloseTo(1.5, 6);
    expect(second).toBeCloseTo(1, 6);
    // Three jobs on one GPU of each: 0 and 1 as job 0 above, 2 as job 1. The least level t: 0 and 1 share the first GPU
    // (1.5 each in all), 2 the second: 0.75, 0.75, 1; the second has no time left to raise the least but from job 2. With
    // y of the second for each of 0 and 1: 0.75 + 0.5 y = 1 - 2 y, so y = 0.1 and t = 0.8.
    const three = {
      jobs: [
        [3, 1],
        [3, 1],
        [1, 1],
      ].map((speeds, number) => shareJob({ speeds, number })),
      gpusOfModel: [1, 1],
    };
    for (const level of levels(three, divide('max-min', three))) expect(level).toBeCloseTo(0.8, 6);
  });

  test('gives tenants by weight, and a gang as much GPU time as a single job', () => {
    const two = {
      jobs: [shareJob({ speeds: [1], weight: 3 }), shareJob({ speeds: [1], number: 1 })],
      gpusOfModel: [1],
    };
    const shares = divide('max-min', two);
    expect(shares[0]).toBeCloseTo(0.75, 6);
    expect(shares[1]).toBeCloseTo(0.25, 6);
    // 2 GPUs, a job on 2 and two jobs on 1: GPU time s each, the gang s / 2 of the time. 3 s = 2.
    const gang = {
      jobs: [2, 1, 1].map((gpus, number) => shareJob({ speeds: [1], gpus, number })),
      gpusOfModel: [2],
    };
    const ofGang = divide('max-min', gang);
    expect(ofGang[0]).toBeCloseTo(1 / 3, 6);
    expect(ofGang[1]).toBeCloseTo(2 / 3, 6);
  });
});

describe('water-filling', () => {
  test('lets nobody be raised but at the cost of somebody who has no more', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        const found = levels(problem, divide('water-filling', problem));
        found.forEach((level, i) => {
          if (Number.isNaN(level)) return;
          const most = plain(problem, (program, variable) => {
            problem.jobs.forEach((job, k) => {
              const worth = fairWorth({ ...job, members: [] }, problem.gpusOfModel);
              if (worth === undefined) return;
              const columns = allModels(problem).map((m) => variable(k, m));
              if (k === i) {
                columns.forEach((column, m) => {
                  program.cost[column] = -(worth[m] as number);
                });
              } else if ((found[k] as number) <= level + 1e-6) {
                const floor = (found[k] as number) - 1e-7;
                program.row(floor, Number.POSITIVE_INFINITY, columns, Array.from(worth));
              }
            });
          });
          expect(most).toBeLessThanOrEqual(level + 1e-4);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('makespan', () => {
  test('is as short as bisection finds', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        const running = problem.jobs.filter((job) => runsSomewhere(job, problem.gpusOfModel));
        if (running.length === 0) return;
        const shares = divide('makespan', problem);
        const ends = problem.jobs.flatMap((job, i) =>
          runsSomewhere(job, problem.gpusOfModel) ? [job.leftUs / speedOf(shares, i, job)] : [],
        );
        const isPossible = (us: number) =>
          plain(problem, (program, variable) => {
            problem.jobs.forEach((job, i) => {
              if (!runsSomewhere(job, problem.gpusOfModel)) return;
              program.row(
                job.leftUs / us,
                Number.POSITIVE_INFINITY,
                allModels(problem).map((m) => variable(i, m)),
                Array.from(job.speeds),
              );
            });
          }) !== undefined;
        const last = Math.max(...ends);
        expect(isPossible(last * 1.0001)).toBe(true);
        expect(isPossible(last * 0.9999)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('of jobs on one model is the longer of all work over all GPUs and the longest job', () => {
    const of = (lefts: readonly number[]) => {
      const problem = {
        jobs: lefts.map((hours, number) => shareJob({ speeds: [1], leftUs: hours * 3600e6, number })),
        gpusOfModel: [2],
      };
      const shares = divide('makespan', problem);
      return Math.max(...problem.jobs.map((job, i) => job.leftUs / speedOf(shares, i, job) / 3600e6));
    };
    expect(of([1, 2, 3, 4])).toBeCloseTo(5, 5);
    expect(of([1, 1, 9])).toBeCloseTo(9, 5);
  });
});

describe('throughput', () => {
  test('does as much work as the greedy choice where every job has one GPU and models differ by price', () => {
    // Per price the second model does 1 / 1 and the first 2 / 4: with one job, the second; with two, both.
    const jobs = [shareJob({ speeds: [2, 1] }), shareJob({ speeds: [2, 1], number: 1 })];
    const one = divide('throughput', { jobs: jobs.slice(0, 1), gpusOfModel: [1, 1] }, [4, 1]);
    expect([...one]).toEqual([0, 1]);
    const two = divide('throughput', { jobs, gpusOfModel: [1, 1] }, [4, 1]);
    expect((two[0] as number) + (two[2] as number)).toBeCloseTo(1, 6);
    expect((two[1] as number) + (two[3] as number)).toBeCloseTo(1, 6);
  });

  test('is the most that a program with a variable for each job finds', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        const shares = divide('throughput', problem, [3, 1, 2]);
        const models = problem.gpusOfModel.length;
        const value = (job: ShareJob, m: number) =>
          ((job.speeds[m] as number) * job.gpus * job.weight) / ([3, 1, 2][m] as number);
        const sum = problem.jobs.reduce(
          (all, job, i) =>
            all +
            allModels(problem).reduce(
              (own, m) => own + value(job, m) * (shares[i * models + m] as number),
              0,
            ),
          0,
        );
        const best = plain(problem, (program, variable) => {
          problem.jobs.forEach((job, i) => {
            for (const m of allModels(problem)) program.cost[variable(i, m)] = -value(job, m);
          });
        });
        expect(sum).toBeCloseTo(best as number, 5);
      }),
      { numRuns: 100 },
    );
  });
});

describe('finish-time', () => {
  /** Speed of a job on its part of each model. */
  const isolated = (job: ShareJob, { jobs, gpusOfModel }: ShareProblem) => {
    const part = job.weight / jobs.reduce((sum, { weight }) => sum + weight, 0);
    const shares = Array.from(gpusOfModel, (gpus) => (gpus * part) / job.gpus);
    const time = shares.reduce((sum, share) => sum + share, 0);
    return shares.reduce((sum, share, m) => sum + share * (job.speeds[m] as number), 0) / Math.max(1, time);
  };

  test('has the least greatest ratio, as bisection finds it', () => {
    fc.assert(
      fc.property(problems(), (problem) => {
        const running = problem.jobs.filter((job) => runsSomewhere(job, problem.gpusOfModel));
        if (running.length === 0) return;
        const shares = divide('finish-time', problem);
        const ratio = Math.max(
          ...problem.jobs.flatMap((job, i) => {
            if (!runsSomewhere(job, problem.gpusOfModel)) return [];
            return [
              (job.ageUs + job.leftUs / speedOf(shares, i, job)) / (job.leftUs / isolated(job, problem)),
            ];
          }),
        );
        const isPossible = (at: number) =>
          plain(problem, (program, variable) => {
            problem.jobs.forEach((job, i) => {
              if (!runsSomewhere(job, problem.gpusOfModel)) return;
              const room = at * (job.leftUs / isolated(job, problem)) - job.ageUs;
              program.row(
                room > 0 ? job.leftUs / room : 1e9,
                Number.POSITIVE_INFINITY,
                allModels(problem).map((m) => variable(i, m)),
                Array.from(job.speeds),
              );
            });
          }) !== undefined;
        expect(isPossible(ratio * 1.001)).toBe(true);
        expect(isPossible(ratio * 0.999)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('remembers what a job has done: one that fell behind its part of the fleet is ahead next time', () => {
    const divider = timeSharePolicy('finish-time').create({ solver, costs: [1] });
    const at = (ageHours: number, lefts: readonly number[]): Float64Array =>
      divider.divide({
        jobs: lefts.map((hours, number) =>
          shareJob({ speeds: [1], leftUs: hours * 3600e6, ageUs: ageHours * 3600e6, number }),
        ),
        gpusOfModel: [1],
      });
    const even = at(0, [4, 4]);
    expect(even[0]).toBeCloseTo(0.5, 5);
    // After 2 hours job 0 has done nothing and job 1 two hours of work. Alone on halves they would end at 8 hours each. Both end
    // at 2 + T: shares 4 / T and 2 / T with sum 1, so T = 6.
    const later = at(2, [4, 2]);
    expect(later[0]).toBeCloseTo(4 / 6, 5);
    expect(later[1]).toBeCloseTo(2 / 6, 5);
  });
});

describe('allox', () => {
  /** Least sum of completion times over all ways to put jobs in line on GPUs. */
  function leastSum(
    jobs: readonly ShareJob[],
    models: readonly number[],
    ends = models.map(() => 0),
  ): number {
    if (jobs.length === 0) return 0;
    let least = Number.POSITIVE_INFINITY;
    jobs.forEach((job, i) => {
      models.forEach((model, gpu) => {
        const speed = job.speeds[model] as number;
        if (speed === 0) return;
        const end = (ends[gpu] as number) + job.leftUs / speed;
        const others = jobs.filter((_, k) => k !== i);
        const sum =
          end +
          leastSum(
            others,
            models,
            ends.map((each, g) => (g === gpu ? end : each)),
          );
        least = Math.min(least, sum);
      });
    });
    return least;
  }

  test('starts jobs so that the rest can still end at the least mean completion time', () => {
    const small = fc.record({
      gpusOfModel: fc.constantFrom([1, 1], [2, 1], [1, 0], [2, 0]),
      jobs: fc.array(
        fc.record({
          speeds: fc.constantFrom([1, 0.5], [1, 1], [0.25, 1], [2, 1]),
          leftUs: fc.integer({ min: 1, max: 6 }).map((hours) => hours * 3600e6),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(small, ({ gpusOfModel, jobs }) => {
        const all = jobs.map((job, number) => shareJob({ ...job, number }));
        const gpus = gpusOfModel.flatMap((count, model) => Array.from({ length: count }, () => model));
        const shares = divide('allox', { jobs: all, gpusOfModel });
        const started = all.flatMap((job, i) => {
          const model = [0, 1].find((m) => shares[2 * i + m] === 1);
          return model === undefined ? [] : [{ job, model }];
        });
        const ends = gpus.map(() => 0);
        let sum = 0;
        for (const { job, model } of started) {
          const gpu = gpus.findIndex((each, g) => each === model && ends[g] === 0);
          ends[gpu] = job.leftUs / (job.speeds[model] as number);
          sum += ends[gpu] as number;
        }
        const rest = all.filter((job) => !started.some((each) => each.job === job));
        expect(sum + leastSum(rest, gpus, ends)).toBeCloseTo(leastSum(all, gpus), -3);
      }),
      { numRuns: 150 },
    );
  });

  test('leaves a job where it is, whoever comes, and refuses gangs', () => {
    const divider = timeSharePolicy('allox').create({ solver: undefined, costs: [1, 1] });
    const first = shareJob({ speeds: [1, 0.5], leftUs: 9e9 });
    const second = shareJob({ speeds: [1, 0.1], leftUs: 1e6, number: 1 });
    expect([...divider.divide({ jobs: [first], gpusOfModel: [1, 1] })]).toEqual([1, 0]);
    // The short one would gain more by the fast GPU.
    expect([...divider.divide({ jobs: [first, second], gpusOfModel: [1, 1] })]).toEqual([1, 0, 0, 1]);
    expect(() =>
      divider.divide({ jobs: [shareJob({ speeds: [1, 1], gpus: 2 })], gpusOfModel: [4, 4] }),
    ).toThrow('has 2 GPUs, need 1');
  });
});
