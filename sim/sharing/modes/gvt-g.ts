import { compactName, GVTG_TYPES, type GvtgType } from '../../hardware/index.ts';
import type { GpuAsk } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { ConfigOf } from '../config.ts';
import type { Card, ConfigProblem, SharingMode } from '../mode.ts';
import type { ParameterValues } from '../parameters.ts';
import type { Residents } from '../residents.ts';
import type { Refusal, Slot } from '../slot.ts';
import { limitByLink } from '../speed/link.ts';
import { Scratch, waterLevel } from '../speed/water-level.ts';
import { vmParameters } from './start-paths.ts';

/** What divides an integrated GPU among GVT-g guests. */
interface Resources {
  /** Aperture, MiB. */
  readonly low: number;
  /** Hidden graphics memory, MiB. */
  readonly high: number;
  readonly fences: number;
}

/** The usual host: 256 MiB of aperture out of 4 GiB of graphics addresses, and 32 fences. */
const USUAL: Resources = { low: 256, high: 4096 - 256, fences: 32 };
/** What the host driver keeps (HOST_LOW_GM_SIZE, HOST_HIGH_GM_SIZE and HOST_FENCE of the Linux i915 driver). */
const HOST_KEEPS: Resources = { low: 128, high: 384, fences: 4 };

/** Types by ascending size, under the name of their newest generation. */
const TYPES = GVTG_TYPES.map((type) => ({ ...type, name: `i915-GVTg_V5_${sizeDigit(type)}` })).sort(
  (a, b) => a.lowGmMiB - b.lowGmMiB,
);
type NamedType = (typeof TYPES)[number];
const TYPE_BY_NAME: ReadonlyMap<string, NamedType> = new Map(TYPES.map((type) => [type.name, type]));

/** `8` of `i915-GVTg_V4_8 / V5_8`. */
function sizeDigit({ type }: GvtgType): string {
  return type.slice(type.lastIndexOf('_') + 1);
}

/** A type by its name on either generation, with or without the driver's prefix. */
function typeNamed(name: string): NamedType | undefined {
  const match = /^(?:i915gvtg|gvtg)?v[45]([1248])$/.exec(compactName(name));
  return match === null ? undefined : TYPES.find((type) => sizeDigit(type) === match[1]);
}

/** What guests can have. Mapped graphics memory stays within the memory that the scenario gives the GPU. */
function forGuests(config: ConfigOf<'gvt-g'>, { memoryMib }: CardSpec): Resources {
  const low = config.lowMib ?? USUAL.low;
  const high = Math.min(config.highMib ?? USUAL.high, memoryMib - low);
  return {
    low: low - HOST_KEEPS.low,
    high: high - HOST_KEEPS.high,
    fences: (config.fences ?? USUAL.fences) - HOST_KEEPS.fences,
  };
}

/** Instances of a type that go into resources: the rule of the driver. */
function instances({ lowGmMiB, highGmMiB, fences }: GvtgType, free: Resources): number {
  const most = Math.min(free.low / lowGmMiB, free.high / highGmMiB, free.fences / fences);
  return Math.max(0, Math.floor(most));
}

class GvtgCard implements Card {
  readonly spec: CardSpec;
  version = 0;
  readonly slots: Slot[] = [];
  readonly #all: Resources;
  readonly #efficiency: number;
  /** Part of the credit of idle guests that busy ones get. */
  readonly #givenAway: number;
  readonly #needs = new Scratch();
  readonly #weights = new Scratch();

  constructor(spec: CardSpec, all: Resources, values: ParameterValues) {
    this.spec = spec;
    this.#all = all;
    this.#efficiency = values.get('gvt-g.efficiency');
    this.#givenAway = values.get('gvt-g.idle-credit');
  }

  admit(ask: GpuAsk): Slot | Refusal {
    if (ask.slot.kind === 'whole' && this.slots.length > 0) {
      return {
        refused: 'card-taken',
        detail: `a whole card is wanted, this one has ${this.slots.length} guests`,
      };
    }
    return this.#answer(ask, this.#free());
  }

  admitEmpty(ask: GpuAsk): Slot | Refusal {
    return this.#answer(ask, this.#all);
  }

  #answer({ slot, use, count }: GpuAsk, free: Resources): Slot | Refusal {
    if (count > 1) return { refused: 'one-per-job', detail: `${count} parts are wanted, a guest takes one` };
    let wanted: readonly NamedType[] = TYPES.filter((type) => instances(type, this.#all) > 0);
    if (slot.kind === 'profile') {
      const type = typeNamed(slot.profile);
      if (type === undefined)
        return { refused: 'unknown-profile', detail: `there is no GVT-g type "${slot.profile}"` };
      wanted = [type];
    } else if (slot.kind === 'whole') {
      wanted = wanted.slice(-1);
    } else {
      wanted = wanted.filter(
        (type) => memoryOf(type) >= slot.memoryMib && this.#milli(type) >= slot.computeMilli,
      );
    }
    const first = wanted[0];
    if (first === undefined) {
      return {
        refused: 'no-profile-large-enough',
        detail: 'no GVT-g type of the host gives as much as is wanted',
      };
    }
    const large = wanted.filter((type) => memoryOf(type) >= use.memoryMib);
    if (large.length === 0) {
      const most = memoryOf(wanted.at(-1)!);
      return {
        refused: 'memory-too-large',
        detail: `allocates ${use.memoryMib} MiB, the type maps ${most} MiB`,
      };
    }
    const type = large.find((each) => instances(each, free) > 0);
    if (type !== undefined) return this.#slot(type);
    return {
      refused: 'gvtg-resources',
      detail: `${large[0]!.name} is wanted, ${free.low} MiB of aperture, ${free.high} MiB hidden and ${free.fences} fences are free`,
    };
  }

  #slot(type: NamedType): Slot {
    return {
      label: type.name,
      profile: type.name,
      milli: this.#milli(type),
      memoryMib: memoryOf(type),
      start: -1,
      size: 0,
      domain: 0,
      computeShare: 1,
      bandwidthShare: 1,
    };
  }

  /** The books go by the aperture, which runs out first on the usual host. */
  #milli(type: GvtgType): number {
    return Math.min(1000, Math.floor((1000 * type.lowGmMiB) / this.#all.low));
  }

  #free(): Resources {
    let { low, high, fences } = this.#all;
    for (const { profile } of this.slots) {
      const type = typeOf(profile);
      low -= type.lowGmMiB;
      high -= type.highGmMiB;
      fences -= type.fences;
    }
    return { low, high, fences };
  }

  place(slot: Slot): void {
    if (this.slots.includes(slot) || instances(typeOf(slot.profile), this.#free()) === 0) {
      throw new RangeError(`Cannot take slot ${slot.label}: it is not free`);
    }
    this.slots.push(slot);
    this.version += 1;
  }

  release(slot: Slot): void {
    const at = this.slots.indexOf(slot);
    if (at < 0) throw new RangeError(`Cannot release slot ${slot.label}: it is not taken`);
    this.slots.splice(at, 1);
    this.version += 1;
  }

  /**
   * Every 100 ms each running guest gets credit in proportion to its type's weight, and runs while it has work and
   * credit left. Guests without work are passed over at each tick, yet their credit is theirs: as the driver's source
   * reads, a busy guest never gets beyond its own. How much of it goes to others all the same is a parameter.
   */
  speeds(residents: Residents, into: Float64Array): void {
    const { count, active, busy, slots } = residents;
    const needs = this.#needs.for(count);
    const weights = this.#weights.for(count);
    let allWeights = 0;
    for (let seat = 0; seat < count; seat++) {
      weights[seat] = typeOf(slots[seat]!.profile).weight;
      allWeights += weights[seat] as number;
      needs[seat] = active[seat] === 1 ? (busy[seat] as number) : 0;
    }
    const level = waterLevel(needs, weights, count, 1);
    for (let seat = 0; seat < count; seat++) {
      const need = needs[seat] as number;
      const weight = weights[seat] as number;
      const own = Math.min(need, weight / allWeights);
      const share = own + this.#givenAway * Math.max(0, Math.min(need, level * weight) - own);
      into[seat] = need === 0 ? 0 : Math.min(1, share / need) * this.#efficiency;
    }
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  strandedMilli(): number {
    const free = this.#free();
    let usable = 0;
    for (const type of TYPES) usable = Math.max(usable, instances(type, free) * this.#milli(type));
    let left = 1000;
    for (const slot of this.slots) left -= slot.milli;
    return left - usable;
  }

  overflows(): boolean {
    return false;
  }
}

function memoryOf({ lowGmMiB, highGmMiB }: GvtgType): number {
  return lowGmMiB + highGmMiB;
}

function typeOf(profile: string): NamedType {
  const type = TYPE_BY_NAME.get(profile);
  if (type === undefined) throw new RangeError(`Cannot use slot "${profile}": there is no such GVT-g type`);
  return type;
}

const SMALLEST = TYPES[0]!;

function problems(config: ConfigOf<'gvt-g'>, card: CardSpec): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (card.catalogue !== null) {
    found.push({
      key: 'mode',
      message: `${card.model} is not an integrated Intel GPU of Broadwell to Comet Lake, which alone have GVT-g`,
    });
  }
  const least: Resources = {
    low: HOST_KEEPS.low + SMALLEST.lowGmMiB,
    high: HOST_KEEPS.high + SMALLEST.highGmMiB,
    fences: HOST_KEEPS.fences + SMALLEST.fences,
  };
  const wanted = [
    ['lowMib', config.lowMib, least.low, 'MiB'],
    ['highMib', config.highMib, least.high, 'MiB'],
    ['fences', config.fences, least.fences, 'fences'],
  ] as const;
  for (const [key, value, min, unit] of wanted) {
    if (value !== null && !(Number.isInteger(value) && value >= min)) {
      found.push({
        key,
        message: `must be a whole number >= ${min} ${unit}, host's part included, got ${value}`,
      });
    }
  }
  const neededMib = (config.lowMib ?? USUAL.low) + least.high;
  if (card.memoryMib < neededMib) {
    found.push({
      key: 'mode',
      message: `one guest needs a GPU with ${neededMib} MiB of memory, ${card.model} has ${card.memoryMib} MiB`,
    });
  }
  return found;
}

const [vmBoot, vmShutdown] = vmParameters('gvt-g');

/** Intel GVT-g: guests of an integrated GPU, told apart by the i915 driver. Retired by the vendor. */
export const gvtG: SharingMode<'gvt-g'> = {
  name: 'gvt-g',
  title: 'Intel GVT-g (retired)',
  summary: 'guests have parts of the graphics addresses of an integrated GPU, and its engines by weight',
  leavesOut: [
    'The first two seconds after a start, in which the driver prefers a new guest, are not modelled.',
    'Turns are those of the GPU as a whole; later drivers schedule each engine by itself.',
    'Graphics memory is system memory: what guests and host allocate beyond the mapped addresses is not limited here.',
  ],
  parameters: [
    {
      id: 'gvt-g.efficiency',
      what: 'speed of all guests together, or of a lone one, relative to native',
      unit: 'fraction',
      low: 0.9,
      typical: 0.95,
      high: 0.98,
      min: 0.05,
      max: 1,
      source: 'GV-1; the range is that of SR-IOV (assumed)',
      evidence: 'unverified',
    },
    {
      id: 'gvt-g.idle-credit',
      what: 'part of the credit of guests without work that busy guests get',
      unit: 'fraction',
      low: 0,
      typical: 0,
      high: 1,
      min: 0,
      max: 1,
      source:
        'Linux i915 gvt/sched_policy.c: only a guest with credit left is picked; 1 = idle time is given away',
      evidence: 'code',
    },
    vmBoot,
    vmShutdown,
  ],
  traits: {
    memoryIsolation: 'hard',
    faultIsolation: 'soft',
    faultEnds: 'tenant',
    performanceIsolation: 'share',
    liveMigration: 'none',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: true,
    layoutChange: 'tenant',
    graphics: 'yes',
    source: 'Linux i915 gvt source (code); isolation of faults and migration (unverified)',
  },
  check: problems,
  createCard: (config, card, values) => new GvtgCard(card, forGuests(config, card), values),
  operations: () => [
    {
      operation: 'start',
      path: 'host',
      steps: [{ name: 'create the instance and boot the guest', parameter: vmBoot.id }],
      needsIdle: 'nothing',
      source: 'gvt',
    },
    {
      operation: 'stop',
      path: 'host',
      steps: [{ name: 'shut the guest down', parameter: vmShutdown.id }],
      needsIdle: 'nothing',
      source: 'gvt',
    },
    {
      operation: 'change-layout',
      path: 'type',
      steps: [
        { name: 'shut the guest down', parameter: vmShutdown.id },
        { name: 'create the instance and boot the guest', parameter: vmBoot.id },
      ],
      needsIdle: 'tenant',
      source: 'gvt',
    },
  ],
  licence: () => ({ edition: 'none', metric: 'none', source: 'part of the Linux driver' }),
};
