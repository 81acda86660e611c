import { migModelOfGpu } from '../../../../sim/hardware/index.ts';
import { type VgpuType, vgpuGpusOfGpu, vgpuTypesOf } from '../../../../sim/hardware/vgpu/index.ts';
import type { AskedGpu } from '../cluster-file.ts';
import { noProfile, sliceChanges, sliceMilli } from './mig.ts';
import { planParts, type Way } from './way.ts';

/** vGPUs with a MIG instance each: as `mig`, for virtual machines. */
export const migVgpuWay: Way = {
  name: 'mig-vgpu',
  summary: 'vGPUs on MIG instances: as mig, for virtual machines',
  plan: (node) =>
    planParts(
      node,
      { mode: 'mig-vgpu', layout: null, scheduler: 'best-effort', series: null },
      (part, gpu) => {
        const model = migModelOfGpu(gpu.gpu);
        const types = typesOf(gpu);
        if (model === undefined || types.length === 0) {
          return { reason: `${gpu.gpu.name} has no vGPU types on MIG instances` };
        }
        const shareOf = ({ migSlices }: VgpuType) => sliceMilli(model, migSlices ?? 0);
        const type = types.find(
          (each) => each.fbMib >= part.memoryMib && shareOf(each) >= (part.computeMilli ?? 0),
        );
        if (type === undefined) return { reason: noProfile(gpu, part) };
        const given = { name: type.type, gib: type.fbMib / 1024, shareMilli: shareOf(type) };
        return { slot: { kind: 'profile', profile: type.type }, changes: sliceChanges(part, given) };
      },
    ),
};

/** Types with an instance of their own, without media extras, smallest first; for compute where there are such. */
function typesOf({ gpu }: Pick<AskedGpu, 'gpu'>): readonly VgpuType[] {
  const all = vgpuGpusOfGpu(gpu)
    .flatMap(({ id }) => vgpuTypesOf(id))
    .filter(({ backing, mediaEngines }) => backing === 'mig' && mediaEngines !== '+me');
  const compute = all.filter(({ series }) => series === 'C');
  return [...(compute.length > 0 ? compute : all)].sort(
    (a, b) => (a.migSlices ?? 0) - (b.migSlices ?? 0) || a.fbMib - b.fbMib,
  );
}
