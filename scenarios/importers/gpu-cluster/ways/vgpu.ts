import { type VgpuType, vgpuGpusOfGpu, vgpuTypesOf } from '../../../../sim/hardware/vgpu/index.ts';
import type { AskedGpu, AskedNode, AskedPart } from '../cluster-file.ts';
import { memoryText, shareText } from '../quantities.ts';
import { planParts, usedGpus, type Way } from './way.ts';

/** Thousandths by which a share may differ from one of n and still be that: 33.3 % and 33.4 % are a third. */
const ROUNDING_MILLI = 1;

/**
 * Time-sliced NVIDIA vGPUs: each the smallest type with the memory asked, sizes mixed on a card where they differ. The
 * compute cannot be set, except that fixed share gives each vGPU of a full card its part: where every vgpu asks for exactly
 * that, nothing is lost.
 */
export const vgpuWay: Way = {
  name: 'vgpu',
  summary:
    'time-sliced vGPUs: memory by type and reserved, no share of the compute but 1 of the most on a card',
  plan(node) {
    const sizes = usedGpus(node).every((gpu) => sizesOf(gpu).size === 1) ? 'equal' : 'mixed';
    const isFixed = sizes === 'equal' && isFixedShare(node);
    const scheduler = isFixed ? 'fixed-share' : 'best-effort';
    return planParts(
      node,
      { mode: 'vgpu', sizes, scheduler, sliceMs: null, series: seriesOf(node) },
      (part, gpu) => {
        const type = typeFor(gpu, part);
        if (type === undefined) {
          return {
            reason: `${gpu.gpu.name} has no vGPU type with ${memoryText(part.memoryMib)} that runs CUDA`,
          };
        }
        const changes: string[] = [];
        if (type.fbMib !== part.memoryMib) {
          changes.push(`${memoryText(part.memoryMib)} becomes ${memoryText(type.fbMib)} (${type.type})`);
        }
        if (part.computeMilli !== null && !isFixed) {
          changes.push(
            `${shareText(part.computeMilli)} of the compute is left out: busy vGPUs get equal turns`,
          );
        }
        return { slot: { kind: 'profile', profile: type.type }, changes };
      },
    );
  },
};

/** Types for compute, smallest first: the C-series where the GPU has it, else Q. */
function typesOf({ gpu }: AskedGpu): readonly VgpuType[] {
  const all = vgpuGpusOfGpu(gpu)
    .flatMap(({ id }) => vgpuTypesOf(id))
    .filter(({ backing, cuda }) => backing === 'time-sliced' && cuda === true);
  const compute = all.filter(({ series }) => series === 'C');
  const types = compute.length > 0 ? compute : all.filter(({ series }) => series === 'Q');
  return [...types].sort((a, b) => a.fbMib - b.fbMib);
}

function typeFor(gpu: AskedGpu, { memoryMib }: AskedPart): VgpuType | undefined {
  return typesOf(gpu).find(({ fbMib }) => fbMib >= memoryMib);
}

function seriesOf(node: AskedNode): VgpuType['series'] | null {
  const series = new Set(usedGpus(node).map((gpu) => typesOf(gpu)[0]?.series));
  const [only] = series;
  return series.size === 1 && only !== undefined ? only : null;
}

function sizesOf(gpu: AskedGpu): ReadonlySet<number | undefined> {
  return new Set(gpu.parts.map((part) => typeFor(gpu, part)?.fbMib));
}

/** Whether every vgpu asks for the part of the compute that fixed share gives vGPUs of its type. */
function isFixedShare(node: AskedNode): boolean {
  return usedGpus(node).every((gpu) =>
    gpu.parts.every((part) => {
      const type = typeFor(gpu, part);
      if (type === undefined || part.computeMilli === null) return false;
      return Math.abs(part.computeMilli - 1000 / type.maxPerGpu) <= ROUNDING_MILLI;
    }),
  );
}
