import { describe, expect, test } from 'vitest';
import { JobTimeError, UnknownJobError } from '../../sim/experiment/explain/index.ts';
import { explainText } from '../../sim/report/explain.ts';
import { documentOf, explainRows, HOUR, host, inTime, type Row } from './explain-cases.ts';

const hours = (sec: number | null) => (sec === null ? null : sec / HOUR);

describe('the chain of a job', () => {
  test('names each reason for its span, with what was free, and where it went', () => {
    const { steps } = explainRows(
      documentOf([host('a', 2, 'L4', 2), host('b', 1, 'T4', 8)]),
      [
        { name: 'one', at: 0, runs: 5, models: ['L4'] },
        { name: 'pair', at: 0, runs: 6, gpus: 2, models: ['L4'] },
        { name: 'next', at: 2, runs: 4, gpus: 2, models: ['L4'] },
        { name: 'last', at: 3, runs: 1, models: ['L4'] },
        // Looked at again as this one comes, last waits for the same still: no span of its own.
        { name: 'after', at: 4, runs: 1, models: ['L4'] },
      ],
      'last',
    );
    expect(
      steps.map(({ kind, atSec, untilSec, reason }) => [kind, hours(atSec), hours(untilSec ?? null), reason]),
    ).toEqual([
      ['arrived', 3, null, undefined],
      ['waited', 3, 5, 'queue-order'],
      ['waited', 5, 6, 'gpu-room'],
      ['placed', 6, null, undefined],
      ['finished', 7, null, undefined],
    ]);
    // One of four L4s is free beside one and pair; when next has two and pair two, none is.
    expect(steps.map(({ freeShare }) => freeShare)).toEqual([undefined, 0.25, 0, undefined, undefined]);
    expect(steps[3]?.places).toEqual([{ host: 'a-0001', gpus: [0] }]);
  });

  test.each(['evict', 'refill'])('a job that is stopped says for whom, under %s', (preemption) => {
    const { steps, atSec } = explainRows(
      documentOf([host('a', 1, 'L4', 1)], { queueing: 'priority', scheduling: { preemption } }),
      [
        { name: 'low', at: 0, runs: 3 },
        { name: 'high', at: 1, runs: 2, priority: 5 },
      ],
      'low',
    );
    expect(steps.map(({ kind, atSec: sec, reason }) => [kind, hours(sec), reason])).toEqual([
      ['arrived', 0, undefined],
      ['placed', 0, undefined],
      ['stopped', 1, 'preempted-for:high'],
      ['waited', 1, 'gpu-room'],
      ['placed', 3, undefined],
      ['finished', 5, undefined],
    ]);
    expect(steps[2]?.text).toBe('stopped to make room for high (priority 5); it waits again');
    // Asked of its first wait, not of its arrival, when it started at once.
    expect(hours(atSec)).toBe(1);
  });

  test('work that is lost when a job is killed is told', () => {
    const { steps } = explainRows(
      documentOf([host('a', 1, 'L4', 1)], {
        queueing: 'priority',
        scheduling: { preemption: 'evict', stopBy: 'kill' },
      }),
      [
        { name: 'low', at: 0, runs: 3 },
        { name: 'high', at: 1, runs: 2, priority: 5 },
      ],
      'low',
    );
    expect(steps[2]?.text).toContain('losing 1 h of work');
    expect(hours(steps.at(-1)?.atSec ?? 0)).toBe(6);
  });

  test('a job that never fits is rejected, and one that never starts waits to the end', () => {
    const rows: readonly Row[] = [
      { name: 'long', at: 0, runs: 100 },
      { name: 'big', at: 1, runs: 1, gpus: 9 },
      { name: 'stuck', at: 2, runs: 1 },
    ];
    const document = documentOf([host('a', 1, 'L4', 1)], {}, { kind: 'timed', horizon: '10h' });
    const big = explainRows(document, rows, 'big');
    expect(big.steps.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['arrived', undefined],
      ['rejected', 'never-fits:gpu-count'],
    ]);
    expect(big.startedSec).toBeNull();
    const stuck = explainRows(document, rows, 'stuck');
    expect(stuck.steps.map(({ kind, atSec }) => [kind, hours(atSec)])).toEqual([
      ['arrived', 2],
      ['waited', 2],
      ['ended', 10],
    ]);
    expect(stuck.startedSec).toBeNull();
    expect(inTime(stuck)).toEqual(['preemption', 'card', 'host']);
  });

  test('a round to come is a reason of its own', () => {
    const { steps } = explainRows(
      documentOf([host('a', 1, 'L4', 1)], { scheduling: { rounds: '1h' } }),
      [
        { name: 'before', at: 0, runs: 0.25 },
        { name: 'job', at: 0.5, runs: 1 },
      ],
      'job',
    );
    expect(steps.map(({ kind, atSec, reason }) => [kind, hours(atSec), reason])).toEqual([
      ['arrived', 0.5, undefined],
      ['waited', 0.5, 'next-decision'],
      ['placed', 1, undefined],
      ['finished', 2, undefined],
    ]);
  });
});

/** One host with two GPUs; one job runs on each. */
const FULL: readonly Row[] = [
  { name: 'first', at: 0, runs: 10 },
  { name: 'second', at: 0, runs: 8 },
];

describe('each kind of change, where it helps', () => {
  test('a smaller demand alone: half of the GPU is what is left, and nobody may be stopped', () => {
    const found = explainRows(
      documentOf([host('a', 1, 'L4', 1, { cpu: 4 })], {}, { kind: 'timed' }),
      [
        { name: 'half', at: 0, runs: 10, milli: 500, cpu: 3 },
        { name: 'job', at: 1, runs: 1, milli: 800, cpu: 1 },
      ],
      'job',
    );
    const demands = found.changes.filter(({ kind, isInTime }) => kind === 'demand' && isInTime);
    expect(demands.map(({ text }) => text)).toEqual([
      '40 % of a GPU in place of 80 %',
      '20 % of a GPU in place of 80 %',
    ]);
    expect(demands.map(({ startSec, harm }) => [hours(startSec), harm.delayedJobs])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    // More CPU is not the point.
    expect(found.changes.some(({ text }) => text.startsWith('no CPU'))).toBe(false);
  });

  test.each([
    ['CPU', { cpu: 60 }, { cpu: 5 }, 'no CPU in place of 5 cores'],
    ['host memory', { memoryGib: 250 }, { memoryGib: 10 }, 'no host memory in place of 10 GiB'],
  ])('no %s, where that is what is missing', (_, taken, wanted, text) => {
    const { changes } = explainRows(
      documentOf([host('a', 1, 'L4', 2)]),
      [
        { name: 'first', at: 0, runs: 10, ...taken },
        { name: 'job', at: 1, runs: 1, ...wanted },
      ],
      'job',
    );
    const demands = changes.filter(({ kind, isInTime }) => kind === 'demand' && isInTime);
    expect(demands.map((each) => each.text)).toEqual([text]);
  });

  test('another model, where only that is free', () => {
    const { changes } = explainRows(
      documentOf([host('a', 1, 'L4', 1), host('b', 1, 'T4', 1), host('c', 1, 'A10', 1)]),
      [
        { name: 'first', at: 0, runs: 10, models: ['L4'] },
        { name: 'tens', at: 0, runs: 10, models: ['A10'] },
        { name: 'job', at: 1, runs: 1, models: ['L4'] },
      ],
      'job',
    );
    expect(
      changes.filter(({ kind }) => kind === 'demand').map(({ text, isInTime }) => [text, isInTime]),
    ).toEqual([
      ['GPU model T4 as well as L4', true],
      ['any GPU model', true],
    ]);
  });

  test('fewer GPUs, and fewer workers', () => {
    const document = documentOf([host('a', 3, 'L4', 2)]);
    const busy: readonly Row[] = [{ name: 'first', at: 0, runs: 10, gpus: 1 }];
    const gpus = explainRows(
      documentOf([host('a', 1, 'L4', 4)]),
      [...busy, { name: 'job', at: 1, runs: 1, gpus: 4 }],
      'job',
    );
    const numbers = ({ changes }: typeof gpus) =>
      changes.flatMap(({ kind, text }) => (kind === 'demand' && !text.includes('%') ? [text] : []));
    expect(numbers(gpus)).toEqual(['3 GPUs in place of 4', '2 GPUs in place of 4']);
    const workers = explainRows(
      document,
      [...busy, { name: 'job', at: 1, runs: 1, gpus: 6, workers: 3 }],
      'job',
    );
    expect(numbers(workers)).toEqual([
      '2 workers in place of 3',
      '1 worker in place of 3',
      '1 GPU a worker in place of 2',
    ]);
  });

  test('its place in the queue alone: there is room, and somebody before it waits for more', () => {
    const found = explainRows(
      documentOf([host('a', 1, 'L4', 2)]),
      [
        { name: 'first', at: 0, runs: 10 },
        { name: 'pair', at: 1, runs: 5, gpus: 2 },
        { name: 'job', at: 2, runs: 9 },
      ],
      'job',
    );
    expect(found.before).toBe(1);
    const order = found.changes.filter(({ kind }) => kind === 'order');
    // It ends at 11 h, an hour after the room for the pair would have been there.
    expect(
      order.map(({ startSec, harm }) => [
        hours(startSec),
        harm.delayedJobs,
        harm.addedJobHours,
        harm.addedGpuHours,
      ]),
    ).toEqual([[2, 1, 1, 2]]);
    expect(inTime(found)).toEqual(['order', 'host']);
  });

  test('a higher priority alone, where it lets it take a place', () => {
    const found = explainRows(
      documentOf([host('a', 1, 'L4', 1)], { queueing: 'priority' }),
      [
        { name: 'first', at: 0, runs: 10, priority: 3 },
        { name: 'job', at: 1, runs: 1, priority: 1 },
      ],
      'job',
    );
    expect(
      found.changes.filter(({ kind }) => kind === 'order').map(({ text, isInTime }) => [text, isInTime]),
    ).toEqual([['priority 4 in place of 1', true]]);
  });

  test('one job moved: two hosts have one GPU free each, and the job wants two of one', () => {
    const found = explainRows(
      documentOf([host('a', 2, 'L4', 2)], { placement: 'worst-fit' }),
      [
        { name: 'left', at: 0, runs: 10 },
        { name: 'right', at: 0, runs: 8 },
        { name: 'job', at: 1, runs: 1, gpus: 2 },
      ],
      'job',
    );
    const moves = found.changes.filter(({ kind }) => kind === 'move');
    expect(moves.map(({ text, startSec, harm }) => [text, hours(startSec), harm.delayedJobs])).toEqual([
      ['left moved from a-0000 (GPU 0) to a-0001 (GPU 1)', 1, 0],
      ['right moved from a-0001 (GPU 0) to a-0000 (GPU 1)', 1, 0],
    ]);
    // Stopping either helps, too, and costs the one that is stopped an hour: it starts again when the job ends, or beside the other.
    expect(inTime(found)).toEqual(['demand', 'move', 'preemption', 'card', 'host']);
  });

  test('one job stopped: what it costs is the time that it waits, and the job that loses least comes first', () => {
    const found = explainRows(
      documentOf([host('a', 1, 'L4', 2)]),
      [...FULL, { name: 'job', at: 1, runs: 2 }],
      'job',
    );
    const stops = found.changes.filter(({ kind }) => kind === 'preemption');
    expect(stops.map(({ text }) => text)).toEqual([
      'first stopped on a (GPU 0)',
      'second stopped on a (GPU 1)',
    ]);
    // Nobody has anywhere to go.
    expect(found.tried.find(({ kind }) => kind === 'move')).toMatchObject({ found: 0 });
    // Whichever is stopped at 1 h goes on at 3 h, when the job is done.
    expect(
      stops.map(({ startSec, harm }) => [hours(startSec), harm.addedJobHours, harm.addedGpuHours]),
    ).toEqual([
      [1, 2, 2],
      [1, 2, 2],
    ]);
  });

  test('what it costs others is counted to the end, also after the job would have started anyway', () => {
    const found = explainRows(
      documentOf([host('a', 1, 'L4', 2)]),
      [...FULL, { name: 'job', at: 1, runs: 20 }],
      'job',
    );
    expect(hours(found.startedSec)).toBe(8);
    const stops = found.changes.filter(({ kind }) => kind === 'preemption');
    // The first goes on at 8 h in the place of the second, the second at 10 h in that of the first.
    expect(stops.map(({ text, harm }) => [text, harm.delayedJobs, harm.addedJobHours])).toEqual([
      ['first stopped on a (GPU 0)', 1, 7],
      ['second stopped on a (GPU 1)', 1, 9],
    ]);
  });

  test('a job that must not be stopped is not offered', () => {
    const { changes, tried } = explainRows(
      {
        ...documentOf([host('a', 1, 'L4', 1)]),
        workload: {
          trace: { format: 'itp', jobs: 'none.csv' },
          services: [
            {
              name: 'web',
              cpu: 1,
              memory: '1GiB',
              gpus: 1,
              replicas: 1,
              preemptible: false,
              batch: { times: ['10ms'] },
              traffic: { kind: 'closed', clients: 1, think: { kind: 'constant', value: '1h' } },
            },
          ],
        },
        experiment: { kind: 'timed', horizon: '5h' },
      },
      [
        { name: 'before', at: 0, runs: 0.1, gpus: 0, cpu: 1 },
        { name: 'job', at: 1, runs: 2 },
      ],
      'job',
    );
    expect(tried.find(({ kind }) => kind === 'preemption')).toMatchObject({ found: 0 });
    expect(changes.some(({ kind }) => kind === 'preemption')).toBe(false);
  });

  test('one more GPU and one more host, of the type that will do only', () => {
    const found = explainRows(
      documentOf([host('a', 1, 'L4', 2), host('b', 1, 'T4', 1)]),
      [...FULL.map((row) => ({ ...row, models: ['L4'] })), { name: 'job', at: 1, runs: 1, models: ['L4'] }],
      'job',
    );
    const more = found.changes.filter(({ kind }) => kind === 'card' || kind === 'host');
    expect(more.map(({ text }) => text)).toEqual(['one more L4 in a', 'one more host like a (2 x L4)']);
    expect(found.tried.filter(({ kind }) => kind === 'card' || kind === 'host')).toEqual([
      { kind: 'card', found: 2, tried: 2, inTime: 1, sooner: 0 },
      { kind: 'host', found: 2, tried: 2, inTime: 1, sooner: 0 },
    ]);
  });

  test('another sharing mode: two desktops at once on a card that one has for itself', () => {
    const document = {
      apiVersion: 'slicewise/v1',
      name: 'modes',
      fleet: { hosts: [host('a', 1, 'A100-SXM4-80GB', 1, { sharing: 'passthrough' })] },
      workload: {
        synthetic: {
          tasks: 2,
          arrivals: { process: 'deterministic', rate: '1/h' },
          classes: [
            {
              name: 'half',
              cpu: 1,
              memory: '1GiB',
              gpus: 1,
              gpu: '40%',
              lifetime: { kind: 'constant', value: '5h' },
            },
          ],
        },
      },
      policy: {},
      experiment: { kind: 'timed' },
    };
    const found = explainRows(document, [], 'task-0000001');
    const modes = found.changes.filter(({ kind }) => kind === 'sharing');
    expect(modes.map(({ text, isInTime }) => [text, isInTime])).toContainEqual([
      'a: mig in place of passthrough',
      true,
    ]);
    expect(modes.map(({ setting }) => setting)).toContain('fleet.hosts.a.sharing=mig');
    // Bare metal gives the card to one as well: the first is only done sooner, at full speed.
    expect(modes.find(({ text }) => text.includes('bare-metal'))?.isInTime).toBe(false);
  });

  test('another profile: the card has room for 3g, not for 4g beside another 4g', () => {
    const document = {
      apiVersion: 'slicewise/v1',
      name: 'profiles',
      fleet: { hosts: [host('a', 1, 'A100-SXM4-80GB', 1, { sharing: 'mig' })] },
      workload: {
        synthetic: {
          tasks: 2,
          arrivals: { process: 'deterministic', rate: '1/h' },
          classes: [
            {
              name: 'slice',
              cpu: 1,
              memory: '1GiB',
              gpus: 1,
              slot: { profile: '4g.40gb' },
              lifetime: { kind: 'constant', value: '50h' },
            },
          ],
        },
      },
      policy: {},
      experiment: { kind: 'timed' },
    };
    const found = explainRows(document, [], 'task-0000001');
    const slots = found.changes
      .filter(({ kind, isInTime }) => kind === 'demand' && isInTime)
      .map(({ text }) => text);
    expect(slots).toContain('slot 3g.40gb in place of 4g.40gb');
    expect(slots).not.toContain('slot 7g.80gb in place of 4g.40gb');
  });
});

describe('what is asked', () => {
  const document = documentOf([host('a', 1, 'L4', 2)]);
  const rows = [...FULL, { name: 'job', at: 1, runs: 2 }];

  test('another time: what starts it by then, and where it stood', () => {
    const found = explainRows(document, rows, 'job', { atSec: 5 * HOUR });
    expect(hours(found.startedSec)).toBe(8);
    expect(found.changes.find(({ kind }) => kind === 'preemption')).toMatchObject({
      startSec: 5 * HOUR,
      isInTime: true,
    });
  });

  test('a time at which it runs has nothing to change, as has a job that never waits', () => {
    expect(explainRows(document, rows, 'job', { atSec: 9 * HOUR })).toMatchObject({ changes: [], tried: [] });
    expect(explainRows(document, rows, 'first')).toMatchObject({ atSec: null, changes: [], tried: [] });
  });

  test('a name or a time that is not there is refused', () => {
    expect(() => explainRows(document, rows, 'jab')).toThrow(UnknownJobError);
    expect(() => explainRows(document, rows, 'job', { atSec: 0.5 * HOUR })).toThrow(JobTimeError);
  });

  test('more changes of a kind than are tried are counted', () => {
    const { tried } = explainRows(document, rows, 'job', { mostOfAKind: 1 });
    expect(tried.find(({ kind }) => kind === 'preemption')).toMatchObject({ found: 2, tried: 1 });
  });

  test('the answer is the same each time, and changes nothing of the run', () => {
    const random = documentOf([host('a', 2, 'L4', 2)], { placement: 'random' });
    const once = explainRows(
      random,
      rows.concat(FULL.map((row) => ({ ...row, name: `${row.name}2` }))),
      'job',
    );
    const again = explainRows(
      random,
      rows.concat(FULL.map((row) => ({ ...row, name: `${row.name}2` }))),
      'job',
    );
    expect(again).toEqual(once);
    // The changes that are shown leave all that was before the time as it was: the same jobs are stopped where they were.
    expect(once.changes.filter(({ kind }) => kind === 'preemption').every(({ isInTime }) => isInTime)).toBe(
      true,
    );
  });

  test('a fill run counts arrivals: its jobs can only ask for less, or the fleet have more', () => {
    const fill = documentOf([host('a', 1, 'L4', 1)], {}, { kind: 'fill', order: 'file' });
    const found = explainRows(fill, FULL, 'second');
    expect(found.clock).toBe('arrivals');
    expect(inTime(found)).toEqual(['card', 'host']);
    expect(explainText(found, 80)).toContain('What would have started it at arrival 2 (it never did)');
  });
});
