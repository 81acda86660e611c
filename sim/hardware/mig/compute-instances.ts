import type { ComputeInstanceProfile, MigModel, MigProfile } from './mig-model.ts';

/**
 * Ways to divide one GPU instance into compute instances. They share its memory and media engines, so only SM slices
 * are counted; which slices a compute instance takes is not modelled, because sizes and counts alone decide what fits.
 */

/** The compute-instance profiles of a GPU instance; empty for a size the model does not have. */
export function computeInstanceProfiles(
  model: MigModel,
  profile: MigProfile,
): readonly ComputeInstanceProfile[] {
  return model.computeInstances.byGpuSlices[profile.gpuSlices] ?? [];
}

/** How many slices are left beside these compute instances, given by their sizes in slices. */
export function computeSlicesLeft(profile: MigProfile, sizes: readonly number[]): number {
  return profile.gpuSlices - sizes.reduce((sum, size) => sum + size, 0);
}

/** Whether a compute instance of `size` slices may be created beside the ones there are. */
export function canAddComputeInstance(
  model: MigModel,
  profile: MigProfile,
  sizes: readonly number[],
  size: number,
): boolean {
  const known = computeInstanceProfiles(model, profile).find((each) => each.gpuSlices === size);
  return (
    known !== undefined &&
    size <= computeSlicesLeft(profile, sizes) &&
    sizes.filter((each) => each === size).length < known.maxInGpuInstance
  );
}

/**
 * Every full division of a GPU instance: no further compute instance fits.
 *
 * @returns lists of sizes in slices, each largest first; divisions with larger pieces first
 */
export function computeInstanceLayouts(model: MigModel, profile: MigProfile): number[][] {
  const sizes = computeInstanceProfiles(model, profile)
    .map((each) => each.gpuSlices)
    .sort((a, b) => b - a);
  const layouts: number[][] = [];
  const extend = (chosen: readonly number[]): void => {
    const next = sizes.filter((size) => canAddComputeInstance(model, profile, chosen, size));
    if (next.length === 0) layouts.push([...chosen]);
    const smallest = chosen.at(-1) ?? Number.POSITIVE_INFINITY;
    for (const size of next) if (size <= smallest) extend([...chosen, size]);
  };
  extend([]);
  return layouts;
}

/** Device name: `1c.3g.20gb`; a compute instance that takes the whole GPU instance has the plain `3g.20gb`. */
export function computeInstanceName(profile: MigProfile, size: number): string {
  return size === profile.gpuSlices ? profile.name : `${size}c.${profile.name}`;
}
