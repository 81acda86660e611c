import { expect, test } from 'vitest';
import { explainWaited } from '../../sim/experiment/waited.ts';
import { normalizeScenario, replicate, summarize } from '../../sim/index.ts';

const HOUR = 3600;

/** What jobs that want L4s waited for, on two hosts with two of them and one with T4s. Times are hours. */
function waitedOf(
  tasks: readonly { at: number; runs: number; gpus: number; tenant?: string }[],
  scheduling: object,
  pools?: readonly object[],
) {
  const checked = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'waits',
    fleet: {
      hosts: [
        { name: 'a', count: 2, cpu: 8, memory: '8GiB', gpus: { model: 'L4', count: 2 } },
        { name: 'b', count: 1, cpu: 8, memory: '8GiB', gpus: { model: 'T4', count: 8 } },
      ],
    },
    workload: { trace: { format: 'itp', jobs: 'none.csv' } },
    policy: { queueing: 'fifo', scheduling, ...(pools === undefined ? {} : { pools }) },
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const traces = {
    tasks: tasks.map(({ at, runs, gpus, tenant = '' }, i) => ({
      name: `j${i}`,
      request: { cpuMilli: 0, memoryMib: 0, gpuCount: gpus, gpuMilli: 1000, models: ['L4'] },
      arrivalSec: at * HOUR,
      durationSec: runs * HOUR,
      tenant,
    })),
  };
  const { explanations } = summarize([replicate(checked.scenario, traces, 1)]);
  return explanations
    .filter(({ kind }) => kind === 'waited')
    .map(({ reason, demand, gpuSeconds = 0, jobSeconds = 0, share, freeShare }) => ({
      reason,
      demand,
      gpuHours: gpuSeconds / HOUR,
      jobHours: jobSeconds / HOUR,
      share,
      freeShare,
    }));
}

test('all waiting is booked under the reason that holds each job, with what was free meanwhile', () => {
  const rows = waitedOf(
    [
      { at: 0, runs: 5, gpus: 1 },
      { at: 0, runs: 5, gpus: 2 },
      { at: 0, runs: 1, gpus: 1 },
      { at: 2, runs: 1, gpus: 2 },
      { at: 3, runs: 1, gpus: 1 },
    ],
    {},
  );
  // From 2 to 5 h the pair waits beside one free GPU of four (the T4 would not do); from 3 to 5 h the last waits behind it.
  expect(rows).toEqual([
    {
      reason: 'gpu-room',
      demand: '2 GPUs of L4',
      gpuHours: 6,
      jobHours: 3,
      share: 0.75,
      freeShare: 0.25,
    },
    { reason: 'queue-order', demand: '1 GPU of L4', gpuHours: 2, jobHours: 2, share: 0.25, freeShare: 0.25 },
  ]);
});

test('a limit, and a round to come, are reasons of their own', () => {
  const rows = waitedOf(
    [
      { at: 0, runs: 3, gpus: 1, tenant: 'ann' },
      { at: 0.5, runs: 1, gpus: 1, tenant: 'ann' },
    ],
    { maxJobsPerUser: 1, rounds: '1h' },
  );
  expect(rows).toEqual([
    { reason: 'user-limit', demand: '1 GPU of L4', gpuHours: 2, jobHours: 2, share: 0.8, freeShare: 0.75 },
    {
      reason: 'next-decision',
      demand: '1 GPU of L4',
      gpuHours: 0.5,
      jobHours: 0.5,
      share: 0.2,
      freeShare: 0.75,
    },
  ]);
});

test('what is free counts in the own pool only', () => {
  const rows = waitedOf(
    [
      { at: 0, runs: 2, gpus: 2 },
      { at: 0, runs: 2, gpus: 2 },
    ],
    {},
    [{ name: 'other', hosts: ['a-0001'] }],
  );
  expect(rows).toEqual([
    { reason: 'gpu-room', demand: '2 GPUs of L4', gpuHours: 4, jobHours: 2, share: 1, freeShare: 0 },
  ]);
});

test('hours are in the words as in the tables, with their digits grouped', () => {
  const textOf = (gpuHours: number, replications = 1) => {
    const row = {
      reason: 'gpu-room',
      demand: '1 GPU',
      jobSeconds: 1,
      gpuSeconds: gpuHours * HOUR,
      freeJobSeconds: 0,
    };
    const each = { waited: [row] };
    return explainWaited(
      Array.from({ length: replications }, () => each),
      () => 'no room',
    )[0]?.text;
  };
  expect(textOf(1_234_567.4)).toMatch(/^100 % of 1,234,567 waiting GPU-hours: 1 GPU - no room,/);
  expect(textOf(1000, 3)).toMatch(/^100 % of 1,000 waiting/);
  expect(textOf(999.6)).toMatch(/^100 % of 1,000 waiting/);
  expect(textOf(12.345)).toMatch(/^100 % of 12.3 waiting/);
});

test('a job that only a failed GPU keeps waiting says so for as long as that is down', () => {
  const checked = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'down',
    fleet: { hosts: [{ name: 'a', cpu: 8, memory: '8GiB', gpus: { model: 'L4', count: 2 } }] },
    workload: { trace: { format: 'itp', jobs: 'none.csv' } },
    faults: { failures: [{ kind: 'gpu', log: [{ at: '1h', host: 'a', gpu: 1, for: '3h' }] }] },
    experiment: { kind: 'timed', horizon: '1d' },
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const job = (at: number, runs: number, gpus: number) => ({
    name: `at-${at}`,
    request: { cpuMilli: 0, memoryMib: 0, gpuCount: gpus, gpuMilli: 1000, models: [] },
    arrivalSec: at * HOUR,
    durationSec: runs * HOUR,
  });
  // From 2 to 4 h the pair lacks the GPU that is down; from 6 to 7 h another one holds it.
  const tasks = [job(0, 0.5, 1), job(2, 1, 2), job(5.5, 1.5, 1), job(6, 1, 2)];
  const { explanations } = summarize([replicate(checked.scenario, { tasks }, 1)]);
  const waited = explanations.filter(({ kind }) => kind === 'waited');
  expect(waited.map(({ reason, jobSeconds = 0 }) => [reason, jobSeconds / HOUR])).toEqual([
    ['gpu-failed', 2],
    ['gpu-room', 1],
  ]);
});
