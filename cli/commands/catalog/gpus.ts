import {
  type CloudGpuPrice,
  GPU_MODELS,
  GPU_SOURCES,
  type GpuModel,
  gpuMemoryMib,
  migModelOfGpu,
  resolveGpu,
  sriovOfGpu,
} from '../../../sim/hardware/index.ts';
import { type Cell, type Column, renderFields, renderTable } from '../../table.ts';
import { type CatalogAnswer, type CatalogQuery, lookUp, pickSources } from './topic.ts';

/** The catalogue of physical GPUs, or all that is known of one. */
export function answer(query: CatalogQuery): CatalogAnswer {
  if (query.gpu === undefined) {
    return {
      records: { gpus: GPU_MODELS },
      sources: sourcesOf(GPU_MODELS),
      notes: [
        'per GPU, not per board; ~ not verified, ? not known; TFLOPS dense; VFs: SR-IOV beside NVIDIA vGPU',
      ],
      text: (width) => renderTable(columns, GPU_MODELS, width),
    };
  }
  const { gpu, assumption } = lookUp('--gpu', query.gpu, resolveGpu);
  return {
    records: { gpus: [gpu] },
    sources: sourcesOf([gpu]),
    notes: [
      ...(assumption === null ? [] : [`${query.gpu}: ${assumption}`]),
      ...(gpu.unverifiedFields.length === 0 ? [] : [`not verified: ${gpu.unverifiedFields.join(', ')}`]),
    ],
    text: (width) => oneGpu(gpu, width),
  };
}

function sourcesOf(gpus: readonly GpuModel[]): Record<string, string> {
  return pickSources(
    GPU_SOURCES,
    gpus.flatMap((gpu) => [...gpu.sources, ...gpu.prices.map((price) => price.source)]),
  );
}

/** A field with `~` before it where the catalogue calls it not verified. */
function marked(gpu: GpuModel, field: keyof GpuModel & string): Cell {
  const value = gpu[field];
  if (value === null) return null;
  return `${gpu.unverifiedFields.includes(field) ? '~' : ''}${String(value)}`;
}

const columns: readonly Column<GpuModel>[] = [
  { header: 'GPU', value: (gpu) => gpu.id },
  { header: 'GB', value: (gpu) => gpu.memoryGb },
  { header: 'GB/s', value: (gpu) => marked(gpu, 'memoryBandwidthGbPerSec') },
  { header: 'FP32 TF', value: (gpu) => marked(gpu, 'fp32Tflops') },
  { header: 'FP16 TF', value: (gpu) => marked(gpu, 'fp16TensorTflopsDense') },
  { header: 'TDP W', value: (gpu) => marked(gpu, 'tdpW') },
  { header: 'idle W', value: (gpu) => gpu.idleW },
  { header: 'MIG', value: (gpu) => gpu.virtualization.mig || undefined },
  {
    header: 'vGPU',
    value: (gpu) => (gpu.virtualization.nvidiaVgpu === false ? undefined : gpu.virtualization.nvidiaVgpu),
  },
  { header: 'VFs', value: (gpu) => gpu.virtualization.sriov.maxVfsPerGpu },
  { header: 'confidence', value: (gpu) => gpu.confidence },
];

function oneGpu(gpu: GpuModel, width: number): string {
  const { virtualization } = gpu;
  const cloud = gpu.prices.filter((price): price is CloudGpuPrice => price.kind === 'cloud-on-demand-hour');
  const fields: (readonly [string, Cell])[] = [
    ['name', gpu.name],
    ['id', gpu.id],
    ['architecture', `${gpu.architecture}, ${gpu.releaseYear}`],
    ['form factor', `${gpu.formFactor}, ${gpu.gpusPerBoard} per board`],
    ['memory', `${gpu.memoryGb} GB ${gpu.memoryType}, ${gpu.memoryBandwidthGbPerSec} GB/s`],
    ['memory visible (MiB)', gpuMemoryMib(gpu)],
    ['compute', `${gpu.computeUnits} ${gpu.computeUnitKind}`],
    ['FP32 TFLOPS', gpu.fp32Tflops],
    ['FP16 TFLOPS, dense', gpu.fp16TensorTflopsDense],
    ['FP16 note', gpu.fp16Note],
    ['TDP (W)', gpu.gpusPerBoard === 1 ? gpu.tdpW : `${gpu.tdpW}, board ${gpu.boardTdpW}`],
    ['idle (W)', gpu.idleW],
    ['idle from', gpu.idleWSource],
    ['PCIe', `gen ${gpu.pcieGen} x${gpu.pcieLanes}`],
    [
      'fabric, both ways',
      gpu.fabricKind === null
        ? undefined
        : `${gpu.fabricGbPerSecBidirectional ?? '?'} GB/s ${gpu.fabricKind}`,
    ],
    ['passthrough', virtualization.passthrough],
    ['MPS', virtualization.mps],
    ['MIG', migModelOfGpu(gpu)?.id],
    ['vGPU table', gpu.vgpuGpuIds.length === 0 ? undefined : gpu.vgpuGpuIds.join(', ')],
    ['SR-IOV', virtualization.sriov.supported ? (virtualization.sriov.kind ?? true) : false],
    ['SR-IOV table', sriovOfGpu(gpu)?.id],
    ['note', gpu.note],
    ['virtualization note', virtualization.note],
    ['confidence', gpu.confidence],
  ];
  const known = fields.filter(([name, value]) => !(name.endsWith('note') && value === undefined));
  const prices = renderTable(priceColumns, cloud, width);
  return `${renderFields(known, width)}${cloud.length === 0 ? '' : `\n${prices}`}`;
}

const priceColumns: readonly Column<CloudGpuPrice>[] = [
  { header: 'provider', value: (price) => price.provider },
  { header: 'sku', value: (price) => price.sku },
  { header: 'region', value: (price) => price.region },
  { header: 'GPUs', value: (price) => price.gpusInSku },
  { header: 'USD/h', value: (price) => price.usdPerHour },
  { header: 'USD/GPU h', value: (price) => price.usdPerGpuHour },
  { header: 'as of', value: (price) => price.asOf },
  { header: 'source', value: (price) => price.source },
];
