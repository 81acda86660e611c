import type { VgpuSeries } from '../../hardware/vgpu/index.ts';
import type { CardSpec } from '../card-spec.ts';
import type { ConfigProblem, SharingMode } from '../mode.ts';
import { checkedLayout, checkedShape, migProblems } from './mig/check.ts';
import { instanceFigures } from './mig/figures.ts';
import { partNeedsOf } from './mig/needs.ts';
import { cardPaths } from './mig/paths.ts';
import { migShapeOf } from './mig/shape.ts';
import { VgpuCard } from './mig/vgpu-card.ts';
import { type VgpuParts, vgpuPartsOf } from './mig/vgpu-parts.ts';

/** Virtual machines with a vGPU on a GPU instance each, or several that take turns on one. */
export const migVgpu: SharingMode<'mig-vgpu'> = {
  name: 'mig-vgpu',
  title: 'NVIDIA vGPU on MIG',
  summary:
    'virtual machines have a vGPU on a GPU instance each, or take turns on one where the card allows it',
  leavesOut: [
    'The power budget that all instances have in common: neighbours only cost the slowdown parameter.',
    'Whether vGPUs of several sizes may share an instance is not documented: one size an instance, as on whole cards (inferred).',
    'Sources disagree on whether types without +gfx draw: requests by size that draw get types with +gfx where the GPU has them.',
    'What the guest sees of the frame buffer: an instance divided by the most vGPUs it may carry is taken.',
    'Memory and SMs of all profiles of B300, and the memory of the large ones of B200, GB200 and GH200 144 GB, were not captured: memory is derived from the profile name, SMs from models with as many SMs (assumed).',
    'Speed tables were measured on A100; other GPUs are placed on the same curve by their SMs and memory slices (assumed).',
    'A running vGPU keeps its type, and a guest cannot cut its instance further.',
  ],
  parameters: [
    ...instanceFigures('mig-vgpu'),
    {
      id: 'mig-vgpu.efficiency-alone',
      what: 'speed of a vGPU that has its instance for itself, relative to a container on that instance',
      unit: 'fraction',
      low: 0.94,
      typical: 0.98,
      high: 1,
      min: 0.1,
      max: 1,
      source: 'VG-1, VG-2: full-size vGPUs on whole cards; no figure for MIG-backed ones found',
      evidence: 'inferred',
    },
    {
      id: 'mig-vgpu.efficiency-shared',
      what: 'part of an instance that is left to its vGPUs when several of them have work',
      unit: 'fraction',
      low: 0.85,
      typical: 0.93,
      high: 0.98,
      min: 0.1,
      max: 1,
      source: 'TS-2, TS-3, TS-4, article-4: no published figure for vGPU switching',
      evidence: 'inferred',
    },
    {
      id: 'mig-vgpu.vm-boot',
      what: 'booting a virtual machine up to its guest driver',
      unit: 'seconds',
      low: 15,
      typical: 40,
      high: 120,
      min: 0,
      max: 3600,
      source: 'no published figure found',
      evidence: 'unverified',
    },
    {
      id: 'mig-vgpu.vm-stop',
      what: 'shutting a virtual machine down',
      unit: 'seconds',
      low: 2,
      typical: 10,
      high: 60,
      min: 0,
      max: 3600,
      source: 'no published figure found',
      evidence: 'unverified',
    },
    {
      id: 'mig-vgpu.stun',
      what: 'fixed part of the time for which a virtual machine stands still in a live migration',
      unit: 'seconds',
      low: 1.2,
      typical: 1.5,
      high: 1.7,
      min: 0,
      max: 600,
      source: 'VG-6: time-sliced vGPUs; no figure for MIG-backed ones found',
      evidence: 'inferred',
    },
    {
      id: 'mig-vgpu.stun-per-gib',
      what: 'the part of that time that grows with the frame buffer',
      unit: 'seconds per GiB',
      low: 1.19,
      typical: 1.58,
      high: 7.47,
      min: 0,
      max: 100,
      source: 'VG-6: time-sliced vGPUs; no figure for MIG-backed ones found',
      evidence: 'inferred',
    },
  ],
  traits: {
    memoryIsolation: 'hard',
    faultIsolation: 'hard',
    faultEnds: 'domain',
    performanceIsolation: 'hard',
    liveMigration: 'some',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: true,
    layoutChange: 'tenant',
    graphics: 'some',
    source:
      'sharing modes table (documented); vGPUs that take turns on one instance: faults soft, time shared; live migration of each type unverified',
  },
  check(config, card) {
    const problems = [...migProblems(card, config.layout)];
    const parts = partsOf(card);
    if (parts === undefined) return problems;
    const series = [...new Set(parts.types.map((each) => each.type.series))];
    if (series.length === 0) {
      const message = `needs a GPU with MIG-backed vGPU types, got ${card.catalogue?.name}`;
      return [...problems, { key: 'mode', message }];
    }
    if (config.series !== null && !series.includes(config.series as VgpuSeries)) {
      problems.push({ key: 'series', message: `must be one of ${series.join(', ')}, got ${config.series}` });
    }
    return [...problems, ...unbacked(card, config.layout, parts)];
  },
  createCard(config, card, values) {
    const shape = checkedShape(card);
    return new VgpuCard(card, {
      shape,
      parts: partsOf(card) as VgpuParts,
      fixed: checkedLayout(shape, config.layout),
      scheduler: config.scheduler,
      series: config.series as VgpuSeries | null,
      needs: partNeedsOf(values, 'mig-vgpu', shape),
      neighbourSlowdown: values.get('mig-vgpu.neighbour-slowdown'),
      alone: values.get('mig-vgpu.efficiency-alone'),
      shared: values.get('mig-vgpu.efficiency-shared'),
    });
  },
  operations(config, card) {
    const isFixed = config.layout !== null;
    const create = { name: 'create the instance', parameter: 'mig-vgpu.create' };
    const destroy = { name: 'destroy the instance', parameter: 'mig-vgpu.destroy' };
    return [
      {
        operation: 'start',
        path: 'host',
        steps: [...(isFixed ? [] : [create]), { name: 'boot the VM', parameter: 'mig-vgpu.vm-boot' }],
        needsIdle: 'nothing',
        source: 'R-alloc-1, R-mode-1: the instance is made first, the frame buffer reserved at power-on',
      },
      {
        operation: 'stop',
        path: 'host',
        steps: [{ name: 'shut the VM down', parameter: 'mig-vgpu.vm-stop' }, ...(isFixed ? [] : [destroy])],
        needsIdle: 'tenant',
        source: 'R-alloc-1',
      },
      {
        operation: 'migrate',
        path: 'live',
        steps: [
          { name: 'stun', parameter: 'mig-vgpu.stun' },
          { name: 'copy the frame buffer', perGibParameter: 'mig-vgpu.stun-per-gib' },
        ],
        needsIdle: 'nothing',
        source: 'R-mig-1, VG-6; MIG-backed types unverified',
      },
      ...cardPaths('mig-vgpu', checkedShape(card).model),
    ];
  },
  licence(_config, card, slot) {
    const isCompute = partsOf(card)?.ofType(slot.profile).backed.type.series === 'C';
    return isCompute
      ? { edition: 'NVIDIA AI Enterprise', metric: 'gpu', source: 'R-lic-1, R-lic-2' }
      : { edition: 'RTX vWS', metric: 'concurrent-user', source: 'R-lic-1, R-lic-2' };
  },
};

function partsOf(card: CardSpec): VgpuParts | undefined {
  const shape = migShapeOf(card.catalogue);
  return shape === undefined || card.catalogue === null ? undefined : vgpuPartsOf(card.catalogue, shape);
}

/** Instances of a fixed layout that no vGPU could use. */
function unbacked(card: CardSpec, layout: readonly string[] | null, parts: VgpuParts): ConfigProblem[] {
  const shape = migShapeOf(card.catalogue);
  return (layout ?? []).flatMap((entry) => {
    const named = shape?.named(entry);
    if (named === undefined || typeof named === 'string') return [];
    if (parts.types.some((each) => each.sized === named.sized)) return [];
    return { key: 'layout', message: `must back vGPU types, got "${entry}", which backs none` };
  });
}
