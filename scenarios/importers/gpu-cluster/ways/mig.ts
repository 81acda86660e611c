import { type MigModel, type MigProfile, migModelOfGpu } from '../../../../sim/hardware/index.ts';
import type { AskedGpu, AskedPart } from '../cluster-file.ts';
import { memoryText, shareText } from '../quantities.ts';
import { planParts, type Way } from './way.ts';

/** Instances for containers: each the smallest profile that has the memory and the slices asked. */
export const migWay: Way = {
  name: 'mig',
  summary: 'MIG instances: memory and compute in hardware slices, both at least what is asked',
  plan: (node) =>
    planParts(node, { mode: 'mig', layout: null, computeInstances: false }, (part, gpu) => {
      const model = migModelOfGpu(gpu.gpu);
      if (model === undefined) return { reason: `${gpu.gpu.name} has no MIG` };
      const profile = profileFor(model, part);
      if (profile === undefined) return { reason: noProfile(gpu, part) };
      return {
        slot: { kind: 'profile', profile: profile.name },
        changes: sliceChanges(part, {
          name: profile.name,
          gib: profile.memoryGbNominal,
          shareMilli: sliceMilli(model, profile.gpuSlices),
        }),
      };
    }),
};

/** Thousandths of the compute that slices are taken for, rounded. */
export function sliceMilli({ gpuSlicesTotal }: MigModel, slices: number): number {
  return Math.round((1000 * slices) / gpuSlicesTotal);
}

function profileFor(model: MigModel, { memoryMib, computeMilli }: AskedPart): MigProfile | undefined {
  return model.profiles
    .filter(
      ({ variant, gpuSlices, memoryGbNominal }) =>
        (variant === 'plain' || variant === 'double-memory') &&
        memoryGbNominal * 1024 >= memoryMib &&
        sliceMilli(model, gpuSlices) >= (computeMilli ?? 0),
    )
    .sort((a, b) => a.gpuSlices - b.gpuSlices || a.memoryGbNominal - b.memoryGbNominal)[0];
}

export function noProfile(gpu: AskedGpu, { memoryMib, computeMilli }: AskedPart): string {
  const compute = computeMilli === null ? '' : ` and ${shareText(computeMilli)} of the compute`;
  return `${gpu.gpu.name} has no MIG profile with ${memoryText(memoryMib)}${compute}`;
}

/** How slices of the hardware differ from what is asked. Sizes are compared as the names of profiles have them. */
export function sliceChanges(
  { memoryMib, computeMilli }: AskedPart,
  given: { readonly name: string; readonly gib: number; readonly shareMilli: number },
): readonly string[] {
  const changes: string[] = [];
  if (given.gib * 1024 !== memoryMib)
    changes.push(`${memoryText(memoryMib)} becomes ${given.gib} GiB (${given.name})`);
  if (computeMilli !== null && given.shareMilli !== computeMilli) {
    changes.push(
      `${shareText(computeMilli)} of the compute becomes ${shareText(given.shareMilli)} (${given.name})`,
    );
  }
  return changes;
}
