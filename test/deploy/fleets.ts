import fc from 'fast-check';
import type { ExportSettings } from '../../scenarios/exporters/index.ts';
import { migOf } from '../../scenarios/exporters/mig-layout.ts';
import type { DeployedHosts } from '../../scenarios/importers/deployed-hosts.ts';
import { creatable, GPU_MODELS, geometryOf, migModelOfGpu } from '../../sim/hardware/index.ts';
import { normalizeScenario, type Scenario } from '../../sim/index.ts';
import { hostName } from '../../sim/scenario/index.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import type { HostGroup } from '../../sim/scenario/types.ts';

export const SETTINGS: ExportSettings = { group: null, migStrategy: 'mixed' };

/** Names that scenarios allow and that YAML 1.1 or Slurm would take for something else. */
export const HOSTILE_NAMES = [
  'on',
  'Off',
  'yes',
  'n',
  'null',
  'NULL',
  'true',
  '12',
  '012',
  '0o7',
  '0x1F',
  '1e3',
  '1_000',
  '1.5',
  '9.e1',
  '2026-01-01',
  'a_b.c',
  'Rack-7',
  `z${'y'.repeat(63)}`,
  'end-',
  'dot.',
];

/** GPUs of the catalogue that can do MIG. */
const MIG_GPUS = GPU_MODELS.filter((gpu) => migModelOfGpu(gpu) !== undefined);

/** A workload that asks for no GPU, so that any fleet will do. */
export const WITHOUT_GPU = {
  workload: {
    synthetic: {
      tasks: 1,
      arrivals: { process: 'poisson', rate: '1/h' },
      classes: [{ name: 'any', cpu: 1, memory: '1GiB', lifetime: { kind: 'constant', value: '1m' } }],
    },
  },
  experiment: { kind: 'timed', horizon: '1h' },
};

export interface PlainGroup {
  readonly name: string;
  readonly count: number;
  readonly gpus: number;
  readonly model: string;
  readonly sharing: SharingDocument | null;
}

/** A legal layout that grows by picks until it is full or the picks are used up, as names without starts. */
function layoutOf(gpuId: string, picks: readonly number[]): string[] {
  const gpu = MIG_GPUS.find(({ id }) => id === gpuId);
  const model = gpu === undefined ? undefined : migModelOfGpu(gpu);
  if (model === undefined) throw new RangeError(`no MIG: ${gpuId}`);
  const geometry = geometryOf(model);
  let layout = 0;
  const names: string[] = [];
  for (const pick of picks) {
    const free = geometry.placements.filter(
      ({ index }) => (creatable(geometry, layout) & (1 << index)) !== 0,
    );
    const placement = free[pick % Math.max(1, free.length)];
    if (placement === undefined) break;
    layout |= 1 << placement.index;
    names.push(placement.profile.name);
  }
  return names;
}

const picks = fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 });
const migGpu = fc.constantFrom(...MIG_GPUS.map(({ id }) => id));

/** A model with a MIG layout of it. */
const cut = fc.tuple(migGpu, picks).map(([model, chosen]) => ({ model, layout: layoutOf(model, chosen) }));

const kinds = {
  mig: cut.map(({ model, layout }) => ({ model, sharing: { mode: 'mig' as const, layout } })),
  demand: migGpu.map((model) => ({ model, sharing: { mode: 'mig' as const } })),
  off: fc
    .constantFrom('A100-SXM4-80GB', 'L40S', 'T4')
    .map((model) => ({ model, sharing: { mode: 'bare-metal' as const } })),
  replicas: fc
    .tuple(fc.constantFrom('L40S', 'A100-SXM4-80GB', 'T4'), fc.integer({ min: 2, max: 16 }), fc.boolean())
    .map(([model, replicas, fails]) => ({
      model,
      sharing: {
        mode: 'time-slicing' as const,
        replicas,
        ...(fails ? { failRequestsGreaterThanOne: true } : {}),
      },
    })),
  instances: fc.tuple(cut, fc.integer({ min: 2, max: 8 })).map(([{ model, layout }, replicas]) => ({
    model,
    sharing: { mode: 'time-slicing' as const, replicas, profile: layout[0] as string },
  })),
  mps: fc
    .tuple(fc.constantFrom('L40S', 'A100-SXM4-80GB'), fc.integer({ min: 2, max: 16 }))
    .map(([model, clients]) => ({ model, sharing: { mode: 'mps' as const, clients } })),
};
export type Kind = keyof typeof kinds;

/** Fleets of groups of these kinds; names differ, and some are hostile. */
export function fleets(...wanted: readonly Kind[]): fc.Arbitrary<readonly PlainGroup[]> {
  const group = fc.tuple(
    fc.oneof(fc.constantFrom(...HOSTILE_NAMES), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/)),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 4 }),
    fc.oneof(...wanted.map((kind) => kinds[kind])),
  );
  return fc
    .uniqueArray(group, { minLength: 1, maxLength: 4, selector: ([name]) => name.toLowerCase() })
    .filter((groups) => groups.every(([name]) => name.toUpperCase() !== 'DEFAULT'))
    .map((groups) => groups.map(([name, count, gpus, kind]) => ({ name, count, gpus, ...kind })));
}

/** @throws {Error} if the groups make no scenario */
export function scenarioOf(groups: readonly PlainGroup[], rest: object = {}): Scenario {
  const result = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'plan',
    fleet: {
      hosts: groups.map(({ name, count, gpus, model, sharing }) => ({
        name,
        count,
        cpu: 64,
        memory: '512GiB',
        gpus: { model, count: gpus },
        ...(sharing === null ? {} : { sharing }),
      })),
    },
    ...WITHOUT_GPU,
    ...rest,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.scenario;
}

/** The hosts as someone knows them who only sees the machines: nothing of how they are shared. */
export function bareHosts(
  groups: readonly PlainGroup[],
  config: (name: string) => string | null,
): DeployedHosts[] {
  return groups.map(({ name, count, gpus, model }) => ({
    name,
    count,
    cpuMilli: 64_000,
    memoryMib: 512 * 1024,
    gpus: [{ model, count: gpus }],
    config: config(name),
    sharing: null,
    rest: {},
  }));
}

export function groupsOf({ fleet }: Scenario): readonly HostGroup[] {
  if (fleet.kind !== 'hosts') throw new Error('a trace');
  return fleet.groups;
}

/** The MIG instances of every GPU of every host, by host and index. */
export function instancesOf(groups: readonly HostGroup[]): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const group of groups) {
    for (let host = 0; host < group.count; host++) {
      const cards = group.gpus.flatMap((gpu) => {
        const mig = migOf(gpu, group.sharing);
        const text = mig.kind === 'fixed' ? JSON.stringify([...mig.counts]) : mig.kind;
        return Array.from({ length: gpu.count }, () => `${gpu.model} ${text}`);
      });
      found[hostName(group.name, host, group.count)] = cards;
    }
  }
  return found;
}
