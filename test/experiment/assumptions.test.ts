import { describe, expect, test } from 'vitest';
import { assumptionsOf, replicate, type Scenario } from '../../sim/index.ts';
import { isAssumed, SHARING_PARAMETERS } from '../../sim/sharing/index.ts';
import { catalogueScenario } from '../scenario-catalog/catalogue.ts';

const assumed = (name: string, settings: readonly string[] = []) =>
  assumptionsOf(catalogueScenario(name, settings).scenario).map(({ id }) => id);

const SHORT = ['experiment.warmup=0s'];
const fewHours = [...SHORT, 'experiment.horizon=3h'];
const halfADay = [...SHORT, 'experiment.horizon=12h'];

/** Everything that one run measures. */
function measured(scenario: Scenario, overheads: Readonly<Record<string, number>> = {}) {
  const { digest, readings } = replicate(
    { ...scenario, overheads: { ...scenario.overheads, ...overheads } },
    {},
    42,
  );
  return JSON.stringify([digest, readings]);
}

/** Cheap scenarios of different modes, with settings that bring other paths and kinds of work into play. */
const CASES: readonly (readonly [name: string, settings: readonly string[]])[] = [
  ['vgpu-office-a16', halfADay],
  ['vgpu-training-a100', fewHours],
  ['sriov-amd-mi25', halfADay],
  ['mig-vgpu-a100', fewHours],
  ['mps-inference-a100', [...SHORT, 'experiment.horizon=2m', 'overheads=null']],
  ['rtx-3090-passthrough', fewHours],
  ['rtx-3090-time-slicing', fewHours],
  ['api-remoting-10gbe', [...SHORT, 'experiment.horizon=3m']],
  ['uvm-swap-notebooks', halfADay],
  ['gvt-g-kiosks', halfADay],
];

describe('the assumed figures of a run', () => {
  test.each(CASES)(
    '%s: a figure that is not listed changes nothing at either end of its range',
    (name, settings) => {
      const { scenario } = catalogueScenario(name, settings);
      const typical = measured(scenario);
      const listed = new Set(assumptionsOf(scenario).map(({ id }) => id));
      const others = SHARING_PARAMETERS.filter((each) => isAssumed(each) && !listed.has(each.id));
      expect(others.length).toBeGreaterThan(0);
      const end = (of: 'min' | 'max') =>
        measured(scenario, Object.fromEntries(others.map((each) => [each.id, each[of]])));
      expect(end('min')).toBe(typical);
      expect(end('max')).toBe(typical);
    },
  );

  test.each(CASES)('%s: those that are listed change something together', (name, settings) => {
    const { scenario } = catalogueScenario(name, settings);
    const listed = assumptionsOf(scenario);
    if (listed.length === 0) return;
    expect(measured(scenario, Object.fromEntries(listed.map(({ id, low }) => [id, low])))).not.toBe(
      measured(scenario),
    );
  });

  test('several busy vGPUs and the losses of SR-IOV are among them', () => {
    expect(assumed('vgpu-office-a16')).toContain('vgpu.aggregate');
    expect(assumed('sriov-amd-mi25')).toEqual(
      expect.arrayContaining(['sriov.lone-interactive', 'sriov.aggregate']),
    );
  });

  test('those of starting and stopping are listed only where jobs start that way', () => {
    const boots = ['vgpu.vm-boot', 'vgpu.vm-shutdown', 'vgpu.licence'];
    expect(assumed('vgpu-office-a16')).toEqual(expect.arrayContaining(boots));
    const without = assumed('vgpu-office-a16', ['workload.sessions[0].lifecycle=null']);
    expect(without.filter((id) => boots.includes(id))).toEqual([]);
    expect(without).toContain('vgpu.aggregate');
  });

  test('of networks, schedulers and kinds of work only those in use count', () => {
    const networks = assumed('api-remoting-10gbe').filter((id) => id.startsWith('api-remoting.round-trip'));
    expect(networks).toEqual(['api-remoting.round-trip-ethernet-10g']);
    // Nobody has measured MPS beside graphics; inference has been.
    const rest = ['overheads=null'];
    expect(assumed('mps-inference-a100', rest)).toEqual([]);
    expect(assumed('mps-inference-a100', [...rest, 'workload.services[0].use.workload=hpc'])).toEqual([
      'mps.interference-other',
    ]);
    // Passthrough of graphics is inferred from compute; that of compute is measured.
    expect(assumed('vgpu-training-a100')).not.toContain('vgpu.lone-interactive');
  });

  test('what the scenario states is its own', () => {
    const stated = assumed('vgpu-office-a16', ['overheads={vgpu.aggregate: 0.93}']);
    expect(stated).not.toContain('vgpu.aggregate');
    expect(stated).toContain('vgpu.lone-interactive');
  });

  test('planned changes bring the ways by which they are made, and what comes after them', () => {
    const change = (rest: string) => [`changes=[{ at: 30m, hosts: pod, ${rest} }]`, 'overheads=null'];
    expect(assumed('mps-inference-a100', change('closed: 5m'))).toEqual([]);
    expect(assumed('mps-inference-a100', change('sharing: mig, path: host'))).toEqual(['mig.reset']);
    const remoting = 'sharing: { mode: api-remoting, network: rdma, sessions: 7 }';
    expect(assumed('mps-inference-a100', change(remoting))).toEqual(['api-remoting.together']);
  });

  test('GPUs shared by fraction, and fill runs, in which nothing runs, rest on none', () => {
    expect(assumed('openb-like')).toEqual([]);
    const fill = ['workload.services=null', 'workload.sessions=null', 'experiment={kind: fill, target: 0.5}'];
    expect(assumed('rtx-3090-time-slicing', ['experiment={kind: fill, target: 0.5}'])).toEqual([]);
    const boards = [
      ...fill,
      'workload.synthetic={tasks: 20, classes: [{name: a, cpu: 1, memory: 1GiB, gpus: 1, slot: {memory: 2GiB}}]}',
    ];
    expect(assumed('edge-jetson-orin', boards)).toEqual(['edge-pool.gpu-memory']);
  });

  test('each says what it is, with its range, its source and its evidence', () => {
    for (const each of assumptionsOf(catalogueScenario('vgpu-office-a16').scenario)) {
      expect(each.low).toBeLessThanOrEqual(each.value);
      expect(each.high).toBeGreaterThanOrEqual(each.value);
      expect(each.source.length).toBeGreaterThan(0);
      expect(['inferred', 'unverified']).toContain(each.evidence);
    }
  });
});
