import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import { priority } from '../../sim/policies/queueing/priority.ts';
import { quotas } from '../../sim/policies/queueing/quotas.ts';
import { sharingMode } from '../../sim/sharing/index.ts';
import { hostUnit, logged, NO_FAULTS } from '../faults/fault-setup.ts';
import { cardOf, named, values, vgpuConfig } from '../sharing/vgpu-cards.ts';
import { endsOf, runSmall, type SmallJob, type SmallRun } from './pool-run.ts';

/** A vGPU is as fast as the bare GPU; a move stops it for 3 s and 1 s a GiB by the first path, 1 s and 0.5 s by `7.0`. */
const FIGURES = values({
  'vgpu.lone': 1,
  'vgpu.aggregate': 1,
  'vgpu.stun-6-7u1': 3,
  'vgpu.stun-6-7u1-per-gib': 1,
  'vgpu.stun-7-0': 1,
  'vgpu.stun-7-0-per-gib': 0.5,
});
const L4 = { mode: sharingMode('vgpu'), config: vgpuConfig(), spec: cardOf('L4'), values: FIGURES };

/** Hosts with so many L4 cards each. */
const cards = (counts: readonly number[], cpuMilli = 64_000): HostSpec[] =>
  counts.map((count, h) => ({
    name: `h${h}`,
    cpuMilli,
    memoryMib: 2 ** 20,
    gpus: [{ model: 'L4', count, sharing: L4 }],
  }));

const LIGHT = { busy: 0.1, compute: 0.1, bandwidth: 0.1 };
const half = { milli: 500, ask: named('L4-12Q', LIGHT) };
const whole = { milli: 1000, ask: named('L4-24Q', LIGHT) };

const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 3e6 };
const low = { priority: 0, checkpoint };
const high = { priority: 1, isPreemptible: false };

/** One half of the card of either host is taken when the urgent job comes: `gone` ends at 5. */
const SPLIT: readonly SmallJob[] = [
  { name: 'a', at: 0, runs: 100, claim: low, ...half },
  { name: 'gone', at: 0, runs: 5, claim: low, ...half },
  { name: 'b', at: 0, runs: 100, claim: low, ...half },
];
const urgent: SmallJob = { name: 'urgent', at: 10, runs: 20, claim: high, ...whole };

function run(jobs: readonly SmallJob[], more: Partial<SmallRun> = {}) {
  const told: string[] = [];
  const stories = runSmall({
    hostSpecs: cards([1, 1]),
    policy: priority,
    ...more,
    rules: { preemption: 'evict', way: 'migrate', ...more.rules },
    jobs,
    observer: {
      moved: (atUs, { name }, [part]) =>
        void told.push(`${atUs / 1e6} ${name} moves to ${part?.host}.${part?.gpus}`),
      freed: (atUs, { name }, [part]) =>
        void told.push(`${atUs / 1e6} ${name} left ${part?.host}.${part?.gpus}`),
      preempted: (atUs, { name }) => void told.push(`${atUs / 1e6} ${name} is stopped`),
    },
  });
  return { stories, told };
}

describe('A job in the way of a more urgent one', () => {
  test('goes on elsewhere, and the urgent one starts when it has moved', () => {
    const { stories, told } = run([...SPLIT, urgent]);
    // 12 GiB: 3 + 12 s on the way, in which it does nothing.
    expect(told).toEqual(['10 a moves to 1.0', '25 a left 0.0']);
    expect(stories.get('urgent')?.starts).toEqual([{ at: 25, hosts: [0] }]);
    expect(endsOf(stories)).toEqual({ a: 115, gone: 5, b: 100, urgent: 45 });
  });

  test('goes by the path that is named', () => {
    const { stories, told } = run([...SPLIT, urgent], { rules: { migratePath: 'vsphere-7.0' } });
    expect(told).toEqual(['10 a moves to 1.0', '17 a left 0.0']);
    expect(endsOf(stories)).toMatchObject({ a: 107, urgent: 37 });
  });

  test('saves its state where its mode has no such path', () => {
    const { stories, told } = run([...SPLIT, urgent], { rules: { migratePath: 'vsphere-9' } });
    expect(told).toEqual(['12 a is stopped']);
    // It goes to the other host at once, and reads its state back for 3 s before the 90 s that are left.
    expect(endsOf(stories)).toMatchObject({ urgent: 32, a: 105 });
  });

  test('saves its state where no other place is free', () => {
    const { stories, told } = run([
      ...SPLIT,
      { name: 'c', at: 6, runs: 100, claim: { ...low, priority: 1 }, ...half },
      { name: 'd', at: 6, runs: 100, claim: { ...low, priority: 1 }, ...half },
      { ...urgent, claim: { ...high, priority: 2 } },
    ]);
    // Both halves of either card are taken; a and b are the least urgent, but on one host each: a and c have to go.
    expect(told.slice(0, 2)).toEqual(['12 c is stopped', '12 a is stopped']);
    expect(stories.get('urgent')?.starts[0]).toEqual({ at: 12, hosts: [0] });
  });

  test('goes while another one, for whom there is no room, is stopped', () => {
    const { stories, told } = run([
      { name: 'a', at: 0, runs: 100, claim: low, ...half },
      { name: 'c', at: 0, runs: 100, claim: low, ...half },
      { name: 'b', at: 1, runs: 100, claim: { ...low, priority: 5 }, ...half },
      urgent,
    ]);
    // One half of the other card is free: for the more urgent, of equals the first.
    expect(told.slice(0, 3)).toEqual(['10 a moves to 1.0', '12 c is stopped', '25 a left 0.0']);
    expect(stories.get('urgent')?.starts[0]).toEqual({ at: 25, hosts: [0] });
    // c goes on at 45 on the card that the urgent one leaves: 3 s to read back, then 90 s.
    expect(endsOf(stories)).toEqual({ a: 115, b: 101, c: 138, urgent: 45 });
  });

  test('may go to another GPU of its host', () => {
    const { stories, told } = run([...SPLIT, urgent], { hostSpecs: cards([2]) });
    // On either card one has to go; of equals the last.
    expect(told).toEqual(['10 b moves to 0.0', '25 b left 0.1']);
    expect(stories.get('urgent')?.starts[0]?.at).toBe(25);
  });

  test('does not take the room that the urgent one is to have', () => {
    const wide = { ...urgent, gpus: 2 };
    const { stories, told } = run([...SPLIT, wide], { hostSpecs: cards([2]) });
    expect(told.slice(0, 2)).toEqual(['12 a is stopped', '12 b is stopped']);
    expect(stories.get('urgent')?.starts[0]).toEqual({ at: 12, hosts: [0] });
  });

  test('does not stay on a host whose CPU the urgent one needs', () => {
    const [small, large] = [cards([3], 10_000)[0] as HostSpec, cards([2], 11_000)[0] as HostSpec];
    const { stories, told } = run(
      [
        { name: 'a', at: 0, runs: 100, claim: low, ...whole, cpu: 3000 },
        { name: 'fixed', at: 1, runs: 100, claim: high, ...whole, cpu: 8000 },
        { ...urgent, cpu: 8000 },
      ],
      { hostSpecs: [small, { ...large, name: 'other' }], placement: 'first-fit' },
    );
    // Host 0 has two free cards and 7 cores, room enough for a, but then not for the urgent one. 24 GiB take 27 s.
    expect(told).toEqual(['10 a moves to 1.1', '37 a left 0.0']);
    expect(stories.get('urgent')?.starts[0]).toEqual({ at: 37, hosts: [0] });
  });

  test('is stopped where a quota, and not room, keeps the urgent one', () => {
    const jobs = [
      { name: 'x', at: 0, runs: 100, claim: { queue: 'a/x', checkpoint }, ...whole },
      { name: 'y', at: 10, runs: 5, claim: { queue: 'a/y', checkpoint }, ...whole },
    ];
    const due = (path: string, guaranteedGpus: number) => ({ path, guaranteedGpus, maxGpus: 1, weight: 1 });
    const { stories, told } = run(jobs, {
      policy: quotas,
      config: { quotas: [due('a', 1), due('a/x', 0), due('a/y', 1)] },
    });
    expect(told).toEqual(['12 x is stopped']);
    expect(stories.get('y')?.starts[0]?.at).toBe(12);
    expect(stories.get('x')?.starts[1]?.at).toBe(17);
  });

  test('that is ended on its way by a fault leaves the room to the urgent one', () => {
    const { stories, told } = run([...SPLIT, urgent], {
      horizon: 1000,
      faults: () => ({ ...NO_FAULTS, units: [logged(hostUnit(1), [12, 1000])] }),
    });
    expect(told.slice(0, 2)).toEqual(['10 a moves to 1.0', '12 a is stopped']);
    expect(stories.get('urgent')?.starts[0]).toEqual({ at: 12, hosts: [0] });
  });

  test('saves its state where GPUs are shared by fraction', () => {
    const jobs: SmallJob[] = [
      { name: 'a', at: 0, runs: 100, milli: 600, claim: low },
      { name: 'b', at: 0, runs: 100, milli: 600, claim: { ...low, priority: 2 } },
      { name: 'spare', at: 0, runs: 100, milli: 300, claim: { ...low, priority: 2 } },
      { name: 'urgent', at: 10, runs: 20, milli: 700, claim: high },
    ];
    const stories = runSmall({
      hosts: [1, 1, 1],
      jobs,
      policy: priority,
      rules: { preemption: 'evict', way: 'migrate' },
    });
    expect(stories.get('urgent')?.starts[0]?.at).toBe(10);
    const crowded = runSmall({
      hosts: [1, 1],
      jobs: jobs.map((job) => (job.name === 'spare' ? { ...job, milli: 400 } : job)),
      policy: priority,
      rules: { preemption: 'evict', way: 'migrate' },
    });
    expect(crowded.get('a')?.stops).toEqual([12]);
    expect(crowded.get('urgent')?.starts[0]?.at).toBe(12);
  });
});

/** Jobs that want a part of a card, of two of one host, or of one on each of several hosts. */
const vgpuJobs = fc
  .array(
    fc.record({
      at: fc.nat(60),
      runs: fc.integer({ min: 20, max: 90 }),
      profile: fc.constantFrom('L4-6Q', 'L4-12Q', 'L4-12Q', 'L4-12Q', 'L4-24Q'),
      size: fc.constantFrom({}, {}, {}, { gpus: 2 }, { workers: [1, 1] }),
      priority: fc.nat(3),
      cpu: fc.constantFrom(0, 3000),
      isPreemptible: fc.constantFrom(true, true, true, false),
    }),
    { minLength: 6, maxLength: 16 },
  )
  .map((list) =>
    list.map(({ profile, size, priority: urgency, isPreemptible, ...job }, i): SmallJob => {
      const milli = { 'L4-6Q': 250, 'L4-12Q': 500, 'L4-24Q': 1000 }[profile] as number;
      const claim = { priority: profile === 'L4-24Q' ? urgency + 2 : urgency, isPreemptible, checkpoint };
      return { ...job, ...size, name: `j${i}`, milli, ask: named(profile, LIGHT), claim };
    }),
  );

test('Whatever comes, moves double nothing, lose nothing, and all jobs end', () => {
  let moves = 0;
  fc.assert(
    fc.property(vgpuJobs, fc.constantFrom('block', 'skip'), (jobs, fill) => {
      const places = new Map<string, number>();
      const onTheWay = new Map<string, number>();
      const stun = new Map<string, number>();
      const stories = runSmall({
        hostSpecs: cards([1, 1, 1, 2], 12_000),
        jobs,
        policy: priority,
        rules: { preemption: 'evict', way: 'migrate', fill },
        observer: {
          placed: (_at, { name }) => void places.set(name, (places.get(name) ?? 0) + 1),
          moved: (atUs, { name }) => {
            moves += 1;
            places.set(name, (places.get(name) ?? 0) + 1);
            onTheWay.set(name, atUs);
          },
          freed: (atUs, { name }) => {
            places.set(name, (places.get(name) ?? 0) - 1);
            stun.set(name, (stun.get(name) ?? 0) + (atUs - (onTheWay.get(name) as number)) / 1e6);
          },
          preempted: (_at, { name }) => {
            expect(places.get(name)).toBe(1);
            places.set(name, 0);
          },
          finished: (_at, { name }) => void places.set(name, (places.get(name) ?? 0) - 1),
        },
      });
      for (const { name, runs } of jobs) {
        const story = stories.get(name);
        if (story?.rejected !== undefined) continue;
        expect([name, places.get(name), story?.end !== undefined]).toEqual([name, 0, true]);
        expect(story?.lost).toBe(0);
        const held = (story?.starts ?? []).reduce(
          (sum, { at }, i) => sum + ((story?.stops[i] ?? (story?.end as number)) - at),
          0,
        );
        // Each stop saves for 2 s and reads back for 3 s at most; what is over is work and time on the way.
        const work = held - (stun.get(name) ?? 0);
        const stops = story?.stops.length ?? 0;
        expect(work).toBeGreaterThan(runs - 1e-3);
        expect(work).toBeLessThan(runs + 5 * stops + 1e-3);
      }
    }),
    { seed: 107, numRuns: 400 },
  );
  expect(moves).toBeGreaterThan(20);
});
