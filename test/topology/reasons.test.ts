import { describe, expect, test } from 'vitest';
import type { Layout } from '../../sim/cluster/layout.ts';
import { findVictims } from '../../sim/engine/eviction.ts';
import { LiveJob } from '../../sim/engine/live-job.ts';
import { reserve } from '../../sim/engine/reserve.ts';
import { whyNever, whyNot } from '../../sim/engine/run-context.ts';
import { queueingPolicy } from '../../sim/policies/queueing/index.ts';
import { runSmall } from '../queueing/pool-run.ts';
import { type Ask, contextOf, hostSpecs, jobOf, placed, type SmallHost } from './small-fleet.ts';

const TWO_RACKS: readonly SmallHost[] = [
  { gpus: 4, rack: 'a' },
  { gpus: 4, rack: 'a' },
  { gpus: 4, rack: 'b' },
];
const workers = (count: number, gpus: number): readonly Ask[] =>
  Array.from({ length: count }, () => ({ gpus }));

/** Why a job finds no room now, and why it never would. */
function reasons(
  hosts: readonly SmallHost[],
  asks: readonly Ask[],
  layout: Partial<Layout> | undefined,
  taken: readonly (readonly [label: string, gpus: number, count: number])[] = [],
): readonly [string, string] {
  const context = contextOf(hostSpecs(hosts));
  for (const [label, gpus, count] of taken) {
    const own = jobOf(context, workers(count, gpus), { spread: 'hosts' }, label);
    expect(placed(context, own)).toHaveLength(count);
  }
  const job = jobOf(context, asks, layout);
  const { fleet, placer } = context;
  expect(reserve(fleet, placer, job)).toBeUndefined();
  return [whyNot(fleet, placer, job), whyNever(fleet, placer, job)];
}

describe('the reason is the rule that alone keeps a job out', () => {
  test.each<[string, ReturnType<typeof reasons>]>([
    ['gang', reasons(TWO_RACKS, workers(4, 4), undefined)],
    ['gang:host', reasons(TWO_RACKS, workers(2, 4), { within: 'host' })],
    ['gang:rack', reasons(TWO_RACKS, workers(3, 4), { within: 'rack' })],
    ['gang:island', reasons([{ gpus: 4, gpusPerIsland: 2 }], workers(1, 4), { within: 'island' })],
    ['gang:island', reasons([{ gpus: 4, nvlink: false }], workers(1, 2), { within: 'island' })],
    ['spread', reasons(TWO_RACKS, workers(4, 1), { spread: 'hosts' })],
    ['spread', reasons(TWO_RACKS, workers(3, 1), { spread: 'racks' })],
    ['max-per-host', reasons(TWO_RACKS, workers(4, 1), { maxPerHost: 1 })],
    ['max-of-class', reasons(TWO_RACKS, workers(7, 1), { maxOfClassPerHost: 2 })],
    ['max-per-host+gang:rack', reasons(TWO_RACKS, workers(9, 1), { within: 'rack', maxPerHost: 1 })],
  ])('%s, now and ever', (reason, [now, never]) => {
    expect([now, never]).toEqual([reason, reason]);
  });

  test('neighbours and those who hold the room keep it out for now alone', () => {
    expect(reasons(TWO_RACKS, workers(1, 1), { apartFrom: ['other'] }, [['other', 1, 3]])).toEqual([
      'anti-affinity',
      'none',
    ]);
    expect(reasons(TWO_RACKS, workers(2, 4), { within: 'rack' }, [['other', 1, 1]])).toEqual([
      'gang:rack',
      'none',
    ]);
    expect(reasons(TWO_RACKS, workers(1, 4), undefined, [['other', 1, 3]])).toEqual(['gpu-room', 'none']);
    expect(reasons(TWO_RACKS, workers(3, 4), undefined, [['other', 1, 1]])).toEqual(['gang', 'none']);
  });
});

test('who came first does not matter: a class that is kept away from finds no room beside those who keep away', () => {
  const context = contextOf(hostSpecs([{ gpus: 4 }, { gpus: 4 }]));
  context.fleet.neighbours.learn({ apartFrom: ['noisy'] });
  const shy = () => jobOf(context, workers(1, 1), { apartFrom: ['noisy'] }, 'shy');
  const noisy = () => jobOf(context, workers(1, 1), undefined, 'noisy');
  expect(placed(context, shy())).toEqual([0]);
  expect(placed(context, noisy())).toEqual([1]);
  expect(placed(context, noisy())).toEqual([1]);
  expect(placed(context, shy())).toEqual([0]);
  expect(placed(context, jobOf(context, workers(1, 4), undefined, 'plain'))).toBeUndefined();
  expect(placed(context, jobOf(context, workers(1, 2), undefined, 'plain'))).toEqual([0]);
});

test('a class that keeps apart from itself has one job on a host, whose workers stay together', () => {
  const context = contextOf(hostSpecs([{ gpus: 4 }, { gpus: 4 }]));
  const solo = () => jobOf(context, workers(2, 1), { apartFrom: ['solo'] }, 'solo');
  expect(placed(context, solo())).toEqual([0, 0]);
  expect(placed(context, solo())).toEqual([1, 1]);
  expect(placed(context, solo())).toBeUndefined();
});

test('the rack with the least to spare is taken, and a wide one stays whole', () => {
  const racks = [
    { gpus: 4, rack: 'wide' },
    { gpus: 4, rack: 'wide' },
    { gpus: 4, rack: 'wide' },
    { gpus: 4, rack: 'narrow' },
    { gpus: 4, rack: 'narrow' },
  ];
  const context = contextOf(hostSpecs(racks));
  expect(placed(context, jobOf(context, workers(2, 4), { within: 'rack' }))).toEqual([3, 4]);
  expect(placed(context, jobOf(context, workers(3, 4), { within: 'rack' }))).toEqual([0, 1, 2]);
});

test('gangs that each need more than half never hold a part: one after the other runs', () => {
  const gang = [1, 1, 1];
  const jobs = Array.from({ length: 12 }, (_, i) => ({ name: `g${i}`, at: 0, runs: 10, workers: gang }));
  for (const fill of ['block', 'skip'] as const) {
    const stories = runSmall({
      hosts: [1, 1, 1, 1, 1],
      jobs,
      policy: queueingPolicy('fifo'),
      rules: { fill },
    });
    expect([...stories.values()].map(({ end }) => end)).toEqual(jobs.map((_, i) => 10 * (i + 1)));
    expect(
      [...stories.values()].every(({ starts }) => starts.length === 1 && starts[0]?.hosts.length === 3),
    ).toBe(true);
  }
});

test('a wide gang is overtaken for ever under skip and not under block: that is a matter of the queue', () => {
  const narrow = Array.from({ length: 40 }, (_, i) => ({ name: `n${i}`, at: i, runs: 2, gpus: 1 }));
  const wide = { name: 'wide', at: 3, runs: 5, workers: [1, 1] };
  const endUnder = (fill: 'block' | 'skip') =>
    runSmall({ hosts: [1, 1], jobs: [...narrow, wide], policy: queueingPolicy('fifo'), rules: { fill } }).get(
      'wide',
    )?.starts[0]?.at;
  expect(endUnder('block')).toBeLessThan(6);
  expect(endUnder('skip')).toBeGreaterThan(40);
});

test('an island is none while its NVLink is down', () => {
  const context = contextOf(hostSpecs([{ gpus: 4 }]));
  const { fleet, placer } = context;
  const job = jobOf(context, workers(1, 2), { within: 'island' });
  fleet.setFabric(0, false);
  expect(reserve(fleet, placer, job)).toBeUndefined();
  expect([whyNot(fleet, placer, job), whyNever(fleet, placer, job)]).toEqual(['gang:island', 'none']);
  fleet.setFabric(0, true);
  expect(reserve(fleet, placer, job)).toHaveLength(1);
});

test('nobody is stopped on a host that the job may not have', () => {
  const context = contextOf(hostSpecs([{ gpus: 2 }, { gpus: 2 }]), 'first-fit');
  const { fleet, placer } = context;
  const live = (slot: number, label: string, layout?: Partial<Layout>) => {
    const made = new LiveJob(slot, jobOf(context, workers(1, 1), layout, label), undefined, undefined, 0);
    made.parts = slot === 4 ? [] : (reserve(fleet, placer, made.job) ?? []);
    return made;
  };
  const [, first, , second] = [
    live(0, 'noisy'),
    live(1, 'plain'),
    live(2, 'calm'),
    live(3, 'plain'),
  ] as const;
  const shy = live(4, 'shy', { apartFrom: ['noisy'] });
  // The first is the less urgent, but beside it is one from which the job keeps apart.
  const rank = (job: LiveJob) => (job === first ? 2 : 1);
  expect(findVictims(fleet, placer, shy, [first, second], { rank })).toEqual([second]);
});
