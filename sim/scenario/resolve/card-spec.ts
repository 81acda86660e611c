import {
  CatalogueNameError,
  type GpuModel,
  gpuMemoryMib,
  type ResolvedGpu,
  resolveGpu,
} from '../../hardware/index.ts';
import type { CardSpec } from '../../sharing/index.ts';
import type { GpuGroup, HostGroup } from '../types.ts';

/**
 * Bytes a second of one PCIe lane in one direction, by generation: line rate times line code, in bytes. 2.5 and 5 GT/s
 * with 8b/10b (0.25 and 0.5 GB/s), 8, 16 and 32 GT/s with 128b/130b (0.985, 1.969 and 3.938 GB/s), 64 GT/s in flits that
 * carry 242 of 256 bytes (7.563 GB/s). Packet headers and flow control come off that and are left out.
 *
 * @see PCI-SIG, PCI Express Base Specification, revisions 1.0 to 6.0: physical layer
 */
export const PCIE_LANE_BYTES_PER_SEC: Readonly<Record<number, number>> = {
  1: (2.5e9 * (8 / 10)) / 8,
  2: (5e9 * (8 / 10)) / 8,
  3: (8e9 * (128 / 130)) / 8,
  4: (16e9 * (128 / 130)) / 8,
  5: (32e9 * (128 / 130)) / 8,
  6: (64e9 * (242 / 256)) / 8,
};

/** Answers so far: a search by name goes through the catalogue, and a document asks for few names again and again. */
const looked = new Map<string, ResolvedGpu | CatalogueNameError>();
const MOST_KEPT = 1000;

/** The GPU of the catalogue that a name means, or why it means none: unknown, or ambiguous. */
export function lookUpGpu(name: string): ResolvedGpu | CatalogueNameError {
  let answer = looked.get(name);
  if (answer === undefined) {
    answer = search(name);
    if (looked.size >= MOST_KEPT) looked.clear();
    looked.set(name, answer);
  }
  return answer;
}

function search(name: string): ResolvedGpu | CatalogueNameError {
  try {
    return resolveGpu(name);
  } catch (error) {
    if (error instanceof CatalogueNameError) return error;
    throw error;
  }
}

/** The catalogue's entry for a model; null where it has none, or where the name fits several. */
export function catalogueGpu(model: string): GpuModel | null {
  const answer = lookUpGpu(model);
  return answer instanceof CatalogueNameError ? null : answer.gpu;
}

/**
 * A GPU of a host group as a sharing mode sees it.
 *
 * Its link is what its lanes carry at its generation, each the smaller of the GPU's and the slot's (bifurcation), and at
 * most the host's uplink: one GPU alone may use all of that. What several GPUs want together beyond the uplink is
 * divided while they run, by the engine. A GPU outside the catalogue whose lanes and generation are not stated has a
 * link without limit but the uplink's.
 *
 * @param group host group, for its uplink
 * @param gpu of a model in the catalogue, or with `memoryMib`
 * @throws {RangeError} for a model without either
 */
export function cardSpecOf(group: Pick<HostGroup, 'uplinkBytesPerSec'>, gpu: GpuGroup): CardSpec {
  const catalogue = catalogueGpu(gpu.model);
  const memoryMib = gpu.memoryMib ?? (catalogue === null ? null : gpuMemoryMib(catalogue));
  if (memoryMib === null) {
    throw new RangeError(
      `Cannot describe GPU "${gpu.model}": it is not in the catalogue, and its memory is not stated`,
    );
  }
  const linkBytesPerSec = Math.min(
    pcieBytesPerSec(gpu, catalogue),
    group.uplinkBytesPerSec ?? Number.POSITIVE_INFINITY,
  );
  return { model: gpu.model, catalogue, memoryMib, linkBytesPerSec };
}

function pcieBytesPerSec({ pcieLanes, pcieGen }: GpuGroup, catalogue: GpuModel | null): number {
  const smaller = (slot: number | null, own: number | undefined) =>
    Math.min(slot ?? Number.POSITIVE_INFINITY, own ?? Number.POSITIVE_INFINITY);
  const lanes = smaller(pcieLanes, catalogue?.pcieLanes);
  const gen = smaller(pcieGen, catalogue?.pcieGen);
  const laneBytesPerSec = PCIE_LANE_BYTES_PER_SEC[gen];
  if (laneBytesPerSec === undefined || !Number.isFinite(lanes)) return Number.POSITIVE_INFINITY;
  return Math.round(lanes * laneBytesPerSec);
}
