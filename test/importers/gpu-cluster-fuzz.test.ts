import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { importGpuCluster, WAY_NAMES } from '../../scenarios/importers/gpu-cluster.ts';
import { gpuMemoryMib, resolveGpu } from '../../sim/hardware/index.ts';
import { normalizeScenario } from '../../sim/index.ts';
import { runOf, SAMPLE } from './gpu-cluster-files.ts';

const CARDS = [
  ...['A100-40GB', 'A100-80GB', 'H100', 'RTX A6000', 'T4', 'L4', 'A16', 'A30', 'RTX 3090', 'Quadro RTX 6000'],
  ...[
    'MI25',
    'Radeon Pro V620',
    'Flex 170',
    'RTX PRO 6000 Blackwell Server Edition',
    'M60',
    'MI300X',
    'B200-180GB',
  ],
];
/** Steps of what people write: halves, quarters, and sizes that are no type's. */
const memoryGb = fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 40, 7, 9, 1.5);
const percent = fc.option(fc.constantFrom(5, 10, 12.5, 14.3, 15, 20, 25, 28.6, 33.3, 42.9, 50, 100), {
  nil: undefined,
});
/** Vgpus that mostly fit on a card: ten at the most, cut off where a card of 48 GB would be full. */
const parts = fc.array(fc.tuple(memoryGb, percent), { maxLength: 10 });

interface Part {
  readonly name: string;
  readonly memory: string;
  readonly compute?: string;
}

function written(list: readonly (readonly [number, number | undefined])[], fitsMib: number): Part[] {
  const kept: Part[] = [];
  let mib = 0;
  let share = 0;
  for (const [gb, of100] of list) {
    if (mib + gb * 1024 > fitsMib || share + (of100 ?? 0) > 100) continue;
    mib += gb * 1024;
    share += of100 ?? 0;
    kept.push({
      name: `v${kept.length}`,
      memory: `${gb}GB`,
      ...(of100 === undefined ? {} : { compute: `${of100}%` }),
    });
  }
  return kept;
}

const gpu = fc
  .tuple(fc.constantFrom(...CARDS), parts)
  .map(([type, list]) => ({ type, vgpus: written(list, gpuMemoryMib(resolveGpu(type).gpu)) }));
const cluster = fc.array(fc.array(gpu, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
const mode = fc.option(fc.constantFrom(...WAY_NAMES), { nil: undefined });

/** GiB that a profile's name says: 2g.10gb, A100X-10C, RTX6000-3Q, A100X-2-10C. */
const gibOf = (profile: string) => Number(/(\d+)(?:gb|C|Q)(?:\+.*)?$/.exec(profile)?.[1]);

test('random clusters import to scenarios that run with every vgpu in its place, or say which node cannot', () => {
  let ran = 0;
  let refused = 0;
  let crowded = 0;
  fc.assert(
    fc.property(cluster, mode, (nodes, wanted) => {
      const file = { gpu_cluster: { nodes: nodes.map((gpus, n) => ({ host: `n${n}`, gpus })) } };
      const asked = nodes.flat().flatMap(({ vgpus }) => vgpus);
      const result = importGpuCluster(stringify(file), 'c.yaml', {
        name: 'c',
        ...(wanted === undefined ? {} : { mode: wanted }),
      });
      if (!result.ok) {
        refused += 1;
        for (const { path, message, at } of result.problems) {
          expect(path).toMatch(/^gpu_cluster\.nodes(\[\d\])?$/);
          expect(message).toMatch(/^(cannot be shared as asked: \w|must have at least one vgpu)/);
          expect(at).toMatch(/^c\.yaml:\d+:\d+$/);
        }
        // Without --mode something legal is found for any NVIDIA card.
        if (wanted === undefined && asked.length > 0) {
          const types = nodes.flat().map(({ type }) => resolveGpu(type).gpu.vendor);
          expect(types.some((vendor) => vendor !== 'NVIDIA')).toBe(true);
        }
        return;
      }
      ran += 1;
      const sessions = result.scenario.workload.sessions ?? [];
      expect(sessions).toHaveLength(asked.length);
      expect(new Set(sessions.map(({ name }) => name)).size).toBe(asked.length);
      const { value } = runOf(result);
      const without = Number(
        /^(\d+) of \d+ vgpus find no room or no memory/m.exec(result.notes.join('\n'))?.[1] ?? 0,
      );
      expect(value('jobs.running')).toBe(asked.length - without);
      if (without > 0) crowded += 1;
      else expect(value('jobs.arrived')).toBe(asked.length);
      // A profile has at least the memory of the smallest vgpu of the file, whatever the order.
      const smallest = Math.min(...asked.map(({ memory }) => Number.parseFloat(memory)));
      for (const { slot } of sessions) {
        if (typeof slot === 'object' && slot.profile !== undefined) {
          expect(gibOf(slot.profile)).toBeGreaterThanOrEqual(smallest);
        }
      }
    }),
    { numRuns: 400, seed: 11 },
  );
  // Neither outcome is a rarity, so that both have been tried.
  expect(ran).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(50);
  expect(crowded).toBeLessThan(ran / 20);
});

test('what is asked of one card is never given less than asked, where the mode gives anything by size', () => {
  fc.assert(
    fc.property(gpu, fc.constantFrom('vgpu', 'mig', 'mig-vgpu'), (card, wanted) => {
      const file = { gpu_cluster: { nodes: [{ host: 'n', gpus: [card] }] } };
      const result = importGpuCluster(stringify(file), 'c.yaml', { name: 'c', mode: wanted });
      if (!result.ok) return;
      const byName = new Map(result.scenario.workload.sessions?.map(({ name, slot }) => [name, slot]));
      for (const { name, memory, compute } of card.vgpus) {
        const slot = byName.get(name);
        const profile = typeof slot === 'object' ? (slot.profile ?? '') : '';
        expect(gibOf(profile)).toBeGreaterThanOrEqual(Number.parseFloat(memory));
        if (wanted === 'vgpu' || compute === undefined) continue;
        // 2g.10gb, or A100X-2-10C: slices stand first; of seven, but four on A30 and RTX PRO 6000.
        const slices = Number(/^(?:(\d)g\.|.*-(\d)-)/.exec(profile)?.slice(1).find(Boolean));
        const of = /A30|RTX PRO/.test(card.type) ? 4 : 7;
        expect(Math.round((1000 * slices) / of) / 10).toBeGreaterThanOrEqual(Number.parseFloat(compute));
      }
    }),
    { numRuns: 400, seed: 12 },
  );
});

const JUNK = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  ' ',
  '10GB',
  '25%',
  'A100-40GB',
  '__proto__',
  'constructor',
  [],
  {},
];
const junk = fc.oneof(
  fc.constantFrom(...JUNK, [[]], [null], { name: {} }, ['\u0000']),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Places in the sample where something else can be put, as paths. */
const PLACES: readonly (readonly (string | number)[])[] = [
  [],
  ['gpu_cluster'],
  ['gpu_cluster', 'nodes'],
  ['gpu_cluster', 'nodes', 0],
  ['gpu_cluster', 'nodes', 0, 'host'],
  ['gpu_cluster', 'nodes', 0, 'gpus'],
  ['gpu_cluster', 'nodes', 0, 'gpus', 0],
  ['gpu_cluster', 'nodes', 0, 'gpus', 0, 'type'],
  ['gpu_cluster', 'nodes', 0, 'gpus', 0, 'vgpus'],
  ['gpu_cluster', 'nodes', 0, 'gpus', 0, 'vgpus', 1],
  ['gpu_cluster', 'nodes', 0, 'gpus', 0, 'vgpus', 1, 'name'],
  ['gpu_cluster', 'nodes', 0, 'gpus', 0, 'vgpus', 1, 'memory'],
  ['gpu_cluster', 'nodes', 0, 'gpus', 0, 'vgpus', 1, 'compute'],
  ['gpu_cluster', 'nodes', 0, 'gpus', 0, 'vgpus', 1, 'extra'],
  ['gpu_cluster', 'scheduler'],
  ['gpu_cluster', 'scheduler', 'policy'],
  ['gpu_cluster', 'scheduler', 'max_jobs_per_user'],
];

const sample = () => ({
  gpu_cluster: {
    nodes: [
      {
        host: 'node01',
        gpus: [
          {
            type: 'A100-40GB',
            vgpus: [
              { name: 'vgpu-01', memory: '10GB', compute: '25%' },
              { name: 'vgpu-02', memory: '8GB', compute: '15%' },
            ],
          },
        ],
      },
    ],
    scheduler: { policy: 'fair-share', max_jobs_per_user: 3 },
  },
});

function replaced(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    return document.map((item, at) => (at === key ? replaced(item, rest, value) : item));
  }
  const mapping = document as Record<string, unknown>;
  return { ...mapping, [key]: replaced(mapping[key], rest, value) };
}

test('anything at any place of the file is taken or told with its path, and never thrown', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), junk, (path, value) => {
      const text = JSON.stringify(replaced(sample(), path, value));
      const result = importGpuCluster(text, 'c.json', { name: 'c' });
      if (result.ok) {
        expect(normalizeScenario(result.scenario)).toMatchObject({ ok: true });
        return;
      }
      expect(result.problems.length).toBeGreaterThan(0);
      for (const problem of result.problems) {
        expect(problem.at).toMatch(/^c\.json/);
        expect(problem.message).toMatch(/must|unknown key|is not YAML|cannot be (shared|read)/);
      }
    }),
    { numRuns: 2000, seed: 13 },
  );
});

test('any text is taken or told, and never thrown', () => {
  const lines = SAMPLE.split('\n');
  const damaged = fc
    .tuple(fc.nat(lines.length - 1), fc.string({ unit: 'binary', maxLength: 30 }), fc.boolean())
    .map(([at, text, replaces]) => lines.toSpliced(at, replaces ? 1 : 0, text).join('\n'));
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
      const result = importGpuCluster(text, 'c.yaml', { name: 'c' });
      if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000, seed: 14 },
  );
});
