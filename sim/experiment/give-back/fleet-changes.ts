import {
  distinctMixes,
  GPU_MODELS,
  type GpuModel,
  geometryOf,
  gpuMemoryMib,
  maximalLayouts,
  migModelOfGpu,
} from '../../hardware/index.ts';
import { hostCpuQuantity } from '../../scenario/quantities/cpu.ts';
import { hostMemoryQuantity } from '../../scenario/quantities/memory.ts';
import { catalogueGpu } from '../../scenario/resolve/card-spec.ts';
import type { HostGroup, Scenario } from '../../scenario/types.ts';
import { type ModeTraits, SHARING_MODES, type SharingConfig, sharingMode } from '../../sharing/index.ts';
import { at, byGroup, type Candidate, change, changedGroups, statedGroups } from './candidate.ts';
import { demandsOf } from './demand-changes.ts';
import type { Stated } from './stated.ts';

/** Twice the CPU cores of the hosts. */
export function moreCpu({ fleet, ...rest }: Scenario): readonly Candidate[] {
  return byGroup(
    changedGroups({ fleet, ...rest }),
    statedGroups(fleet),
    (hosts) => `twice the CPU cores on ${hosts}`,
    ({ name, cpuMilli }) => at(['fleet', 'hosts', name, 'cpu'], hostCpuQuantity.write(2 * cpuMilli)),
  );
}

export function moreMemory({ fleet, ...rest }: Scenario): readonly Candidate[] {
  return byGroup(
    changedGroups({ fleet, ...rest }),
    statedGroups(fleet),
    (hosts) => `twice the host memory on ${hosts}`,
    ({ name, memoryMib }) => at(['fleet', 'hosts', name, 'memory'], hostMemoryQuantity.write(2 * memoryMib)),
  );
}

/** The GPU of the same maker and generation with the next more memory, in place of one of the catalogue. */
export function moreGpuMemory(scenario: Scenario, stated: Stated): readonly Candidate[] {
  // Recorded jobs name models of the fleet when they are read.
  if (scenario.workload.trace !== null) return [];
  return changedGroups(scenario).flatMap((group) => {
    const models = new Set(group.gpus.map(({ model }) => model));
    return [...models].flatMap((model) => {
      const present = catalogueGpu(model);
      const larger = present === null ? undefined : nextLarger(present);
      if (larger === undefined || models.has(larger.id)) return [];
      const isElsewhere = statedGroups(scenario.fleet).some(
        (other) => other !== group && other.gpus.some((each) => each.model === model),
      );
      return change(`${larger.name} in place of ${model} on ${group.name}`, {
        ...at(
          ['fleet', 'hosts', group.name, 'gpus'],
          stated
            .gpusOf(group.name)
            .map((gpus) => (gpus.model === model ? { ...gpus, model: larger.id } : gpus)),
        ),
        // Who names the model accepts the larger one in its place, or besides where other hosts still have it.
        ...Object.assign(
          {},
          ...demandsOf(scenario)
            .filter(({ demand }) => demand.models.includes(model) && !demand.models.includes(larger.id))
            .map(({ path, demand }) =>
              at(
                [...path, 'models'],
                demand.models.flatMap((each) =>
                  each !== model ? [each] : isElsewhere ? [model, larger.id] : [larger.id],
                ),
              ),
            ),
        ),
      });
    });
  });
}

function nextLarger(gpu: GpuModel): GpuModel | undefined {
  const memory = gpuMemoryMib(gpu);
  const larger = GPU_MODELS.filter(
    (each) =>
      each.vendor === gpu.vendor &&
      each.architecture === gpu.architecture &&
      gpuMemoryMib(each) > memory * 1.05,
  );
  const isLike = (each: GpuModel) => Number(each.formFactor.slice(0, 3) === gpu.formFactor.slice(0, 3));
  return [...larger].sort((a, b) => gpuMemoryMib(a) - gpuMemoryMib(b) || isLike(b) - isLike(a))[0];
}

/** Most layouts that are tried in place of a stated one. */
const MOST_LAYOUTS = 8;

/** In place of a stated MIG layout: instances on demand, and other layouts of the card that hold a profile in demand. */
export function otherLayouts(scenario: Scenario, stated: Stated): readonly Candidate[] {
  return changedGroups(scenario).flatMap((group) => {
    const { name, sharing } = group;
    if (sharing?.mode !== 'mig' && sharing?.mode !== 'mig-vgpu') return [];
    if (sharing.layout === null) return [];
    const written = stated.sharingOf(name);
    const path = ['fleet', 'hosts', name, 'sharing'];
    return [
      change(`instances of ${name} made on demand`, at(path, { ...written, layout: null })),
      ...layoutsFor(group, sharing, scenario).map((layout) =>
        change(`layout ${layout.join(' ')} on ${name}`, at(path, { ...written, layout })),
      ),
    ];
  });
}

/** Maximal layouts of the plain profiles, by what they are made of; those with most profiles that are asked for first. */
function layoutsFor(
  { gpus }: HostGroup,
  sharing: Extract<SharingConfig, { mode: 'mig' | 'mig-vgpu' }>,
  scenario: Scenario,
): readonly (readonly string[])[] {
  const [only, ...others] = gpus;
  const gpu = only === undefined || others.length > 0 ? null : catalogueGpu(only.model);
  const model = gpu === null ? undefined : migModelOfGpu(gpu);
  if (model === undefined) return [];
  const wanted = new Set(
    demandsOf(scenario).flatMap(({ demand: { slot } }) => (slot?.kind === 'profile' ? [slot.profile] : [])),
  );
  const present = mixText((sharing.layout ?? []).map((entry) => entry.replace(/@.*$/, '')));
  const geometry = geometryOf(model);
  const mixes = distinctMixes(geometry, maximalLayouts(geometry, ['plain']))
    .map((mix) => mix.flatMap((count, i) => Array<string>(count).fill(model.profiles[i]?.name ?? '')))
    .filter((layout) => mixText(layout) !== present);
  const fitness = (layout: readonly string[]) => layout.filter((profile) => wanted.has(profile)).length;
  return mixes
    .map((layout, i) => ({ layout, i, fits: fitness(layout) }))
    .filter(({ fits }) => wanted.size === 0 || fits > 0)
    .sort((a, b) => b.fits - a.fits || a.i - b.i)
    .slice(0, MOST_LAYOUTS)
    .map(({ layout }) => layout);
}

const mixText = (layout: readonly string[]) => [...layout].sort().join(' ');

export function defragmenting(scenario: Scenario): readonly Candidate[] {
  if (scenario.repartition.length > 0) return [];
  return changedGroups(scenario)
    .filter(({ sharing }) => sharing?.mode === 'mig' && sharing.layout === null)
    .map(({ name }) =>
      change(
        `instances of ${name} defragmented`,
        at(['repartition'], [{ hosts: name, policy: 'defragment' }]),
      ),
    );
}

/** The number of virtual functions, vGPU sizes and replicas of cards that are cut into equal parts. */
export function otherCuts(scenario: Scenario, stated: Stated): readonly Candidate[] {
  return changedGroups(scenario).flatMap(({ name, sharing }) => {
    if (sharing === null) return [];
    const written = stated.sharingOf(name);
    const path = ['fleet', 'hosts', name, 'sharing'];
    if (sharing.mode === 'vgpu') {
      const sizes = sharing.sizes === 'mixed' ? 'equal' : 'mixed';
      return [change(`${sizes} vGPU sizes on ${name}`, at(path, { ...written, sizes }))];
    }
    if (sharing.mode === 'sriov') {
      return [2 * sharing.vfs, Math.floor(sharing.vfs / 2)]
        .filter((vfs) => vfs >= 1)
        .map((vfs) => change(`${vfs} virtual functions a GPU on ${name}`, at(path, { ...written, vfs })));
    }
    if (sharing.mode === 'time-slicing') {
      const replicas = 2 * sharing.replicas;
      return [change(`${replicas} replicas a GPU on ${name}`, at(path, { ...written, replicas }))];
    }
    return [];
  });
}

/** Schedulers that let who works have what others leave; the others guarantee a share that is lost while it is not used. */
export function bestEffort(scenario: Scenario, stated: Stated): readonly Candidate[] {
  return changedGroups(scenario)
    .filter(({ sharing }) => sharing?.mode === 'vgpu' && sharing.scheduler !== 'best-effort')
    .map(({ name }) =>
      change(
        `best effort on ${name} (no share is guaranteed any more)`,
        at(['fleet', 'hosts', name, 'sharing'], { ...stated.sharingOf(name), scheduler: 'best-effort' }),
      ),
    );
}

/** Modes that isolate tenants at least as well, with their default options. */
export function otherModes(scenario: Scenario): readonly Candidate[] {
  return changedGroups(scenario).flatMap(({ name, sharing }) => {
    if (sharing === null) return [];
    const { traits } = sharingMode(sharing.mode);
    return SHARING_MODES.filter(
      (mode) => mode.name !== sharing.mode && isolatesAsWell(mode.traits, traits),
    ).map((mode) =>
      change(
        `${name}: ${mode.name} in place of ${sharing.mode}`,
        at(['fleet', 'hosts', name, 'sharing'], mode.name),
      ),
    );
  });
}

const MEMORY = ['whole', 'hard', 'limit', 'soft', 'none'];
const FAULTS = ['whole', 'hard', 'soft', 'none'];
const PERFORMANCE = ['whole', 'hard', 'share', 'cap', 'none'];

function isolatesAsWell(other: ModeTraits, own: ModeTraits): boolean {
  return (
    MEMORY.indexOf(other.memoryIsolation) <= MEMORY.indexOf(own.memoryIsolation) &&
    FAULTS.indexOf(other.faultIsolation) <= FAULTS.indexOf(own.faultIsolation) &&
    PERFORMANCE.indexOf(other.performanceIsolation) <= PERFORMANCE.indexOf(own.performanceIsolation)
  );
}
