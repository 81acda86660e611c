import { describe, expect, test } from 'vitest';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import type { FaultListener, FaultSetup } from '../../sim/engine/faults.ts';
import type { FaultUnit } from '../../sim/faults/index.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { runSmall, type SmallJob } from '../queueing/pool-run.ts';
import { gpuUnit, hostUnit, logged, NO_FAULTS } from './fault-setup.ts';

const every = (intervalSec: number, saveSec = 0, restoreSec = 0) => ({
  checkpoint: { intervalUs: intervalSec * 1e6, saveUs: saveSec * 1e6, restoreUs: restoreSec * 1e6 },
});

function run(
  hosts: readonly number[],
  jobs: readonly SmallJob[],
  faults: (fleet: Fleet) => Partial<FaultSetup>,
  more: { readonly hostSpecs?: Parameters<typeof runSmall>[0]['hostSpecs']; readonly horizon?: number } = {},
) {
  const met: string[] = [];
  let lost = 0;
  const listener: FaultListener = {
    capacity: () => {},
    unitFailed: () => {},
    repairBegan: () => {},
    unitWorks: () => {},
    jobMet: (cause, fate, gpuUs) => {
      met.push(`${cause}:${fate}`);
      lost += gpuUs / 1e6;
    },
    spareJoined: () => {},
  };
  const stories = runSmall({
    hosts,
    ...(more.hostSpecs === undefined ? {} : { hostSpecs: more.hostSpecs }),
    jobs,
    policy: fifo,
    horizon: more.horizon ?? 10_000,
    faults: (fleet) => ({ ...NO_FAULTS, listener, ...faults(fleet) }),
  });
  return { story: (name: string) => stories.get(name)!, met, lost };
}

describe('A failure ends what runs there', () => {
  test('a host that fails sends its job back to its last checkpoint, and takes it again when it is mended', () => {
    const { story, met, lost } = run(
      [2],
      [{ name: 'j', at: 0, runs: 100, gpus: 2, claim: every(30) }],
      () => ({ units: [logged(hostUnit(0), [70, 50])] }),
    );
    // 70 s done, 60 kept; again from 120 s with 40 to do.
    expect(story('j').starts.map(({ at }) => at)).toEqual([0, 120]);
    expect(story('j').end).toBe(160);
    expect(story('j').lost).toBe(10);
    expect(lost).toBe(20);
    expect(met).toEqual(['host:restarted']);
  });

  test('a checkpoint that is finished at the instant of the failure counts, and reading it back takes time', () => {
    const { story } = run([1], [{ name: 'j', at: 0, runs: 90, claim: every(30, 3, 7) }], () => ({
      units: [logged(hostUnit(0), [66, 10])],
    }));
    // Two intervals of 33 s; 7 s to read back, then 33 s for the third.
    expect(story('j').end).toBeCloseTo(66 + 10 + 7 + 33, 5);
    expect(story('j').lost).toBeCloseTo(0, 5);
  });

  test('a GPU that fails ends its own jobs only, and takes nobody until it is mended', () => {
    const { story } = run(
      [2],
      [
        { name: 'a', at: 0, runs: 100 },
        { name: 'b', at: 0, runs: 100 },
        { name: 'c', at: 20, runs: 10 },
      ],
      (fleet) => ({ units: [logged(gpuUnit(fleet, 0, 0), [40, 500])] }),
    );
    expect(story('b').end).toBe(100);
    // a lost 40 s and waits for the GPU of b, before c: it arrived earlier.
    expect(story('a').starts.map(({ at }) => at)).toEqual([0, 100]);
    expect(story('a').end).toBe(200);
    expect(story('c').starts[0]?.at).toBe(200);
  });

  test.each(['first-fit', 'best-fit', 'worst-fit', 'fgd', 'gpu-packing', 'random'] as const)(
    'under %s nobody is placed on the GPU that is down',
    (placement) => {
      const seen: number[] = [];
      runSmall({
        hosts: [3],
        placement,
        jobs: Array.from({ length: 6 }, (_, i) => ({ name: `j${i}`, at: 10 + i, runs: 50, milli: 500 })),
        policy: fifo,
        horizon: 10_000,
        observer: {
          placed: (_at, _job, parts) => {
            seen.push(...parts.flatMap(({ gpus }) => gpus));
          },
        },
        faults: (fleet) => ({ ...NO_FAULTS, units: [logged(gpuUnit(fleet, 0, 0), [1, 5000])] }),
      });
      expect(seen).toHaveLength(6);
      expect(seen).not.toContain(0);
    },
  );

  test('a rack is all its hosts, and a host that is down for two reasons works when both are over', () => {
    const rack: FaultUnit = { kind: 'rack', name: 'r', hosts: [0, 1], gpu: -1 };
    const { story } = run(
      [1, 1, 1],
      [0, 1, 2].map((i) => ({ name: `j${i}`, at: 0, runs: 100 })),
      () => ({ units: [logged(rack, [50, 20]), logged(hostUnit(0), [60, 100])] }),
    );
    expect(story('j2').end).toBe(100);
    // Host 1 works again at 70, host 0 at 160; host 2 is free at 100.
    expect(story('j0').end).toBe(170);
    expect(story('j1').starts.map(({ at }) => at)).toEqual([0, 100]);
  });

  test('jobs fail for good where the scenario says so, or after so many retries', () => {
    const jobs = [{ name: 'j', at: 0, runs: 100, gpus: 1 }];
    const units = () => [logged(hostUnit(0), [60, 5], [130, 5], [200, 5])];
    const fatal = run([1], jobs, () => ({ units: units(), jobs: 'fail' }));
    expect(fatal.story('j')).toMatchObject({ end: undefined });
    expect(fatal.met).toEqual(['host:failed']);
    expect(fatal.lost).toBe(60);
    const twice = run([1], jobs, () => ({ units: units(), retries: 1 }));
    expect(twice.met).toEqual(['host:restarted', 'host:failed']);
    expect(twice.lost).toBe(60 + 65);
    expect(run([1], jobs, () => ({ units: units(), retries: 3 })).story('j').end).toBe(305);
  });

  test('a network link that fails ends gangs over several hosts, and lets others go on', () => {
    const uplink: FaultUnit = { kind: 'uplink', name: 'h0', hosts: [0], gpu: -1 };
    const { story } = run(
      [3, 2],
      [
        // Best fit: one worker on host 1, which it fills, the other beside `local` on host 0.
        { name: 'gang', at: 0, runs: 100, workers: [2, 2] },
        { name: 'local', at: 0, runs: 100 },
      ],
      () => ({ units: [logged(uplink, [50, 100])] }),
    );
    expect(new Set(story('gang').starts[0]?.hosts)).toEqual(new Set([0, 1]));
    expect(story('local').starts).toEqual([{ at: 0, hosts: [0] }]);
    expect(story('local').end).toBe(100);
    expect(story('gang').starts[1]?.at).toBe(150);
  });

  test('crews take failures in order, and the second waits for the first', () => {
    const waits: number[] = [];
    const crewed = (host: number, at: number, lasts: number) => ({
      ...logged(hostUnit(host), [at, lasts]),
      needsCrew: true,
    });
    runSmall({
      hosts: [1, 1, 1],
      jobs: [],
      policy: fifo,
      horizon: 1000,
      faults: () => ({
        ...NO_FAULTS,
        crews: 1,
        units: [crewed(0, 10, 100), crewed(1, 30, 50), crewed(2, 20, 10)],
        listener: {
          capacity: () => {},
          unitFailed: () => {},
          repairBegan: (_kind, waitedUs) => waits.push(waitedUs / 1e6),
          unitWorks: () => {},
          jobMet: () => {},
          spareJoined: () => {},
        },
      }),
    });
    expect(waits).toEqual([0, 90, 90]);
  });
});

describe('Maintenance windows', () => {
  const window = { atUs: 100e6, forUs: 50e6, drainUs: 40e6, hosts: [0], migratePath: null };

  test('a host is drained before the window and closed in it', () => {
    const { story, met } = run(
      [1],
      [
        { name: 'short', at: 0, runs: 90 },
        { name: 'next', at: 5, runs: 10 },
      ],
      () => ({ windows: [{ ...window, running: 'wait' }] }),
    );
    expect(story('short').end).toBe(90);
    expect(story('next').starts.map(({ at }) => at)).toEqual([150]);
    expect(met).toEqual([]);
  });

  test('who is still there when it begins is ended, unless it could save its state at the drain', () => {
    const long = { name: 'j', at: 0, runs: 200 };
    const killed = run([1], [long], () => ({ windows: [{ ...window, running: 'wait' }] }));
    expect(killed.story('j').end).toBe(350);
    expect(killed.met).toEqual(['maintenance:restarted']);
    const saved = run([1], [{ ...long, claim: every(Number.POSITIVE_INFINITY, 10, 5) }], () => ({
      windows: [{ ...window, running: 'stop' }],
    }));
    // 60 s done and saved; 5 s to read back at 150, 140 to do.
    expect(saved.met).toEqual(['maintenance:saved']);
    expect(saved.story('j').lost).toBe(0);
    expect(saved.story('j').end).toBe(295);
  });

  test('what was saved for a window is kept when the host fails later', () => {
    const { story } = run(
      [1],
      [{ name: 'j', at: 0, runs: 200, claim: every(Number.POSITIVE_INFINITY, 10, 5) }],
      () => ({ windows: [{ ...window, running: 'stop' }], units: [logged(hostUnit(0), [200, 20])] }),
    );
    // Runs again from 155, has done 105 at 200; falls back to 60; back at 220, 5 s to read, 140 to do.
    expect(story('j').lost).toBe(45);
    expect(story('j').end).toBe(365);
  });
});

describe('Checkpoints after a window', () => {
  test('intervals count from what was saved for it', () => {
    const { story } = run([1], [{ name: 'j', at: 0, runs: 200, claim: every(40, 0, 5) }], () => ({
      windows: [{ atUs: 100e6, forUs: 50e6, drainUs: 40e6, hosts: [0], migratePath: null, running: 'stop' }],
      units: [logged(hostUnit(0), [200, 20])],
    }));
    // 60 s saved; runs again from 155, has done 105 at 200, of which 60 + 40 are kept; 5 s to read back, 100 to do.
    expect(story('j').lost).toBe(5);
    expect(story('j').end).toBe(325);
  });
});

describe('Spare hosts', () => {
  test('the first that stands by takes the place of the one that is down, and nobody moves back', () => {
    const { story } = run(
      [1, 1, 1],
      [
        { name: 'a', at: 0, runs: 100 },
        { name: 'b', at: 0, runs: 100 },
        { name: 'c', at: 1, runs: 10 },
      ],
      () => ({
        units: [logged(hostUnit(0), [50, 20])],
        spares: [{ hosts: [0, 1, 2], standby: 1, switchOverUs: 10e6 }],
      }),
    );
    expect(story('a').starts).toEqual([
      { at: 0, hosts: [0] },
      { at: 60, hosts: [2] },
    ]);
    // Host 0 stands by from 70 on: c waits for b.
    expect(story('c').starts).toEqual([{ at: 100, hosts: [1] }]);
  });

  test('nothing of a host that stands by again breaks down', () => {
    const { story } = run([1, 1], [{ name: 'a', at: 0, runs: 100 }], (fleet) => ({
      units: [
        logged(hostUnit(0), [10, 20]),
        logged(hostUnit(1), [60, 500]),
        logged(gpuUnit(fleet, 0, 0), [50, 500]),
      ],
      spares: [{ hosts: [0, 1], standby: 1, switchOverUs: 0 }],
    }));
    // Host 0 is mended at 30 and is off until it joins again at 60, so that its GPU does not fail at 50.
    expect(story('a').starts).toEqual([
      { at: 0, hosts: [0] },
      { at: 10, hosts: [1] },
      { at: 60, hosts: [0] },
    ]);
    expect(story('a').end).toBe(160);
  });
});
