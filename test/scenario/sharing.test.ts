import { describe, expect, test } from 'vitest';
import { SHARING_MODE_NAMES, SHARING_PARAMETERS } from '../../sim/sharing/index.ts';
import { host, normalized, problemsOf, scenarioOf } from './problems-of.ts';

/** Problems of a fleet of one group. */
const problemsWith = (more: Parameters<typeof host>[0]) => problemsOf(scenarioOf([host(more)]));
const groupWith = (more: Parameters<typeof host>[0]) => {
  const { document, scenario, notes } = normalized(scenarioOf([host(more)]));
  if (scenario.fleet.kind !== 'hosts') throw new Error('hosts are stated');
  return { written: document.fleet.hosts?.[0], group: scenario.fleet.groups[0], notes };
};

describe('how hosts share their GPUs', () => {
  test('a group that says nothing shares by fraction, and says nothing in its canonical form', () => {
    const { written, group } = groupWith({
      gpus: { model: 'G2', count: 1, pcie: null, nvlink: null },
      numa: 1,
      uplink: null,
      sharing: null,
    });
    expect(Object.keys(written ?? {})).toEqual(['name', 'count', 'cpu', 'memory', 'gpus']);
    expect(written?.gpus).toEqual([{ model: 'G2', count: 1 }]);
    expect(group).toMatchObject({ sharing: null, numaDomains: 1, uplinkBytesPerSec: null });
    expect(group?.gpus).toEqual([
      { model: 'G2', count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null },
    ]);
  });

  test('a mode by its name alone is the mode with its defaults', () => {
    const short = groupWith({ sharing: 'mig' });
    const long = groupWith({ sharing: { mode: 'mig' } });
    expect(short.written).toEqual(long.written);
    expect(short.written?.sharing).toEqual({ mode: 'mig', layout: null, computeInstances: false });
    expect(short.group?.sharing).toEqual({ mode: 'mig', layout: null, computeInstances: false });
  });

  test('options with units become numbers in the unit of their name', () => {
    const a16 = { model: 'A16', count: 4 };
    expect(groupWith({ gpus: a16, sharing: { mode: 'vgpu', slice: '1500us' } }).group?.sharing).toEqual({
      mode: 'vgpu',
      sizes: 'equal',
      scheduler: 'best-effort',
      sliceMs: 1.5,
      series: null,
    });
    expect(groupWith({ sharing: { mode: 'uvm-swap' } }).group?.sharing).toEqual({
      mode: 'uvm-swap',
      turnSec: 30,
    });
    expect(
      groupWith({
        sharing: {
          mode: 'api-remoting',
          network: 'ethernet-25g',
          sessions: 4,
          roundTrip: '0.03ms',
          bandwidth: '25Gbit/s',
        },
      }).group?.sharing,
    ).toEqual({
      mode: 'api-remoting',
      network: 'ethernet-25g',
      sessions: 4,
      roundTripUs: 30,
      bytesPerSec: 3.125e9,
    });
    const { group } = groupWith({ sharing: 'mig', numa: 2, uplink: '64GB/s' });
    expect(group).toMatchObject({ numaDomains: 2, uplinkBytesPerSec: 64e9 });
  });

  test('an unknown mode, an option of another mode and a missing option are problems', () => {
    expect(problemsWith({ sharing: 'mgi' as 'mig' })[0]).toMatch(
      /^fleet\.hosts\[0\]\.sharing: must be a mapping with a mode .*got "mgi" \(did you mean "mig"\?\)$/,
    );
    expect(problemsWith({ sharing: { mode: 'msp' as 'mps' } })[0]).toBe(
      `fleet.hosts[0].sharing.mode: must be one of ${SHARING_MODE_NAMES.join(', ')}, got "msp" (did you mean "mps"?)`,
    );
    expect(problemsWith({ sharing: { mode: 'mig', replicas: 4 } as never })[0]).toBe(
      'fleet.hosts[0].sharing.replicas: is not an accepted key (accepted: mode, layout, computeInstances)',
    );
    expect(problemsWith({ sharing: { mode: 'time-slicing' } as never })[0]).toBe(
      'fleet.hosts[0].sharing.replicas: is missing: must be a whole number from 2 to 1000',
    );
    // A release number is text: 12.10 as a number would be 12.1.
    expect(problemsWith({ sharing: { mode: 'mps', cuda: 12.9 } as never })[0]).toBe(
      'fleet.hosts[0].sharing.cuda: must be a CUDA release in quotes such as "12.9", got 12.9',
    );
  });

  test('a name that a mode cannot do without options says so', () => {
    for (const mode of ['sriov', 'time-slicing', 'api-remoting', 'software']) {
      expect(problemsWith({ sharing: mode as 'mig' })).toEqual([
        expect.stringMatching(/sharing: must be a mapping with a mode and its options .* got "/),
      ]);
    }
  });
});

describe('what a mode says of the GPU', () => {
  const t4 = { model: 'T4', count: 2 };

  test('stands at the option, or at the mode where the GPU cannot do it at all', () => {
    expect(problemsWith({ gpus: t4, sharing: { mode: 'mig' } })).toEqual([
      expect.stringMatching(/^fleet\.hosts\[0\]\.sharing\.mode: .*\(GPU "T4"\)$/),
    ]);
    expect(problemsWith({ gpus: t4, sharing: 'mig' })).toEqual([
      expect.stringMatching(/^fleet\.hosts\[0\]\.sharing: .*\(GPU "T4"\)$/),
    ]);
    expect(
      problemsWith({ gpus: { model: 'A16', count: 1 }, sharing: { mode: 'vgpu', slice: '100ms' } }),
    ).toEqual([expect.stringMatching(/^fleet\.hosts\[0\]\.sharing\.slice: .*1 to 30/)]);
    expect(problemsWith({ sharing: { mode: 'mig', layout: ['3g.40gb@1'] } })).toEqual([
      expect.stringMatching(/^fleet\.hosts\[0\]\.sharing\.layout: .*3g\.40gb/),
    ]);
  });

  test('is asked of each GPU of a mixed host', () => {
    const gpus = [{ model: 'A100-80GB', count: 2 }, t4];
    expect(problemsWith({ gpus, sharing: 'mig' })).toEqual([expect.stringContaining('(GPU "T4")')]);
  });
});

describe('GPUs that a mode shares are known', () => {
  test('an ambiguous name lists what it may mean, an unknown one the nearest', () => {
    expect(problemsWith({ gpus: { model: 'A100', count: 1 }, sharing: 'mig' })).toEqual([
      'fleet.hosts[0].gpus.model: must be the name of one GPU of the catalogue where a mode shares it, got "A100", which several have (say which of a100-pcie-40gb, a100-sxm4-40gb, a100-pcie-80gb, a100-sxm4-80gb)',
    ]);
    expect(problemsWith({ gpus: [{ model: 'A10O', count: 1 }], sharing: 'mps' })).toEqual([
      expect.stringMatching(
        /^fleet\.hosts\[0\]\.gpus\[0\]\.model: must be a GPU of the catalogue .*got "A10O" \(nearest known names: a10, /,
      ),
    ]);
    // Shared by fraction, a GPU is a name.
    expect(problemsWith({ gpus: { model: 'A100', count: 1 } })).toEqual([]);
  });

  test('memory is stated for GPUs outside the catalogue, and for no others', () => {
    const board = { model: 'Board', count: 1, memory: '24GiB' };
    expect(problemsWith({ gpus: board, sharing: { mode: 'edge-pool', tenants: 2 } })).toEqual([]);
    expect(problemsWith({ gpus: { model: 'T4', count: 1, memory: '20GiB' } })).toEqual([
      'fleet.hosts[0].gpus.memory: is for models that the catalogue does not have: it has "T4" with 15360MiB',
    ]);
    expect(
      problemsWith({ gpus: { ...board, pcie: { lanes: 4 } }, sharing: { mode: 'edge-pool', tenants: 2 } }),
    ).toEqual([
      'fleet.hosts[0].gpus.pcie.gen: is missing: the catalogue does not have "Board", so lanes and gen belong together',
    ]);
  });

  test('notes tell what a name is taken for, and what has no effect', () => {
    const notes = groupWith({
      gpus: [
        { model: 'A100-80GB', count: 1 },
        { model: 'a2', count: 1, pcie: { lanes: 16, gen: 5 } },
      ],
      sharing: { mode: 'time-slicing', replicas: 2 },
      uplink: '1TB/s',
    }).notes.map(({ path, message }) => `${path}: ${message}`);
    expect(notes).toEqual(
      expect.arrayContaining([
        'fleet.hosts[0].gpus[0].model: is taken as NVIDIA A100 SXM4 80GB (a100-sxm4-80gb): form factor not given: SXM4',
        'fleet.hosts[0].gpus[1].pcie.lanes: has no effect: the GPU itself has 8 lanes',
        'fleet.hosts[0].gpus[1].pcie.gen: has no effect: the GPU itself is of PCIe generation 4',
        'fleet.hosts[0].uplink: has no effect: the links of the GPUs carry no more together',
      ]),
    );
    const plain = groupWith({ uplink: '10GB/s' }).notes.map(({ message }) => message);
    expect(plain).toEqual(['has no effect: links count only where a mode shares the GPUs']);
    const empty = scenarioOf([host({}), host({ name: 'cpu', gpus: [], sharing: 'mig' })]);
    expect(normalized(empty).notes).toEqual([
      { path: 'fleet.hosts[1].sharing', message: 'has no effect: the hosts have no GPU' },
    ]);
  });
});

describe('overheads', () => {
  const [first] = SHARING_PARAMETERS;
  if (first === undefined) throw new Error('there are parameters');
  const withOverheads = (overheads: object) => ({
    ...scenarioOf([host({ sharing: 'passthrough' })], { slot: 'whole' }),
    overheads,
  });

  test('are values by name, with a source or without', () => {
    const { document, scenario } = normalized(
      withOverheads({ 'passthrough.vm-boot': { value: 40, source: 'ours' }, 'passthrough.compute': 0.9 }),
    );
    expect(document.overheads).toEqual({
      'passthrough.compute': 0.9,
      'passthrough.vm-boot': { value: 40, source: 'ours' },
    });
    expect(Object.keys(document.overheads ?? {})).toEqual(['passthrough.compute', 'passthrough.vm-boot']);
    expect(scenario.overheads).toEqual({ 'passthrough.compute': 0.9, 'passthrough.vm-boot': 40 });
    expect(normalized(withOverheads({})).document).not.toHaveProperty('overheads');
  });

  test('every figure of the modes may be set anywhere within its bounds, and not outside', () => {
    for (const { id, min, max } of SHARING_PARAMETERS) {
      for (const value of [min, max]) expect(problemsOf(withOverheads({ [id]: value }))).toEqual([]);
      for (const value of [min - 1, max + 1]) {
        expect(problemsOf(withOverheads({ [id]: { value } }))).toEqual([
          expect.stringContaining(`must be from ${min} to ${max}`),
        ]);
      }
    }
  });

  test('an unknown name lists the figures of the mode that was meant', () => {
    expect(problemsOf(withOverheads({ 'passthrough.vm-bot': 1 }))).toEqual([
      expect.stringMatching(
        /^overheads\["passthrough\.vm-bot"\]: is not a figure of the sharing modes \(did you mean "passthrough\.vm-boot"\? accepted: passthrough\.[^)]*\)$/,
      ),
    ]);
    expect(problemsOf(withOverheads({ loss: 1 }))[0]).toMatch(/names start with one of passthrough\./);
    expect(problemsOf(withOverheads({ 'passthrough.compute': '90%' }))[0]).toBe(
      'overheads["passthrough.compute"]: must be a number, or {value, source}, got "90%"',
    );
  });

  test('one of a mode that no hosts use is noted', () => {
    expect(normalized(withOverheads({ 'mig.create': 0.2 })).notes).toContainEqual({
      path: 'overheads["mig.create"]',
      message: 'has no effect: no host group shares its GPUs by mig',
    });
  });
});
