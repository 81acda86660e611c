import { describe, expect, test } from 'vitest';
import { createDistribution } from '../../sim/kernel/distributions/index.ts';
import type { ScenarioDocument } from '../../sim/scenario/index.ts';
import { dayOf, normalized, problemsOf } from './problems-of.ts';

type Service = NonNullable<ScenarioDocument['workload']['services']>[number];
type Group = NonNullable<ScenarioDocument['workload']['sessions']>[number];

const service = (more: Partial<Service> = {}): Service => ({
  name: 's',
  cpu: 2,
  memory: '8GiB',
  traffic: { kind: 'open', arrivals: { process: 'poisson', rate: '10/s' } },
  batch: { times: ['10ms', '15ms'] },
  ...more,
});
const group = (more: Partial<Group> = {}): Group => ({
  name: 'g',
  cpu: 2,
  memory: '8GiB',
  users: 10,
  ...more,
});

const serviceOf = (more: Partial<Service>) => {
  const { document, scenario } = normalized(dayOf({ services: [service(more)] }));
  return { written: document.workload.services?.[0], resolved: scenario.workload.services[0] };
};
const groupOf = (more: Partial<Group>) => {
  const { document, scenario } = normalized(dayOf({ sessions: [group(more)] }));
  return { written: document.workload.sessions?.[0], resolved: scenario.workload.sessions[0] };
};
const serviceProblems = (more: Partial<Service>) => problemsOf(dayOf({ services: [service(more)] }));
const groupProblems = (more: Partial<Group>) => problemsOf(dayOf({ sessions: [group(more)] }));

describe('services', () => {
  test('have defaults for all that is not said', () => {
    const { written, resolved } = serviceOf({});
    expect(written).toMatchObject({
      gpus: 1,
      gpu: '1000m',
      replicas: 1,
      batch: { times: ['10ms', '15ms'], max: 2, wait: '0s' },
      variability: null,
      concurrency: 1,
      dispatch: 'shortest-queue',
      objective: null,
    });
    expect(resolved).toMatchObject({
      name: 's',
      cpuMilli: 2000,
      memoryMib: 8192,
      gpuCount: 1,
      replicas: 1,
      traffic: { kind: 'open', arrivals: { process: 'poisson', ratePerSecond: 10 } },
      batchSec: [0.01, 0.015],
      maxBatch: 2,
      batchWaitUs: 0,
      variability: null,
      objectiveUs: null,
    });
  });

  test('a closed loop without think time asks at once', () => {
    const { written, resolved } = serviceOf({ traffic: { kind: 'closed', clients: 8 } });
    expect(written?.traffic).toEqual({
      kind: 'closed',
      clients: 8,
      think: { kind: 'constant', value: '0s' },
    });
    expect(resolved?.traffic).toEqual({
      kind: 'closed',
      clients: 8,
      thinkSec: { kind: 'constant', value: 0 },
    });
  });

  test('times that repeat the last say nothing more, the largest batch stays', () => {
    const { written, resolved } = serviceOf({ batch: { times: ['10ms', '0.012s', '12ms', '12000us'] } });
    expect(written?.batch).toEqual({ times: ['10ms', '12ms'], max: 4, wait: '0s' });
    expect(resolved).toMatchObject({ batchSec: [0.01, 0.012], maxBatch: 4 });
  });

  test('of variability only the form counts: its mean is 1', () => {
    const forms = [
      { kind: 'gamma', shape: 4, mean: 2 },
      { kind: 'lognormal', median: 7, sigma: 0.8 },
      { kind: 'discrete', values: [1, 9], weights: [3, 1] },
      { kind: 'pareto', shape: 3, min: 5 },
      {
        kind: 'empirical',
        quantiles: [
          [0, 1],
          [0.9, 2],
          [1, 30],
        ],
      },
      {
        kind: 'mixture',
        parts: [
          { kind: 'uniform', weight: 1, min: 1, max: 3 },
          { kind: 'weibull', weight: 2, shape: 2, scale: 4 },
        ],
      },
      { kind: 'normal', mean: 3, sd: 1 },
    ] as const;
    for (const form of forms) {
      const plain = createDistribution(
        serviceOf({ variability: form as never }).resolved?.variability as never,
      );
      expect(plain.mean()).toBeCloseTo(1, 9);
      // The relative spread is the form's own.
      expect(plain.variance()).toBeGreaterThan(0.01);
    }
    const { variability } = serviceOf({ variability: { kind: 'gamma', shape: 4, mean: 2 } }).resolved ?? {};
    expect(variability).toEqual({ kind: 'gamma', shape: 4, scale: 0.25 });
    expect(serviceProblems({ variability: { kind: 'pareto', shape: 1, min: 1 } })).toEqual([
      'workload.services[0].variability: must have a finite mean above 0, got a mean of Infinity',
    ]);
  });

  test('need a batch, names of their own, and something that arrives', () => {
    const { batch: _batch, ...bare } = service();
    expect(problemsOf(dayOf({ services: [bare, service()] }))).toEqual([
      'workload.services[1].name: must be a name of its own, got "s" as at position 0',
      'workload.services[0].batch: is missing: must be a mapping with the times of a batch, such as {times: [12ms, 15ms]}',
    ]);
    const quiet = { rate: '0/s', mean: '1m' };
    const states = (states: (typeof quiet)[]) =>
      serviceProblems({ traffic: { kind: 'open', arrivals: { process: 'markov-modulated', states } } });
    expect(states([quiet, quiet])).toEqual([
      'workload.services[0].traffic.arrivals.states: must have at least one rate above 0, got only 0',
    ]);
    expect(states([quiet, { rate: '1/s', mean: '1m' }])).toEqual([]);
    expect(states([{ rate: '0.001/d', mean: '1us' }, quiet])[0]).toMatch(/must change at most 1000000 times/);
    expect(
      serviceProblems({
        traffic: {
          kind: 'open',
          arrivals: { process: 'bursts', rate: '1/s', size: { kind: 'constant', value: 0.4 } },
        },
      }),
    ).toEqual([
      'workload.services[0].traffic.arrivals.size: must be 1 or more in at least one burst of 1000000',
    ]);
    expect(
      serviceProblems({
        traffic: {
          kind: 'open',
          arrivals: { process: 'bursts', rate: '1/s', size: { kind: 'constant', value: '3s' } as never },
        },
      })[0],
    ).toMatch(/size\.value: must be a number from 0 to 1000000000, got "3s"/);
    expect(serviceProblems({ gpus: 0 })[0]).toMatch(/gpus: must be a whole number from 1 to 64, got 0/);
  });

  test('more requests than a run can serve are refused', () => {
    expect(
      serviceProblems({ traffic: { kind: 'open', arrivals: { process: 'poisson', rate: '100000/s' } } }),
    ).toEqual([
      'workload.services[0].traffic: must come to at most 1000000000 requests up to the horizon (1d), got about 8.64e+9',
    ]);
    // What replicas can serve bounds a closed loop, however many ask.
    expect(serviceProblems({ traffic: { kind: 'closed', clients: 1_000_000 } })).toEqual([]);
    expect(serviceProblems({ traffic: { kind: 'closed', clients: 1_000_000 }, replicas: 1000 })[0]).toMatch(
      /at most 1000000000 requests/,
    );
    const endless = { process: 'renewal', interarrival: { kind: 'constant', value: '0s' } } as const;
    expect(serviceProblems({ traffic: { kind: 'open', arrivals: endless } })[0]).toMatch(
      /traffic\.arrivals\.interarrival: must have a mean above 0s/,
    );
  });
});

describe('sessions', () => {
  test('all are logged on and active unless something else is said', () => {
    const { written, resolved } = groupOf({});
    expect(written).toMatchObject({ gpus: 1, logon: 'always', duration: null, activity: null, frames: null });
    expect(resolved).toMatchObject({
      users: 10,
      logon: { kind: 'always' },
      durationSec: null,
      activity: null,
      frames: null,
    });
    expect(groupOf({ logon: { kind: 'always' } }).written?.logon).toBe('always');
  });

  test('hours are relative, days are multiples of the sessions a day', () => {
    const hourOfDay = [...Array<number>(12).fill(0), ...Array<number>(12).fill(5)];
    const { resolved } = groupOf({
      logon: { kind: 'daily', hourOfDay, dayOfWeek: [1, 1, 1, 1, 1, 0, 0], perDay: 2 },
      duration: { kind: 'constant', value: '1h' },
    });
    expect(resolved?.logon).toEqual({
      kind: 'daily',
      hourFactors: hourOfDay.map((weight) => weight / 2.5),
      dayFactors: [1, 1, 1, 1, 1, 0, 0],
      perDay: 2,
    });
    expect(resolved?.durationSec).toEqual({ kind: 'constant', value: 3600 });
  });

  test('frames are in milliseconds', () => {
    const { resolved } = groupOf({
      frames: {
        gpu: { kind: 'gamma', shape: 2, mean: '8ms' },
        cpu: '1500us',
        target: 60,
        encode: '2ms',
        network: '10ms',
        deadline: '0.1s',
      },
    });
    expect(resolved?.frames).toMatchObject({
      cpuMs: 1.5,
      targetFps: 60,
      limiterFps: null,
      encodeMs: 2,
      networkMs: 10,
      displayMs: 0,
      deadlineMs: 100,
    });
    expect(createDistribution(resolved?.frames?.gpuMs as never).mean()).toBeCloseTo(8, 12);
  });

  test('who logs on every day also logs off, within the day', () => {
    expect(groupProblems({ logon: { kind: 'daily' } })).toEqual([
      'workload.sessions[0].duration: is missing: users who log on every day must also log off',
    ]);
    expect(groupProblems({ logon: { kind: 'daily' }, duration: null })[0]).toMatch(/duration: is empty/);
    expect(groupProblems({ logon: { kind: 'storm', at: '25h', spread: '10m', daily: false } })).toEqual([]);
    expect(
      groupProblems({
        logon: { kind: 'storm', at: '25h', spread: '10m' },
        duration: { kind: 'constant', value: '8h' },
      }),
    ).toEqual(['workload.sessions[0].logon.at: must be below 1d where it happens every day, got 25h']);
    expect(
      normalized(dayOf({ sessions: [group({ duration: { kind: 'constant', value: '8h' } })] })).notes,
    ).toContainEqual({
      path: 'workload.sessions[0].duration',
      message: 'has no effect where logon is always',
    });
  });

  test('periods take time, and there is some activity', () => {
    const zero = { kind: 'constant', value: '0s' } as const;
    const hour = { kind: 'constant', value: '1h' } as const;
    expect(groupProblems({ activity: { on: zero, off: hour } })[0]).toMatch(
      /activity\.on: must have a finite mean above 0/,
    );
    expect(groupProblems({ activity: { on: hour, off: zero } })).toEqual([]);
    expect(
      groupProblems({ activity: { on: hour, off: { kind: 'pareto', shape: 1, min: '1s' } } })[0],
    ).toMatch(/activity\.off: must have a finite mean, got a mean of Infinity/);
    const fast = { kind: 'constant', value: '1us' } as const;
    expect(groupProblems({ activity: { on: fast, off: zero } })[0]).toMatch(
      /at most 1000000000 logons and changes of activity up to the horizon \(1d\)/,
    );
    expect(
      groupProblems({ logon: { kind: 'daily', hourOfDay: Array(24).fill(0) }, duration: hour })[0],
    ).toMatch(/logon\.hourOfDay: must hold at least one weight above 0/);
    expect(groupProblems({ logon: { kind: 'daily', perDay: 1e-6 }, duration: hour })[0]).toMatch(
      /logon\.perDay: must come to at least 0\.001 sessions/,
    );
  });

  test('an unknown way to log on names the known ones', () => {
    expect(groupProblems({ logon: 'dayly' as 'always' })[0]).toBe(
      'workload.sessions[0].logon: must be always, or logons with a kind: one of always, daily, storm, got "dayly"',
    );
    expect(groupProblems({ logon: { kind: 'strom' } as never })[0]).toMatch(
      /logon\.kind: must be one of always, daily, storm, got "strom" \(did you mean "storm"\?\)/,
    );
  });
});

describe('work without end', () => {
  const workload = { services: [service()], sessions: [group()] };

  test('needs a timed experiment with a horizon', () => {
    const { experiment: _experiment, ...bare } = dayOf(workload);
    expect(problemsOf(bare)).toEqual([
      'experiment: is missing: services and sessions go on until a horizon, such as {kind: timed, horizon: 1d}',
    ]);
    expect(problemsOf({ ...bare, experiment: { kind: 'timed', horizon: null } })).toEqual([
      'experiment.horizon: is empty: services and sessions go on until a horizon, such as {kind: timed, horizon: 1d}',
    ]);
    expect(problemsOf({ ...bare, experiment: { kind: 'fill' } }).map((line) => line.split(': ')[0])).toEqual([
      'workload.services',
      'workload.sessions',
    ]);
  });

  test('stands beside tasks, or alone', () => {
    const { scenario } = normalized(dayOf(workload));
    expect(scenario.workload).toMatchObject({ trace: null, synthetic: null });
    expect(scenario.workload.services).toHaveLength(1);
    expect(scenario.workload.sessions).toHaveLength(1);
    expect(problemsOf(dayOf({ services: [] }))[0]).toMatch(/must be a list of 1 to 1000 services/);
  });
});
