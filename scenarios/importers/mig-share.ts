import {
  CatalogueNameError,
  type GpuModel,
  migModelOfGpu,
  migProfileByName,
} from '../../sim/hardware/index.ts';

/** Compute slices of every MIG-capable GPU but A30 and RTX PRO 6000, which have four. */
const USUAL_SLICES = 7;
const PROFILE = /^([1-7])g\.[1-9]\d{0,2}gb(?:[+.-][a-z.]+)?$/i;

/** Whether a text has the form of a profile's name: `1g.10gb`, `1g.10gb+me`, `1g.5gb.me`. */
export function isMigProfile(text: string): boolean {
  return PROFILE.test(text);
}

/**
 * What an instance of a MIG profile is of its card, in thousandths: its compute slices out of all, rounded down, so that
 * instances that fit on a card together never add up to more than it. Leaves out that profiles with much memory for
 * their compute (1g.10gb of an A100 40 GB) fill a card sooner.
 *
 * @param gpu the card; undefined where it is not known: seven slices are assumed
 * @returns undefined where the card has no such profile
 */
export function migShareMilli(profile: string, gpu: GpuModel | undefined): number | undefined {
  const model = gpu === undefined ? undefined : migModelOfGpu(gpu);
  if (gpu !== undefined && model === undefined) return undefined;
  if (model === undefined) {
    const slices = Number(PROFILE.exec(profile)?.[1]);
    return Number.isNaN(slices) ? undefined : Math.floor((1000 * slices) / USUAL_SLICES);
  }
  try {
    return Math.floor((1000 * migProfileByName(model, profile).gpuSlices) / model.gpuSlicesTotal);
  } catch (error) {
    if (error instanceof CatalogueNameError) return undefined;
    throw error;
  }
}
