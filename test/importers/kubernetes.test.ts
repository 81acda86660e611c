import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importProblems } from '../../scenarios/importers/import-report.ts';
import { itemLines } from '../../scenarios/importers/kubernetes/item-lines.ts';
import { jsonFaultAt } from '../../scenarios/importers/kubernetes/json-fault.ts';
import { readCount, readMib, readMilli } from '../../scenarios/importers/kubernetes/quantity.ts';
import { readKubernetes, readKubernetesFiles } from '../../scenarios/importers/kubernetes.ts';
import { migShareMilli } from '../../scenarios/importers/mig-share.ts';
import {
  allLayouts,
  GPU_MODELS,
  geometryOf,
  migModelOfGpu,
  placementsIn,
  resolveGpu,
} from '../../sim/hardware/index.ts';

const fixture = (name: string) =>
  readFileSync(fileURLToPath(new URL(`./fixtures/kubernetes/${name}`, import.meta.url)), 'utf8');
/** JSON has no undefined: keys without a value are left out, as they are in the file. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const list = (...items: unknown[]) => JSON.stringify({ kind: 'List', items });

type Amounts = Readonly<Record<string, string | number>>;

const node = (name: string, labels: Amounts, gpus: Amounts) => ({
  kind: 'Node',
  metadata: { name, labels },
  status: { allocatable: { cpu: '32', memory: '64Gi', ...gpus } },
});

const pod = (name: string, spec: object, status: object = { phase: 'Pending' }) => ({
  kind: 'Pod',
  metadata: { name, namespace: 'n', creationTimestamp: '2024-01-01T00:00:00Z' },
  spec: { containers: [], ...spec },
  status,
});

const asking = (limits: Amounts) => ({ containers: [{ resources: { limits } }] });

test('the fixture is read to its nodes, jobs, placements and report', async () => {
  expect(plain(await readKubernetes([fixture('input.json')]))).toEqual(JSON.parse(fixture('expected.json')));
});

test('nodes and pods of two files, in any order, are those of one', async () => {
  const { items } = JSON.parse(fixture('input.json')) as { items: { kind: string; apiVersion?: string }[] };
  const whole = await readKubernetes([fixture('input.json')]);
  const nodes = JSON.stringify({ kind: 'NodeList', items: items.filter(({ kind }) => kind === 'Node') });
  // Lists of one kind need not repeat it in their items.
  const pods = JSON.stringify({
    kind: 'PodList',
    items: items.filter(({ kind }) => kind === 'Pod').map(({ kind: _kind, ...rest }) => rest),
  });
  const classes = list(items.find(({ kind }) => kind === 'PriorityClass'));
  for (const files of [
    [classes, nodes, pods],
    [pods, nodes, classes],
  ]) {
    const { reports, ...state } = await readKubernetesFiles(files.map((text) => [Buffer.from(text)]));
    const { report: _report, ...expected } = whole;
    expect(plain(state)).toEqual(plain(expected));
    expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(16);
  }
});

test('one object that is no list is read too', async () => {
  const { hosts } = await readKubernetes([JSON.stringify(node('a', {}, { 'nvidia.com/gpu': '2' }))]);
  expect(hosts).toMatchObject([{ name: 'a', gpuCount: 2, model: '' }]);
});

describe('GPUs of a node', () => {
  const product = 'nvidia.com/gpu.product';
  const count = 'nvidia.com/gpu.count';
  const replicas = 'nvidia.com/gpu.replicas';
  test.each<[labels: Amounts, gpus: Amounts, gpuCount: number, model: string, sharing: object]>([
    [
      { [product]: 'NVIDIA-A100-80GB-PCIe' },
      { 'nvidia.com/gpu': '4' },
      4,
      'a100-pcie-80gb',
      { mode: 'none' },
    ],
    [{ [product]: 'Mystery-9000' }, { 'nvidia.com/gpu': '4' }, 4, 'Mystery-9000', { mode: 'none' }],
    [
      { 'cloud.google.com/gke-accelerator': 'nvidia-tesla-t4' },
      { 'nvidia.com/gpu': 1 },
      1,
      't4',
      { mode: 'none' },
    ],
    [
      { [product]: 'NVIDIA-RTX-6000-Ada-Generation' },
      { 'nvidia.com/gpu': 1 },
      1,
      'rtx-6000-ada',
      { mode: 'none' },
    ],
    [
      { [product]: 'NVIDIA-GH200-480GB', 'nvidia.com/gpu.memory': '97871' },
      { 'nvidia.com/gpu': 1 },
      1,
      'gh200-96gb',
      { mode: 'none' },
    ],
    // Replicas of the labels of a node whose plugin has not begun yet, and of one without the number of its GPUs.
    [
      { [product]: 'NVIDIA-L4', [replicas]: '4' },
      { 'nvidia.com/gpu': '7' },
      2,
      'l4',
      { mode: 'time-slicing', replicas: 4, isRenamed: false },
    ],
    [
      { [product]: 'NVIDIA-L4-SHARED', [count]: '2' },
      { 'nvidia.com/gpu': '20' },
      2,
      'l4',
      { mode: 'time-slicing', replicas: 10, isRenamed: false },
    ],
    [{ [product]: 'NVIDIA-L4-SHARED', [count]: '2', [replicas]: '4' }, {}, 0, '', { mode: 'none' }],
    // 15 instances of 3g.40gb do not fit on 7 GPUs.
    [
      { [product]: 'NVIDIA-H100-80GB-HBM3-MIG-3g.40gb', [count]: '15' },
      { 'nvidia.com/gpu': '15' },
      8,
      'h100-sxm5-80gb',
      { mode: 'mig', strategy: 'single', instances: [{ profile: '3g.40gb', count: 15, replicas: 1 }] },
    ],
    [
      { [product]: 'NVIDIA-A30-MIG-1g.6gb-SHARED', [replicas]: '2' },
      { 'nvidia.com/gpu': '16' },
      2,
      'a30',
      { mode: 'mig', strategy: 'single', instances: [{ profile: '1g.6gb', count: 8, replicas: 2 }] },
    ],
    [{ [product]: 'NVIDIA-A30-MIG-INVALID' }, { 'nvidia.com/gpu': '0' }, 0, '', { mode: 'none' }],
    [
      { [product]: 'NVIDIA-A100-SXM4-40GB', 'nvidia.com/mig-1g.5gb.replicas': '2' },
      { 'nvidia.com/gpu': '1', 'nvidia.com/mig-1g.5gb.shared': '16' },
      3,
      'a100-sxm4-40gb',
      { mode: 'mig', strategy: 'mixed', instances: [{ profile: '1g.5gb', count: 8, replicas: 2 }] },
    ],
  ])('%j with %j are %i of %s', async (labels, gpus, gpuCount, model, sharing) => {
    const { hosts, report } = await readKubernetes([list(node('a', labels, gpus))]);
    expect(report.bad).toEqual([]);
    expect(hosts).toMatchObject([{ gpuCount, model, sharing }]);
  });

  test.each<[labels: Amounts, gpus: Amounts, column: string]>([
    [
      { [product]: 'NVIDIA-L4-SHARED' },
      { 'nvidia.com/gpu': '4' },
      'metadata.labels["nvidia.com/gpu.replicas"]',
    ],
    [{ [product]: 'Tesla-T4-MIG-1g.5gb' }, { 'nvidia.com/gpu': '4' }, `metadata.labels["${product}"]`],
    [{ [product]: 7 }, { 'nvidia.com/gpu': '4' }, `metadata.labels["${product}"]`],
    [{}, { 'nvidia.com/gpu': '65' }, 'status.allocatable["nvidia.com/gpu"]'],
  ])('%j with %j is refused at %s', async (labels, gpus, column) => {
    const { hosts, report } = await readKubernetes([list(node('a', labels, gpus))]);
    expect(hosts).toEqual([]);
    expect(report.bad.map((cell) => cell.column)).toEqual([`items[0].${column}`]);
  });
});

test('instances that fit on a card together never add up to more than the card', () => {
  for (const gpu of GPU_MODELS) {
    const model = migModelOfGpu(gpu);
    if (model === undefined) continue;
    const geometry = geometryOf(model);
    for (const layout of allLayouts(geometry, ['plain', 'double-memory', 'media'])) {
      const shares = placementsIn(geometry, layout).map(
        ({ profile }) => migShareMilli(profile.name, gpu) ?? Number.NaN,
      );
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1000);
    }
  }
  expect(migShareMilli('1g.10gb', undefined)).toBe(142);
  expect(migShareMilli('1g.10gb', resolveGpu('T4').gpu)).toBeUndefined();
  expect(migShareMilli('whole', undefined)).toBeUndefined();
});

describe('what a pod asks for', () => {
  const c = (cpu: string, memory = '0') => ({ resources: { requests: { cpu, memory } } });
  test.each<[spec: object, cpuMilli: number, memoryMib: number]>([
    [{ containers: [c('1', '1Gi'), c('250m', '1')] }, 1250, 1025],
    [
      { containers: [{ resources: { limits: { cpu: '2', memory: '2Gi' }, requests: { cpu: '1' } } }] },
      1000,
      2048,
    ],
    [{ containers: [c('1')], initContainers: [c('3'), c('2')] }, 3000, 0],
    [{ containers: [c('2')], initContainers: [c('1'), { ...c('1'), restartPolicy: 'Always' }] }, 3000, 0],
    // The first one runs before the side car does, the last one beside it.
    [
      { containers: [c('1')], initContainers: [c('4'), { ...c('1'), restartPolicy: 'Always' }, c('3500m')] },
      4500,
      0,
    ],
    [{ containers: [c('1', '1Gi')], overhead: { cpu: '10m', memory: '1Mi' } }, 1010, 1025],
    [{ containers: [c('1', '1Gi')], resources: { requests: { cpu: '6' } } }, 6000, 1024],
    [{}, 0, 0],
  ])('%j is %i thousandths of a core and %i MiB', async (spec, cpuMilli, memoryMib) => {
    const { jobs, report } = await readKubernetes([list(pod('p', spec))]);
    expect(report.bad).toEqual([]);
    expect(jobs).toMatchObject([{ cpuMilli, memoryMib, gpuCount: 0 }]);
  });

  const NODES = [
    node('plain', { 'nvidia.com/gpu.product': 'NVIDIA-L4' }, { 'nvidia.com/gpu': '4' }),
    node(
      'cut',
      { 'nvidia.com/gpu.product': 'NVIDIA-L4', 'nvidia.com/gpu.replicas': '5' },
      { 'nvidia.com/gpu': '10' },
    ),
    node(
      'renamed',
      { 'nvidia.com/gpu.product': 'NVIDIA-L4', 'nvidia.com/gpu.replicas': '8' },
      { 'nvidia.com/gpu.shared': '8' },
    ),
    node(
      'half',
      { 'nvidia.com/gpu.product': 'NVIDIA-L4', 'nvidia.com/gpu.replicas': '2' },
      { 'nvidia.com/gpu.shared': '2' },
    ),
    node('a30', { 'nvidia.com/gpu.product': 'NVIDIA-A30' }, { 'nvidia.com/mig-2g.12gb': '2' }),
  ];
  test.each<
    [nodeName: string | undefined, limits: Amounts, gpuCount: number, gpuMilli: number, profile: string]
  >([
    ['plain', { 'nvidia.com/gpu': '3' }, 3, 1000, ''],
    ['cut', { 'nvidia.com/gpu': '1' }, 1, 200, ''],
    [undefined, { 'nvidia.com/gpu': '1' }, 1, 1000, ''],
    ['renamed', { 'nvidia.com/gpu.shared': '1' }, 1, 125, ''],
    [undefined, { 'nvidia.com/gpu.shared': '1' }, 1, 500, ''],
    ['a30', { 'nvidia.com/mig-2g.12gb': '1' }, 1, 500, '2g.12gb'],
    [undefined, { 'nvidia.com/mig-2g.12gb': '1' }, 1, 500, '2g.12gb'],
    [undefined, { 'nvidia.com/mig-1g.10gb.me': '1' }, 1, 142, '1g.10gb+me'],
    ['plain', { 'nvidia.com/gpu': '0' }, 0, 0, ''],
  ])(
    'on node %s %j are %i GPUs, %i thousandths of each',
    async (nodeName, limits, gpuCount, gpuMilli, profile) => {
      const { jobs, placements, report } = await readKubernetes([
        list(...NODES, pod('p', { ...asking(limits), nodeName })),
      ]);
      expect(report.bad).toEqual([]);
      expect(jobs).toMatchObject([{ gpuCount, gpuMilli, profile }]);
      expect(placements).toEqual(nodeName === undefined ? [] : [{ job: 'n/p', host: nodeName }]);
    },
  );

  test('where all nodes offer GPUs in the same parts, a waiting pod gets such a part', async () => {
    const { jobs } = await readKubernetes([list(NODES[1], pod('p', asking({ 'nvidia.com/gpu': '1' })))]);
    expect(jobs).toMatchObject([{ gpuMilli: 200 }]);
  });

  test('renamed replicas that no node has are refused', async () => {
    const { report } = await readKubernetes([list(pod('p', asking({ 'nvidia.com/gpu.shared': '1' })))]);
    expect(report.bad[0]?.message).toBe('no node says how many replicas a GPU has as nvidia.com/gpu.shared');
  });
});

describe('GPU products that a pod leaves open', () => {
  const NODES = ['NVIDIA-L4', 'Tesla-T4', 'NVIDIA-A30'].map((product, i) =>
    node(`n${i}`, { 'nvidia.com/gpu.product': product }, { 'nvidia.com/gpu': '1' }),
  );
  const key = 'nvidia.com/gpu.product';
  const affinity = (...terms: object[][]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
        },
      },
    },
  });
  const isIn = (...values: string[]) => ({ key, operator: 'In', values });
  const notIn = (...values: string[]) => ({ key, operator: 'NotIn', values });
  const zone = { key: 'zone', operator: 'In', values: ['a'] };
  test.each<[wish: object, models: readonly string[]]>([
    [{}, []],
    [{ nodeSelector: { [key]: 'Tesla-T4' } }, ['t4']],
    [{ nodeSelector: { [key]: 'Tesla-T4-SHARED' } }, ['t4']],
    [affinity([isIn('Tesla-T4', 'NVIDIA-L4')]), ['t4', 'l4']],
    [affinity([isIn('Tesla-T4')], [isIn('NVIDIA-L4'), zone]), ['t4', 'l4']],
    [affinity([isIn('Tesla-T4')], [zone]), []],
    [affinity([isIn('Tesla-T4', 'NVIDIA-L4'), notIn('Tesla-T4')]), ['l4']],
    [affinity([notIn('Tesla-T4')]), ['l4', 'a30']],
    [{ nodeSelector: { [key]: 'NVIDIA-L4' }, ...affinity([notIn('Tesla-T4')]) }, ['l4']],
  ])('of %j are %j', async (wish, models) => {
    const text = list(...NODES, pod('p', { ...asking({ 'nvidia.com/gpu': '1' }), ...wish }));
    const { jobs, report } = await readKubernetes([text]);
    expect(report.bad).toEqual([]);
    expect(jobs).toMatchObject([{ models }]);
  });

  test('wishes that rule out all are refused', async () => {
    const wish = { nodeSelector: { [key]: 'NVIDIA-L4' }, ...affinity([isIn('Tesla-T4')]) };
    const { jobs, report } = await readKubernetes([list(...NODES, pod('p', wish))]);
    expect(jobs).toEqual([]);
    expect(report.bad[0]?.message).toMatch(/^must leave some GPU product/);
  });
});

test('pods without GPUs are left out when asked, and what daemons ask for is told of their hosts', async () => {
  const { jobs, hosts, report } = await readKubernetes([fixture('input.json')], { pods: 'gpu' });
  expect(jobs.map(({ name }) => name)).not.toContain('dev/evicted');
  expect(hosts[0]?.daemons).toEqual({ pods: 1, cpuMilli: 250, memoryMib: 200 });
  expect(report.notes).toContain('1 pod without GPUs left out');
});

describe('quantities', () => {
  test.each<[value: unknown, milli: number | undefined]>([
    ['1.1', 1100],
    ['0.1', 100],
    ['100u', 1],
    ['1n', 1],
    [2, 2000],
    ['.5', 500],
    ['3e2', 300_000],
    ['12E-1', 1200],
    ['1k', 1_000_000],
    ['1Ki', 1_024_000],
    ['-1', undefined],
    ['', undefined],
    ['.', undefined],
    ['1 ', undefined],
    ['1Kb', undefined],
    ['9E', undefined],
    [true, undefined],
  ])('%j are %s thousandths', (value, milli) => {
    expect(readMilli(value, 'up')).toBe(milli);
  });

  test('are exact where floating point is not: what is asked rounds up, what there is down', () => {
    expect(readMib('129e6', 'up')).toBe(124);
    expect(readMib('129e6', 'down')).toBe(123);
    expect(readMib('263856356Ki', 'down')).toBe(257_672);
    expect(readCount('1.5')).toBeUndefined();
    expect(readCount('2k')).toBe(2000);
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(999), (whole, part) => {
        expect(readMilli(`${whole}.${String(part).padStart(3, '0')}`, 'up')).toBe(whole * 1000 + part);
        expect(readMilli(`${whole * 1000 + part}m`, 'down')).toBe(whole * 1000 + part);
      }),
    );
  });
});

describe('text that is no JSON', () => {
  test.each([
    ['', /^is empty/],
    ['[1]', /^must be a Kubernetes object or a List/],
    ['{"kind":"List"}', /^must have the list items, as it is a List/],
    ['{"kind": "List",\n "items": [,]}', /^is not JSON: line 2, column 12: got ",\]\}"/],
    ['{"kind": "List", "items": [', /^is not JSON: line 1, column 28: the file ends there/],
    ['apiVersion: v1', /^is not JSON: line 1, column 1: got "apiVersion: v1"/],
  ])('%j is refused', async (text, reason) => {
    const { hosts, report } = await readKubernetes([text]);
    expect(hosts).toEqual([]);
    expect(report.refused).toMatch(reason);
  });

  test('is found where the text is cut off, at the word or number that the cut leaves open, or at what cannot stand', () => {
    const text = '{"a":[1,-2.5e3,"x\\\\",true,null,{}],"b":{"c":[]}}';
    expect(() => JSON.parse(text)).not.toThrow();
    expect(jsonFaultAt(text)).toBe(-1);
    for (let at = 0; at < text.length; at++) {
      const start = text.slice(0, at);
      const open = /(?:tr?u?|nu?l?|-|-2\.|-2\.5e)$/.exec(start)?.[0] ?? '';
      // Of a number that is cut off after its dot or e, the digits before stand.
      const stands = open.length > 1 && open.startsWith('-') ? open.length - 1 : 0;
      expect([start, jsonFaultAt(start)]).toEqual([start, at - open.length + stands]);
      if (open === '') expect([start, jsonFaultAt(`${start}\u0001`)]).toEqual([start, at]);
    }
    expect(jsonFaultAt(`${text}}`)).toBe(text.length);
  });

  test('is told from JSON as the parser tells it', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"\\u12g4"',
        '"',
        '1',
        '01',
        '-',
        '1e5',
        'true',
        'nul',
        ' ',
        '\n',
      ],
    );
    const valid = fc.jsonValue().map((value) => JSON.stringify(value, null, 1));
    const damaged = fc
      .tuple(valid, fc.nat(), token)
      .map(
        ([text, at, other]) =>
          text.slice(0, at % (text.length + 1)) + other + text.slice(at % (text.length + 1)),
      );
    const tokens = fc.array(token, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(valid, damaged, tokens), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const at = jsonFaultAt(text);
        expect(at === -1).toBe(isJson);
        expect(at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 3000, seed: 41 },
    );
  });
});

test('the line of each item is that on which a marker in it stands', () => {
  const value = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 6 }), value, fc.nat(4), (values, other, indent) => {
      const items = values.map((inner, marker) => ({ marker: `#${marker}`, items: inner }));
      const text = JSON.stringify({ 'x"{[': other, kind: 'List', items, last: [other] }, null, indent);
      const lines = text.split('\n');
      const expected = items.map(({ marker }) => lines.findIndex((line) => line.includes(`"${marker}"`)) + 1);
      // Where the text is indented, the marker is on the line after the bracket.
      expect(itemLines(text)).toEqual(expected.map((line) => (indent === 0 ? line : line - 1)));
    }),
    { numRuns: 500, seed: 42 },
  );
});

test('a strict import takes all or nothing, and problems name line and path', async () => {
  const { jobs, hosts, report } = await readKubernetes([fixture('input.json')], { strict: true });
  expect([...jobs, ...hosts]).toEqual([]);
  expect(importProblems(report, 'c.json')[3]).toEqual({
    path: 'c.json:101 items[7].status.allocatable["nvidia.com/gpu"]',
    value: '1.5',
    message: 'must be a whole number from 0 to 10000',
  });
});

const JUNK = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'x',
  '1',
  '-1',
  '999999999999Gi',
  [],
  {},
  [null],
  { name: 7 },
  '__proto__',
];

test('anything at any place of the objects is taken or told, and never thrown', async () => {
  const document = JSON.parse(fixture('input.json')) as unknown;
  const places: (readonly (string | number)[])[] = [];
  const collect = (value: unknown, path: readonly (string | number)[]) => {
    places.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  collect(document, []);
  const junk = fc.oneof(fc.constantFrom(...JUNK), fc.jsonValue({ maxDepth: 2 }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), junk, async (path, value) => {
      const text = JSON.stringify(replaced(document, path, value));
      const { jobs, hosts, placements, report } = await readKubernetes([text]);
      expect(report.kept + report.badCount).toBe(report.rows);
      if (report.refused !== undefined) expect([...jobs, ...hosts, ...placements]).toEqual([]);
      for (const job of jobs) {
        expect(Number.isSafeInteger(job.cpuMilli) && Number.isSafeInteger(job.memoryMib)).toBe(true);
        expect(job.gpuMilli > 0).toBe(job.gpuCount > 0);
        expect(job.durationSec ?? 0).toBeGreaterThanOrEqual(0);
      }
      const names = new Set(hosts.map(({ name }) => name));
      for (const { host } of placements) expect(names.has(host)).toBe(true);
    }),
    { numRuns: 600, seed: 43 },
  );
});

test('any bytes are taken or told, and never thrown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const { report } = await readKubernetes([bytes]);
      expect(report.refused).toBeDefined();
    }),
    { numRuns: 300, seed: 44 },
  );
});

function replaced(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(document))
    return document.map((item, at) => (at === key ? replaced(item, rest, value) : item));
  const mapping = document as Record<string, unknown>;
  return { ...mapping, [key]: replaced(mapping[key], rest, value) };
}
