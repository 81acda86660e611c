import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JobRow, jobOfGpus } from '../../scenarios/importers/job-row.ts';
import { selectJobs } from '../../scenarios/importers/job-selection.ts';

const ALL = { fromSec: undefined, untilSec: undefined, limit: undefined, arrivalScale: 1 };

function jobsAt(times: readonly number[]): readonly JobRow[] {
  return times.map((submitSec, index) => ({
    ...jobOfGpus(`j${index}`, 1),
    submitSec,
    durationSec: 10,
    deadlineSec: index % 2 === 0 ? submitSec + 100 : undefined,
  }));
}

const names = (jobs: readonly JobRow[]) => jobs.map((job) => job.name);

test('a window counts from the first submission, wherever that stands in the file', () => {
  const jobs = jobsAt([1050, 1000, 1010, 1020, 1010]);
  expect(names(selectJobs(jobs, { ...ALL, fromSec: 10, untilSec: 50 }))).toEqual(['j2', 'j3', 'j4']);
  expect(names(selectJobs(jobs, { ...ALL, untilSec: 10 }))).toEqual(['j1']);
  expect(selectJobs(jobs, { ...ALL, fromSec: 51 })).toEqual([]);
});

test('a limit takes the earliest, of equals those earlier in the file, and leaves the order', () => {
  const jobs = jobsAt([1050, 1000, 1010, 1020, 1010]);
  expect(names(selectJobs(jobs, { ...ALL, limit: 2 }))).toEqual(['j1', 'j2']);
  expect(names(selectJobs(jobs, { ...ALL, limit: 4 }))).toEqual(['j1', 'j2', 'j3', 'j4']);
  expect(names(selectJobs(jobs, { ...ALL, fromSec: 10, limit: 1 }))).toEqual(['j2']);
});

test('scaling moves submissions about the first one taken, and deadlines with them', () => {
  const jobs = jobsAt([1050, 1000, 1010, 1020]);
  const scaled = selectJobs(jobs, { ...ALL, fromSec: 10, arrivalScale: 3 });
  expect(scaled.map((job) => [job.name, job.submitSec, job.deadlineSec, job.durationSec])).toEqual([
    ['j0', 1130, 1230, 10],
    ['j2', 1010, 1110, 10],
    ['j3', 1040, undefined, 10],
  ]);
  expect(selectJobs(jobs, { ...ALL, arrivalScale: 0 }).map((job) => job.submitSec)).toEqual([
    1000, 1000, 1000, 1000,
  ]);
});

test('what is taken is what a plain reading of the rules takes', () => {
  const bound = fc.option(fc.nat(20), { nil: undefined });
  fc.assert(
    fc.property(
      fc.array(fc.nat(20), { maxLength: 12 }),
      bound,
      bound,
      fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
      (times, fromSec, untilSec, limit) => {
        const jobs = jobsAt(times);
        const zero = Math.min(...times);
        const ranked = jobs
          .filter((job) => job.submitSec - zero >= (fromSec ?? 0) && job.submitSec - zero < (untilSec ?? 1e9))
          .map((job) => job.submitSec * 100 + Number(job.name.slice(1)))
          .sort((a, b) => a - b)
          .slice(0, limit ?? 100);
        const expected = ranked.map((key) => key % 100).sort((a, b) => a - b);
        const taken = selectJobs(jobs, { fromSec, untilSec, limit, arrivalScale: 1 });
        expect(names(taken)).toEqual(expected.map((index) => `j${index}`));
      },
    ),
  );
});

test('no jobs stay no jobs', () => {
  expect(selectJobs([], { fromSec: 1, untilSec: 2, limit: 3, arrivalScale: 4 })).toEqual([]);
});
