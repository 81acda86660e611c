import {
  LIVE_MIGRATION_FITS,
  LIVE_MIGRATION_STUN,
  MIXED_SIZE_SUPPORT,
  VGPU_EDITIONS,
  VGPU_RULES,
  VGPU_SOURCES,
  type VgpuGpu,
  type VgpuType,
  vgpuGpus,
  vgpuGpusByName,
  vgpuTypesOf,
} from '../../../sim/hardware/vgpu/index.ts';
import { type Column, renderTable } from '../../table.ts';
import { type CatalogAnswer, type CatalogQuery, lookUp, pickSources, section, wrongOption } from './topic.ts';

/** GPUs that carry vGPUs, or the types of one. */
export function answer(query: CatalogQuery): CatalogAnswer {
  if (query.gpu === undefined) {
    const gpus = vgpuGpus();
    return {
      records: {
        gpus: gpus.map((gpu) => ({ ...gpu, types: vgpuTypesOf(gpu.id) })),
        rules: VGPU_RULES,
        editions: VGPU_EDITIONS,
        mixedSizeSupport: MIXED_SIZE_SUPPORT,
        liveMigrationStun: LIVE_MIGRATION_STUN,
        liveMigrationFits: LIVE_MIGRATION_FITS,
      },
      sources: VGPU_SOURCES,
      notes: ['--gpu NAME lists the types of one GPU'],
      text: (width) => renderTable(gpuColumns, gpus, width),
    };
  }
  const found = lookUp('--gpu', query.gpu, vgpuGpusByName);
  if (found.length === 0) throw wrongOption('--gpu', query.gpu, `${query.gpu} carries no NVIDIA vGPU`);
  const types = found.flatMap((gpu) => vgpuTypesOf(gpu.id));
  return {
    records: { gpus: found.map((gpu) => ({ ...gpu, types: vgpuTypesOf(gpu.id) })) },
    sources: pickSources(VGPU_SOURCES, [
      ...found.flatMap((gpu) => gpu.sources),
      ...types.flatMap((type) => [type.source, type.confirmedBy ?? type.source]),
    ]),
    notes: [
      'FB: frame buffer held on the GPU, guest: what the guest sees; max: per GPU in equal-size mode, mixed: in mixed-size mode',
      ...new Set(found.flatMap((gpu) => gpu.note ?? [])),
      ...new Set(types.flatMap((type) => type.note ?? [])),
    ],
    text: (width) =>
      found
        .map((gpu) =>
          section(`${gpu.name} (${gpu.id})`, renderTable(typeColumns, vgpuTypesOf(gpu.id), width)),
        )
        .join('\n'),
  };
}

const gpuColumns: readonly Column<VgpuGpu>[] = [
  { header: 'vGPU table id', value: (gpu) => gpu.id },
  { header: 'architecture', value: (gpu) => gpu.arch },
  { header: 'GiB', value: (gpu) => gpu.memoryGib },
  { header: 'per board', value: (gpu) => gpu.gpusPerBoard },
  { header: 'host mode', value: (gpu) => gpu.hostVgpuMode },
  { header: 'schedulers', value: (gpu) => gpu.schedulers.length },
  { header: 'MIG', value: (gpu) => (gpu.migMaxInstances === 0 ? undefined : gpu.migMaxInstances) },
  { header: 'types', value: (gpu) => vgpuTypesOf(gpu.id).length },
  { header: 'confidence', value: (gpu) => gpu.confidence },
];

const typeColumns: readonly Column<VgpuType>[] = [
  { header: 'type', value: (type) => type.type },
  { header: 'backing', value: (type) => type.backing },
  { header: 'FB MiB', value: (type) => type.fbMib },
  { header: 'guest MiB', value: (type) => type.guestFbMib },
  { header: 'max', value: (type) => type.maxPerGpu },
  { header: 'mixed', value: (type) => type.maxPerGpuMixedSize },
  { header: 'heads', value: (type) => type.displayHeads },
  { header: 'fps', value: (type) => type.frameRateLimitFps },
  { header: 'CUDA', value: (type) => type.cuda },
  {
    header: 'licence',
    value: (type) => type.licence[0]?.replace(/ \(.*/, ''),
    shrinkTo: 8,
    overflow: 'wrap',
  },
  { header: 'confidence', value: (type) => type.confidence },
];
