import { describe, expect, test } from 'vitest';
import { WAY_NAMES } from '../../scenarios/importers/gpu-cluster.ts';
import { clusterText, imported, oneGpu, refused, runOf, SAMPLE, vgpus } from './gpu-cluster-files.ts';

const slotsOf = (cluster: ReturnType<typeof imported>) =>
  (cluster.scenario.workload.sessions ?? []).map(({ slot }) => slot);
const sharingOf = (cluster: ReturnType<typeof imported>) =>
  (cluster.scenario.fleet.hosts ?? []).map(({ sharing }) => sharing);
const problemsOf = (text: string) => refused(text).map(({ path, message }) => `${path}: ${message}`);

describe('The cluster file of the source document', () => {
  test('imports as it stands: both vgpus get what they ask, as caps of a library', () => {
    const cluster = imported(SAMPLE);
    expect(sharingOf(cluster)).toEqual(['hook']);
    expect(slotsOf(cluster)).toEqual([
      { memory: '10240MiB', compute: '25%' },
      { memory: '8192MiB', compute: '15%' },
    ]);
    expect(cluster.summary).toEqual({ hosts: 1, gpus: 1, vgpus: 2, modes: ['Container hook (HAMi class)'] });
    const { value } = runOf(cluster);
    expect(value('jobs.running')).toBe(2);
    // Caps hold to a few percent; the two are in proportion to what they ask.
    expect(value('session.vgpu-01.speed.mean') / value('session.vgpu-02.speed.mean')).toBeCloseTo(25 / 15, 6);
    expect(value('session.vgpu-01.speed.mean')).toBeLessThanOrEqual(0.25);
    expect(value('session.vgpu-01.speed.mean')).toBeGreaterThan(0.2);
  });

  test('says what of it cannot be had: the share of a vGPU, whom the limit is about, the form factor', () => {
    const { notes: list, scenario } = imported(SAMPLE);
    const notes = list.join('\n');
    expect(scenario.policy).toMatchObject({ queueing: 'fair-share', scheduling: { maxJobsPerUser: 3 } });
    expect(notes).toContain('time-sliced NVIDIA vGPU has no share of the compute');
    expect(notes).not.toContain('fair-share');
    expect(notes).toContain('max_jobs_per_user: 3 is taken, and holds nobody yet');
    expect(notes).toMatch(/"A100-40GB" is taken as .*form factor not given/);
    expect(notes).toContain('vgpu changes 2, mig-vgpu changes 3, mig changes 3');
  });

  test.each([
    ['vgpu', ['A100X-10C', 'A100X-8C']],
    ['mig', ['2g.10gb', '2g.10gb']],
    ['mig-vgpu', ['A100X-2-10C', 'A100X-2-10C']],
  ])('with --mode %s the vgpus become %j', (mode, profiles) => {
    const cluster = imported(SAMPLE, mode);
    expect(slotsOf(cluster)).toEqual(profiles.map((profile) => ({ profile })));
    expect(runOf(cluster).value('jobs.running')).toBe(2);
  });

  test('two sizes need mixed-size mode, where fixed share is not allowed', () => {
    expect(sharingOf(imported(SAMPLE, 'vgpu'))).toEqual([
      { mode: 'vgpu', sizes: 'mixed', scheduler: 'best-effort', series: 'C' },
    ]);
  });

  test('what cannot be had on the GPU is refused with the way that goes', () => {
    const [problem] = refused(SAMPLE, 'sriov');
    expect(problem).toMatchObject({ path: 'gpu_cluster.nodes[0]', hint: '--mode hook goes' });
    expect(problem?.at).toBe('cluster.yaml:3:7');
  });

  test('every way has a name that the command line can offer', () => {
    expect(WAY_NAMES).toEqual(['vgpu', 'mig-vgpu', 'mig', 'sriov', 'hook', 'time-slicing']);
  });
});

describe('The way that keeps most of the figures is taken', () => {
  test.each([
    ['sizes alone: vGPUs', 'A100-80GB', ['20GB', '20GB', '20GB', '20GB'], 'vgpu', 0],
    [
      'an even cut with even shares: vGPUs under fixed share',
      'RTX A6000',
      Array(8).fill('6GB 12.5%'),
      'vgpu',
      0,
    ],
    ['thirds, however rounded: vGPUs under fixed share', 'RTX A5000', Array(3).fill('8GB 33.3%'), 'vgpu', 0],
    ['slices of MIG: vGPUs on them', 'A100-40GB', ['10GB 28.6%', '20GB 42.9%'], 'mig-vgpu', 0],
    ['free shares: caps of a library', 'A100-40GB', ['10GB 25%', '8GB 15%'], 'hook', 0],
    ['a card without vGPU types: caps of a library', 'RTX 3090', ['6GB 20%', '12GB 50%'], 'hook', 0],
    ['equal eighths of an AMD card: virtual functions', 'MI25', Array(8).fill('2GB 12.5%'), 'sriov', 0],
    ['an AMD card that has none: replicas', 'RX 7900 XTX', ['6GB 25%'], 'time-slicing', 2],
  ])('%s', (_case, type, sizes, mode, changed) => {
    const cluster = imported(oneGpu(type, vgpus(...sizes)));
    const sharing = sharingOf(cluster)[0];
    expect(typeof sharing === 'string' ? sharing : sharing?.mode).toBe(mode);
    expect(cluster.notes.join('\n')).toContain(`changes ${changed} of the`);
    const { value } = runOf(cluster);
    expect(value('jobs.running')).toBe(sizes.length);
  });

  test('fixed share gives each what it asks, whoever else is there', () => {
    const { value } = runOf(imported(oneGpu('RTX A6000', vgpus('6GB 12.5%', '6GB 12.5%'))));
    expect(value('session.v0.speed.mean')).toBeLessThanOrEqual(0.125);
    expect(value('session.v0.speed.mean')).toBeGreaterThan(0.1);
  });

  test('each node by itself: a file may have cards of two vendors', () => {
    const cluster = imported(
      clusterText([
        { host: 'green', gpus: [{ type: 'L4', vgpus: vgpus('4GB', '4GB') }] },
        { host: 'red', gpus: [{ type: 'MI25', vgpus: vgpus('2GB', '2GB') }] },
        { host: 'spare', gpus: [{ type: 'RTX 4090' }] },
      ]),
    );
    expect(sharingOf(cluster)).toEqual([
      { mode: 'vgpu', sizes: 'equal', scheduler: 'best-effort', series: 'C' },
      { mode: 'sriov', vfs: 8 },
      'bare-metal',
    ]);
    expect(cluster.scenario.workload.sessions?.map(({ name }) => name)).toEqual([
      'green.gpu0.v0',
      'green.gpu0.v1',
      'red.gpu0.v0',
      'red.gpu0.v1',
    ]);
    expect(runOf(cluster).value('jobs.running')).toBe(4);
  });

  test('where programs see less than a card is named for, caps shrink rather than refuse', () => {
    const cluster = imported(oneGpu('T4', vgpus('8GB 50%', '8GB 50%')), 'hook');
    expect(slotsOf(cluster)).toEqual(Array(2).fill({ memory: '7680MiB', compute: '50%' }));
    expect(cluster.notes.join('\n')).toContain('8 GiB becomes 7680 MiB');
    expect(runOf(cluster).value('jobs.running')).toBe(2);
  });

  test('caps are whole percents: eighths are rounded down, so that eight of them still go', () => {
    const cluster = imported(oneGpu('RTX 3090', vgpus(...Array(8).fill('3GB 12.5%'))));
    expect(slotsOf(cluster)[0]).toEqual({ memory: '3072MiB', compute: '12%' });
    expect(runOf(cluster).value('jobs.running')).toBe(8);
  });

  test('mixed sizes that no placement id takes are not given as vGPUs', () => {
    // Two of 8 GB stand at 0 and 16 of 24 GB, and 6 GB may start at 0, 6, 12 or 18: there is room, and no place.
    const text = oneGpu('L4', vgpus('8GB', '8GB', '6GB'));
    expect(refused(text, 'vgpu')[0]?.message).toMatch(/vgpu: v\d/);
    expect(runOf(imported(text)).value('jobs.running')).toBe(3);
  });

  test('where nothing reserves memory, the import says who will find none, and the run has it so', () => {
    // Replicas let all five onto the first card, as they come; two cards would have memory for all.
    const cluster = imported(
      clusterText([
        {
          host: 'node01',
          gpus: [
            { type: 'A30', vgpus: vgpus('12GB') },
            { type: 'A30', vgpus: vgpus('9GB', '8GB', '1.5GB', '1GB 50%') },
          ],
        },
      ]),
    );
    expect(sharingOf(cluster)).toEqual([{ mode: 'time-slicing', replicas: 4 }]);
    expect(cluster.notes.at(-1)).toMatch(/^1 of 5 vgpus find no room or no memory/);
    const { value } = runOf(cluster);
    expect(value('jobs.running')).toBe(4);
    expect(value('jobs.failed')).toBeGreaterThan(0);
  });

  test('MIG is tried with the largest first, as its places need', () => {
    const cluster = imported(oneGpu('A100-40GB', vgpus('5GB', '5GB', '5GB', '20GB')), 'mig');
    expect(runOf(cluster).value('jobs.running')).toBe(4);
  });
});

describe('Amounts', () => {
  test.each([
    ['10GB', 10_240],
    ['10GiB', 10_240],
    ['10 gb', 10_240],
    ['10G', 10_240],
    ['10Gi', 10_240],
    ['10240MB', 10_240],
    ['1.5GB', 1536],
    ['0.01TB', 10_486],
    ['1048576KB', 1024],
  ])('%s of memory are %i MiB', (memory, mib) => {
    const cluster = imported(oneGpu('A100-40GB', [{ name: 'v', memory, compute: '25%' }]), 'hook');
    expect(slotsOf(cluster)).toEqual([{ memory: `${mib}MiB`, compute: '25%' }]);
  });

  test.each([
    ['25%', '25%'],
    [0.25, '25%'],
    ['0.25', '25%'],
    ['7 %', '7%'],
    [1, '100%'],
  ])('%j of the compute is %s', (compute, percent) => {
    const cluster = imported(oneGpu('A100-40GB', [{ name: 'v', memory: '10GB', compute }]), 'hook');
    expect(slotsOf(cluster)).toEqual([{ memory: '10240MiB', compute: percent }]);
  });

  test.each([
    ['memory', 10, 'must be an amount of GPU memory such as 10GB, 10GiB or 10240MB, with its unit, got 10'],
    ['memory', '10', 'must be an amount of GPU memory such as 10GB, 10GiB or 10240MB, got "10"'],
    ['memory', '-1GB', 'must be an amount of GPU memory'],
    ['memory', '0GB', 'at least 1MB, got "0GB"'],
    ['memory', null, 'is missing: must be an amount of GPU memory'],
    ['memory', ['10GB'], 'must be an amount of GPU memory'],
    ['compute', 25, 'is 25% meant?, got 25'],
    ['compute', '25', 'is 25% meant?, got "25"'],
    ['compute', '125%', 'at most 1, such as 25% or 0.25, got "125%"'],
    ['compute', 0, 'must be a share of the GPU above 0'],
    ['compute', '0.01%', 'at least 0.1%'],
    ['compute', true, 'must be a share of the GPU'],
  ])('%s %j is refused', (key, value, message) => {
    const vgpu = { name: 'v', memory: '10GB', compute: '25%', [key]: value };
    const problems = refused(oneGpu('A100-40GB', [vgpu]));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe(`gpu_cluster.nodes[0].gpus[0].vgpus[0].${key}`);
    expect(problems[0]?.message).toContain(message);
  });

  test('more than the card has is refused, for memory and compute apart', () => {
    expect(problemsOf(oneGpu('A100-40GB', vgpus('30GB 60%', '20GB 60%')))).toEqual([
      'gpu_cluster.nodes[0].gpus[0].vgpus: must ask for at most the 40 GiB of NVIDIA A100 SXM4 40GB together, got 50 GiB of memory',
      'gpu_cluster.nodes[0].gpus[0].vgpus: must ask for at most 100 % of the compute together, got 120 %',
    ]);
  });
});

describe('Files that are wrong', () => {
  test('everything is told at once, each with its place', () => {
    const text = `gpu_cluster:
  nodes:
    - host: node01
      gpu: []
      gpus:
        - type: A100
          vgpus:
            - { name: a, memroy: 10GB, compute: 25% }
        - type: H1000
    - host: node01
      gpus:
        type: T4
  schedular: {}
`;
    const problems = refused(text).map(({ path, at, hint }) => [path, at, hint]);
    expect(problems).toEqual([
      ['gpu_cluster.schedular', 'cluster.yaml:13:3', 'did you mean "scheduler"? accepted: nodes, scheduler'],
      ['gpu_cluster.nodes[0].gpu', 'cluster.yaml:4:7', 'did you mean "gpus"? accepted: host, gpus'],
      [
        'gpu_cluster.nodes[0].gpus[0].type',
        'cluster.yaml:6:11',
        expect.stringMatching(/^say which of .*a100-pcie-40gb/),
      ],
      [
        'gpu_cluster.nodes[0].gpus[0].vgpus[0].memroy',
        'cluster.yaml:8:26',
        'did you mean "memory"? accepted: name, memory, compute',
      ],
      ['gpu_cluster.nodes[0].gpus[0].vgpus[0].memory', 'cluster.yaml:8:15', undefined],
      [
        'gpu_cluster.nodes[0].gpus[1].type',
        'cluster.yaml:9:11',
        expect.stringMatching(/^nearest known names: .*h100/),
      ],
      ['gpu_cluster.nodes[1].host', 'cluster.yaml:10:7', undefined],
      ['gpu_cluster.nodes[1].gpus', 'cluster.yaml:11:7', 'begin each item with "- "'],
    ]);
  });

  test.each([
    ['nothing', '', ': is empty: must be a mapping with the key gpu_cluster'],
    ['comments alone', '# to do\n', ': is empty'],
    ['a list', '- a\n', ': must be a mapping with the keys gpu_cluster'],
    ['text', 'nodes', ': must be a mapping with the keys gpu_cluster'],
    ['another root', 'cluster: {}\n', 'cluster: unknown key'],
    [
      'an empty cluster',
      'gpu_cluster:\n',
      'gpu_cluster: must be a mapping with the keys nodes, scheduler, got null',
    ],
    ['no nodes', 'gpu_cluster: {nodes: []}', 'gpu_cluster.nodes: must be a list of 1 to 10000 nodes, got 0'],
    [
      'a node without GPU',
      clusterText([{ host: 'a', gpus: [] }]),
      'gpu_cluster.nodes[0].gpus: must be a list of 1 to 64 GPUs',
    ],
    [
      'no vgpu at all',
      clusterText([{ host: 'a', gpus: [{ type: 'T4' }] }]),
      'gpu_cluster.nodes: must have at least one vgpu',
    ],
    ['YAML that is none', 'gpu_cluster: [', ': is not YAML'],
    ['a key twice', 'gpu_cluster: {}\ngpu_cluster: {}\n', ': is not YAML: Map keys must be unique'],
    ['two documents', `${SAMPLE}---\n${SAMPLE}`, ': must be one document'],
    [
      'a name twice on a GPU',
      oneGpu('T4', [...vgpus('2GB'), ...vgpus('2GB')]),
      'vgpus[1].name: must be unique on its GPU',
    ],
    [
      'a name that is none',
      oneGpu('T4', [{ name: 'a b', memory: '2GB' }]),
      'vgpus[0].name: must be the name of the vgpu',
    ],
    [
      'a policy that is no name',
      clusterText([{ host: 'a', gpus: [{ type: 'T4', vgpus: vgpus('2GB') }] }], { policy: 3 }),
      'scheduler.policy: must be a policy by its name',
    ],
    [
      'a limit below 1',
      clusterText([{ host: 'a', gpus: [{ type: 'T4', vgpus: vgpus('2GB') }] }], { max_jobs_per_user: 0 }),
      'scheduler.max_jobs_per_user: must be a whole number from 1',
    ],
  ])('%s', (_case, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  test('a thousand and one vgpus are refused, a thousand run', () => {
    const nodes = (count: number) =>
      clusterText(
        Array.from({ length: count / 8 }, (_, n) => ({
          host: `n${n}`,
          gpus: [{ type: 'RTX A6000', vgpus: vgpus(...Array(8).fill('6GB')) }],
        })),
      );
    const cluster = imported(nodes(1000));
    expect(cluster.summary.vgpus).toBe(1000);
    expect(runOf(cluster).value('jobs.running')).toBe(1000);
    expect(problemsOf(nodes(1008))).toEqual([
      'gpu_cluster.nodes: must have at most 1000 vgpus in all: each becomes a group of sessions, got 1008',
    ]);
  });

  test('a large file that is wrong all over is told so in a list that ends', () => {
    const started = performance.now();
    const problems = refused(
      clusterText(Array.from({ length: 5000 }, (_, n) => ({ host: `n${n}`, gpus: [{ type: 'none' }] }))),
    );
    expect(problems).toHaveLength(501);
    expect(problems.at(-1)?.message).toBe('has 4500 more problems that are not listed');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('a scheduler is not needed, and known names of policies are taken in any spelling', () => {
    const nodes = [{ host: 'a', gpus: [{ type: 'T4', vgpus: vgpus('2GB') }] }];
    expect(imported(clusterText(nodes)).scenario.policy?.queueing).toBe('fifo');
    const named = imported(clusterText(nodes, { policy: 'FIFO' }));
    expect(named.notes.join('\n')).not.toContain('queueing discipline');
    const other = imported(clusterText(nodes, { policy: 'fifa' }));
    expect(other.notes.join('\n')).toContain('"fifa" is not a queueing discipline');
  });
});
