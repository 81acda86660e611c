import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { devicePlugin } from '../../scenarios/exporters/device-plugin.ts';
import type { Exporter } from '../../scenarios/exporters/index.ts';
import { migParted } from '../../scenarios/exporters/mig-parted.ts';
import { groupLabels } from '../../scenarios/exporters/names.ts';
import { gresConf, slurmNodes } from '../../scenarios/exporters/slurm.ts';
import { vgpuConfig } from '../../scenarios/exporters/vgpu-config.ts';
import type { DeployedFleet } from '../../scenarios/importers/deployed-hosts.ts';
import { importDevicePlugin } from '../../scenarios/importers/device-plugin.ts';
import { importGres } from '../../scenarios/importers/gres.ts';
import { importMigParted } from '../../scenarios/importers/mig-parted.ts';
import { importVgpuConfig } from '../../scenarios/importers/vgpu-config.ts';
import { GPU_MODELS, resolveGpu } from '../../sim/hardware/index.ts';
import { vgpuGpusOfGpu, vgpuTypesOf } from '../../sim/hardware/vgpu/index.ts';
import { normalizeScenario, type Scenario } from '../../sim/index.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import {
  bareHosts,
  fleets,
  groupsOf,
  instancesOf,
  type PlainGroup,
  SETTINGS,
  scenarioOf,
  WITHOUT_GPU,
} from './fleets.ts';

const runs = { numRuns: 120 };

function textOf(exporter: Exporter, scenario: Scenario, settings = SETTINGS): string {
  const written = exporter.write(scenario, settings);
  if (!written.ok) throw new Error(JSON.stringify(written.problems));
  return written.text;
}

/** The groups that an import gives, as a scenario has them. */
function readBack(fleet: DeployedFleet) {
  if (!fleet.ok) throw new Error(JSON.stringify(fleet.problems));
  const result = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'deployed',
    fleet: { hosts: fleet.hosts },
    ...WITHOUT_GPU,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return groupsOf(result.scenario);
}

/** The name that each group's configuration has in the file, as its nodes' labels say it. */
function labelsOf(groups: readonly PlainGroup[]): (name: string) => string {
  const names = groupLabels(groups);
  return (name) => names.of(name);
}

describe('what is exported comes back as the same layout', () => {
  test('mig-parted: every GPU of every host has the same instances', () => {
    fc.assert(
      fc.property(fleets('mig', 'demand', 'off'), (groups) => {
        fc.pre(groups.some(({ sharing }) => typeof sharing === 'object' && sharing?.mode === 'mig'));
        const scenario = scenarioOf(groups);
        const text = textOf(migParted, scenario);
        // A group without a GPU that can do MIG has no configuration.
        const cut = groups.filter(({ model }) => !['L40S', 'T4'].includes(model));
        const back = readBack(importMigParted(text, 'f', bareHosts(cut, labelsOf(groups))));
        const kept = groupsOf(scenario).filter(({ name }) => cut.some((group) => group.name === name));
        expect(instancesOf(back)).toEqual(instancesOf(kept));
      }),
      runs,
    );
  });

  test('mig-parted over the scenario itself changes nothing but what it says, replicas of instances included', () => {
    fc.assert(
      fc.property(fleets('mig', 'demand', 'instances'), (groups) => {
        const scenario = scenarioOf(groups);
        const hosts = bareHosts(groups, labelsOf(groups)).map((each, at) => ({
          ...each,
          sharing: groups[at]?.sharing ?? null,
        }));
        const back = readBack(importMigParted(textOf(migParted, scenario), 'f', hosts));
        expect(back.map(({ sharing }) => sharing)).toEqual(groupsOf(scenario).map(({ sharing }) => sharing));
      }),
      runs,
    );
  });

  test('device-plugin: replicas, MPS clients and replicated instances', () => {
    fc.assert(
      fc.property(fleets('replicas', 'mps', 'instances'), (groups) => {
        const scenario = scenarioOf(groups);
        const text = textOf(devicePlugin, scenario);
        const back = readBack(importDevicePlugin(text, 'f', bareHosts(groups, labelsOf(groups))));
        expect(back.map(({ sharing }) => sharing)).toEqual(groupsOf(scenario).map(({ sharing }) => sharing));
      }),
      runs,
    );
  });

  test('device-plugin: the configuration of one group is a file of its own', () => {
    fc.assert(
      fc.property(fleets('replicas', 'mps', 'instances'), (groups) => {
        const scenario = scenarioOf(groups);
        const [first] = groups as readonly [PlainGroup];
        const text = textOf(devicePlugin, scenario, { ...SETTINGS, group: first.name });
        const back = readBack(
          importDevicePlugin(
            text,
            'f',
            bareHosts([first], () => null),
          ),
        );
        expect(back[0]?.sharing).toEqual(groupsOf(scenario)[0]?.sharing);
      }),
      { numRuns: 40 },
    );
  });

  test('gres with its node lines: instances and shards of every GPU', () => {
    fc.assert(
      fc.property(fleets('mig', 'off', 'replicas'), (groups) => {
        const scenario = scenarioOf(groups);
        const files = {
          gres: { text: textOf(gresConf, scenario), file: 'gres.conf' },
          slurm: { text: textOf(slurmNodes, scenario), file: 'slurm.conf' },
        };
        const back = readBack(
          importGres(
            files,
            bareHosts(groups, () => null),
          ),
        );
        expect(instancesOf(back)).toEqual(instancesOf(groupsOf(scenario)));
        const replicasOf = (sharing: (typeof back)[number]['sharing']) =>
          sharing?.mode === 'time-slicing' ? sharing.replicas : 1;
        expect(back.map(({ sharing }) => replicasOf(sharing))).toEqual(
          groupsOf(scenario).map(({ sharing }) => replicasOf(sharing)),
        );
      }),
      runs,
    );
  });

  test('vgpu-config: MIG-backed types stand on the same instances, on every GPU that has such types', () => {
    const gpus = GPU_MODELS.filter((gpu) =>
      vgpuGpusOfGpu(gpu).some((each) => vgpuTypesOf(each.id).some((type) => type.backing === 'mig')),
    );
    expect(gpus.length).toBeGreaterThan(5);
    let written = 0;
    fc.assert(
      fc.property(fleets('mig'), (groups) => {
        const backed = groups
          .filter(({ model }) => gpus.some(({ id }) => id === model))
          .map((group) => ({
            ...group,
            sharing: { ...(group.sharing as object), mode: 'mig-vgpu' } as SharingDocument,
          }));
        fc.pre(backed.length > 0);
        let scenario: Scenario;
        try {
          scenario = scenarioOf(backed);
        } catch {
          return; // a profile that backs no type: refused when the scenario is read
        }
        const made = vgpuConfig.write(scenario, SETTINGS);
        if (!made.ok) {
          for (const { message } of made.problems) expect(message).toMatch(/backs none|by name/);
          return;
        }
        written += 1;
        const back = readBack(importVgpuConfig(made.text, 'f', bareHosts(backed, labelsOf(backed))));
        expect(instancesOf(back)).toEqual(instancesOf(groupsOf(scenario)));
        expect(back.every(({ sharing }) => sharing?.mode === 'mig-vgpu')).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(written).toBeGreaterThan(10);
  });

  test('vgpu-config: each time-sliced type that a workload names comes back as its mode and series', () => {
    for (const model of ['A16', 'L40S', 'T4']) {
      const { gpu } = resolveGpu(model);
      const types = vgpuGpusOfGpu(gpu).flatMap((each) => vgpuTypesOf(each.id));
      for (const { type, series, maxPerGpu } of types.filter(({ backing }) => backing === 'time-sliced')) {
        const group = {
          name: 'desks',
          count: 2,
          gpus: 2,
          model: gpu.id,
          sharing: { mode: 'vgpu' as const, series },
        };
        const session = { name: 'office', users: 1, cpu: 1, memory: '1GiB', slot: { profile: type } };
        const scenario = scenarioOf([group], {
          workload: { sessions: [session] },
          experiment: { kind: 'timed', horizon: '1h' },
        });
        const made = vgpuConfig.write(scenario, SETTINGS);
        if (!/[ABCQ]$/.test(type)) {
          // Legacy names such as T4-2B4 are none that the manager's own parser takes.
          expect(made).toMatchObject({ ok: false, problems: [{ value: type }] });
          continue;
        }
        const text = textOf(vgpuConfig, scenario);
        expect(text).toContain(`${type}: ${maxPerGpu}`);
        const [back] = readBack(
          importVgpuConfig(
            text,
            'f',
            bareHosts([group], () => null),
          ),
        );
        expect(back?.sharing).toMatchObject({ mode: 'vgpu', sizes: 'equal', series });
      }
    }
  });
});
