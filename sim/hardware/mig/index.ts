export { MIG_MODELS } from '../data/mig-models.ts';
export { MIG_SOURCES } from '../data/mig-sources.ts';
export {
  canAddComputeInstance,
  computeInstanceLayouts,
  computeInstanceName,
  computeInstanceProfiles,
  computeSlicesLeft,
} from './compute-instances.ts';
export { defaultPlacement } from './default-placement.ts';
export {
  allLayouts,
  distinctMixes,
  forEachLayout,
  layoutText,
  maximalLayouts,
  mixOf,
  type ProfileMix,
  placementsOfVariants,
} from './enumerate.ts';
export { canAdd, creatable, isLegal, type MigRefusal, refusal, refusalText } from './legality.ts';
export { migModelByName, migModelOfGpu, migProfileByName, shortProfileName } from './mig-lookup.ts';
export {
  type ComputeInstanceProfile,
  MIG_VARIANTS,
  type MigDuration,
  type MigEngines,
  type MigModel,
  type MigProfile,
  type MigVariant,
} from './mig-model.ts';
export {
  geometryOf,
  type MigGeometry,
  type MigPlacement,
  NO_PLACEMENTS,
  type PlacementSet,
  placementAt,
  placementCount,
  placementsIn,
  unitsCovered,
} from './placements.ts';
