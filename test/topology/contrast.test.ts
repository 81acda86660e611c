import { describe, expect, test } from 'vitest';
import { replicate } from '../../sim/index.ts';
import { scenarioOf } from '../engine/scenario-for-tests.ts';

/** Two racks of two hosts with 8 A100 each; NICs of 25 GB/s, of which a fifth is left between racks. */
const FLEET = {
  name: 'h',
  count: 4,
  cpu: 64,
  memory: '512GiB',
  gpus: { model: 'A100-SXM4-80GB', count: 8 },
  sharing: 'bare-metal',
  rack: 2,
  nic: '200Gbit/s',
  oversubscription: 5,
};

/** NVLink 3 in one direction, PCIe 4.0 x16, the NIC, and what of it leaves a rack, in bytes a second. */
const NVLINK = 300e9;
const PCIE = Math.round((16 * 16e9 * (128 / 130)) / 8);
const NIC = 25e9;
const BETWEEN_RACKS = NIC / 5;

/** Hosts of a gang of four workers that exchange data for 30 % of an hour, and its completion time in seconds. */
function gangOf(layout: object, group: object = {}, workload: object = {}, placement = 'best-fit') {
  const placed: number[][] = [];
  const gpus: (readonly number[])[][] = [];
  const scenario = scenarioOf({
    apiVersion: 'slicewise/v1',
    name: 'gang',
    fleet: { hosts: [{ ...FLEET, ...group }] },
    workload: {
      synthetic: {
        tasks: 1,
        arrivals: { process: 'deterministic', rate: '1/h' },
        classes: [
          {
            name: 'c',
            cpu: 1,
            memory: '1GiB',
            gpus: 2,
            workers: 4,
            communication: 0.3,
            use: { workload: 'training', busy: 1, compute: 1, bandwidth: 1, memory: '1GiB' },
            lifetime: { kind: 'constant', value: '1h' },
            layout,
            ...workload,
          },
        ],
      },
    },
    policy: { placement },
    experiment: { kind: 'timed' },
  });
  const run = replicate(scenario, {}, 1, {
    observers: () => [
      {
        placed: (_atUs, _job, parts) => {
          placed.push(parts.map(({ host }) => host));
          gpus.push(parts.map((part) => part.gpus));
        },
      },
    ],
  });
  const completion = run.readings.find(([name]) => name === 'completion.mean')?.[1].value ?? Number.NaN;
  return { hosts: placed[0], gpus: gpus[0], completion, rejected: run.rejectedFor };
}

const slowed = (link: number) => 3600 * (0.7 + 0.3 * (NVLINK / link));

describe('the same gang of four workers with two GPUs each', () => {
  test('goes where the policy wants it without rules, here on one host, at full speed', () => {
    const { hosts, completion } = gangOf({});
    expect(hosts).toEqual([0, 0, 0, 0]);
    expect(completion).toBe(3600);
  });

  test('within a rack and apart on hosts: each NIC is on the way', () => {
    const { hosts, completion } = gangOf({ within: 'rack', maxPerHost: 2 });
    expect(hosts).toEqual([0, 0, 1, 1]);
    expect(completion).toBeCloseTo(slowed(NIC), 3);
  });

  test('each on another host: the racks are on the way', () => {
    const { hosts, completion } = gangOf({ spread: 'hosts' });
    expect(hosts).toEqual([0, 1, 2, 3]);
    expect(completion).toBeCloseTo(slowed(BETWEEN_RACKS), 3);
  });

  test('each in another rack: two find room, four never do', () => {
    const two = gangOf({ spread: 'racks' }, {}, { workers: 2 });
    expect(two.hosts).toEqual([0, 2]);
    expect(two.completion).toBeCloseTo(slowed(BETWEEN_RACKS), 3);
    expect(gangOf({ spread: 'racks' }).rejected).toEqual([['never-fits:spread', 1]]);
  });

  test('on one host that a policy of wide hosts would not choose', () => {
    const wide = gangOf({}, {}, {}, 'worst-fit');
    expect(new Set(wide.hosts).size).toBe(4);
    expect(wide.completion).toBeCloseTo(slowed(BETWEEN_RACKS), 3);
    const near = gangOf({ within: 'host' }, {}, {}, 'worst-fit');
    expect(near.hosts).toEqual([0, 0, 0, 0]);
    expect(near.completion).toBe(3600);
  });

  test('a rack by preference is left where it has no room, and a host by rule is waited for', () => {
    const wide = gangOf({ prefer: 'host' }, {}, { gpus: 8, workers: 3 });
    expect(wide.hosts).toEqual([0, 1, 2]);
    expect(gangOf({ prefer: 'rack' }, {}, { gpus: 8, workers: 2 }).hosts).toEqual([0, 1]);
    expect(gangOf({ within: 'rack' }, {}, { gpus: 8, workers: 3 }).rejected).toEqual([
      ['never-fits:gang:rack', 1],
    ]);
    expect(gangOf({ within: 'host' }, {}, { gpus: 8, workers: 2 }).rejected).toEqual([
      ['never-fits:gang:host', 1],
    ]);
  });
});

describe('links', () => {
  test('without a NIC stated, hosts are as near as their PCIe links', () => {
    const { nic: _nic, oversubscription: _over, ...plain } = FLEET;
    const group = { ...plain, nic: null, oversubscription: 1 };
    expect(gangOf({ spread: 'hosts' }, group).completion).toBeCloseTo(slowed(PCIE), 3);
  });

  test('a NIC faster than PCIe does not help beyond it', () => {
    const group = { nic: '800Gbit/s', oversubscription: 1 };
    expect(gangOf({ spread: 'hosts' }, group).completion).toBeCloseTo(slowed(PCIE), 3);
  });

  test('an island of several hosts joins them by NVLink; two islands do not', () => {
    const one = gangOf({ spread: 'hosts' }, { nvlinkIsland: 32 });
    expect(one.completion).toBe(3600);
    const two = gangOf({ spread: 'hosts' }, { nvlinkIsland: 16 });
    expect(two.completion).toBeCloseTo(slowed(BETWEEN_RACKS), 3);
    // Of two islands with as much room the one with the host that the policy wants; 24 GPUs fit none of 16.
    expect(gangOf({ within: 'island' }, { nvlinkIsland: 16 }, { gpus: 8, workers: 2 }).hosts).toEqual([0, 1]);
    expect(gangOf({ within: 'island' }, { nvlinkIsland: 16 }, { gpus: 8, workers: 3 }).rejected).toEqual([
      ['never-fits:gang:island', 1],
    ]);
  });

  test('islands smaller than a host: data between them go over PCIe, over NUMA domains with less of it', () => {
    const pairs = { nvlinkIsland: 2, numa: 2 };
    expect(gangOf({}, pairs, { gpus: 2, workers: 1 }).completion).toBe(3600);
    expect(gangOf({}, pairs, { gpus: 4, workers: 1 }).completion).toBeCloseTo(slowed(PCIE), 3);
    expect(gangOf({}, pairs, { gpus: 6, workers: 1 }).completion).toBeCloseTo(slowed(PCIE * 0.8), 3);
    expect(gangOf({ within: 'island' }, pairs, { gpus: 4, workers: 1 }).rejected).toEqual([
      ['never-fits:gang:island', 1],
    ]);
  });

  test('on GPUs shared by fraction the way counts where hosts say how they are joined', () => {
    const plain = { sharing: null };
    const use = { use: undefined };
    expect(gangOf({}, plain, use).completion).toBe(3600);
    expect(gangOf({ spread: 'hosts' }, plain, use).completion).toBeCloseTo(slowed(BETWEEN_RACKS), 3);
    const unsaid = { ...plain, rack: null, nic: null, oversubscription: 1 };
    expect(gangOf({ spread: 'hosts' }, unsaid, use).completion).toBe(3600);
  });

  test('GPUs without NVLink are measured against PCIe', () => {
    const l4 = { gpus: { model: 'L4', count: 8 } };
    expect(gangOf({}, l4).completion).toBe(3600);
    const expected = 3600 * (0.7 + 0.3 * (PCIE / BETWEEN_RACKS));
    expect(gangOf({ spread: 'hosts' }, l4).completion).toBeCloseTo(expected, 3);
  });
});
