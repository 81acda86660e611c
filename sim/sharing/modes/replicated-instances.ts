import { defaultPlacement, NO_PLACEMENTS } from '../../hardware/index.ts';
import type { GpuAsk, GpuUse } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { Card } from '../mode.ts';
import type { Residents } from '../residents.ts';
import type { Refusal, Slot } from '../slot.ts';
import { limitByLink } from '../speed/link.ts';
import { type MigCurves, shareToNeed, statedSpeed, timeNeed } from '../speed/mig-speeds.ts';
import { Scratch, waterLevel } from '../speed/water-level.ts';
import { BookedCard } from './booked-card.ts';
import { memoryInUseMib } from './memory-in-use.ts';
import { slowByNeighbours } from './mig/neighbours.ts';
import type { MigShape, SizedProfile } from './mig/shape.ts';
import { Places } from './places.ts';

export interface ReplicatedInstancesRules {
  readonly shape: MigShape;
  readonly sized: SizedProfile;
  /** Times that each instance is advertised. */
  readonly replicas: number;
  readonly refuse: (ask: GpuAsk, places: number) => Refusal | undefined;
  /** Speeds of jobs on parts of a card. */
  readonly curves: MigCurves;
  /** Part of an instance's time that is left for work while two or more of its residents are active. */
  readonly together: number;
  /** Part of the speed that is lost while another instance is active. */
  readonly neighbourSlowdown: number;
}

/**
 * A MIG card cut into as many instances of one profile as it takes, each advertised several times. Tenants of an
 * instance divide its time; nothing sets its memory aside. A newcomer goes to the instance with the fewest tenants, as
 * the device plugin's default policy (`distributed`, allocate.go) has it.
 */
export class ReplicatedInstances extends BookedCard {
  readonly #rules: ReplicatedInstancesRules;
  readonly #starts: readonly number[];
  readonly #places: readonly Places[];
  readonly #needs = new Scratch();
  readonly #wants = new Scratch();
  /** What a use has on an instance for each unit of what it needs: worked out once. */
  readonly #ratios = new WeakMap<GpuUse, number>();

  constructor(spec: CardSpec, rules: ReplicatedInstancesRules) {
    super(spec);
    this.#rules = rules;
    const { gpuSlices } = rules.sized.profile;
    const { gpuSlicesTotal } = rules.shape.model;
    const upTo = (instances: number) => Math.floor((1000 * instances * gpuSlices) / gpuSlicesTotal);
    this.#starts = startsOf(rules.shape, rules.sized);
    this.#places = this.#starts.map((_, i) => new Places(rules.replicas, upTo(i + 1) - upTo(i)));
  }

  admit(ask: GpuAsk): Slot | Refusal {
    const { shape, sized, replicas, refuse } = this.#rules;
    const { slot, use, count } = ask;
    const { name, size } = sized.profile;
    if (slot.kind === 'profile' && slot.profile !== 'replica') {
      const named = shape.named(slot.profile);
      const isOwn =
        typeof named === 'object' &&
        named.sized === sized &&
        named.slices === sized.profile.gpuSlices &&
        named.start === null;
      if (!isOwn) {
        return {
          refused: 'unknown-profile',
          detail: `the card has replicas of ${name}, not "${slot.profile}"`,
        };
      }
    }
    const first = this.#places[0] as Places;
    const places = slot.kind === 'part' ? first.needed(slot.computeMilli) : 1;
    const own = refuse(ask, places);
    if (own !== undefined) return own;
    if (slot.kind === 'part' && places > 1) {
      return {
        refused: 'no-profile-large-enough',
        detail: `${slot.computeMilli} thousandths are wanted, a replica of ${name} is ${Math.ceil(first.milli / replicas)}`,
      };
    }
    if (count > 1) return { refused: 'one-per-job', detail: `${count} replicas of one card are wanted` };
    if (slot.kind === 'part' && slot.memoryMib > sized.memoryMib) {
      return {
        refused: 'memory-too-large',
        detail: `needs ${slot.memoryMib} MiB, ${name} has ${sized.memoryMib} MiB`,
      };
    }
    if (statedSpeed(use, sized.names) === null) {
      return { refused: 'mig-out-of-memory', detail: `the job is known not to run on ${name}` };
    }
    let best = 0;
    for (let i = 1; i < this.#places.length; i++) {
      if ((this.#places[i] as Places).taken < (this.#places[best] as Places).taken) best = i;
    }
    const chosen = this.#places[best] as Places;
    if (chosen.free === 0) {
      return {
        refused: 'replica-none-free',
        detail: `${this.#places.length} instances of ${name} have ${replicas} tenants each`,
      };
    }
    const start = this.#starts[best] as number;
    return {
      label: `replica of ${name}@${start}`,
      profile: name,
      milli: chosen.milliOf(1),
      memoryMib: 0,
      start,
      size,
      domain: start,
      computeShare: sized.computeShare,
      bandwidthShare: sized.bandwidthShare,
    };
  }

  speeds(residents: Residents, into: Float64Array): void {
    const { count, active, busy, domain, weight, uses } = residents;
    const { together, neighbourSlowdown } = this.#rules;
    const needs = this.#needs.for(count);
    const wants = this.#wants.for(count);
    for (let seat = 0; seat < count; seat++) {
      needs[seat] = timeNeed(this.#ratio(uses[seat] as GpuUse), busy[seat] as number);
      into[seat] = 0;
    }
    for (const start of this.#starts) {
      let here = 0;
      for (let seat = 0; seat < count; seat++) {
        const isIn = domain[seat] === start && active[seat] === 1;
        wants[seat] = isIn ? Math.min(1, needs[seat] as number) : 0;
        if (isIn) here += 1;
      }
      if (here === 0) continue;
      const level = waterLevel(wants, weight, count, here >= 2 ? together : 1);
      for (let seat = 0; seat < count; seat++) {
        const want = wants[seat] as number;
        if (want === 0) continue;
        const time = Math.min(want, level * (weight[seat] as number));
        into[seat] = Math.min(1, time / (needs[seat] as number));
      }
    }
    slowByNeighbours(residents, neighbourSlowdown, into);
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  #ratio(use: GpuUse): number {
    let ratio = this.#ratios.get(use);
    if (ratio === undefined) {
      const { curves, sized } = this.#rules;
      ratio = shareToNeed(curves, use, {
        compute: sized.computeShare,
        bandwidth: sized.bandwidthShare,
        names: sized.names,
      });
      this.#ratios.set(use, ratio);
    }
    return ratio;
  }

  overflows(residents: Residents): boolean {
    if (residents.count === 0) return false;
    const domain = residents.domain[residents.count - 1] as number;
    return memoryInUseMib(residents, domain) > this.#rules.sized.memoryMib;
  }

  override strandedMilli(): number {
    return 1000 - this.#places.reduce((sum, each) => sum + each.milli, 0);
  }

  protected emptyTwin(): Card {
    return new ReplicatedInstances(this.spec, this.#rules);
  }

  protected hindrance({ start, milli }: Slot): string | undefined {
    const places = this.#places[this.#starts.indexOf(start)];
    if (places === undefined) return `no instance starts at ${start}`;
    return places.holds(1, milli) ? undefined : `all ${places.count} replicas at ${start} are taken`;
  }

  protected book({ start, milli }: Slot, sign: 1 | -1): void {
    this.#places[this.#starts.indexOf(start)]?.book(1, milli, sign);
  }
}

/** Starts of as many instances as the driver's own placement gets onto an empty card. */
function startsOf({ geometry }: MigShape, { index }: SizedProfile): readonly number[] {
  const starts: number[] = [];
  let layout = NO_PLACEMENTS;
  for (;;) {
    const next = defaultPlacement(geometry, layout, index);
    if (next === undefined) return starts.sort((a, b) => a - b);
    starts.push(next.start);
    layout |= 1 << next.index;
  }
}
