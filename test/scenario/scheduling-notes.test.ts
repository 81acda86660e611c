import { describe, expect, test } from 'vitest';
import { normalizeScenario } from '../../sim/index.ts';

const document = (policy: object, classes: object = {}, hosts: object = {}) => ({
  apiVersion: 'slicewise/v1',
  name: 'turns',
  fleet: {
    hosts: [{ name: 'a', count: 2, cpu: 8, memory: '8GiB', gpus: { model: 'L4', count: 2 }, ...hosts }],
  },
  workload: {
    synthetic: {
      tasks: 3,
      arrivals: { process: 'poisson', rate: '1/h' },
      classes: [
        {
          name: 'c',
          cpu: 1,
          memory: '1GiB',
          gpus: 2,
          lifetime: { kind: 'exponential', mean: '1h' },
          ...classes,
        },
      ],
    },
  },
  policy,
});

/** Notes about the scheduling, `path: message`. */
function notes(policy: object, classes: object = {}, hosts: object = {}): readonly string[] {
  const result = normalizeScenario(document(policy, classes, hosts));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.notes
    .filter(({ path }) => path.startsWith('policy'))
    .map(({ path, message }) => `${path}: ${message}`);
}

describe('A scheduling section is noted on', () => {
  test.each([
    ['ageing', '1h', 'priority', 'las'],
    ['halfLife', '1h', 'fair-share', 'wfq'],
    ['weights', { x: 2 }, 'fair-share, wfq, drf, max-min', 'ftf'],
    ['resourceWeights', { compute: 1, memory: 1 }, 'wfq', 'drf'],
    ['attainedLimits', [10], 'las', 'fifo'],
    ['promoteAfter', 8, 'las', 'srtf'],
    ['queueOrder', 'first-start', 'las', 'wfq'],
    ['quotas', { x: { guaranteed: 1 } }, 'quotas', 'fifo'],
  ])('where the discipline does not read %s', (key, value, readers, other) => {
    expect(notes({ queueing: other, scheduling: { [key]: value } })).toEqual([
      `policy.scheduling.${key}: has no effect: it is for queueing ${readers}, not ${other}`,
    ]);
    const [first] = readers.split(', ');
    expect(notes({ queueing: first, scheduling: { [key]: value } })).toEqual([]);
  });

  test('pool by pool', () => {
    const pools = [{ name: 'p', hosts: ['a-0001'], queueing: 'quotas', scheduling: { ageing: '1h' } }];
    expect(notes({ pools })).toEqual([
      'policy.pools[0].scheduling.ageing: has no effect: it is for queueing priority, not quotas',
    ]);
  });

  test('where rules are for another rule', () => {
    const scheduling = { depth: 5, stopBy: 'kill', minRun: '5m', keepPlace: false };
    expect(notes({ queueing: 'fifo', scheduling })).toEqual([
      'policy.scheduling.depth: has no effect: fill is neither easy nor conservative',
      'policy.scheduling.keepPlace: has no effect: preemption is none, not refill',
      'policy.scheduling.stopBy: has no effect: preemption is none',
      'policy.scheduling.minRun: has no effect: preemption is none',
    ]);
    expect(notes({ scheduling: { ...scheduling, fill: 'easy', preemption: 'refill' } })).toEqual([]);
  });

  test('where jobs are to migrate and cannot', () => {
    const policy = (scheduling: object) => ({
      queueing: 'priority',
      scheduling: { stopBy: 'migrate', ...scheduling },
    });
    const shared = { sharing: { mode: 'vgpu' } };
    const slot = { gpus: 1, slot: { profile: 'L4-12Q' } };
    expect(notes(policy({}))).toEqual([
      'policy.scheduling.stopBy: is as checkpoint: no GPU of the fleet can migrate',
    ]);
    expect(notes(policy({}), slot, shared)).toEqual([]);
    expect(notes(policy({ migrate: 'vsphere-7.0' }), slot, shared)).toEqual([]);
    expect(notes(policy({ migrate: 'vsphere-5' }), slot, shared)[0]).toMatch(
      /^policy.scheduling.migrate: is no way that a GPU of the fleet can migrate \(.*vsphere-7.0.*\): as checkpoint$/,
    );
    expect(notes(policy({ preemption: 'refill' }), slot, shared)).toEqual([
      'policy.scheduling.stopBy: is as checkpoint: only evict lets jobs in the way migrate',
    ]);
  });

  test('where jobs that lose their work may stop each other for ever under ftf', () => {
    const message =
      'policy.scheduling.stopBy: without minRun, jobs that lose their work may stop each other for ever under ftf';
    expect(notes({ queueing: 'ftf', scheduling: { stopBy: 'kill' } })).toEqual([message]);
    expect(notes({ queueing: 'ftf', scheduling: { stopBy: 'kill', minRun: '1m' } })).toEqual([]);
    expect(notes({ queueing: 'ftf', scheduling: { stopBy: 'checkpoint' } })).toEqual([]);
    expect(notes({ queueing: 'srtf', scheduling: { stopBy: 'kill' } })).toEqual([]);
  });

  const las = (scheduling: object) => ({
    queueing: 'las',
    scheduling: { promoteAfter: 8, attainedLimits: [100, 200], ...scheduling },
  });
  const saves = (save: string, restore: string, every?: string) => ({
    checkpoint: { save, restore, ...(every === undefined ? {} : { every }) },
  });

  // Two GPUs: a limit of 100 GPU-seconds is 50 s.
  test.each([
    ['saving and reading back take 51 s', { stopBy: 'checkpoint' }, saves('21s', '30s'), true],
    ['saving and reading back take 50 s', { stopBy: 'checkpoint' }, saves('20s', '30s'), false],
    ['it cannot save', { stopBy: 'checkpoint' }, {}, true],
    ['stopping is free', {}, saves('21s', '30s'), false],
    ['nobody is stopped', { stopBy: 'checkpoint', preemption: 'none' }, saves('21s', '30s'), undefined],
    ['nobody is promoted', { stopBy: 'checkpoint', promoteAfter: null }, saves('21s', '30s'), false],
    ['it saves by itself often enough', { stopBy: 'kill' }, saves('1s', '20s', '30s'), false],
    ['it saves by itself too rarely', { stopBy: 'kill' }, saves('1s', '20s', '31s'), true],
    ['it may not be stopped', { stopBy: 'kill' }, { preemptible: false }, false],
    ['it is a gang of two', { stopBy: 'checkpoint' }, { ...saves('15s', '15s'), workers: 2 }, true],
  ])(
    'where promoted jobs may stop each other for ever under las: %s',
    (_title, scheduling, classes, isNoted) => {
      const found = notes(las(scheduling), classes).filter((note) => note.includes('promoteAfter'));
      expect(found.length > 0).toBe(isNoted === true);
      if (isNoted === true) expect(found[0]).toContain('class "c"');
    },
  );
});

test.each([
  [{ weights: { x: 0 } }, 'policy.scheduling.weights.x'],
  [{ weights: { x: -1 } }, 'policy.scheduling.weights.x'],
  [{ quotas: { x: { weight: 0 } } }, 'policy.scheduling.quotas.x.weight'],
  [{ stopBy: 'kill', migrate: 'vsphere-7.0' }, 'policy.scheduling.migrate'],
])('%j is refused', (scheduling, path) => {
  const result = normalizeScenario(document({ queueing: 'drf', scheduling }));
  expect(result.ok ? [] : result.problems.map((problem) => problem.path)).toEqual([path]);
});

test('the way to migrate stands in the canonical form and reaches the scenario', () => {
  const policy = { queueing: 'priority', scheduling: { stopBy: 'migrate', migrate: 'vsphere-7.0' } };
  const result = normalizeScenario(document(policy));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(result.document.policy).toMatchObject({ scheduling: { stopBy: 'migrate', migrate: 'vsphere-7.0' } });
  expect(result.scenario.policy.scheduling).toMatchObject({ way: 'migrate', migratePath: 'vsphere-7.0' });
});
