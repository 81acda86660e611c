import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CanonicalDocument, normalizeScenario } from '../../sim/scenario/index.ts';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';

const folder = new TemporaryFolder();

const A100 = '{ model: A100-SXM4-80GB, count: 4 }';
const L40S = '{ model: L40S, count: 4 }';
const JOBS =
  'workload: { synthetic: { tasks: 1, arrivals: { process: poisson, rate: 1/h }, classes: [ { name: any, cpu: 1, memory: 1GiB, lifetime: { kind: constant, value: 1m } } ] } }';

/** A scenario with these groups: what stands after the size of each. */
function scenario(file: string, groups: Readonly<Record<string, string>>, workload = JOBS): string {
  const hosts = Object.entries(groups).map(
    ([name, rest]) =>
      `    - { name: ${JSON.stringify(name)}, count: 2, cpu: 64, memory: 256GiB${rest === '' ? '' : `, ${rest}`} }\n`,
  );
  return folder.write(
    file,
    `apiVersion: slicewise/v1\nname: plan\nfleet:\n  hosts:\n${hosts.join('')}${workload}\nexperiment: { kind: timed, horizon: 1h }\n`,
  );
}

function sharingsOf(text: string): Readonly<Record<string, unknown>> {
  const result = normalizeScenario(parse(text));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { hosts } = (result.document as CanonicalDocument).fleet;
  return Object.fromEntries((hosts ?? []).map(({ name, sharing }) => [name, sharing ?? null]));
}

async function written(...command: readonly string[]): Promise<string> {
  const { code, out, err } = await inProcess([...command]);
  expect(code, err).toBe(0);
  return out;
}

describe('import --like changes what the file is about and nothing else', () => {
  const three = scenario('three.yaml', {
    k8s: `gpus: ${L40S}, sharing: { mode: time-slicing, replicas: 4 }`,
    vdi: `gpus: ${L40S}, sharing: vgpu`,
    vm: `gpus: ${A100}, sharing: passthrough`,
  });

  test('the only configuration of a ConfigMap is not that of groups with other names, which a note tells', async () => {
    const map = await written('export', 'device-plugin', three);
    const file = folder.write('map.yaml', map.replace('replicas: 4', 'replicas: 6'));
    const { code, out, err } = await inProcess(['import', 'device-plugin', file, '--like', three]);
    expect(code, err).toBe(0);
    expect(sharingsOf(out)).toMatchObject({
      k8s: { mode: 'time-slicing', replicas: 6 },
      vdi: { mode: 'vgpu' },
      vm: { mode: 'passthrough' },
    });
    expect(err).toMatch(/^note: .* stay as the scenario has them .*: vdi, vm$/m);
  });

  test('a configuration that is nobody’s goes to groups shared in its way; --config and --group say otherwise', async () => {
    const like = scenario('ways.yaml', {
      slow: `gpus: ${L40S}, sharing: { mode: time-slicing, replicas: 4 }`,
      plain: `gpus: ${L40S}, sharing: bare-metal`,
      vdi: `gpus: ${L40S}, sharing: vgpu`,
      cpu: '',
    });
    const file = folder.write(
      'nobodys.yaml',
      'version: v1\nsharing: { timeSlicing: { resources: [{ name: nvidia.com/gpu, replicas: 9 }] } }\n',
    );
    const first = await inProcess(['import', 'device-plugin', file, '--like', like]);
    expect(sharingsOf(first.out)).toMatchObject({
      slow: { replicas: 9 },
      plain: { mode: 'bare-metal' },
      vdi: { mode: 'vgpu' },
      cpu: null,
    });
    expect(first.err).toMatch(/^note: the only configuration .*: slow$/m);
    expect(first.err).toMatch(/^note: .*not about stay .*: plain, vdi$/m);
    expect(first.err).toMatch(/^note: host groups without GPUs stay .*: cpu$/m);
    const one = await written('import', 'device-plugin', file, '--like', like, '--group', 'plain');
    expect(sharingsOf(one)).toMatchObject({ slow: { replicas: 4 }, plain: { replicas: 9 } });
    const map = folder.write(
      'named.yaml',
      'kind: ConfigMap\ndata:\n  a: |\n    sharing: { mps: { resources: [{ name: nvidia.com/gpu, replicas: 3 }] } }\n  b: |\n    version: v1\n',
    );
    const said = await written('import', 'device-plugin', map, '--like', like, '--config', 'a');
    expect(sharingsOf(said)).toMatchObject({
      slow: { mode: 'mps', clients: 3 },
      plain: { mode: 'mps', clients: 3 },
      vdi: { mode: 'vgpu' },
      cpu: null,
    });
    const unknown = await inProcess(['import', 'device-plugin', map, '--like', like, '--config', 'c']);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('must take a configuration of the file, got "c"');
    for (const group of ['cpu', 'nobody']) {
      const wrong = await inProcess(['import', 'device-plugin', map, '--like', like, '--group', group]);
      expect(wrong.code).toBe(2);
      expect(wrong.err).toContain(
        '--group: must be a host group of the scenario with GPUs: slow, plain, vdi',
      );
    }
    const alone = await inProcess(['import', 'device-plugin', map, '--hosts', 'n=1xL40S', '--group', 'n']);
    expect(alone.code).toBe(2);
    expect(alone.err).toContain('--group: goes with --like');
  });

  test('groups that an exporter left out, without GPUs too, stay: mig-parted, device-plugin and gres take their own files', async () => {
    const like = scenario('left-out.yaml', {
      cut: `gpus: ${A100}, sharing: { mode: mig, layout: [3g.40gb, 3g.40gb] }`,
      inf: `gpus: ${L40S}, sharing: { mode: time-slicing, replicas: 4 }`,
      desks: `gpus: ${L40S}, sharing: vgpu`,
      cpu: '',
    });
    const plan = await written('check', like);
    const nodes = folder.write('nodes.conf', await written('export', 'slurm-nodes', like));
    for (const format of ['mig-parted', 'device-plugin', 'gres']) {
      const file = folder.write(`${format}.left`, await written('export', format, like));
      const slurm = format === 'gres' ? ['--slurm-conf', nodes] : [];
      const { code, out, err } = await inProcess([
        ...['import', format, file, '--like', like, '--name', 'plan'],
        ...slurm,
      ]);
      expect(code, err).toBe(0);
      expect(err).toMatch(/^note: .*stay as the scenario has them.*: (inf, )?desks$/m);
      expect(err).toMatch(/^note: host groups without GPUs stay as the scenario has them: cpu$/m);
      expect(await written('check', folder.write('back.yaml', out))).toBe(plan);
    }
    // Without slurm.conf nobody says what Slurm finds on the nodes with MIG.
    const gres = await inProcess(['import', 'gres', folder.at('gres.left'), '--like', like]);
    expect(sharingsOf(gres.out).cut).toMatchObject({ mode: 'mig', layout: ['3g.40gb', '3g.40gb'] });
    expect(gres.err).toContain('give slurm.conf too');
  });

  test('names that are no labels are found again, and never take the configuration of the name they become', async () => {
    const whole = `gpus: ${A100}, sharing: { mode: mig, layout: [7g.80gb] }`;
    const half = `gpus: ${A100}, sharing: { mode: mig, layout: [3g.40gb, 3g.40gb] }`;
    const long = `z${'y'.repeat(62)}`;
    const like = scenario('labels.yaml', { 'end-': whole, end: half, [`${long}a`]: whole, [long]: half });
    const map = await written('export', 'mig-parted', like);
    expect(parse(map)['mig-configs']).toMatchObject({
      end: [{ 'mig-devices': { '3g.40gb': 2 } }],
      'end-2': [{ 'mig-devices': { '7g.80gb': 1 } }],
      [long]: [{ 'mig-devices': { '3g.40gb': 2 } }],
    });
    const all = await written('import', 'mig-parted', folder.write('labels', map), '--like', like);
    expect(sharingsOf(all)).toMatchObject({
      'end-': { layout: ['7g.80gb'] },
      end: { layout: ['3g.40gb', '3g.40gb'] },
      [`${long}a`]: { layout: ['7g.80gb'] },
      [long]: { layout: ['3g.40gb', '3g.40gb'] },
    });
    const one = await written('export', 'mig-parted', like, '--group', 'end-');
    const cut = folder.write('one', one.replace('"7g.80gb": 1', '"1g.10gb": 7'));
    expect(sharingsOf(await written('import', 'mig-parted', cut, '--like', like))).toMatchObject({
      'end-': { layout: Array(7).fill('1g.10gb') },
      end: { layout: ['3g.40gb', '3g.40gb'] },
    });
  });

  test('parts of a group whose GPUs differ have names that a scenario takes and that no other group has', async () => {
    const long = 'n'.repeat(64);
    const like = scenario('parts.yaml', {
      [long]: `gpus: ${A100}, sharing: { mode: mig }`,
      [`${'n'.repeat(58)}-part0`]: `gpus: ${L40S}, sharing: vgpu`,
    });
    const file = folder.write(
      'half.yaml',
      'version: v1\nmig-configs:\n  half:\n    - { devices: [0], mig-enabled: true, mig-devices: { 7g.80gb: 1 } }\n    - { devices: [1, 2, 3], mig-enabled: false }\n',
    );
    const { code, out, err } = await inProcess(['import', 'mig-parted', file, '--like', like]);
    expect(code, err).toBe(0);
    const names = Object.keys(sharingsOf(out));
    expect(names).toHaveLength(3);
    // `-part0` is taken: cut for a number.
    expect(names).toEqual([`${'n'.repeat(58)}-par-2`, `${'n'.repeat(58)}-part1`, `${'n'.repeat(58)}-part0`]);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(64);
  });
});

describe('nodes without the label of the tool take what the tool takes', () => {
  const node = (name: string, labels: object) => ({
    kind: 'Node',
    apiVersion: 'v1',
    metadata: {
      name,
      labels: {
        'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-80GB',
        'nvidia.com/gpu.count': '2',
        ...labels,
      },
    },
    status: {
      allocatable: { cpu: '32', memory: '128Gi', 'nvidia.com/gpu': '2' },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  });
  const nodes = folder.write(
    'nodes.json',
    JSON.stringify({
      kind: 'List',
      apiVersion: 'v1',
      items: [
        node('a', { 'nvidia.com/mig.config': 'cut', 'nvidia.com/device-plugin.config': 'cut' }),
        node('cut', {}),
      ],
    }),
  );

  test('the MIG manager nothing, not even the only one or that of their name, unless --config says so', async () => {
    const file = folder.write(
      'cut.yaml',
      'version: v1\nmig-configs:\n  cut: [{ devices: all, mig-enabled: true, mig-devices: { 7g.80gb: 1 } }]\n',
    );
    const { code, out, err } = await inProcess(['import', 'mig-parted', file, '--nodes', nodes]);
    expect(code, err).toBe(0);
    const [a, cut] = parse(out).fleet.hosts as { sharing?: unknown }[];
    expect(a?.sharing).toEqual({ mode: 'mig', layout: ['7g.80gb'] });
    expect(cut?.sharing).toBeUndefined();
    expect(err).toMatch(/^note: nodes without the label nvidia\.com\/mig\.config .*: cut$/m);
    const said = parse(await written('import', 'mig-parted', file, '--nodes', nodes, '--config', 'cut'));
    expect(said.fleet.hosts[1].sharing).toEqual({ mode: 'mig', layout: ['7g.80gb'] });
  });

  test('the device plugin the configuration default, else the only one, else it must be said', async () => {
    const map = (...configs: readonly (readonly [string, number])[]) =>
      folder.write(
        'fallback.yaml',
        `kind: ConfigMap\ndata:\n${configs.map(([name, replicas]) => `  ${name}: |\n    sharing: { timeSlicing: { resources: [{ name: nvidia.com/gpu, replicas: ${replicas} }] } }\n`).join('')}`,
      );
    const run = (file: string) => inProcess(['import', 'device-plugin', file, '--nodes', nodes]);
    const only = await run(map(['cut', 2]));
    expect(parse(only.out).fleet.hosts[1].sharing).toEqual({ mode: 'time-slicing', replicas: 2 });
    expect(only.err).toMatch(/^note: nodes without the label nvidia\.com\/device-plugin\.config .*: cut$/m);
    const named = await run(map(['cut', 2], ['default', 5]));
    expect(parse(named.out).fleet.hosts[1].sharing).toEqual({ mode: 'time-slicing', replicas: 5 });
    const none = await run(map(['cut', 2], ['other', 5]));
    expect(none.code).toBe(2);
    expect(none.err).toContain('hosts cut: must say its configuration');
  });
});

describe('Slurm and GPUs', () => {
  test('types of digits are types where a count follows; a number alone is a count', async () => {
    const nodes = (gres: string) =>
      folder.write('s.conf', `NodeName=n CPUs=4 Gres=${gres} State=UNKNOWN\nNodeName=c CPUs=4 Gres=\n`);
    const gres = folder.write('g.conf', 'NodeName=n AutoDetect=nvml\n');
    const run = (text: string) =>
      inProcess(['import', 'gres', gres, '--slurm-conf', nodes(text), '--hosts', 'n=2xRTX-4090']);
    for (const good of [
      'gpu:4090:2',
      'gpu:2',
      'gpu',
      'gpu:4090:no_consume:2,shard:8',
      'gpu:rtx_4090:2(S:0,1),nic1:x',
    ]) {
      const { code, err } = await run(good);
      expect(code, good + err).toBe(0);
    }
    expect(parse((await run('gpu:4090:2,shard:8')).out).fleet.hosts[0].sharing).toEqual({
      mode: 'time-slicing',
      replicas: 4,
    });
    for (const bad of ['gpu:a:b', 'gpu::2', 'gpu:a:b:2', 'gpu:4090:0', ':2']) {
      const { code, err } = await run(bad);
      expect(code, bad).toBe(2);
      expect(err, bad).toContain('must be name:type:count');
    }
  });

  test('nodes without GPUs have no Gres, alone or beside others; files about GPUs have nothing to say of them', async () => {
    const fleet = scenario('cpu.yaml', { cpu: '', gpu: `gpus: ${L40S}, sharing: bare-metal` });
    const all = await written('export', 'slurm-nodes', fleet);
    expect(all).toMatch(/^GresTypes=gpu$/m);
    expect(all).toMatch(/^NodeName=cpu-\[0000-0001\] CPUs=64 RealMemory=262144 State=UNKNOWN$/m);
    expect(all).toMatch(/^NodeName=gpu-\[0000-0001\] .* Gres=gpu:l40s:4 State=UNKNOWN$/m);
    const alone = await written('export', 'slurm-nodes', fleet, '--group', 'cpu');
    expect(alone).toContain('NodeName=cpu-[0000-0001] CPUs=64 RealMemory=262144 State=UNKNOWN\n');
    expect(alone).not.toMatch(/gres/i);
    for (const format of ['mig-parted', 'device-plugin', 'gres', 'vgpu-config', 'kueue', 'libvirt']) {
      const { code, out, err } = await inProcess(['export', format, fleet, '--group', 'cpu']);
      expect(code, format).toBe(2);
      expect(out).toBe('');
      expect(err).toContain('--group: must be a host group with GPUs, got "cpu", which has none');
    }
    expect(await written('export', 'purchase-list', fleet, '--group', 'cpu')).toContain('host,');
  });

  test('a group of no hosts makes no nodes', async () => {
    const fleet = scenario('none.yaml', { gpu: `gpus: ${L40S}`, off: `gpus: ${L40S}` });
    const { out, err } = await inProcess([
      'export',
      'slurm-nodes',
      fleet,
      '--set',
      'fleet.hosts.off.count=0',
    ]);
    expect(out).not.toContain('NodeName=off');
    expect(err).toContain('fleet.hosts[1]: has no hosts: left out');
  });
});

test('each type of a group has a configuration of its own, also where another group is called like it', async () => {
  const sessions = ['A16-1B', 'A16-2Q', 'L40S-8Q']
    .map(
      (type) => `{ name: ${type.toLowerCase()}, users: 2, cpu: 1, memory: 1GiB, slot: { profile: ${type} } }`,
    )
    .join(', ');
  const desks = scenario(
    'desks.yaml',
    {
      desks: 'gpus: { model: A16, count: 4 }, sharing: vgpu',
      'desks.A16-1B': `gpus: ${L40S}, sharing: vgpu`,
    },
    `workload: { sessions: [ ${sessions} ] }`,
  );
  const { code, out, err } = await inProcess(['export', 'vgpu-config', desks]);
  expect(code, err).toBe(0);
  expect(parse(out)['vgpu-configs']).toMatchObject({
    'desks.A16-1B': [{ 'vgpu-devices': { 'L40S-8Q': 6 } }],
    'desks.A16-1B-2': [{ 'vgpu-devices': { 'A16-1B': 16 } }],
    'desks.A16-2Q': [{ 'vgpu-devices': { 'A16-2Q': 8 } }],
  });
  expect(err).toContain('note: configuration "desks.A16-1B" is written "desks.A16-1B-2"');
});
