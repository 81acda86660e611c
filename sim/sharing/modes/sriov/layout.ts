import {
  CatalogueNameError,
  type SriovGpu,
  type SriovPartitionMode,
  sriovByName,
  sriovOfGpu,
} from '../../../hardware/index.ts';
import type { CardSpec } from '../../card-spec.ts';
import type { ConfigOf } from '../../config.ts';

const MIB = 1024 * 1024;

/** What is known of a card's virtual functions; undefined where nothing is. */
export function sriovGpuOf({ model, catalogue }: CardSpec): SriovGpu | undefined {
  if (catalogue !== null) return sriovOfGpu(catalogue);
  try {
    return sriovByName(model);
  } catch (error) {
    if (error instanceof CatalogueNameError) return undefined;
    throw error;
  }
}

/**
 * Numbers of virtual functions that a GPU can be set to, ascending; `partition` is one of its partition modes, or
 * undefined. Lists of the vendor are taken as they are; a number that only has an upper limit may be anything up to it;
 * a GPU of which no number is known has one function, which is the whole GPU.
 */
export function vfCounts(
  { vfCount }: SriovGpu,
  partition: SriovPartitionMode | undefined,
): readonly number[] {
  const { allowed, presets, any, max, evenOnlyAbove1 } = vfCount;
  const upTo = Array.from({ length: max ?? 1 }, (_, i) => i + 1);
  const listed = allowed ?? (any === true ? upTo : (presets ?? upTo));
  const isEvenEnough = (vfs: number) => evenOnlyAbove1 !== true || vfs === 1 || vfs % 2 === 0;
  if (partition === undefined) return listed.filter(isEvenEnough);
  const ofMode = partition.vfs ?? listed.filter((vfs) => partition.partitions % vfs === 0);
  return listed.filter((vfs) => isEvenEnough(vfs) && ofMode.includes(vfs));
}

/**
 * The compute partition mode: the named one, else the one with as many partitions as functions. Undefined where the GPU
 * has none, or none of that name.
 */
export function partitionOf(
  { partitionModes = [] }: SriovGpu,
  { partition, vfs }: ConfigOf<'sriov'>,
): SriovPartitionMode | undefined {
  if (partition === null) return partitionModes.find((mode) => mode.partitions === vfs);
  return partitionModes.find((mode) => mode.mode === partition.toUpperCase());
}

/**
 * Frame buffer of each function, MiB: as sold where the table says so, else equal parts of what the GPU has for
 * functions (with error correction off, where that is told apart), in whole 16 MiB on the S7150. What its host driver
 * keeps for itself is not published. Never more than an equal part of what programs see on the card.
 */
export function vfMemoryMib(gpu: SriovGpu, vfs: number, card: CardSpec): number {
  const equalMib = Math.floor(card.memoryMib / vfs);
  const soldGib = gpu.fbPerVfGibByCount?.[vfs];
  if (soldGib !== undefined) return Math.min(equalMib, soldGib * 1024);
  const bytes = gpu.localMemoryBytes?.eccOff ?? gpu.localMemoryBytes?.any;
  if (bytes !== undefined) return Math.min(equalMib, Math.floor(bytes / vfs / MIB));
  return gpu.id.startsWith('s7150') ? equalMib - (equalMib % 16) : equalMib;
}
