import { describe, expect, test } from 'vitest';
import type { Discipline, QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { hostUnit, logged, NO_FAULTS } from '../faults/fault-setup.ts';
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

  test('puts back all whom it took for nothing, and not only the first', () => {
    const stories = runSmall({
      hosts: [6],
      jobs: [
        low('one'),
        low('two'),
        low('wide', 3),
        low('three'),
        { name: 'urgent', at: 10, runs: 5, gpus: 4, claim: { priority: 1 } },
      ],
      // The narrow ones go first, one after another; with the wide one, one of them is enough.
      policy: policy({ ...priority, yields: (_waiting, { job }) => (job.name === 'wide' ? 1 : 2) }),
      rules: { preemption: 'evict' },
    });
    expect(endsOf(stories)).toEqual({ one: 50, two: 50, three: 55, urgent: 15, wide: 55 });
  });

  test('puts everybody back where all of them would not do', () => {
    const stories = runSmall({
      hosts: [5, 1],
      jobs: [
        low('x'),
        low('y'),
        low('z'),
        { ...low('fixed', 2), claim: { priority: 0, isPreemptible: false } },
        { name: 'urgent', at: 10, runs: 5, gpus: 4, claim: { priority: 1 } },
      ],
      policy: policy(priority),
      rules: { preemption: 'evict' },
    });
    expect(endsOf(stories)).toEqual({ x: 50, y: 50, z: 50, fixed: 50, urgent: 55 });
    expect([...stories.values()].flatMap(({ stops }) => stops)).toEqual([]);
  });

  test('stops nobody where those who would have to go do not all give way', () => {
    const oneOfThem: Discipline = {
      ...priority,
      yields: (_waiting, _running, beside) => (beside.length === 0 ? 1 : undefined),
    };
    const stories = runSmall({
      hosts: [2],
      jobs: [low('x'), low('y'), { name: 'wide', at: 10, runs: 5, gpus: 2, claim: { priority: 1 } }],
      policy: policy(oneOfThem),
      rules: { preemption: 'evict' },
    });
    expect(endsOf(stories)).toEqual({ x: 50, y: 50, wide: 55 });
    expect([...stories.values()].flatMap(({ stops }) => stops)).toEqual([]);
  });

  test('passes over who does not give way at all, wherever he stands', () => {
    const willing: Discipline = {
      ...priority,
      yields: (_waiting, { job }) => (job.name.startsWith('stays') ? undefined : 1),
    };
    const stories = runSmall({
      hosts: [3],
      jobs: [
        low('stays0'),
        low('goes'),
        low('stays1'),
        { name: 'urgent', at: 10, runs: 5, claim: { priority: 1 } },
      ],
      policy: policy(willing),
      rules: { preemption: 'evict' },
    });
    expect(endsOf(stories)).toEqual({ stays0: 50, stays1: 50, goes: 55, urgent: 15 });
  });

  test('a job whose room is gone when it could start does not count as about to start any more', () => {
    const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 3e6, restoreUs: 0 };
    const told: string[] = [];
    const followed: Discipline = {
      ...priority,
      awaits: ({ job }) => void told.push(`${job.name} awaits`),
      awaitsNoMore: ({ job }) => void told.push(`${job.name} awaits no more`),
    };
    const stories = runSmall({
      hosts: [1],
      jobs: [
        { name: 'small', at: 0, runs: 50, claim: { priority: 0, checkpoint } },
        { name: 'urgent', at: 10, runs: 5, claim: { priority: 1 } },
      ],
      policy: policy(followed),
      rules: { preemption: 'evict', way: 'checkpoint' },
      horizon: 1000,
      faults: () => ({ ...NO_FAULTS, units: [logged(hostUnit(0), [12, 8])] }),
    });
    expect(told).toEqual(['urgent awaits', 'urgent awaits no more']);
    expect(stories.get('urgent')?.starts).toEqual([{ at: 20, hosts: [0] }]);
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
