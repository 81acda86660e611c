import { describe, expect, test } from 'vitest';
import type { Discipline, QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { endsOf, runSmall } from './pool-run.ts';

const policy = (discipline: Discipline): QueueingPolicy => ({
  ...fifo,
  fill: 'skip',
  create: () => discipline,
});
const priority: Discipline = {
  rank: ({ job }) => -job.claim.priority,
  mayEvict: (waiting, running) => waiting.job.claim.priority > running.job.claim.priority,
};
const low = (name: string, gpus = 1) => ({ name, at: 0, runs: 50, gpus, claim: { priority: 0 } });

describe('Eviction', () => {
  test('a job takes the room that was made for it, though one that asks for the same comes before it by then', () => {
    const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 3e6, restoreUs: 0 };
    const stories = runSmall({
      hosts: [3],
      jobs: [
        { name: 'first', at: 0, runs: 10, gpus: 3, claim: { priority: 0, checkpoint } },
        { name: 'second', at: 1, runs: 5, gpus: 3, claim: { priority: 1 } },
        { name: 'third', at: 2, runs: 5, gpus: 3, claim: { priority: 2, isPreemptible: false } },
      ],
      policy: policy(priority),
      rules: { preemption: 'evict', way: 'checkpoint' },
    });
    // Room made at 1 is there at 4: it is the second's, though the third comes first by then.
    expect(stories.get('second')?.starts[0]?.at).toBe(4);
    expect([...stories.values()].every(({ end }) => end !== undefined)).toBe(true);
  });

  test('asks anew who gives way beside those that do, and stops no more than it takes', () => {
    // Never both of x and y; w rather than z.
    const choosy: Discipline = {
      ...priority,
      yields: (_waiting, running, beside) => {
        const { name } = running.job;
        const names = beside.map(({ job }) => job.name);
        if ((name === 'x' && names.includes('y')) || (name === 'y' && names.includes('x'))) return undefined;
        return { x: 4, y: 3, w: 2, z: 1 }[name] ?? 0;
      },
    };
    const stories = runSmall({
      hosts: [4],
      jobs: [
        low('x'),
        low('y'),
        low('z'),
        low('w'),
        { name: 'wide', at: 10, runs: 5, gpus: 2, claim: { priority: 1 } },
      ],
      policy: policy(choosy),
      rules: { preemption: 'evict' },
    });
    expect([...stories.values()].filter(({ stops }) => stops.length > 0).map(({ name }) => name)).toEqual([
      'x',
      'w',
    ]);
  });

  test('puts back whom it took for nothing', () => {
    const stories = runSmall({
      hosts: [4],
      jobs: [
        low('small'),
        low('wide', 3),
        { name: 'urgent', at: 10, runs: 5, gpus: 3, claim: { priority: 1 } },
      ],
      policy: policy({ ...priority, yields: (_waiting, { job }) => (job.name === 'small' ? 2 : 1) }),
      rules: { preemption: 'evict' },
    });
    expect(endsOf(stories)).toEqual({ small: 50, urgent: 15, wide: 55 });
  });

  test('stops nobody for a job that a limit would keep all the same', () => {
    const limited: Discipline = {
      ...priority,
      holds: ({ job }) => (job.name === 'urgent' ? 'never' : undefined),
    };
    const stories = runSmall({
      hosts: [1],
      jobs: [low('small'), { name: 'urgent', at: 10, runs: 5, claim: { priority: 1 } }],
      policy: policy(limited),
      rules: { preemption: 'evict' },
    });
    expect(stories.get('small')?.stops).toEqual([]);
  });

  test('under refill a running job is stopped where those before it have used up what a limit leaves', () => {
    const running = new Set<string>();
    const one: Discipline = {
      ...priority,
      started: ({ job }) => void running.add(job.name),
      stopped: ({ job }) => void running.delete(job.name),
      holds: () => (running.size >= 1 ? 'one-at-a-time' : undefined),
    };
    const stories = runSmall({
      hosts: [2],
      jobs: [low('small'), { name: 'urgent', at: 10, runs: 5, claim: { priority: 1 } }],
      policy: policy(one),
      rules: { preemption: 'refill' },
    });
    expect(endsOf(stories)).toEqual({ urgent: 15, small: 55 });
  });
});
