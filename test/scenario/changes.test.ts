import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostName, type ScenarioDocument } from '../../sim/scenario/index.ts';
import { changeSteps, type Shared } from '../../sim/scenario/resolve/change-steps.ts';
import { HostNames } from '../../sim/scenario/resolve/host-names.ts';
import { SHARING_MODES } from '../../sim/sharing/index.ts';
import { host, normalized, problemsOf, scenarioOf } from './problems-of.ts';

type Changes = NonNullable<ScenarioDocument['changes']>;
type Groups = NonNullable<ScenarioDocument['fleet']['hosts']>;
type Class = Parameters<typeof scenarioOf>[1];

const MIG = host({ name: 'mig', count: 3, sharing: 'mig' });
const VDI = host({ name: 'vdi', count: 20, gpus: { model: 'A16', count: 4 }, sharing: 'vgpu' });
const PLAIN = host({ name: 'plain' });
const FLEET = [MIG, VDI, PLAIN];

const withChanges = (changes: Changes, groups: Groups = FLEET, more: Class = {}): ScenarioDocument => ({
  ...scenarioOf(groups, more),
  changes,
});
const problemsWith = (changes: Changes, groups?: Groups) => problemsOf(withChanges(changes, groups));
const notesWith = (changes: Changes, groups?: Groups) =>
  normalized(withChanges(changes, groups))
    .notes.filter(({ path }) => path.startsWith('changes'))
    .map(({ path, message }) => `${path}: ${message}`);

describe('planned changes in numbers', () => {
  test('a change with nothing left out', () => {
    const { scenario } = normalized(
      withChanges([
        {
          at: '4h',
          hosts: ['vdi-0019', 'vdi-0003'],
          sharing: { mode: 'vgpu', sizes: 'mixed' },
          path: 'size-mode',
          closed: '30m',
          running: 'migrate',
          migrate: 'vsphere-7.0',
        },
      ]),
    );
    expect(scenario.changes).toEqual([
      {
        atUs: 4 * 3600e6,
        hosts: ['vdi-0003', 'vdi-0019'],
        sharing: { mode: 'vgpu', sizes: 'mixed', scheduler: 'best-effort', sliceMs: null, series: null },
        path: 'size-mode',
        closedUs: 1800e6,
        running: 'migrate',
        migratePath: 'vsphere-7.0',
      },
    ]);
  });

  test('a change that says only when and where is maintenance without length', () => {
    const { document, scenario } = normalized(withChanges([{ at: '0s', hosts: 'plain' }]));
    expect(document.changes).toEqual([
      { at: '0s', hosts: ['plain'], sharing: null, path: null, closed: '0s', running: 'wait', migrate: null },
    ]);
    expect(scenario.changes).toEqual([
      {
        atUs: 0,
        hosts: ['plain'],
        sharing: null,
        path: null,
        closedUs: 0,
        running: 'wait',
        migratePath: null,
      },
    ]);
  });

  test('no changes say nothing in the canonical form', () => {
    expect(normalized(withChanges([])).document).toEqual(normalized(scenarioOf(FLEET)).document);
    expect(normalized(withChanges([])).document).not.toHaveProperty('changes');
    expect(normalized(scenarioOf(FLEET)).scenario.changes).toEqual([]);
  });

  test('are in the order of their times, those of one time as written', () => {
    const { document, scenario } = normalized(
      withChanges([
        { at: '2h', hosts: 'plain', closed: '1s' },
        { at: '60m', hosts: 'vdi', closed: '2s' },
        { at: '120m', hosts: 'mig', closed: '3s' },
        { at: '1h', hosts: 'plain', closed: '4s' },
      ]),
    );
    expect(scenario.changes.map(({ closedUs }) => closedUs / 1e6)).toEqual([2, 4, 1, 3]);
    expect(document.changes?.map(({ at, closed }) => `${at} ${closed}`)).toEqual([
      '1h 2s',
      '1h 4s',
      '2h 1s',
      '2h 3s',
    ]);
  });

  test('name every host once in the order of the fleet, as a filter over all names would', () => {
    const group = fc.record({
      name: fc.constantFrom('a', 'b-1', 'c'),
      count: fc.integer({ min: 1, max: 12 }),
    });
    const groups = fc.uniqueArray(group, { minLength: 1, maxLength: 3, selector: ({ name }) => name });
    const chosen = groups.chain((list) => {
      const all = list.flatMap(({ name, count }) =>
        Array.from({ length: count }, (_, i) => ({ group: name, name: hostName(name, i, count) })),
      );
      const names = [...new Set([...list.map(({ name }) => name), ...all.map(({ name }) => name)])];
      return fc.tuple(fc.constant(list), fc.constant(all), fc.shuffledSubarray(names, { minLength: 1 }));
    });
    fc.assert(
      fc.property(chosen, ([list, all, names]) => {
        // A host beside its own group would be a problem.
        const wanted = names.filter(
          (name) =>
            !all.some((each) => each.name === name && each.group !== name && names.includes(each.group)),
        );
        const document = withChanges(
          [{ at: '1h', hosts: wanted }],
          list.map((each) => host(each)),
        );
        const expected = all.filter((each) => wanted.includes(each.name) || wanted.includes(each.group));
        expect(normalized(document).scenario.changes[0]?.hosts).toEqual(expected.map(({ name }) => name));
      }),
      { numRuns: 100 },
    );
  });
});

describe('hosts of a change', () => {
  test('are there: a misspelt name is told the nearest group or host', () => {
    expect(problemsWith([{ at: '4h', hosts: 'mgi' }])).toEqual([
      'changes[0].hosts: must be a host group or a host of the fleet, such as mig-0000, got "mgi" (did you mean "mig"? accepted: mig, vdi, plain)',
    ]);
    expect(problemsWith([{ at: '4h', hosts: ['vdi-003', 'vdi-0019', 'vdi-0099'] }])).toEqual([
      expect.stringMatching(/^changes\[0\]\.hosts\[0\]: .*got "vdi-003" \(did you mean "vdi-0003"\?/),
      expect.stringMatching(/^changes\[0\]\.hosts\[2\]: .*got "vdi-0099" \(did you mean "vdi-0019"\?/),
    ]);
    // A group of one host has no numbers, and numbers have the digits that hosts have.
    for (const name of ['plain-0000', 'vdi-0020', 'vdi-00003', 'vdi-', '-0001', 'toString']) {
      expect(problemsWith([{ at: '4h', hosts: name }])).toHaveLength(1);
    }
  });

  test('are each there once', () => {
    const again = (at: number) =>
      expect.stringMatching(
        new RegExp(`^changes\\[0\\]\\.hosts\\[${at}\\]: must be hosts that the list does not`),
      );
    expect(problemsWith([{ at: '4h', hosts: ['vdi-0001', 'vdi', 'plain', 'vdi-0002', 'plain'] }])).toEqual([
      again(1),
      again(3),
      again(4),
    ]);
  });

  test('a name of a group and of a host of another is of neither', () => {
    const groups = [host({ name: 'a', count: 5 }), host({ name: 'a-0001', count: 2 })];
    expect(problemsWith([{ at: '4h', hosts: ['a-0001', 'a-0001-0001', 'a-0002'] }], groups)).toEqual([
      'changes[0].hosts[0]: is the name of a host group and of a host of group "a" (give one of the groups another name)',
    ]);
  });

  test('are a list, a group or a host', () => {
    const form = 'must be a host group, a host, or a list of these';
    expect(problemsWith([{ at: '4h', hosts: 5 as never }])[0]).toBe(`changes[0].hosts: ${form}, got 5`);
    expect(problemsWith([{ at: '4h' } as never])[0]).toBe(`changes[0].hosts: is missing: ${form}`);
    expect(problemsWith([{ at: '4h', hosts: [] }])[0]).toMatch(/must be a list of 1 to 10000 host groups/);
  });

  test('are not endlessly many', () => {
    const groups = [host({ name: 'big', count: 500_000 })];
    const weekly = (count: number) =>
      problemsWith(
        Array.from({ length: count }, (_, i) => ({ at: `${i}h`, hosts: 'big', closed: '1m' })),
        groups,
      );
    expect(weekly(20)).toEqual([]);
    expect(weekly(21)).toEqual(['changes: must change at most 10000000 hosts in all, got 10500000']);
  });

  test('of a trace are taken by name, for maintenance only', () => {
    const traced = (change: object) => ({
      ...withChanges([{ at: '1h', hosts: ['openb-node-0001', 'any'], ...change }]),
      fleet: { trace: { format: 'openb' as const, nodes: 'nodes.csv' } },
    });
    expect(normalized(traced({ running: 'stop', closed: '1h' })).scenario.changes[0]).toMatchObject({
      hosts: ['openb-node-0001', 'any'],
      running: 'stop',
      closedUs: 3600e6,
    });
    expect(problemsOf(traced({ sharing: 'mig', running: 'migrate' }))).toEqual([
      expect.stringMatching(/^changes\[0\]\.sharing: needs hosts that the scenario states/),
      expect.stringMatching(/^changes\[0\]\.running: must be wait or stop, .*hosts of a trace/),
    ]);
    expect(problemsOf(traced({ hosts: ['x', 'x'] }))).toHaveLength(1);
  });
});

describe('times of changes', () => {
  test('need a timed experiment', () => {
    const changes: Changes = [{ at: '1h', hosts: 'plain' }];
    expect(problemsOf({ ...withChanges(changes), experiment: { kind: 'fill' } })).toEqual([
      'changes: needs a timed experiment: a fill experiment has no time (state experiment: {kind: timed, horizon: 1d})',
    ]);
    expect(problemsOf({ ...withChanges([]), experiment: { kind: 'fill' } })).toEqual([]);
    expect(problemsOf({ ...withChanges(changes), experiment: { kind: 'timed' } })).toEqual([]);
  });

  test('come before the horizon', () => {
    const changes = ['0s', '23h', '24h', '25h'].map((at) => ({ at, hosts: 'plain' }));
    expect(problemsOf({ ...withChanges(changes), experiment: { kind: 'timed', horizon: '1d' } })).toEqual([
      'changes[2].at: must be before horizon (1d), got 24h',
      'changes[3].at: must be before horizon (1d), got 25h',
    ]);
  });
});

describe('other sharing', () => {
  test('must be possible on every GPU of the hosts', () => {
    expect(
      problemsWith([{ at: '1h', hosts: ['mig', 'vdi-0003', 'plain'], sharing: { mode: 'mig' } }]),
    ).toEqual(['changes[0].sharing.mode: needs a GPU with MIG, got NVIDIA A16 (GPU "A16")']);
    expect(
      problemsWith([{ at: '1h', hosts: 'mig', sharing: { mode: 'mig', layout: ['3g.40gb@1'] } }]),
    ).toEqual([expect.stringMatching(/^changes\[0\]\.sharing\.layout: /)]);
    expect(problemsWith([{ at: '1h', hosts: 'mig', sharing: 'time-slicing' as 'mig' }])).toEqual([
      expect.stringMatching(/^changes\[0\]\.sharing: must be a mapping with a mode and its options/),
    ]);
  });

  test('takes GPUs whose names and memory are known', () => {
    const unknown = [
      MIG,
      host({ name: 'x', gpus: { model: 'A100', count: 1 } }),
      host({ gpus: { model: 'Y', count: 1 } }),
    ];
    expect(problemsWith([{ at: '1h', hosts: 'x', closed: '1m' }], unknown)).toEqual([]);
    expect(problemsWith([{ at: '1h', hosts: ['x', 'h'], sharing: 'passthrough' }], unknown)).toEqual([
      expect.stringMatching(/^fleet\.hosts\[1\]\.gpus\.model: must be the name of one GPU of the catalogue/),
      expect.stringMatching(/^fleet\.hosts\[2\]\.gpus\.model: must be a GPU of the catalogue/),
    ]);
  });

  test('counts among what the fleet can give, for slots and for ways to start', () => {
    const late: Changes = [{ at: '1h', hosts: 'plain', sharing: 'mig' }];
    const profile = { slot: { profile: '3g.40gb' } };
    expect(problemsOf(withChanges([], [PLAIN], profile))[0]).toMatch(/slot\.profile: needs hosts that share/);
    expect(problemsOf(withChanges(late, [PLAIN], profile))).toEqual([]);
    expect(problemsOf(withChanges(late, [PLAIN], { slot: { profile: '9g.90gb' } }))[0]).toMatch(
      /slot: could never be given by a GPU of the fleet: .*NVIDIA MIG/,
    );
    const start = { lifecycle: 'scheduler' };
    const whole = host({ name: 'plain', sharing: 'passthrough' });
    expect(problemsOf(withChanges([], [whole], start))[0]).toMatch(/lifecycle: must be a way to start/);
    expect(problemsOf(withChanges(late, [whole], start))).toEqual([]);
    // Only a host that the change does not reach could not give it.
    expect(
      problemsOf(
        withChanges([{ ...late[0]!, hosts: 'h' }], [whole, host({ sharing: 'passthrough' })], profile),
      ),
    ).toEqual([]);
    // What is wrong with a change is told, not what follows for the slots.
    expect(problemsOf(withChanges([{ ...late[0]!, hosts: 'plan' }], [whole], profile))).toHaveLength(1);
  });

  test('says how jobs use GPUs that were shared by fraction', () => {
    const useIn = (changes: Changes) =>
      normalized(withChanges(changes, [PLAIN], { gpu: '50%' })).scenario.workload.synthetic?.classes[0]?.use;
    expect(useIn([])).toBeNull();
    expect(useIn([{ at: '1h', hosts: 'plain', closed: '1h' }])).toBeNull();
    expect(useIn([{ at: '1h', hosts: 'plain', sharing: 'hook' }])).toMatchObject({ compute: 0.5, busy: 1 });
  });

  test('that is there already, or reaches no GPU, is noted', () => {
    const cpu = host({ name: 'cpu', gpus: [] });
    expect(notesWith([{ at: '1h', hosts: 'mig', sharing: { mode: 'mig', layout: null } }])).toEqual([
      'changes[0].sharing: has no effect: the hosts share their GPUs so already',
    ]);
    expect(notesWith([{ at: '1h', hosts: ['mig', 'plain'], sharing: 'mig' }])).toEqual([]);
    expect(notesWith([{ at: '1h', hosts: 'cpu', sharing: 'mig' }], [MIG, cpu])).toEqual([
      'changes[0].sharing: has no effect: the hosts have no GPU',
    ]);
    expect(notesWith([{ at: '1h', hosts: 'mig' }])).toEqual([
      'changes[0]: takes no time: the hosts open again as soon as they are empty',
    ]);
    expect(notesWith([{ at: '1h', hosts: 'mig', closed: '1s' }])).toEqual([]);
    const back: Changes = [
      { at: '3h', hosts: 'mig-0001', sharing: 'mig' },
      { at: '1h', hosts: 'mig', sharing: 'passthrough' },
    ];
    expect(notesWith(back)).toEqual([]);
    expect(notesWith([...back, { at: '2h', hosts: 'mig-0001', sharing: 'mig' }])).toEqual([
      'changes[0].sharing: has no effect: the hosts share their GPUs so already',
    ]);
  });

  test('counts among the modes in use for other notes', () => {
    const notes = (changes: Changes, more: Parameters<typeof host>[0] = {}) =>
      normalized({
        ...withChanges(changes, [host({ name: 'plain', ...more })]),
        overheads: { 'mig.create': 0.2 },
      }).notes.map(({ path, message }) => `${path}: ${message}`);
    const unused = 'overheads["mig.create"]: has no effect: no host group shares its GPUs by mig';
    const late: Changes = [{ at: '1h', hosts: 'plain', sharing: 'mig' }];
    expect(notes([])).toEqual([unused]);
    const told = notes(late, { uplink: '10GB/s' });
    expect(told).not.toContain(unused);
    expect(told).toContain(
      'fleet.hosts[0].gpus.model: is taken as NVIDIA A100 SXM4 80GB (a100-sxm4-80gb): form factor not given: SXM4',
    );
    expect(told.filter((note) => note.includes('uplink'))).toEqual([]);
    const low: Changes = [{ at: '1h', hosts: 'plain', sharing: { mode: 'gvt-g', low: '1GB' } }];
    const igpu = { gpus: { model: 'UHD 630', count: 1, memory: '8GiB' } };
    expect(notes(low, igpu).filter((note) => note.startsWith('changes'))).toEqual([
      expect.stringMatching(/^changes\[0\]\.sharing\.low: .*MiB/),
    ]);
  });
});

describe('the path of a change', () => {
  const A100 = host({ name: 'h', sharing: 'passthrough' });
  const pathProblem = (path: string, sharing: object | string, groups: Groups = [A100]) =>
    problemsWith(
      [{ at: '1h', hosts: groups.map(({ name }) => name), sharing: sharing as 'mig', path }],
      groups,
    );

  test('is one of switch-mode of the new mode where the mode changes', () => {
    expect(pathProblem('operator', 'mig')).toEqual([]);
    expect(pathProblem('operater', 'mig')).toEqual([
      'changes[0].path: must be a way to make this change of every GPU of the hosts, got "operater" (did you mean "operator"? accepted: host, operator)',
    ]);
    // A way to change the layout is none to switch.
    expect(pathProblem('scheduler', 'mig')).toEqual([expect.stringContaining('(accepted: host, operator)')]);
    expect(pathProblem('host', 'hook')).toEqual([expect.stringContaining('(none has a name: leave it out')]);
  });

  test('is one of change-layout where the mode stays', () => {
    const mig = [host({ name: 'h', sharing: 'mig' })];
    const other = { mode: 'mig', computeInstances: true };
    expect(pathProblem('scheduler', other, mig)).toEqual([]);
    expect(pathProblem('x', other, mig)).toEqual([
      expect.stringContaining('(accepted: host, scheduler, checkpoint, operator)'),
    ]);
    expect(
      problemsWith([
        { at: '1h', hosts: 'vdi', sharing: { mode: 'vgpu', sizes: 'mixed' }, path: 'host-reload' },
      ]),
    ).toEqual([expect.stringContaining('(accepted: type, size-mode)')]);
  });

  test('must do for hosts of both kinds, and for those shared by fraction, which switch', () => {
    const both = [host({ name: 'a', sharing: 'mig' }), host({ name: 'b', count: 2 })];
    const layout = { mode: 'mig', layout: ['7g.80gb'] };
    expect(pathProblem('checkpoint', layout, both)).toEqual([
      expect.stringContaining('(accepted: host, operator)'),
    ]);
    expect(pathProblem('checkpoint', layout, both.slice(0, 1))).toEqual([]);
    expect(pathProblem('checkpoint', layout, both.slice(1))).toHaveLength(1);
  });

  test('goes by the sharing that earlier changes of the same hosts have made', () => {
    const groups = [host({ name: 'h', count: 3, sharing: 'passthrough' })];
    const first = { at: '1h', hosts: 'h-0001', sharing: 'mig' } as const;
    const then = (hosts: string, at = '2h') =>
      problemsWith(
        [{ at, hosts, sharing: { mode: 'mig', layout: ['7g.80gb'] }, path: 'scheduler' }, first],
        groups,
      );
    expect(then('h-0001')).toEqual([]);
    expect(then('h-0001', '59m')).toHaveLength(1);
    // At one time the order of the list counts.
    expect(then('h-0001', '1h')).toHaveLength(1);
    expect(then('h-0002')).toHaveLength(1);
    expect(then('h')).toHaveLength(1);
  });

  test('belongs to other sharing', () => {
    expect(problemsWith([{ at: '1h', hosts: 'mig', path: 'host' }])).toEqual([
      'changes[0].path: is a way to other sharing, which is not stated: time for maintenance is closed',
    ]);
  });
});

describe('jobs on the hosts', () => {
  const migrating = (hosts: string | string[], migrate?: string | null): Changes[number] => ({
    at: '2h',
    hosts,
    running: 'migrate',
    ...(migrate === undefined ? {} : { migrate }),
  });

  test('migrate by a way of the mode', () => {
    expect(problemsWith([migrating('vdi', 'vsphere-8.0')])).toEqual([]);
    expect(problemsWith([migrating('vdi', 'vsphere-70')])).toEqual([
      'changes[0].migrate: must be a way to migrate of the mode that the hosts have at that time, got "vsphere-70" (did you mean "vsphere-7.0"? accepted: vsphere-6.7u1, vsphere-6.7u3, vsphere-7.0, vsphere-8.0)',
    ]);
    const accepted = '(accepted: vsphere-6.7u1, vsphere-6.7u3, vsphere-7.0, vsphere-8.0)';
    const needed = 'running is migrate, so say by which way of the mode';
    expect(problemsWith([migrating('vdi')])).toEqual([
      `changes[0].migrate: is missing: ${needed} ${accepted}`,
    ]);
    expect(problemsWith([migrating('vdi', null)])).toEqual([
      `changes[0].migrate: is empty: ${needed} ${accepted}`,
    ]);
    expect(problemsWith([{ at: '1h', hosts: 'vdi', running: 'stop', migrate: 'vsphere-8.0' }])).toEqual([
      'changes[0].migrate: is for running: migrate, and that is not stated',
    ]);
  });

  test('cannot migrate where nothing moves them live', () => {
    const cannot = (why: string) => [`changes[0].running: must be wait or stop, got "migrate": ${why}`];
    expect(problemsWith([migrating('mig-0001', 'live')])).toEqual(
      cannot('NVIDIA MIG cannot migrate live (host group "mig" at that time)'),
    );
    expect(problemsWith([migrating(['vdi', 'plain'], 'vsphere-7.0')])).toEqual(
      cannot('hosts that share their GPUs by fraction have no way to migrate (host group "plain")'),
    );
    expect(problemsWith([migrating('cpu')], [MIG, host({ name: 'cpu', gpus: [] })])).toEqual(
      cannot('hosts without GPU have no way to migrate (host group "cpu")'),
    );
  });

  test('migrate from the mode that the hosts have at that time', () => {
    const groups = [host({ name: 'h', count: 2, gpus: { model: 'A16', count: 4 }, sharing: 'passthrough' })];
    const later = { at: '1h', hosts: 'h-0000', sharing: 'vgpu' } as const;
    expect(problemsWith([migrating('h-0000', 'vsphere-7.0'), later], groups)).toEqual([]);
    expect(problemsWith([migrating('h', 'vsphere-7.0'), later], groups)[0]).toMatch(
      /Passthrough \(VFIO\) cannot migrate live/,
    );
    expect(problemsWith([{ ...migrating('h-0000', 'vsphere-7.0'), sharing: 'hook' }, later], groups)).toEqual(
      [],
    );
    const moved = { ...later, sharing: { mode: 'software', tenants: 4 } } as const;
    const both = problemsWith([migrating('h', 'live'), later, { ...moved, hosts: 'h-0001' }], groups);
    expect(both).toEqual([
      expect.stringContaining('(the hosts have none in common: make it several changes)'),
    ]);
  });

  test('what is not known is not guessed at', () => {
    const faulty: Changes = [
      { at: '1h', hosts: 'mig', sharing: { mode: 'mgi' as 'mig' } },
      migrating('mig', 'live'),
      { at: '3h', hosts: 'mig', sharing: 'mig', path: 'nowhere' },
    ];
    expect(problemsWith(faulty)).toHaveLength(1);
    expect(problemsWith([{ ...faulty[0]!, sharing: 'mig', at: 'soon' }, ...faulty.slice(1)])).toHaveLength(1);
    expect(problemsWith([{ at: '1h', hosts: 'nobody' }, ...faulty.slice(1)])).toHaveLength(1);
    // The group's own mode is the problem.
    const t4 = [host({ name: 'mig', gpus: { model: 'T4', count: 1 }, sharing: 'mig' })];
    expect(problemsWith([migrating('mig', 'live')], t4)).toEqual([
      expect.stringMatching(/^fleet\.hosts\[0\]/),
    ]);
  });

  test('every mode with a way to migrate offers just its own, and every other none', () => {
    const gpuOf: Readonly<Record<string, string>> = {
      sriov: 'flex-170',
      vgpu: 'A16',
      'gvt-g': 'UHD 630',
      'edge-pool': 'Board',
    };
    const optionsOf: Readonly<Record<string, object>> = {
      sriov: { vfs: 4 },
      'time-slicing': { replicas: 2 },
      'api-remoting': { network: 'rdma', sessions: 2 },
      paravirtual: { tenants: 2 },
      software: { tenants: 2 },
      'edge-pool': { tenants: 2 },
    };
    const moving = SHARING_MODES.map(({ name }) => {
      const model = gpuOf[name] ?? 'A100-80GB';
      const memory = ['UHD 630', 'Board'].includes(model) ? { memory: '8GiB' } : {};
      const sharing = { mode: name, ...optionsOf[name] } as { mode: 'mig' };
      const groups = [host({ gpus: { model, count: 1, ...memory }, sharing })];
      const [problem, ...others] = problemsWith([migrating('h', '?')], groups);
      expect(others).toEqual([]);
      const accepted = /accepted: (.*)\)$/.exec(problem ?? '');
      if (accepted === null) expect(problem).toMatch(/cannot migrate live/);
      return [name, accepted?.[1] ?? 'none'] as const;
    }).filter(([, ways]) => ways !== 'none');
    expect(moving).toEqual([
      ['sriov', 'cold'],
      ['vgpu', 'vsphere-6.7u1, vsphere-6.7u3, vsphere-7.0, vsphere-8.0'],
      ['mig-vgpu', 'live'],
      ['software', 'live'],
    ]);
  });
});

test('what hosts were before each change is what a list of all hosts says', () => {
  const count = fc.integer({ min: 1, max: 4 });
  const state = fc.constantFrom<Shared>(
    null,
    undefined,
    { mode: 'hook' },
    { mode: 'passthrough' },
    { mode: 'bare-metal' },
  );
  const change = fc.record({
    atUs: fc.nat(3),
    hosts: fc.array(fc.record({ group: fc.nat(1), host: fc.option(fc.nat(3)) }), {
      minLength: 1,
      maxLength: 3,
    }),
    sharing: state,
  });
  fc.assert(
    fc.property(
      fc.tuple(count, count),
      fc.array(change, { maxLength: 8 }),
      state,
      (counts, written, start) => {
        const groups = counts.map((n) => ({ count: n, sharing: start }));
        const changes = written.map(({ hosts, ...rest }) => ({
          ...rest,
          hosts: hosts.map(({ group, host: h }) => ({ group, host: h === null ? null : h % counts[group]! })),
        }));
        const now = counts.map((n) => Array<Shared>(n).fill(start));
        const expected = changes
          .map((each, index) => ({ ...each, index }))
          .sort((a, b) => a.atUs - b.atUs) // stable
          .map(({ hosts, sharing, index }) => {
            const touched = [0, 1].map((group) =>
              now[group]!.map((_, h) => h).filter((h) =>
                hosts.some((each) => each.group === group && (each.host === null || each.host === h)),
              ),
            );
            const before = touched.map((list, group) => new Set(list.map((h) => now[group]![h])));
            if (sharing !== null)
              for (const [group, list] of touched.entries()) for (const h of list) now[group]![h] = sharing;
            return { index, before };
          });
        const steps = changeSteps(groups, changes);
        expect(steps.map((step) => step.change)).toEqual(expected.map(({ index }) => index));
        for (const [i, { before }] of expected.entries()) {
          for (const group of [0, 1]) expect(steps[i]!.before.get(group) ?? new Set()).toEqual(before[group]);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('a name stands for the host that has it, and for no other', () => {
  const groups = [
    { name: 'a', count: 12_345 },
    { name: 'b-0007', count: 1 },
    { name: 'c-1', count: 3 },
  ];
  const names = new HostNames(groups);
  for (const [group, { name, count }] of groups.entries()) {
    expect(names.find(name)).toEqual({ group, host: null });
    for (const i of [0, 1, count - 1]) {
      if (count > 1) expect(names.find(hostName(name, i, count))).toEqual({ group, host: i });
    }
    if (count > 1) expect(names.find(hostName(name, count, count + 1))).toBeUndefined();
  }
  expect(names.find('a-0001')).toBeUndefined();
  expect(names.find('b-0007-0000')).toBeUndefined();
});
