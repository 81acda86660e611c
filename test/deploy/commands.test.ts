import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { EXPORTERS } from '../../scenarios/exporters/index.ts';
import { shares } from '../../scenarios/exporters/shares.ts';
import { times } from '../../scenarios/exporters/times.ts';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';

const folder = new TemporaryFolder();

const PLAN = `apiVersion: slicewise/v1
name: plan
fleet:
  hosts:
    - { name: train, count: 2, cpu: 128, memory: 1TiB, gpus: { model: A100-SXM4-80GB, count: 4 }, sharing: { mode: mig, layout: [3g.40gb, 2g.20gb, 1g.10gb, 1g.10gb] } }
    - { name: infer, cpu: 64, memory: 512GiB, gpus: { model: L40S, count: 4 }, sharing: { mode: time-slicing, replicas: 4 } }
    - { name: mps, cpu: 64, memory: 512GiB, gpus: { model: L40S, count: 2 }, sharing: { mode: mps, clients: 4, threadPercent: 40 } }
workload:
  synthetic: { tasks: 10, classes: [ { name: any, cpu: 1, memory: 1GiB, gpus: 1, slot: { memory: 4GiB } } ] }
policy:
  scheduling: { quotas: { a: { guaranteed: 3 }, a/x: { guaranteed: 2, max: 5 }, b: { guaranteed: 4.5, weight: 2 } } }
  queueing: quotas
experiment: { kind: timed, horizon: 1h }
`
  .replace('tasks: 10,', 'tasks: 10, arrivals: { process: poisson, rate: 1/h },')
  .replace('slot: { memory: 4GiB } }', 'slot: { memory: 4GiB }, lifetime: { kind: constant, value: 1m } }');
const plan = folder.write('plan.yaml', PLAN);

const documents = (text: string) =>
  parseAllDocuments(text).map(
    (each) => each.toJS() as { kind: string; metadata: { name: string }; spec: object },
  );

describe('slicewise export', () => {
  test('every target but vgpu-config and libvirt writes the plan; notes are on stderr and in the file', async () => {
    for (const { name } of EXPORTERS) {
      const { code, out, err } = await inProcess(['export', name, plan]);
      if (name === 'vgpu-config' || name === 'libvirt') {
        expect(code).toBe(2);
        expect(err).toContain('fleet.hosts: must have a group shared by');
        expect(out).toBe('');
        continue;
      }
      expect(code, name + err).toBe(0);
      for (const note of err.matchAll(/^note: (.*)$/gm)) {
        if (name !== 'purchase-list') expect(out).toContain(`# note: ${note[1]}\n`);
      }
      const json = await inProcess(['export', name, plan, '--json']);
      expect(JSON.parse(json.out)).toBeTruthy();
    }
  });

  test('what a target cannot say is told', async () => {
    const { err } = await inProcess(['export', 'device-plugin', plan]);
    expect(err).toContain('fleet.hosts[1]: time-slicing reserves no memory');
    expect(err).toContain(
      'fleet.hosts[2].sharing.threadPercent: 40 cannot be said: the plugin gives each client 25',
    );
  });

  test('a layout that is not uniform is refused with the strategy single, and nothing is written', async () => {
    const out = folder.at('single.yaml');
    const { code, err } = await inProcess([
      'export',
      'device-plugin',
      plan,
      '--mig-strategy',
      'single',
      '--out',
      out,
    ]);
    expect(code).toBe(2);
    expect(err).toContain('fleet.hosts[0].sharing: must have instances of one profile on all GPUs');
    expect(existsSync(out)).toBe(false);
  });

  test('all that Slurm cannot have is told at once', async () => {
    const bad = PLAN.replace(', layout: [3g.40gb, 2g.20gb, 1g.10gb, 1g.10gb]', '')
      .replace('name: infer, cpu: 64', 'name: default, cpu: 500m')
      .replace('policy:', 'policy:\n  placement: best-fit');
    const { code, err } = await inProcess(['export', 'gres', folder.write('bad.yaml', bad)]);
    expect(code).toBe(2);
    expect(err).toContain('fleet.hosts[0].sharing.layout: must be stated');
    expect(err).toContain('fleet.hosts[1].name: must be another name');
    expect(err).toContain('fleet.hosts[1].cpu: must be at least one core');
  });

  test('an unknown group and the scenario itself as output are refused', async () => {
    const { code, err } = await inProcess(['export', 'gres', plan, '--group', 'nobody', '--out', plan]);
    expect(code).toBe(2);
    expect(err).toContain('--group: must be a host group of the scenario: train, infer, mps');
    expect(err).toContain('--out: must not overwrite the input');
    expect(readFileSync(plan, 'utf8')).toBe(PLAN);
  });

  test('Kueue: flavors list every resource of their group, quotas add up to the fleet, borrowing is in cohorts only', async () => {
    const { out } = await inProcess(['export', 'kueue', plan]);
    const all = documents(out);
    const nominal = new Map<string, number>();
    for (const { kind, spec } of all) {
      const { resourceGroups = [], cohortName } = spec as {
        resourceGroups?: {
          coveredResources: string[];
          flavors: { name: string; resources: Record<string, string>[] }[];
        }[];
        cohortName?: string;
      };
      const flavors = resourceGroups.flatMap((group) => group.flavors.map(({ name }) => name));
      expect(new Set(flavors).size).toBe(flavors.length);
      for (const { coveredResources, flavors: own } of resourceGroups) {
        for (const { name, resources } of own) {
          expect(all.some((each) => each.kind === 'ResourceFlavor' && each.metadata.name === name)).toBe(
            true,
          );
          expect(resources.map((resource) => resource.name)).toEqual(coveredResources);
          for (const { name: resource = '', nominalQuota, borrowingLimit } of resources) {
            expect(nominalQuota).toMatch(/^\d+$/);
            if (kind === 'ClusterQueue' && borrowingLimit !== undefined) expect(cohortName).toBeDefined();
            nominal.set(resource, (nominal.get(resource) ?? 0) + Number(nominalQuota));
          }
        }
      }
    }
    // 8 A100 with one 3g.40gb each, 4 L40S four times and 2 L40S four times; parts of a device are rounded down.
    expect(nominal.get('nvidia.com/mig-3g.40gb')).toBeLessThanOrEqual(8);
    expect(nominal.get('nvidia.com/mig-3g.40gb')).toBeGreaterThanOrEqual(8 - 5);
    expect(nominal.get('nvidia.com/gpu')).toBeLessThanOrEqual(24);
    expect(nominal.get('nvidia.com/gpu')).toBeGreaterThanOrEqual(24 - 10);
    const names = all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { metadata } of all) expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
    expect(names).toEqual(
      expect.arrayContaining(['Cohort fleet', 'Cohort a', 'ClusterQueue a-x', 'ClusterQueue b']),
    );
  });

  test('KAI: quotas, limits and weights of every queue, children below their parents', async () => {
    const { out } = await inProcess(['export', 'kai', plan]);
    const specs = documents(out).map(({ spec }) => spec);
    expect(specs).toMatchObject([
      { displayName: 'a', resources: { gpu: { quota: 3, limit: -1, overQuotaWeight: 1 } } },
      { displayName: 'a/x', parentQueue: 'a', resources: { gpu: { quota: 2, limit: 5 } } },
      { displayName: 'b', resources: { gpu: { quota: 4.5, limit: -1, overQuotaWeight: 2 } } },
    ]);
  });

  test('the purchase list has the prices of the scenario, exact totals, and what the catalogue says of the rest', async () => {
    const { out } = await inProcess(['export', 'purchase-list', 'cost-owned-fleet']);
    expect(out.split('\n')[0]).toBe(
      'kind,item,host_group,quantity,boards,price_per,unit_price,total_price,currency,source,confidence,note',
    );
    expect(out).toContain('host,host with 128 cores and 1048576 MiB,own,2,,once,60000,120000,USD,');
    expect(out).toContain('gpu,A100-SXM4-80GB,own,8,8,once,15000,120000,USD,');
    const catalogue = await inProcess(['export', 'purchase-list', plan]);
    expect(catalogue.out).toMatch(/^gpu,L40S,infer,4,4,once,8250,33000,USD,.+,unverified,catalogue: L40S$/m);
  });

  test('libvirt: the functions are sound shell and make the elements of the addresses', async () => {
    const scenario = folder.write(
      'vm.yaml',
      PLAN.replace('{ mode: time-slicing, replicas: 4 }', 'passthrough')
        .replace(/policy:[\s\S]*?queueing: quotas\n/, '')
        .replace('slot: { memory: 4GiB }', 'slot: { memory: 4GiB }'),
    );
    const file = folder.at('vm.sh');
    expect((await inProcess(['export', 'libvirt', scenario, '--out', file])).code).toBe(0);
    const { spawnSync } = await import('node:child_process');
    const run = spawnSync('/bin/sh', ['-c', `. "$1"; gpu_0 0000:41:00.5; gpu_0 'x"; id'`, 'sh', file], {
      encoding: 'utf8',
    });
    expect(run.stdout).toBe(
      "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x41' slot='0x00' function='0x5'/></source></hostdev>\n",
    );
  });
});

describe('slicewise import of what is deployed', () => {
  test('what the plan exports makes the same plan over the plan', async () => {
    for (const format of ['mig-parted', 'device-plugin', 'gres']) {
      const file = folder.at(`${format}.conf`);
      const nodes = folder.at(`${format}.nodes`);
      await inProcess(['export', format, plan, '--out', file]);
      await inProcess(['export', 'slurm-nodes', plan, '--out', nodes]);
      const slurm = format === 'gres' ? ['--slurm-conf', nodes] : [];
      // L40S have no MIG: mig-parted has no configuration for them.
      const like =
        format === 'mig-parted'
          ? folder.write('only.yaml', PLAN.replace(/^ {4}- \{ name: (infer|mps).*\n/gm, ''))
          : plan;
      const made = await inProcess(['import', format, file, '--like', like, '--name', 'plan', ...slurm]);
      expect(made.code, made.err).toBe(0);
      const [before, after] = await Promise.all([
        inProcess(['check', like]),
        inProcess(['check', folder.write(`${format}.yaml`, made.out)]),
      ]);
      expect(after.code, after.err).toBe(0);
      expect(after.out).toBe(before.out);
    }
  });

  test('hosts stated by options make an overlay of the fleet; GPUs that differ make hosts of their own', async () => {
    const file = folder.write(
      'mig.yaml',
      'version: v1\nmig-configs:\n  half:\n    - { devices: [0, 1], mig-enabled: true, mig-devices: { 1g.10gb: 7 } }\n    - { devices: [2, 3], mig-enabled: false }\n',
    );
    const { code, out, err } = await inProcess([
      'import',
      'mig-parted',
      file,
      '--hosts',
      'node*2=4xA100-SXM4-80GB',
    ]);
    expect(code, err).toBe(0);
    expect(err).toContain('note: node: its GPUs are shared in 2 ways');
    expect(parse(out).fleet.hosts).toMatchObject([
      {
        name: 'node-part0',
        count: 2,
        cpu: 32,
        gpus: [{ count: 2 }],
        sharing: { mode: 'mig', layout: Array(7).fill('1g.10gb') },
      },
      { name: 'node-part1', count: 2, cpu: 32, gpus: [{ count: 2 }] },
    ]);
  });

  test('illegal layouts and wrong files are refused with every problem and its place', async () => {
    const file = folder.write(
      'wrong.yaml',
      'version: v2\nextra: 1\nmig-configs:\n  a:\n    - { devices: some, mig-enabled: true }\n    - { devices: all, mig-enabled: 1, mig-devices: { big: 1, 1g.10gb: -1 } }\n',
    );
    const wrong = await inProcess(['import', 'mig-parted', file, '--hosts', 'n=1xA100-SXM4-80GB']);
    expect(wrong.code).toBe(2);
    for (const part of [
      'version: must be v1',
      'extra: is not a key',
      '.devices: must be all',
      'mig-enabled: must be true',
      'big: must be a MIG profile',
      '1g.10gb"]: must be a whole number',
    ])
      expect(wrong.err).toContain(part);
    const illegal = folder.write(
      'illegal.yaml',
      'version: v1\nmig-configs:\n  n:\n    - { devices: [0], mig-enabled: true, mig-devices: { 3g.40gb: 3 } }\n    - { devices: [1], mig-enabled: true, mig-devices: { 1g.5gb: 1 } }\n',
    );
    const refused = await inProcess(['import', 'mig-parted', illegal, '--hosts', 'n=2xA100-SXM4-80GB']);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('do not fit together');
    expect(refused.err).toContain('1g.5gb');
  });

  test('gres.conf: lines that are not understood, shards that do not divide and missing nodes are refused', async () => {
    const file = folder.write(
      'gres.conf',
      'Include other.conf\nNodeName=n[0-1 Name=gpu File=/dev/nvidia0\nNodeName=n Name=gpu Count=x\n',
    );
    const { code, err } = await inProcess(['import', 'gres', file, '--hosts', 'n=2xL40S']);
    expect(code).toBe(2);
    expect(err).toContain(`${file}:1`);
    expect(err).toContain(`${file}:2`);
    expect(err).toContain(`${file}:3`);
    const shards = folder.write(
      'shards.conf',
      'NodeName=n Name=gpu File=/dev/nvidia[0-1]\nNodeName=n Name=shard Count=7\n',
    );
    const odd = await inProcess(['import', 'gres', shards, '--hosts', 'n=2xL40S', '--hosts', 'm=2xL40S']);
    expect(odd.err).toContain('must have the same number of shards');
    expect(odd.err).toContain('host m: must be a node of the files');
  });

  test('exactly one way says which hosts there are', async () => {
    const { code, err } = await inProcess(['import', 'gres', plan]);
    expect(code).toBe(2);
    expect(err).toContain('exactly one of them must say which hosts there are, got 0');
  });

  test('labels of nodes name the configuration of each', async () => {
    const node = (name: string, config: string) => ({
      kind: 'Node',
      apiVersion: 'v1',
      metadata: {
        name,
        labels: {
          'nvidia.com/gpu.product': 'NVIDIA-L40S',
          'nvidia.com/gpu.count': '2',
          'nvidia.com/device-plugin.config': config,
        },
      },
      status: {
        allocatable: { cpu: '32', memory: '128Gi', 'nvidia.com/gpu': '2' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    });
    const nodes = folder.write(
      'nodes.json',
      JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [node('n1', 'mps'), node('n2', 'infer')] }),
    );
    const file = folder.at('dp.yaml');
    await inProcess(['export', 'device-plugin', plan, '--out', file]);
    const { code, out, err } = await inProcess(['import', 'device-plugin', file, '--nodes', nodes]);
    expect(code, err).toBe(0);
    expect(parse(out).fleet.hosts).toMatchObject([
      { name: 'n1', sharing: { mode: 'mps', clients: 4 } },
      { name: 'n2', sharing: { mode: 'time-slicing', replicas: 4 } },
    ]);
  });
});

test('shares add up exactly, whatever the weights; prices times quantities are exact', () => {
  expect(shares(10, [1, 1, 1])).toEqual([4, 3, 3]);
  expect(shares(7, [0, 2, 5])).toEqual([0, 2, 5]);
  expect(times('2499.95', 3)).toBe('7499.85');
  expect(times('0.1', 3)).toBe('0.3');
  expect(times('-1.50', 0)).toBe('0.00');
});
