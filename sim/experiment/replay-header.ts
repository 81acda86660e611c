import type { FleetView } from '../cluster/fleet.ts';
import type { TypicalShape } from '../cluster/fragmentation.ts';
import { CatalogueNameError, gpuMemoryMib, type ResolvedGpu, resolveGpu } from '../hardware/index.ts';
import { type MigGeometry, placementsIn } from '../hardware/mig/index.ts';
import type { ReplayHeader, ReplayMix } from '../observe/replay/index.ts';
import type { Scenario } from '../scenario/types.ts';
import { fullUses, type ReplayFullUse } from './full-uses.ts';
import { poolHostsOf, poolNames } from './pools.ts';

/** What a replay says of a GPU model: what is needed to draw it and to name it. */
export interface ReplayGpu {
  readonly model: string;
  /** As the catalogue has it; null where the scenario describes the GPU itself. */
  readonly name: string | null;
  readonly memoryMib: number | null;
  /** As the vendor prints it: what places of vGPUs are counted in. */
  readonly memoryGb: number | null;
  readonly boardWatts: number | null;
  readonly sources: readonly string[];
}

/** The ways in which cards of a model can be cut into GPU instances. */
export interface ReplayGeometry {
  readonly model: string;
  /** Length of the axis on which instances are placed. */
  readonly units: number;
  readonly computeSlices: number;
  /** By bit of a `PlacementSet`. */
  readonly placements: readonly ReplayPlacement[];
}

export interface ReplayPlacement {
  readonly profile: string;
  /** It covers the units [start, start + size). */
  readonly start: number;
  readonly size: number;
  readonly computeSlices: number;
}

/** Most tasks of the mix that a header holds: a hundred bytes each before compression. */
const MOST_USUAL = 2000;

/** What a replay has of the catalogue. */
export interface ReplayCatalogue {
  readonly gpus: readonly ReplayGpu[];
  readonly geometries: readonly ReplayGeometry[];
  /** Absent in replays of versions that did not write it: speeds of jobs on cards are not known then. */
  readonly fullUses?: readonly ReplayFullUse[];
}

/**
 * What a replay says before the first event.
 *
 * @param document the scenario, normalized
 * @param version of the product
 * @param mix the usual tasks of the run; none: the replay does not say what its fragmentation is about
 */
export function replayHeader(
  scenario: Scenario,
  document: unknown,
  seed: number,
  version: string,
  fleet: FleetView,
  mix: readonly TypicalShape[] = [],
): Omit<ReplayHeader, 'start'> {
  const hosts = poolHostsOf(scenario, fleet);
  return {
    schema: 'slicewise/replay@1',
    version,
    seed,
    scenario: document,
    pools: poolNames(scenario).map((name, pool) => ({ name, hosts: hosts[pool] ?? [] })),
    catalogue: catalogueOf(scenario, fleet),
    ...(mix.length === 0 || mix.length > MOST_USUAL ? {} : { mix: mix.map(usualOf) }),
  };
}

/** What expected fragmentation looks at of a task. */
function usualOf({ shape, frequency }: TypicalShape): ReplayMix[number] {
  const { cpuMilli, gpuCount, gpuMilli, models } = shape;
  return { cpuMilli, gpuCount, gpuMilli, models, frequency };
}

function catalogueOf(scenario: Scenario, fleet: FleetView): ReplayCatalogue {
  const geometries = new Map<string, ReplayGeometry>();
  for (const [gpu, card] of fleet.cards.entries()) {
    const model = fleet.modelNames[fleet.gpuModel[gpu] as number] as string;
    if (card?.layout === undefined || geometries.has(model)) continue;
    geometries.set(model, geometryOf(model, card.layout.geometry));
  }
  return {
    gpus: fleet.modelNames.map(gpuOf),
    geometries: [...geometries.values()],
    fullUses: fullUses(scenario, fleet),
  };
}

function gpuOf(model: string): ReplayGpu {
  let found: ResolvedGpu;
  try {
    found = resolveGpu(model);
  } catch (error) {
    if (!(error instanceof CatalogueNameError)) throw error;
    return { model, name: null, memoryMib: null, memoryGb: null, boardWatts: null, sources: [] };
  }
  const { gpu } = found;
  const { name, memoryGb, tdpW, sources } = gpu;
  return { model, name, memoryMib: gpuMemoryMib(gpu), memoryGb, boardWatts: tdpW, sources };
}

function geometryOf(model: string, geometry: MigGeometry): ReplayGeometry {
  return {
    model,
    units: Math.max(...geometry.placements.map(({ profile, start }) => start + profile.size)),
    computeSlices: geometry.model.gpuSlicesTotal,
    placements: placementsIn(geometry, geometry.all).map(({ profile, start }) => ({
      profile: profile.name,
      start,
      size: profile.size,
      computeSlices: profile.gpuSlices,
    })),
  };
}
