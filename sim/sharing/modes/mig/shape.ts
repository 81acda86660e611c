import {
  computeInstanceName,
  computeInstanceProfiles,
  type GpuModel,
  geometryOf,
  MIG_MODELS,
  type MigGeometry,
  type MigModel,
  type MigProfile,
  migModelOfGpu,
  migProfileByName,
  shortProfileName,
} from '../../../hardware/index.ts';

/** A GPU-instance profile with everything that admission and speeds need of it. */
export interface SizedProfile {
  readonly index: number;
  readonly profile: MigProfile;
  /** What an instance gives, MiB. */
  readonly memoryMib: number;
  /** SMs and memory slices as parts of the card without MIG. */
  readonly computeShare: number;
  readonly bandwidthShare: number;
  /** Full name first, then the names of other drivers, then the short one. */
  readonly names: readonly string[];
}

/** A request by name: a GPU instance, or `slices` of one as a compute instance. */
export interface NamedProfile {
  readonly sized: SizedProfile;
  /** Compute slices; all of the profile's for an undivided instance. */
  readonly slices: number;
  /** Null where the request leaves it open. */
  readonly start: number | null;
}

/** A MIG-capable GPU as the modes see it; the same object for every card of a model. */
export interface MigShape {
  readonly model: MigModel;
  readonly geometry: MigGeometry;
  /** By profile index. */
  readonly profiles: readonly SizedProfile[];
  /** Smallest first: by compute slices, then memory; of equals the plain one first. */
  readonly bySize: readonly SizedProfile[];
  /** What a name such as `1c.3g.40gb@4` means, or why it means nothing here. */
  named(name: string): NamedProfile | string;
}

const shapes = new WeakMap<MigModel, MigShape>();

/** The shape of a GPU; undefined where it has no MIG or the catalogue does not have it. */
export function migShapeOf(gpu: GpuModel | null): MigShape | undefined {
  const model = gpu === null ? undefined : migModelOfGpu(gpu);
  if (model === undefined) return undefined;
  let shape = shapes.get(model);
  if (shape === undefined) {
    shape = buildShape(model);
    shapes.set(model, shape);
  }
  return shape;
}

function buildShape(model: MigModel): MigShape {
  const profiles = model.profiles.map(
    (profile, index): SizedProfile => ({
      index,
      profile,
      memoryMib: memoryOf(profile),
      computeShare: smsOf(model, profile) / model.smTotal,
      bandwidthShare: profile.memorySlices / model.memorySlicesTotal,
      names: [profile.name, ...(profile.aliases ?? []), shortProfileName(profile)],
    }),
  );
  const known = new Map<string, NamedProfile | string>();
  return {
    model,
    geometry: geometryOf(model),
    profiles,
    bySize: profiles.toSorted(
      (a, b) =>
        a.profile.gpuSlices - b.profile.gpuSlices ||
        a.profile.memorySlices - b.profile.memorySlices ||
        a.index - b.index,
    ),
    named(name) {
      let answer = known.get(name);
      if (answer === undefined) {
        answer = parse(model, profiles, name);
        known.set(name, answer);
      }
      return answer;
    },
  };
}

/** What stands before the profile in resource names and device names: `nvidia.com/mig-1g.5gb`, `MIG 1g.5gb`. */
const PREFIX = /^(?:.*\/)?(?:mig[-_ ])?/i;

function parse(model: MigModel, profiles: readonly SizedProfile[], name: string): NamedProfile | string {
  const [, slicesText, profileName, startText] =
    /^(?:(\d+)c\.)?(.+?)(?:@(\d+))?$/.exec(name.trim().replace(PREFIX, '')) ?? [];
  let profile: MigProfile;
  try {
    profile = migProfileByName(model, profileName ?? name);
  } catch (error) {
    return (error as Error).message;
  }
  const start = startText === undefined ? null : Number(startText);
  if (start !== null && !profile.starts.includes(start)) {
    return `${profile.name} starts at ${profile.starts.join(', ')}, not at ${start}`;
  }
  const slices = slicesText === undefined ? profile.gpuSlices : Number(slicesText);
  const sizes = computeInstanceProfiles(model, profile).map((each) => each.gpuSlices);
  if (slices !== profile.gpuSlices && !sizes.includes(slices)) {
    return `${profile.name} has no compute instance of ${slices} slices: known are ${sizes
      .map((size) => computeInstanceName(profile, size))
      .join(', ')}`;
  }
  return { sized: profiles[model.profiles.indexOf(profile)]!, slices, start };
}

/**
 * Memory of an instance. Where no listing was captured (B300, GB300, the large profiles of B200, GB200 and GH200 144
 * GB), the number in the name times the lowest ratio of captured memory to that number among profiles with as many
 * memory slices. An assumption, and on the low side.
 */
function memoryOf(profile: MigProfile): number {
  if (profile.memoryMib !== null) return profile.memoryMib;
  let lowest = 1;
  for (const { memoryMib, memoryGbNominal, memorySlices } of MIG_MODELS.flatMap((each) => each.profiles)) {
    if (memoryMib === null || memorySlices !== profile.memorySlices) continue;
    lowest = Math.min(lowest, memoryMib / 1024 / memoryGbNominal);
  }
  return Math.floor(profile.memoryGbNominal * lowest * 1024);
}

/**
 * SMs of an instance. Where the count was not captured: the catalogue's estimate, else that of another model with as
 * many SMs, slices and the same variant, else in proportion to the slices. Assumptions all three.
 */
function smsOf(model: MigModel, profile: MigProfile): number {
  const own = profile.smCount ?? profile.smCountEstimate;
  if (own !== undefined) return own;
  for (const other of MIG_MODELS) {
    if (other.smTotal !== model.smTotal || other.gpuSlicesTotal !== model.gpuSlicesTotal) continue;
    const twin = other.profiles.find((each) => shortProfileName(each) === shortProfileName(profile));
    const sms = twin?.smCount ?? twin?.smCountEstimate;
    if (sms !== undefined) return sms;
  }
  return (model.smTotal * profile.gpuSlices) / model.gpuSlicesTotal;
}

/**
 * Thousandths of the card that `slices` of its compute slices are worth, rounded down so that the instances of a card
 * never add up to more than 1000.
 */
export function milliOfSlices(model: MigModel, slices: number): number {
  return Math.floor((1000 * slices) / model.gpuSlicesTotal);
}

/** Whether `slices` give `milli` thousandths, which a request may have rounded up: 143 is one of seven slices. */
export function slicesGiveMilli(model: MigModel, slices: number, milli: number): boolean {
  return Math.ceil((1000 * slices) / model.gpuSlicesTotal) >= milli;
}
