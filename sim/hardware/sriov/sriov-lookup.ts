import { SRIOV_GPUS } from '../data/sriov.ts';
import { resolveGpu } from '../gpu-lookup.ts';
import type { GpuModel } from '../gpu-model.ts';
import { CatalogueNameError, entriesByName, unknownName } from '../names.ts';
import type { SriovGpu } from './sriov-gpu.ts';

/** What is known of a GPU's virtual functions; undefined when the SR-IOV table has no such GPU. */
export function sriovOfGpu(gpu: GpuModel): SriovGpu | undefined {
  return SRIOV_GPUS.find((record) => record.id === gpu.sriovId || record.catalogId === gpu.id);
}

/**
 * A record by its own id or name, or by any name the GPU catalogue knows.
 *
 * @returns undefined for a known GPU without a record
 * @throws {CatalogueNameError} unknown or ambiguous
 */
export function sriovByName(name: string): SriovGpu | undefined {
  const own = entriesByName(name, SRIOV_GPUS, (record) => [record.id, record.name]);
  if (own.exact && own.found.length === 1) return own.found[0];
  try {
    return sriovOfGpu(resolveGpu(name).gpu);
  } catch (error) {
    if (!(error instanceof CatalogueNameError) || error.reason === 'ambiguous') throw error;
    if (own.found.length === 1) return own.found[0];
    throw unknownName(
      'SR-IOV GPU',
      name,
      SRIOV_GPUS.map((record) => record.id),
    );
  }
}
