import { migModelOfGpu } from '../../hardware/index.ts';
import { vgpuGpusOfGpu, vgpuTypesOf } from '../../hardware/vgpu/index.ts';
import type { Path } from '../../scenario/path.ts';
import { durationQuantity } from '../../scenario/quantities/duration.ts';
import { gpuShareQuantity } from '../../scenario/quantities/gpu-share.ts';
import { memoryQuantity } from '../../scenario/quantities/memory.ts';
import { cardSpecOf, catalogueGpu } from '../../scenario/resolve/card-spec.ts';
import type { ClaimSpec, Demand, Scenario } from '../../scenario/types.ts';
import { sharingMode } from '../../sharing/index.ts';
import { at, type Candidate, change, type Settings, statedGroups } from './candidate.ts';
import type { Stated } from './stated.ts';

/** What asks for GPUs, and where that is stated. Tasks of a trace are not among them. */
interface StatedDemand {
  readonly path: Path;
  readonly name: string;
  readonly demand: Demand & { readonly claim: ClaimSpec };
}

export function demandsOf({
  workload: { synthetic, services, sessions },
}: Scenario): readonly StatedDemand[] {
  const under = (path: Path, demands: readonly (StatedDemand['demand'] & { readonly name: string })[]) =>
    demands
      .filter(({ gpuCount }) => gpuCount > 0)
      .map((demand) => ({ path: [...path, demand.name], name: demand.name, demand }));
  return [
    ...under(['workload', 'synthetic', 'classes'], synthetic?.classes ?? []),
    ...under(['workload', 'services'], services),
    ...under(['workload', 'sessions'], sessions),
  ];
}

/** Most kinds of demand that are changed one by one: the first that are stated. */
const MOST_DEMANDS = 6;

/** The same change of each demand for which there is one, and of all together where these are several. */
function byDemand(
  scenario: Scenario,
  text: (name: string) => string,
  settings: (demand: StatedDemand) => { readonly set: Settings; readonly to: string } | undefined,
): readonly Candidate[] {
  const found = demandsOf(scenario).flatMap((demand) => {
    const changed = settings(demand);
    return changed === undefined ? [] : [{ name: demand.name, ...changed }];
  });
  const single = found
    .slice(0, MOST_DEMANDS)
    .map(({ name, set, to }) => change(`${text(name)}${to === '' ? '' : `: ${to}`}`, set));
  if (found.length < 2) return single;
  return [...single, change(text('all'), Object.assign({}, ...found.map(({ set }) => set)))];
}

/** Requests cut to what the workload says that it uses of a GPU. */
export function smallerAsks(scenario: Scenario, stated: Stated): readonly Candidate[] {
  return byDemand(
    scenario,
    (name) => `${name} asks for no more than it uses`,
    ({ path, demand }) => {
      const { slot, use } = demand;
      if (slot === null || use === null) return undefined;
      if (slot.kind === 'profile') {
        const sizes = sizesWith(slot.profile, scenario);
        const own = sizes.findIndex(({ name }) => name === slot.profile);
        const smallest = use.memoryMib > 0 ? sizes.findIndex(({ mib }) => mib >= use.memoryMib) : -1;
        const profile = smallest < own ? sizes[smallest]?.name : undefined;
        if (profile === undefined) return undefined;
        return { set: withSlot(path, stated, { profile, count: demand.slotCount }), to: profile };
      }
      const compute = Math.min(1000, Math.ceil(use.compute * 1000 - 1e-9));
      const asked =
        slot.kind === 'whole'
          ? { compute: 1000, memory: Number.POSITIVE_INFINITY }
          : { compute: slot.computeMilli, memory: slot.memoryMib };
      const memory = use.memoryMib > 0 ? Math.min(asked.memory, use.memoryMib) : asked.memory;
      // Of a whole card nobody knows how much memory is used unless it is stated.
      if (memory === Number.POSITIVE_INFINITY) return undefined;
      const less = { compute: Math.min(asked.compute, compute), memory };
      if (less.compute === asked.compute && less.memory === asked.memory) return undefined;
      const slotDocument = {
        compute: gpuShareQuantity.write(less.compute),
        memory: memoryQuantity.write(less.memory),
      };
      return {
        set: withSlot(path, stated, slotDocument),
        to: `${slotDocument.compute} and ${slotDocument.memory}`,
      };
    },
  );
}

/** The next larger profile or vGPU type for who asks for one by name. */
export function largerProfiles(scenario: Scenario, stated: Stated): readonly Candidate[] {
  return byDemand(
    scenario,
    (name) => `${name} gets the next larger part`,
    ({ path, demand: { slot, slotCount } }) => {
      if (slot?.kind !== 'profile') return undefined;
      const sizes = sizesWith(slot.profile, scenario);
      const own = sizes.findIndex(({ name }) => name === slot.profile);
      const larger =
        own < 0 ? undefined : sizes.find(({ mib }, i) => i > own && mib > (sizes[own]?.mib ?? 0));
      if (larger === undefined) return undefined;
      return { set: withSlot(path, stated, { profile: larger.name, count: slotCount }), to: larger.name };
    },
  );
}

function withSlot(path: Path, stated: Stated, slot: object): Settings {
  // The share goes with the slot that it stands for.
  const gpu = stated.at([...path, 'gpu']) === undefined ? {} : at([...path, 'gpu'], null);
  return { ...gpu, ...at([...path, 'slot'], slot) };
}

/** Parts of the same kind as one by its name, on a GPU of the fleet that has it, ascending by memory; empty where none has. */
function sizesWith(
  profile: string,
  { fleet }: Scenario,
): readonly { readonly name: string; readonly mib: number }[] {
  for (const { sharing, gpus } of statedGroups(fleet)) {
    for (const { model } of gpus) {
      const gpu = catalogueGpu(model);
      if (gpu === null || sharing === null) continue;
      const kinds =
        sharing.mode === 'mig'
          ? [
              (migModelOfGpu(gpu)?.profiles ?? [])
                .filter(({ variant }) => variant === 'plain')
                .map(({ name, memoryMib, memoryGbNominal }) => ({
                  name,
                  mib: memoryMib ?? memoryGbNominal * 1024,
                })),
            ]
          : vgpuGpusOfGpu(gpu).flatMap(({ id }) =>
              ['A', 'B', 'C', 'Q'].map((series) =>
                vgpuTypesOf(id)
                  .filter(
                    (each) =>
                      each.series === series &&
                      each.backing === (sharing.mode === 'vgpu' ? 'time-sliced' : 'mig'),
                  )
                  .map(({ type, fbMib }) => ({ name: type, mib: fbMib })),
              ),
            );
      const own = kinds.find((kind) => kind.some(({ name }) => name === profile));
      if (own !== undefined) return [...own].sort((a, b) => a.mib - b.mib);
    }
  }
  return [];
}

/** Jobs that save their state by themselves do so more or less often. */
export function checkpointsEvery(factor: number, scenario: Scenario, stated: Stated): readonly Candidate[] {
  return byDemand(
    scenario,
    (name) => `${name}: checkpoints ${factor < 1 ? 'twice' : 'half'} as often`,
    ({ path, demand: { claim } }) => {
      const intervalUs = claim.checkpoint?.intervalUs ?? Number.POSITIVE_INFINITY;
      if (intervalUs === Number.POSITIVE_INFINITY) return undefined;
      const every = durationQuantity.write(Math.max(1, Math.round(intervalUs * factor)));
      const written = stated.at([...path, 'checkpoint']) as object;
      return { set: at([...path, 'checkpoint'], { ...written, every }), to: every };
    },
  );
}

/** Jobs that can save their state, but only do so when they are stopped, save it from time to time. */
export function firstCheckpoints(scenario: Scenario, stated: Stated): readonly Candidate[] {
  return byDemand(
    scenario,
    (name) => `${name}: a checkpoint every hour`,
    ({ path, demand: { claim } }) => {
      if (claim.checkpoint?.intervalUs !== Number.POSITIVE_INFINITY) return undefined;
      const written = stated.at([...path, 'checkpoint']) as object;
      return { set: at([...path, 'checkpoint'], { ...written, every: '1h' }), to: '' };
    },
  );
}

/** Another of the mode's ways to start and stop a tenant. */
export function otherStarts(scenario: Scenario): readonly Candidate[] {
  const ways = new Set<string>();
  for (const group of statedGroups(scenario.fleet)) {
    const [gpu] = group.gpus;
    if (group.sharing === null || gpu === undefined) continue;
    for (const { operation, path } of sharingMode(group.sharing.mode).operations(
      group.sharing,
      cardSpecOf(group, gpu),
    )) {
      if (operation === 'start') ways.add(path);
    }
  }
  return [...ways].flatMap((way) =>
    byDemand(
      scenario,
      (name) => `${name} starts and stops by ${way}`,
      ({ path, demand: { lifecycle } }) =>
        lifecycle === null || lifecycle === way
          ? undefined
          : { set: at([...path, 'lifecycle'], way), to: '' },
    ),
  );
}
