import { geometryOf, migModelByName, migProfileByName } from '../../../hardware/index.ts';
import { type SizableGroup, sizableGroups } from '../../../scenario/checks/plan-replicas.ts';
import type { ScenarioDocument } from '../../../scenario/schema/scenario.ts';
import type { Scenario } from '../../../scenario/types.ts';
import {
  type GpuAsk,
  isRefusal,
  openCard,
  type Refusal,
  Residents,
  type SharedGpu,
} from '../../../sharing/index.ts';
import { hostsOf } from '../../hosts.ts';
import { migLayouts } from './mig-layouts.ts';

/** A slot as it is in a layout. */
interface CutSlot {
  /** Tells apart what differs in group, profile or speed. */
  readonly key: string;
  readonly profile: string;
  /** Speed while all slots of the card are at work, of that alone. */
  readonly speed: number;
}

/** A host group with the ways to cut its cards. */
export interface SizableKind extends SizableGroup {
  /** Slots of one card. */
  readonly layouts: readonly (readonly CutSlot[])[];
  /** Why the ask finds no place on an empty card; undefined where it does. */
  refusal(ask: GpuAsk): Refusal | undefined;
}

/**
 * The host groups that can be cut, with every layout of some profiles.
 *
 * @param wanted names of MIG profiles; a model takes those that it has
 */
export function sizableKinds(
  document: ScenarioDocument,
  scenario: Scenario,
  wanted: readonly string[],
): readonly SizableKind[] {
  const hosts = new Map(
    scenario.fleet.kind === 'hosts'
      ? hostsOf({ ...scenario, fleet: firstOfEach(scenario.fleet) }, {}).map((host) => [host.name, host])
      : [],
  );
  return sizableGroups(document).map((sizable) => {
    const { group, model } = sizable;
    const shared = hosts.get(group.name)?.gpus[0]?.sharing as SharedGpu;
    const mig = migModelByName(model);
    if (mig === undefined) throw new RangeError(`Cannot cut ${model}: it has no MIG`);
    const geometry = geometryOf(mig);
    const profiles = new Set(wanted.flatMap((name) => profileOf(model, name) ?? []));
    const indices = geometry.profiles.flatMap(({ name }, index) => (profiles.has(name) ? [index] : []));
    const layouts = migLayouts(geometry, indices).map((mix) => {
      const names = mix.flatMap((count, index) => Array<string>(count).fill(geometry.profiles[index]!.name));
      const speeds = speedsTogether(shared, names);
      return names.map((profile, i): CutSlot => {
        const speed = speeds[i] as number;
        return { key: `${group.name}/${profile}/${speed}`, profile, speed };
      });
    });
    return {
      ...sizable,
      layouts,
      refusal: (ask) => {
        const admitted = openCard(shared).admit(ask);
        return isRefusal(admitted) ? admitted : undefined;
      },
    };
  });
}

/** Full name of a model's MIG profile; undefined where the model has none by that name. */
export function profileOf(model: string, name: string): string | undefined {
  const mig = migModelByName(model);
  try {
    return mig && migProfileByName(mig, name).name;
  } catch {
    return undefined;
  }
}

/** One host of each group, so that a group has its own name and cards. */
function firstOfEach(fleet: Extract<Scenario['fleet'], { kind: 'hosts' }>) {
  return { ...fleet, groups: fleet.groups.map((group) => ({ ...group, count: 1 })) };
}

/** Speeds of tenants that need nothing but their own instances, one on each, all at work. */
function speedsTogether(shared: SharedGpu, profiles: readonly string[]): Float64Array {
  const config = { ...shared.config, layout: profiles } as SharedGpu['config'];
  const card = openCard({ ...shared, config });
  const residents = new Residents();
  for (const profile of profiles) {
    const ask = askFor(profile);
    const slot = card.admit(ask);
    if (isRefusal(slot)) throw new RangeError(`Cannot fill ${profiles.join(', ')}: ${slot.detail}`);
    card.place(slot);
    residents.join(slot, ask.use, true);
  }
  const speeds = new Float64Array(Math.max(1, residents.count));
  card.speeds(residents, speeds);
  return speeds.slice(0, residents.count);
}

function askFor(profile: string): GpuAsk {
  return {
    slot: { kind: 'profile', profile },
    count: 1,
    use: {
      workload: 'generic',
      busy: 1,
      compute: 1,
      bandwidth: 1,
      memoryMib: 0,
      linkBytesPerSec: 0,
      processes: 1,
      syncCallsPerSec: 0,
      speedByProfile: { [profile]: 1 },
    },
  };
}
