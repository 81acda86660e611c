import { describe, expect, test } from 'vitest';
import { type ClusterObserver, type Replication, replicate } from '../../sim/index.ts';
import type { Change, Scenario } from '../../sim/scenario/types.ts';
import { scenarioOf } from './scenario-for-tests.ts';

const value = (run: Replication, name: string) =>
  run.readings.find(([known]) => known === name)?.[1].value ?? Number.NaN;

const SECOND_US = 1e6;

/** Hosts with an L4 each in vGPU mode. A move of a 2 GiB vGPU takes some 4 s. */
const base = (hosts: number, workload: object) =>
  scenarioOf({
    apiVersion: 'slicewise/v1',
    name: 'moves',
    fleet: {
      hosts: [
        {
          name: 'h',
          count: hosts,
          cpu: 64,
          memory: '512GiB',
          gpus: { model: 'L4', count: 1 },
          sharing: { mode: 'vgpu' },
        },
      ],
    },
    workload,
    policy: { placement: 'first-fit' },
    experiment: { kind: 'timed', horizon: '1h' },
  });

const desktop = (extra: object) => ({
  name: 'desktop',
  users: 1,
  cpu: 1,
  memory: '1GiB',
  gpus: 1,
  slot: { profile: 'L4-2B' },
  use: { workload: 'desktop', busy: 0.1, compute: 0.1, bandwidth: 0.1, memory: '500MiB' },
  ...extra,
});

const change = (host: string, atSec: number, more: Partial<Change> = {}): Change => ({
  atUs: atSec * SECOND_US,
  hosts: [host],
  sharing: null,
  path: null,
  closedUs: 60 * SECOND_US,
  running: 'wait',
  migratePath: null,
  ...more,
});
const move: Partial<Change> = { running: 'migrate', migratePath: 'vsphere-7.0' };

/** What happened, as `seconds what job host`. */
function story(scenario: Scenario): { run: Replication; lines: string[] } {
  const lines: string[] = [];
  const tell = (atUs: number, what: string) => lines.push(`${(atUs / 1e6).toFixed(1)} ${what}`);
  const observer: ClusterObserver = {
    placed: (atUs, job, [part]) => tell(atUs, `placed ${job.kind} ${part?.host}`),
    moved: (atUs, job, [part]) => tell(atUs, `moved ${job.kind} ${part?.host}`),
    freed: (atUs, job, [part]) => tell(atUs, `freed ${job.kind} ${part?.host}`),
    finished: (atUs, job, [part]) => tell(atUs, `finished ${job.kind} ${part?.host}`),
    failed: (atUs, job, [part]) => tell(atUs, `failed ${job.kind} ${part?.host}`),
  };
  const run = replicate(scenario, {}, 1, { observers: () => [observer] });
  return { run, lines };
}

describe('Changes that meet while jobs move', () => {
  // Logs on at 0 and off at 102 s, while it moves.
  const leaving = base(2, {
    sessions: [
      desktop({
        logon: { kind: 'storm', at: '0s', spread: '0s', daily: false },
        duration: { kind: 'constant', value: '102s' },
      }),
    ],
  });

  test('a host that a job no longer comes to is changed as soon as it is empty', () => {
    // h-0001 is to be changed too while the desktop is on its way there; the desktop is gone before it arrives.
    const { run, lines } = story({
      ...leaving,
      changes: [change('h-0000', 100, move), change('h-0001', 101)],
    });
    expect(lines).toEqual(['0.0 placed session 0', '100.0 moved session 1', '102.0 finished session 0']);
    expect(value(run, 'changes.hosts')).toBe(2);
    expect(value(run, 'changes.drain.mean')).toBeCloseTo((2 + 1) / 2, 6);
  });

  const staying = base(3, { sessions: [desktop({ logon: 'always' })] });

  test.each([
    ['is stopped there', { running: 'stop' }, 'failed session 1'],
    ['moves on', move, 'moved session 2'],
  ] as const)('a job that comes to a host that is to be emptied %s', (_title, second, told) => {
    const { run, lines } = story({
      ...staying,
      changes: [change('h-0000', 100, move), change('h-0001', 101, second as Partial<Change>)],
    });
    expect(lines[1]).toBe('100.0 moved session 1');
    expect(lines[2]).toMatch(/freed session 0$/);
    expect(lines[3]).toContain(told);
    expect(value(run, 'changes.hosts')).toBe(2);
  });

  test('a job on its way from a host is not counted as one that cannot move when the host is to be changed again', () => {
    const { run } = story({
      ...staying,
      changes: [change('h-0000', 100, move), change('h-0000', 101, move)],
    });
    expect(value(run, 'changes.moved')).toBe(1);
    expect(value(run, 'changes.notMoved')).toBe(0);
    expect(value(run, 'changes.hosts')).toBe(1);
  });

  test('a job that starts on a host that is to be emptied moves once it runs', () => {
    const { run, lines } = story({
      ...base(2, { sessions: [desktop({ logon: 'always', lifecycle: 'host' })] }),
      changes: [change('h-0000', 1, move)],
    });
    expect(lines[1]).toMatch(/moved session 1$/);
    expect(Number(lines[1]?.split(' ')[0])).toBeGreaterThan(1);
    expect(value(run, 'changes.moved')).toBe(1);
    expect(value(run, 'changes.hosts')).toBe(1);
  });

  test('a session that ends on the way and takes time to stop gives up its new place at once', () => {
    const { run, lines } = story({
      ...base(2, {
        sessions: [
          desktop({
            lifecycle: 'host',
            logon: { kind: 'storm', at: '0s', spread: '0s', daily: false },
            duration: { kind: 'constant', value: '300s' },
          }),
        ],
      }),
      changes: [change('h-0000', 0), change('h-0000', 1)],
    });
    expect(lines.length).toBeGreaterThan(0);
    const startSec = Number(lines[1]?.split(' ')[0]) - 300;
    // Falls due two seconds before the end.
    const again = story({
      ...base(2, {
        sessions: [
          desktop({
            lifecycle: 'host',
            logon: { kind: 'storm', at: '0s', spread: '0s', daily: false },
            duration: { kind: 'constant', value: '300s' },
          }),
        ],
      }),
      changes: [change('h-0000', startSec + 298, move), change('h-0001', startSec + 299)],
    });
    const ended = again.lines.findIndex((line) => line.includes('finished'));
    expect(again.lines[ended]).toMatch(/finished session 0$/);
    expect(again.lines[ended + 1]).toMatch(/freed session 0$/);
    expect(again.lines).toHaveLength(ended + 2);
    // The other host was empty when the session ended, a second after its change fell due.
    expect(value(again.run, 'changes.hosts')).toBe(2);
    expect(value(run, 'changes.moved')).toBe(0);
  });

  test('what a user begins or ends while the desktop stands still counts from its arrival on', () => {
    const scenario = base(2, {
      sessions: [
        desktop({
          logon: { kind: 'storm', at: '0s', spread: '0s', daily: false },
          activity: { on: { kind: 'constant', value: '1s' }, off: { kind: 'constant', value: '1s' } },
        }),
      ],
    });
    const { run, lines } = story({ ...scenario, changes: [change('h-0000', 100.25, move)] });
    expect(lines[1]).toMatch(/^100\.\d moved/);
    // vSphere 7.0 and 2 GiB: the run says how long it stood still, from 100.25 s on. Work is wanted in even seconds.
    const fromSec = 100.25;
    const toSec = fromSec + value(run, 'changes.stun.mean');
    let busySec = 0;
    for (let second = 0; second < 3600; second += 2) {
      const stoodSec = Math.max(0, Math.min(second + 1, toSec) - Math.max(second, fromSec));
      busySec += 1 - stoodSec;
    }
    expect(toSec - fromSec).toBeGreaterThan(2);
    expect(value(run, 'gpu.busy.mean') * 2 * 3600).toBeCloseTo(busySec, 5);
  });

  test('a session without work has none after a move, whoever had its number before', () => {
    // Batches without work come and go at 0 and leave their number to the desktop, whose user pauses from the start.
    const scenario = base(2, {
      synthetic: {
        tasks: 3,
        arrivals: {
          process: 'renewal',
          interarrival: {
            kind: 'mixture',
            parts: [
              { kind: 'constant', value: '0s', weight: 0.999999 },
              { kind: 'constant', value: '1s', weight: 0.000001 },
            ],
          },
        },
        classes: [
          {
            name: 'short',
            cpu: 1,
            memory: '1GiB',
            gpus: 1,
            slot: { profile: 'L4-2B' },
            use: { workload: 'desktop', busy: 0.1, compute: 0.1, bandwidth: 0.1, memory: '500MiB' },
            lifetime: { kind: 'constant', value: '0s' },
          },
        ],
      },
      sessions: [
        desktop({
          logon: 'always',
          activity: { on: { kind: 'constant', value: '1ms' }, off: { kind: 'constant', value: '10h' } },
        }),
      ],
    });
    const { run } = story({ ...scenario, changes: [change('h-0000', 1800, move)] });
    expect(value(run, 'jobs.completed')).toBe(3);
    expect(value(run, 'changes.moved')).toBe(1);
    expect(value(run, 'gpu.busy.mean')).toBe(0);
  });
});
