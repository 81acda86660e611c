import { MIG_MODELS } from '../data/mig-models.ts';
import { resolveGpu } from '../gpu-lookup.ts';
import type { GpuModel } from '../gpu-model.ts';
import { CatalogueNameError, compactName, entriesByName, unknownName } from '../names.ts';
import type { MigModel, MigProfile } from './mig-model.ts';

/** The MIG model of a GPU; undefined where the GPU has no MIG. */
export function migModelOfGpu(gpu: GpuModel): MigModel | undefined {
  return MIG_MODELS.find((model) => model.id === gpu.migModelId);
}

/**
 * A MIG model by its own id, name or alias, or by any name of a GPU that has it.
 *
 * @returns undefined for a known GPU without MIG
 * @throws {CatalogueNameError} unknown or ambiguous
 */
export function migModelByName(name: string): MigModel | undefined {
  const own = entriesByName(name, MIG_MODELS, (model) => [model.id, model.model, ...model.aliases]);
  if (own.found.length === 1) return own.found[0];
  try {
    return migModelOfGpu(resolveGpu(name).gpu);
  } catch (error) {
    if (!(error instanceof CatalogueNameError) || error.reason === 'ambiguous') throw error;
    throw unknownName(
      'MIG-capable GPU',
      name,
      MIG_MODELS.map((model) => model.id),
    );
  }
}

/**
 * A profile of a model by its name, by a name another driver prints, by its Kubernetes resource name
 * (`nvidia.com/mig-1g.10gb.me`), or by its slices alone: `3g`, `1g+me`, `1g.double`.
 *
 * @throws {CatalogueNameError} unknown, with the nearest profiles of this model
 */
export function migProfileByName(model: MigModel, name: string): MigProfile {
  const wanted = profileKey(name);
  const found =
    model.profiles.find((profile) => profileKey(profile.name) === wanted) ??
    model.profiles.find((profile) => profile.aliases?.some((alias) => profileKey(alias) === wanted)) ??
    model.profiles.find((profile) => profileKey(shortProfileName(profile)) === wanted);
  if (found !== undefined) return found;
  throw unknownName(
    `MIG profile of ${model.model}`,
    name,
    model.profiles.map((profile) => profile.name),
  );
}

/** `1g`, `2g`, `1g.double`, `1g+me`, `4g+gfx`: the profile without its memory, the same on every card of a family. */
export function shortProfileName(profile: MigProfile): string {
  const slices = `${profile.gpuSlices}g`;
  if (profile.variant === 'double-memory') return `${slices}.double`;
  return slices + profile.name.replace(/^\d+g\.\d+gb/, '');
}

/** Kubernetes resources write `.me` for `+me`; a leading `MIG` or resource prefix says nothing more. */
function profileKey(name: string): string {
  const bare = name
    .trim()
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^mig[-_ ]/, '');
  return compactName(bare.replace('-me', ' nome'));
}
