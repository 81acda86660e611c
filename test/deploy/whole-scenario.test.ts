import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostsOfScenario } from '../../cli/commands/import/deployed-hosts.ts';
import { devicePlugin } from '../../scenarios/exporters/device-plugin.ts';
import type { Exporter } from '../../scenarios/exporters/index.ts';
import { migParted } from '../../scenarios/exporters/mig-parted.ts';
import { gresConf, slurmNodes } from '../../scenarios/exporters/slurm.ts';
import { vgpuConfig } from '../../scenarios/exporters/vgpu-config.ts';
import type { DeployedFleet, DeployedHosts } from '../../scenarios/importers/deployed-hosts.ts';
import { importDevicePlugin } from '../../scenarios/importers/device-plugin.ts';
import { importGres } from '../../scenarios/importers/gres.ts';
import { importMigParted } from '../../scenarios/importers/mig-parted.ts';
import { importVgpuConfig } from '../../scenarios/importers/vgpu-config.ts';
import { type NormalizeResult, normalizeScenario } from '../../sim/scenario/index.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import { groupsOf, HOSTILE_NAMES, WITHOUT_GPU } from './fleets.ts';

interface AnyGroup {
  readonly name: string;
  readonly count: number;
  readonly gpus: readonly { readonly model: string; readonly count: number }[];
  readonly sharing: SharingDocument | null;
}

/** Names that become one another once they are labels, configurations of types, or numbered. */
const NEAR_NAMES = [
  'end',
  'end.',
  'end_',
  'end-2',
  'end-3',
  'desks',
  'desks.L40S-8Q',
  'desks.L40S-4Q',
  'desks.L40S-8Q-2',
  `z${'y'.repeat(62)}`,
  `z${'y'.repeat(62)}-`,
  `z${'y'.repeat(62)}x`,
  `${'p'.repeat(64)}`,
];

const A100 = 'A100-SXM4-80GB';
const gpus = (...models: readonly string[]) => models.map((model) => ({ model, count: 0 }));

/** Every way to share that an exporter writes or leaves out; counts of GPUs are drawn later. */
const WAYS: readonly {
  readonly gpus: readonly { readonly model: string; readonly count: number }[];
  readonly sharing: SharingDocument | null;
}[] = [
  { gpus: [], sharing: null },
  { gpus: [], sharing: 'bare-metal' },
  { gpus: gpus('L40S'), sharing: null },
  { gpus: gpus(A100, 'T4'), sharing: null },
  { gpus: gpus(A100, 'L40S', 'H100-SXM5-80GB'), sharing: 'bare-metal' },
  { gpus: gpus('4090', 'my GPU'), sharing: null },
  { gpus: gpus('MI300X'), sharing: 'bare-metal' },
  { gpus: gpus('L40S'), sharing: 'passthrough' },
  { gpus: gpus(A100), sharing: 'passthrough' },
  { gpus: gpus('L40S'), sharing: 'vgpu' },
  { gpus: gpus('L40S'), sharing: { mode: 'vgpu', sizes: 'mixed', scheduler: 'equal-share' } },
  { gpus: gpus(A100), sharing: { mode: 'mig', layout: ['3g.40gb', '2g.20gb', '1g.10gb', '1g.10gb+me'] } },
  { gpus: gpus(A100), sharing: { mode: 'mig', layout: ['3g.40gb@4', '4g.40gb@0'], computeInstances: true } },
  { gpus: gpus(A100, 'H100-SXM5-80GB'), sharing: { mode: 'mig', layout: ['3g.40gb', '3g.40gb'] } },
  { gpus: gpus(A100), sharing: { mode: 'mig' } },
  {
    gpus: gpus(A100),
    sharing: { mode: 'mig-vgpu', layout: ['3g.40gb', '3g.40gb'], scheduler: 'equal-share' },
  },
  { gpus: gpus(A100), sharing: { mode: 'time-slicing', replicas: 3, profile: '1g.10gb' } },
  { gpus: gpus(A100), sharing: { mode: 'time-slicing', replicas: 3, profile: '3g' } },
  { gpus: gpus(A100), sharing: { mode: 'time-slicing', replicas: 4 } },
  { gpus: gpus('L40S'), sharing: { mode: 'time-slicing', replicas: 7, failRequestsGreaterThanOne: true } },
  { gpus: gpus('L40S', 'T4'), sharing: { mode: 'time-slicing', replicas: 2 } },
  { gpus: gpus('L40S'), sharing: { mode: 'mps', clients: 4, threadPercent: 40, cuda: '13.1' } },
  { gpus: gpus('L40S'), sharing: { mode: 'mps' } },
  { gpus: gpus('L40S'), sharing: 'hook' },
  { gpus: gpus('T4'), sharing: { mode: 'uvm-swap', turn: '10s' } },
];

const group: fc.Arbitrary<AnyGroup> = fc
  .record({
    name: fc.oneof(
      fc.constantFrom(...NEAR_NAMES),
      fc.constantFrom(...HOSTILE_NAMES),
      fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
    ),
    count: fc.integer({ min: 0, max: 12 }),
    way: fc.constantFrom(...WAYS),
    counts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ name, count, way, counts }) => ({
    name,
    count,
    gpus: way.gpus.map(({ model }, at) => ({ model, count: counts[at] as number })),
    sharing: way.sharing,
  }));

const wholeFleets = fc
  .uniqueArray(group, { minLength: 1, maxLength: 7, selector: ({ name }) => name })
  .filter((groups) => groups.every(({ name }) => name.toUpperCase() !== 'DEFAULT'))
  .filter((groups) => groups.some((each) => each.count > 0 && each.gpus.length > 0));

const SESSIONS = ['L40S-8Q', 'L40S-4Q'].map((profile) => ({
  name: profile.toLowerCase(),
  users: 1,
  cpu: 1,
  memory: '1GiB',
  slot: { profile },
}));

const CHOICE: unknown = expect.objectContaining({
  message: expect.stringMatching(
    /^must say its configuration: none has its name, and there are 2: /,
  ) as unknown,
});

/** Small things beside the GPUs that an import must not lose. */
const REST = [{ rack: 2 }, { numa: 2 }, { uplink: '20GB/s' }, {}];

function documentOf(groups: readonly AnyGroup[], types: number) {
  const hasDesks = groups.some(({ count, sharing }) => count > 0 && modeOf(sharing) === 'vgpu');
  return {
    apiVersion: 'slicewise/v1',
    name: 'plan',
    fleet: {
      hosts: groups.map(({ sharing, ...each }, at) => ({
        ...each,
        cpu: 7.25,
        memory: '65539MiB',
        ...REST[at % REST.length],
        ...(sharing === null ? {} : { sharing }),
      })),
    },
    ...WITHOUT_GPU,
    ...(types === 0 || !hasDesks ? {} : { workload: { sessions: SESSIONS.slice(0, types) } }),
  };
}

function modeOf(sharing: SharingDocument | null): string | undefined {
  return typeof sharing === 'string' ? sharing : sharing?.mode;
}

type Whole = Extract<NormalizeResult, { ok: true }>;

function wholeOf(document: object): Whole {
  const result = normalizeScenario(document);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

/** The hosts of `--like`: all groups of the scenario. */
function likeOf({ scenario, document }: Whole, wanted: string | null = null): readonly DeployedHosts[] {
  const hosts = hostsOfScenario(scenario, document, wanted);
  if (hosts === undefined) throw new Error('a trace');
  return hosts;
}

function fleetOf(imported: DeployedFleet, { document }: Whole) {
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
  return groupsOf(wholeOf({ ...document, fleet: { hosts: imported.hosts } }).scenario);
}

const FORMATS: readonly {
  readonly exporter: Exporter;
  readonly read: (text: string, nodes: string, hosts: readonly DeployedHosts[]) => DeployedFleet;
}[] = [
  { exporter: migParted, read: (text, _, hosts) => importMigParted(text, 'f', hosts) },
  { exporter: devicePlugin, read: (text, _, hosts) => importDevicePlugin(text, 'f', hosts) },
  { exporter: vgpuConfig, read: (text, _, hosts) => importVgpuConfig(text, 'f', hosts) },
  {
    exporter: gresConf,
    read: (text, nodes, hosts) =>
      importGres({ gres: { text, file: 'g' }, slurm: { text: nodes, file: 's' } }, hosts),
  },
];

describe('what is exported changes nothing of the scenario that it came from, groups left out included', () => {
  for (const { exporter, read } of FORMATS) {
    test(`${exporter.name}: all groups, or one alone, names that become one another, hosts without GPUs`, () => {
      let written = 0;
      let leftOut = 0;
      fc.assert(
        fc.property(
          wholeFleets,
          fc.integer({ min: 0, max: 2 }),
          fc.constantFrom('mixed' as const, 'single' as const),
          fc.nat(6),
          (groups, types, migStrategy, pick) => {
            const whole = wholeOf(documentOf(groups, types));
            const { scenario } = whole;
            const before = groupsOf(scenario);
            const one = groups[pick % groups.length]?.name as string;
            for (const wanted of [null, one]) {
              const settings = { group: wanted, migStrategy };
              const made = exporter.write(scenario, settings);
              if (!made.ok) continue; // what the format cannot have is refused, by other tests
              const nodes = exporter === gresConf ? slurmNodes.write(scenario, settings) : null;
              const lines = nodes?.ok === true ? nodes.text : '';
              written += 1;
              const own = read(made.text, lines, likeOf(whole, wanted));
              // A group whose GPUs take one of several types must say which, where the file is for it alone.
              if (own.ok) expect(fleetOf(own, whole)).toEqual(before);
              else expect([wanted, types, own.problems]).toEqual([one, 2, [CHOICE]]);
              // A configuration of the plugin that stands alone has no name to find its group by.
              if (wanted === null || exporter === devicePlugin) continue;
              const imported = read(made.text, lines, likeOf(whole));
              expect(fleetOf(imported, whole)).toEqual(before);
              if (imported.ok && groups.length > 1) {
                leftOut += 1;
                expect(imported.notes.some((note) => note.includes('stay as the scenario has them'))).toBe(
                  true,
                );
              }
            }
          },
        ),
        { numRuns: 150 },
      );
      expect(written).toBeGreaterThan(20);
      if (exporter !== devicePlugin) expect(leftOut).toBeGreaterThan(3);
    });
  }

  test('what changes in the file changes in its group alone', () => {
    fc.assert(
      fc.property(wholeFleets, fc.nat(6), fc.integer({ min: 20, max: 30 }), (groups, pick, replicas) => {
        const at = pick % groups.length;
        const sliced = { gpus: [{ model: 'L40S', count: 2 }], sharing: { mode: 'time-slicing' as const } };
        const withReplicas = (count: number) =>
          groups.map((each, index) =>
            index === at
              ? { ...each, count: 2, ...sliced, sharing: { ...sliced.sharing, replicas: count } }
              : each,
          );
        const planned = wholeOf(documentOf(withReplicas(19), 0));
        const deployed = wholeOf(documentOf(withReplicas(replicas), 0));
        const made = devicePlugin.write(deployed.scenario, { group: null, migStrategy: 'mixed' });
        if (!made.ok) return;
        const back = fleetOf(importDevicePlugin(made.text, 'f', likeOf(planned)), planned);
        expect(back).toEqual(groupsOf(deployed.scenario));
      }),
      { numRuns: 60 },
    );
  });
});
