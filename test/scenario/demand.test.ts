import { describe, expect, test } from 'vitest';
import { migModelByName, migProfileByName } from '../../sim/hardware/index.ts';
import { host, normalized, problemsOf, scenarioOf } from './problems-of.ts';

const MIG = [host({ sharing: 'mig' })];
const FRACTION = [host({})];
const VGPU = [host({ sharing: 'vgpu', gpus: { model: 'A16', count: 4 } })];

const CLASS = 'workload.synthetic.classes[0]';
type Hosts = Parameters<typeof scenarioOf>[0];
type More = Parameters<typeof scenarioOf>[1];

/** The only class of a scenario: canonical, in numbers, and what is noted of it. */
function classOf(hosts: Hosts, more: More) {
  const { document, scenario, notes } = normalized(scenarioOf(hosts, more));
  const [written] = document.workload.synthetic?.classes ?? [];
  const [demand] = scenario.workload.synthetic?.classes ?? [];
  if (written === undefined || demand === undefined) throw new Error('there is one class');
  const own = notes.filter(({ path }) => path.startsWith(CLASS));
  return {
    written,
    demand,
    notes: own.map(({ path, message }) => `${path.slice(CLASS.length)}: ${message}`),
  };
}
const problemsWith = (hosts: Hosts, more: More) => problemsOf(scenarioOf(hosts, more));

describe('the part of a GPU that is wanted', () => {
  test('a whole card is the same by share, by name and by default', () => {
    const forms: readonly More[] = [{}, { gpu: '100%' }, { slot: 'whole' }];
    for (const form of forms) {
      const { written, demand } = classOf(MIG, form);
      expect(written).toMatchObject({ gpus: 1, gpu: '1000m' });
      expect(written).not.toHaveProperty('slot');
      expect(demand).toMatchObject({ gpuMilli: 1000, slot: { kind: 'whole' }, slotCount: 1 });
    }
  });

  test('a share is a part with that share of the compute', () => {
    const { demand, notes } = classOf(MIG, { gpu: '25%' });
    expect(demand.slot).toEqual({ kind: 'part', computeMilli: 250, memoryMib: 0 });
    expect(demand.gpuMilli).toBe(250);
    expect(notes).toContain(
      ': asks by share: taken as a part with 25 % of the compute and the memory that the mode gives with it',
    );
  });

  test('a part by size counts on the books by what binds on the smallest GPU it may go to', () => {
    const hosts = [...MIG, host({ name: 'small', gpus: { model: 'T4', count: 1 } })];
    // 15360 MiB on a T4, 81920 MiB on an A100.
    const { written, demand } = classOf(hosts, { slot: { memory: '4GiB', compute: 0.1 } });
    expect(written).toMatchObject({ slot: { memory: '4096MiB', compute: '100m' } });
    expect(written).not.toHaveProperty('gpu');
    expect(demand.gpuMilli).toBe(Math.ceil((4096 / 15360) * 1000));
    const large = classOf(hosts, { slot: { memory: '4GiB', compute: 0.1 }, models: ['A100-80GB'] });
    expect(large.demand.gpuMilli).toBe(100);
  });

  test('a profile counts as what the card gives: 1/7 of the compute and the memory of the catalogue for a 1g.10gb', () => {
    const { written, demand } = classOf(MIG, { slot: { profile: '1g.10gb' } });
    expect(written).toMatchObject({ slot: { profile: '1g.10gb', count: 1 } });
    expect(demand).toMatchObject({ slot: { kind: 'profile', profile: '1g.10gb' }, slotCount: 1 });
    expect(Math.abs(demand.gpuMilli - 1000 / 7)).toBeLessThan(1);
    const model = migModelByName('A100-80GB');
    expect(demand.use?.memoryMib).toBe(model && migProfileByName(model, '1g.10gb').memoryMib);
  });

  test('one way of asking at a time', () => {
    expect(problemsWith(MIG, { gpu: '50%', slot: { compute: '50%' } })).toEqual([
      `${CLASS}.slot: must not stand beside gpu: both say which part of a GPU it wants`,
    ]);
    expect(problemsWith(MIG, { slot: { profile: '1g.10gb', memory: '1GiB' } })).toEqual([
      `${CLASS}.slot: must ask by size or by profile, got profile and memory`,
    ]);
    expect(problemsWith(MIG, { slot: {} })).toEqual([
      `${CLASS}.slot: must have memory, compute or both, or a profile, got none`,
    ]);
    expect(problemsWith(MIG, { slot: { memory: '0MiB' } })).toEqual([
      `${CLASS}.slot: must ask for some memory or some compute, got none of both`,
    ]);
    expect(problemsWith(MIG, { slot: { compute: 0.5, count: 2 } })).toEqual([
      `${CLASS}.slot.count: needs a profile: parts by size are asked for one by one`,
    ]);
    expect(problemsWith(MIG, { slot: 'hole' as 'whole' })).toEqual([
      `${CLASS}.slot: must be whole, or a part such as {memory: 10GiB} or {profile: 2g.20gb}, got "hole" (did you mean "whole"?)`,
    ]);
  });

  test('what is said of GPUs needs some', () => {
    const keys: More = {
      gpus: 0,
      slot: 'whole',
      use: {},
      reference: 'T4',
      speedByModel: { T4: 1 },
      communication: 0.1,
      lifecycle: 'host',
    };
    expect(problemsWith(MIG, keys)).toEqual(
      ['slot', 'reference', 'use', 'speedByModel', 'communication', 'lifecycle'].map(
        (key) => `${CLASS}.${key}: needs gpus of at least 1, got gpus 0`,
      ),
    );
  });
});

describe('a part that no GPU could ever give', () => {
  test('names why and the nearest profiles', () => {
    expect(problemsWith(MIG, { slot: { profile: '2g.10gb' } })).toEqual([
      expect.stringMatching(
        /^workload\.synthetic\.classes\[0\]\.slot: could never be given by a GPU of the fleet: .*2g\.10gb.* on "A100-80GB"\) \(did you mean "1g\.10gb"\? accepted: .*2g\.20gb/,
      ),
    ]);
    expect(problemsWith(VGPU, { slot: { profile: 'A16-3B' } })).toEqual([
      expect.stringMatching(/slot: could never be given .*did you mean "A16-/),
    ]);
    expect(problemsWith(MIG, { slot: { memory: '100GiB' } })).toEqual([
      expect.stringMatching(/slot: could never be given by a GPU of the fleet: /),
    ]);
  });

  test('is told of a share and of a whole card, too, where they stand', () => {
    const small = [host({ sharing: { mode: 'sriov', vfs: 4 }, gpus: { model: 'flex-170', count: 1 } })];
    expect(problemsWith(small, { gpu: '30%' })).toEqual([
      expect.stringMatching(/^workload\.synthetic\.classes\[0\]\.gpu: could never be given/),
    ]);
    expect(problemsWith(small, { gpu: '20%' })).toEqual([]);
    expect(problemsWith(small, {})).toEqual([
      expect.stringMatching(/^workload\.synthetic\.classes\[0\]: could never be given/),
    ]);
  });

  test('is no problem where other hosts could give it, unless their model is not accepted', () => {
    const mixed = [...MIG, host({ name: 'plain', gpus: { model: 'T4', count: 1 } })];
    expect(problemsWith(mixed, { slot: { compute: '100%', memory: '100GiB' } })).toEqual([]);
    expect(problemsWith(mixed, { slot: { memory: '100GiB' }, models: ['A100-80GB'] })).toHaveLength(1);
    // Cards that are shared by fraction have no profiles.
    expect(problemsWith(mixed, { slot: { profile: 'half' } })).toHaveLength(1);
  });

  test('is not asked before the fleet itself is sound', () => {
    const wrong = [host({ sharing: 'mig', cpu: -1 })];
    expect(problemsWith(wrong, { slot: { profile: 'x' } })).toEqual([
      'fleet.hosts[0].cpu: must be CPU cores from 0.001 to 1000000, got -1',
    ]);
  });

  test('where nothing is shared by a mode there are no profiles, and memory is no share of an unknown GPU', () => {
    expect(problemsWith(FRACTION, { slot: { profile: '2g.20gb' } })).toEqual([
      `${CLASS}.slot.profile: needs hosts that share their GPUs by a mode with profiles, got "2g.20gb" (state sharing of a host group, such as sharing: mig)`,
    ]);
    const unknown = [host({ gpus: { model: 'G2', count: 1 } })];
    expect(problemsWith(unknown, { slot: { memory: '4GiB' } })).toEqual([
      `${CLASS}.slot.compute: is missing: the catalogue does not have G2, so memory alone is no share of a GPU`,
    ]);
    expect(problemsWith(unknown, { slot: { memory: '4GiB', compute: 0.5 } })).toEqual([]);
    expect(classOf(FRACTION, { slot: { memory: '20GiB' } }).demand.gpuMilli).toBe(250);
  });
});

describe('the use of a GPU', () => {
  test('does not matter where nothing is shared by a mode, which is noted', () => {
    const { demand, notes } = classOf(FRACTION, {
      use: { workload: 'training' },
      reference: 'T4',
      lifecycle: 'host',
    });
    expect(demand.use).toBeNull();
    expect(notes).toEqual([
      '.use: has no effect: no host group shares its GPUs by a mode',
      '.reference: has no effect: no host group shares its GPUs by a mode',
      '.lifecycle: has no effect: no host group shares its GPUs by a mode',
    ]);
  });

  test('is assumed from the share where it is not stated, and the notes say so', () => {
    const { demand, notes } = classOf(MIG, { slot: { memory: '10GiB', compute: '25%' } });
    expect(demand.use).toEqual({
      workload: 'generic',
      busy: 1,
      compute: 0.25,
      bandwidth: 0.25,
      memoryMib: 10240,
      linkBytesPerSec: 0,
      processes: 1,
      syncCallsPerSec: 0,
      speedByProfile: null,
    });
    expect(notes).toEqual([
      ': use is not stated: assumed to use 25 % of the compute and bandwidth of a GPU all the time, and 10240 MiB of memory',
    ]);
  });

  test('is filled in key by key, and what was filled in is noted', () => {
    const { written, demand, notes } = classOf(MIG, {
      slot: { memory: '10GiB' },
      use: { workload: 'training', busy: '80%', link: '2GB/s', syncCalls: '120/m' },
    });
    expect(written.use).toEqual({
      workload: 'training',
      busy: '80%',
      compute: '80%',
      bandwidth: '80%',
      memory: null,
      link: '2GB/s',
      processes: 1,
      syncCalls: '120/m',
      speedByProfile: null,
    });
    expect(demand.use).toEqual({
      workload: 'training',
      busy: 0.8,
      compute: 0.8,
      bandwidth: 0.8,
      memoryMib: 10240,
      linkBytesPerSec: 2e9,
      processes: 1,
      syncCallsPerSec: 2,
      speedByProfile: null,
    });
    expect(notes).toEqual(['.use: does not state compute, bandwidth: assumed compute 80 %, bandwidth 80 %']);
  });

  test('measured speeds are kept by profile, null where a job does not run', () => {
    const use = { busy: 1, compute: 1, bandwidth: 1, speedByProfile: { '2g': 0.4, '1g': null } };
    const { written, demand } = classOf(MIG, { slot: { profile: '2g.20gb' }, use });
    expect(written.use?.speedByProfile).toEqual({ '1g': null, '2g': '40%' });
    expect(demand.use?.speedByProfile).toEqual({ '1g': null, '2g': 0.4 });
  });

  test('keeps compute within busy', () => {
    expect(problemsWith(MIG, { use: { busy: '50%', compute: '60%' } })).toEqual([
      `${CLASS}.use.compute: must be at most busy (50%): compute units work only while there is work, got "60%"`,
    ]);
  });

  test('shares too small to be written out are refused', () => {
    expect(problemsWith(MIG, { use: { compute: 5e-324 } })).toEqual([
      `${CLASS}.use.compute: must be 1e-9 or more where it is not 0, got 5e-324`,
    ]);
    expect(problemsWith(MIG, { use: { compute: 1e-9 } })).toEqual([]);
  });
});

describe('speeds on other GPUs', () => {
  test('the reference is a GPU of the catalogue', () => {
    expect(classOf(MIG, { reference: 'A30' }).demand.referenceModel).toBe('A30');
    expect(problemsWith(MIG, { reference: 'A100' })[0]).toMatch(
      /reference: must be the name of one GPU of the catalogue, got "A100" \(say which of a100-pcie-40gb, /,
    );
    expect(problemsWith(MIG, { reference: 'A31' })[0]).toMatch(
      /reference: must be a GPU of the catalogue.*a30/,
    );
  });

  test('stated speeds go to the names that the fleet has for its models', () => {
    const { demand } = classOf(MIG, { speedByModel: { 'a100-sxm4-80gb': 2, h100: '400%' } });
    expect(demand.speedByModel).toEqual({ 'a100-sxm4-80gb': 2, 'A100-80GB': 2, h100: 4 });
    const own = classOf(MIG, { speedByModel: { 'a100-sxm4-80gb': 2, 'A100-80GB': 3 } });
    expect(own.demand.speedByModel['A100-80GB']).toBe(3);
    expect(problemsWith(MIG, { speedByModel: { 'A100-80G8': 2 } })).toEqual([
      `${CLASS}.speedByModel.A100-80G8: must be a GPU model of the fleet, or a GPU of the catalogue, got "A100-80G8" (did you mean "A100-80GB"? accepted: A100-80GB)`,
    ]);
  });

  test('a job on one GPU has nothing to exchange', () => {
    expect(classOf(MIG, { communication: '20%' }).notes).toContain(
      '.communication: has no effect: it has one GPU',
    );
    expect(classOf(MIG, { gpus: 2, communication: '20%' }).demand.communication).toBe(0.2);
    expect(problemsWith(MIG, { gpus: 2, communication: 1 })[0]).toMatch(/at least 0 and below 1/);
  });
});

test('a way to start is one that a mode in use has', () => {
  expect(classOf(MIG, { slot: { profile: '1g.10gb' }, lifecycle: 'operator' }).demand.lifecycle).toBe(
    'operator',
  );
  expect(problemsWith(MIG, { slot: { profile: '1g.10gb' }, lifecycle: 'opertor' })).toEqual([
    expect.stringMatching(
      /lifecycle: must be a way to start of a mode in use, got "opertor" \(did you mean "operator"\?/,
    ),
  ]);
});

test('without its CPU and memory a class names both, unless a preset brings them', () => {
  const bare = scenarioOf(MIG);
  const [taskClass] = bare.workload.synthetic?.classes ?? [];
  const { cpu: _cpu, memory: _memory, ...rest } = taskClass ?? {};
  const withClass = (more: object) => ({
    ...bare,
    workload: { synthetic: { ...bare.workload.synthetic, classes: [{ ...rest, ...more }] } },
  });
  expect(problemsOf(withClass({}))).toEqual([
    `${CLASS}.cpu: is missing: must be a number of CPU cores such as 96, "96" or "96000m"`,
    `${CLASS}.memory: is missing: must be a quantity such as 384GiB (KiB, MiB, GiB, TiB, kB, MB, GB, TB)`,
  ]);
  expect(problemsOf(withClass({ preset: 'resnet-50-training' }))).toEqual([]);
});
