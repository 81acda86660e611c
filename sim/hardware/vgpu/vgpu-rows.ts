import { VGPU_EDITIONS } from '../data/vgpu-rules.ts';
import type { Evidence } from '../evidence.ts';
import type { VgpuBacking, VgpuGpu, VgpuSeries, VgpuType } from './vgpu-type.ts';

const ROW_NOTES = {
  halfGib: '0.5 GB type; name uses 0 for 512 MB',
  legacyFourHeads: 'legacy 4-head variant of the B-series type of the same size',
} as const;

/** A time-sliced type as the table stores it. Its source is documented; the frame limit follows the series. */
type TimeSlicedRow = readonly [
  type: string,
  series: VgpuSeries,
  fbMib: number,
  guestFbMib: number | null,
  hostReservationMib: number | null,
  maxPerGpu: number,
  maxPerGpuMixedSize: number | null,
  displayHeads: number | null,
  maxPixels: number | null,
  cuda: boolean,
  multiVgpuPerVm: boolean | null,
  source: 'xml' | 'vdm',
  extra?: { readonly note?: keyof typeof ROW_NOTES; readonly confirmedBy?: 'vdm' },
];

/** A MIG-backed type as the table stores it; all come from source `vdm`. */
type MigBackedRow = readonly [
  type: string,
  series: VgpuSeries,
  backing: Exclude<VgpuBacking, 'time-sliced'>,
  migSlices: number,
  mediaEngines: 'default' | '+gfx' | '+me' | null,
  fbMib: number,
  maxPerGpu: number,
  maxPerGpuInstance: number | null,
  cuda: boolean | null,
  confidence: Evidence,
];

export interface VgpuGpuRow extends VgpuGpu {
  readonly timeSliced: readonly TimeSlicedRow[];
  readonly migBacked: readonly MigBackedRow[];
}

const MIG_FB_NOTE = 'fbMib is the nominal size in the type name; usable memory is that of the GPU instance';

/** The types of one GPU, time-sliced first, in the order of the table. */
export function expandTypes(gpu: VgpuGpuRow): VgpuType[] {
  return [
    ...gpu.timeSliced.map((row) => timeSlicedType(row, gpu.gpusPerBoard)),
    ...gpu.migBacked.map((row) => migBackedType(row, gpu.gpusPerBoard)),
  ];
}

function timeSlicedType(row: TimeSlicedRow, gpusPerBoard: number): VgpuType {
  const [type, series, fbMib, guestFbMib, hostReservationMib, maxPerGpu, maxPerGpuMixedSize] = row;
  const [, , , , , , , displayHeads, maxPixels, cuda, multiVgpuPerVm, source, extra] = row;
  return {
    type,
    series,
    backing: 'time-sliced',
    migSlices: null,
    mediaEngines: null,
    fbMib,
    guestFbMib,
    hostReservationMib,
    maxPerGpu,
    maxPerBoard: maxPerGpu * gpusPerBoard,
    maxPerGpuMixedSize,
    maxPerGpuInstance: null,
    licence: licenceOf(series),
    displayHeads,
    maxPixels,
    // Rule R-frl-1.
    frameRateLimitFps: series === 'B' ? 45 : 60,
    cuda,
    multiVgpuPerVm,
    source,
    confirmedBy: extra?.confirmedBy ?? null,
    confidence: 'documented',
    note: extra?.note === undefined ? null : ROW_NOTES[extra.note],
  };
}

function migBackedType(row: MigBackedRow, gpusPerBoard: number): VgpuType {
  const [
    type,
    series,
    backing,
    migSlices,
    mediaEngines,
    fbMib,
    maxPerGpu,
    maxPerGpuInstance,
    cuda,
    confidence,
  ] = row;
  return {
    type,
    series,
    backing,
    migSlices,
    mediaEngines,
    fbMib,
    guestFbMib: null,
    hostReservationMib: null,
    maxPerGpu,
    maxPerBoard: maxPerGpu * gpusPerBoard,
    maxPerGpuMixedSize: null,
    maxPerGpuInstance,
    licence: licenceOf(series),
    displayHeads: null,
    maxPixels: null,
    frameRateLimitFps: null,
    cuda,
    multiVgpuPerVm: null,
    source: 'vdm',
    confirmedBy: null,
    confidence,
    note: confidence === 'documented' ? MIG_FB_NOTE : null,
  };
}

function licenceOf(series: VgpuSeries): readonly string[] {
  return VGPU_EDITIONS.find((edition) => edition.series === series)?.editions ?? [];
}
