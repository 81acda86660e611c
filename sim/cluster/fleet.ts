import type { PlacementSet } from '../hardware/index.ts';
import {
  type Card,
  type CardCut,
  type Cut,
  type InstanceChoice,
  type InstanceLayout,
  isRefusal,
  openCard,
  type SharedGpu,
  type Slot,
} from '../sharing/index.ts';
import { checkPlacement, PlacementError, takesFraction } from './check-placement.ts';
import { CLOSED_FOR, GPU_CLOSED_FOR } from './closed-for.ts';
import { checkHost, type HostSpec, type PlainGpu } from './host-spec.ts';
import { Neighbours } from './neighbours.ts';
import { GPU_MILLI, type TaskShape } from './request.ts';
import type { SeatBook } from './seat-book.ts';
import { Topology } from './topology.ts';

export { PlacementError } from './check-placement.ts';
export { CLOSED_FOR, GPU_CLOSED_FOR } from './closed-for.ts';
export type { HostSpec } from './host-spec.ts';

/** What a task was given, to be handed back at release: its slots on shared cards, GPU by GPU; none by fraction. */
export type Grant = readonly Slot[];

const NOTHING: Grant = [];

/** What policies and observers may see of a fleet: all of it, to read. */
export type FleetView = Omit<
  Readonly<Fleet>,
  | 'place'
  | 'placeAs'
  | 'release'
  | 'setClosed'
  | 'setGpuClosed'
  | 'setFabric'
  | 'reshare'
  | 'setInstances'
  | 'steerInstances'
  | 'letBecome'
  | 'setCut'
  | 'letBecomeAny'
>;

/**
 * Hosts and their GPUs with what is left on each, in flat arrays indexed by host number or by GPU number.
 * The GPUs of host h are the numbers `gpuStart[h]` to `gpuStart[h + 1] - 1`; "GPU index" elsewhere means the index within the host.
 * Only `place` and `release` change it; each counts up the host's `version` and enters the host into the change ring.
 */
export class Fleet {
  readonly hostCount: number;
  readonly gpuCount: number;
  readonly hostNames: readonly string[];
  /** Distinct GPU models in order of first host. */
  readonly modelNames: readonly string[];
  /** As bought, by host number. */
  readonly hosts: readonly HostSpec[];
  readonly cpuCapacityMilli: Int32Array;
  readonly memoryCapacityMib: Float64Array;
  readonly cpuFreeMilli: Int32Array;
  readonly memoryFreeMib: Float64Array;
  readonly gpuStart: Int32Array;
  /** By GPU number: index into `modelNames`. */
  readonly gpuModel: Uint16Array;
  readonly gpuFreeMilli: Int16Array;
  /** By GPU number. */
  readonly #cards: (Card | undefined)[];
  readonly #sharing: (SharedGpu | undefined)[];
  /** By host: why it takes nobody in, as bits of `CLOSED_FOR`; 0 = it is open. */
  readonly closedFor: Uint8Array;
  /** By GPU number: why it takes nobody in, as bits of `GPU_CLOSED_FOR`; 0 = it is open. */
  readonly gpuClosedFor: Uint8Array;
  /** Hosts that are down or have a GPU that is. */
  readonly #failing = new Set<number>();
  /** Counts what may have made room: releases, hosts opened, cards changed. While it stays, nobody who found no room finds any. */
  gains = 0;
  /** Whether any GPU is shared by a mode. */
  hasCards: boolean;
  readonly #hostOfGpu: Int32Array;
  /** By GPU number: 1 where NVLink or the like joins it to the host's other GPUs of its model. */
  readonly gpuHasFabric: Uint8Array;
  /** By GPU number: what it is where no mode shares it and that is known; see `sharing` for others. */
  readonly plainGpus: readonly (PlainGpu | undefined)[];
  readonly topology: Topology;
  /** Whose workers are on which host. */
  readonly neighbours: Neighbours;
  /** What parts need besides room; absent: nothing. */
  seats: SeatBook | undefined = undefined;
  /** By index into `modelNames`: thousandths left on all GPUs of the model. */
  readonly modelGpuFreeMilli: Float64Array;
  /** By host: thousandths left on all its GPUs together. */
  readonly hostGpuFreeMilli: Int32Array;
  /** By host and GPU request kind (see `requestKind`): how many residents. Row length `kindCount`. */
  readonly residentsByKind: Int32Array;
  /** By host: how many kinds have a resident. */
  readonly kindsPresent: Int32Array;
  readonly kindCount: number;
  readonly residents: Int32Array;
  /** By host: how often it changed. */
  readonly versions: Float64Array;
  /** Host numbers in order of change; entry i stands at `i & (changeRing.length - 1)`. */
  readonly changeRing: Int32Array;
  /** Changes so far. Entries older than `changeCount - changeRing.length` are gone. */
  changeCount = 0;
  cpuFreeTotalMilli = 0;
  memoryFreeTotalMib = 0;
  gpuFreeTotalMilli = 0;
  readonly cpuTotalMilli: number;
  readonly memoryTotalMib: number;

  /** @throws {RangeError} on a capacity that is negative, not whole or too large for the arrays, or on a repeated host name */
  constructor(hosts: readonly HostSpec[]) {
    const hostCount = hosts.length;
    const names: string[] = [];
    const seen = new Set<string>();
    const models: string[] = [];
    const modelNumber = new Map<string, number>();
    this.hostCount = hostCount;
    this.hosts = hosts;
    this.cpuCapacityMilli = new Int32Array(hostCount);
    this.memoryCapacityMib = new Float64Array(hostCount);
    this.gpuStart = new Int32Array(hostCount + 1);
    const gpuModels: number[] = [];
    const cards: (Card | undefined)[] = [];
    const sharings: (SharedGpu | undefined)[] = [];
    const fabrics: number[] = [];
    const plain: (PlainGpu | undefined)[] = [];
    let widest = 0;
    for (const [h, host] of hosts.entries()) {
      checkHost(host, seen);
      names.push(host.name);
      this.cpuCapacityMilli[h] = host.cpuMilli;
      this.memoryCapacityMib[h] = host.memoryMib;
      for (const { model, count, sharing, hasFabric, plain: own } of host.gpus) {
        let number = modelNumber.get(model);
        if (number === undefined) {
          number = models.length;
          models.push(model);
          modelNumber.set(model, number);
        }
        for (let i = 0; i < count; i++) {
          gpuModels.push(number);
          cards.push(sharing === undefined ? undefined : openCard(sharing));
          sharings.push(sharing);
          fabrics.push(hasFabric === true ? 1 : 0);
          plain.push(own);
        }
      }
      this.gpuStart[h + 1] = gpuModels.length;
      widest = Math.max(widest, gpuModels.length - (this.gpuStart[h] as number));
      this.cpuFreeTotalMilli += host.cpuMilli;
      this.memoryFreeTotalMib += host.memoryMib;
    }
    this.hostNames = names;
    this.modelNames = models;
    this.gpuCount = gpuModels.length;
    this.#cards = cards;
    this.closedFor = new Uint8Array(hostCount);
    this.gpuClosedFor = new Uint8Array(gpuModels.length);
    this.#hostOfGpu = new Int32Array(gpuModels.length);
    for (let h = 0; h < hostCount; h++) this.#hostOfGpu.fill(h, this.gpuStart[h], this.gpuStart[h + 1]);
    this.#sharing = sharings;
    this.gpuHasFabric = Uint8Array.from(fabrics);
    this.plainGpus = plain;
    this.topology = new Topology(hosts, this.gpuStart);
    this.neighbours = new Neighbours(hostCount);
    this.hasCards = cards.some((card) => card !== undefined);
    this.modelGpuFreeMilli = new Float64Array(models.length);
    for (const model of gpuModels) this.modelGpuFreeMilli[model]! += GPU_MILLI;
    this.gpuModel = Uint16Array.from(gpuModels);
    this.gpuFreeMilli = new Int16Array(this.gpuCount).fill(GPU_MILLI);
    this.cpuFreeMilli = this.cpuCapacityMilli.slice();
    this.memoryFreeMib = this.memoryCapacityMib.slice();
    this.hostGpuFreeMilli = Int32Array.from(hosts, (_, h) => GPU_MILLI * this.gpusOf(h));
    this.gpuFreeTotalMilli = GPU_MILLI * this.gpuCount;
    this.cpuTotalMilli = this.cpuFreeTotalMilli;
    this.memoryTotalMib = this.memoryFreeTotalMib;
    this.kindCount = widest + 1;
    this.residentsByKind = new Int32Array(hostCount * this.kindCount);
    this.kindsPresent = new Int32Array(hostCount);
    this.residents = new Int32Array(hostCount);
    this.versions = new Float64Array(hostCount);
    let ring = 64;
    while (ring < hostCount) ring *= 2;
    this.changeRing = new Int32Array(ring);
  }

  /** By GPU number: the card that a sharing mode divides; undefined where GPUs are shared by fraction. */
  get cards(): readonly (Card | undefined)[] {
    return this.#cards;
  }

  /** By GPU number: that mode with its options. */
  get sharing(): readonly (SharedGpu | undefined)[] {
    return this.#sharing;
  }

  /** Lets a host take nobody in for one more reason, or for one less. */
  setClosed(host: number, isClosed: boolean, reason: keyof typeof CLOSED_FOR): void {
    const bit = CLOSED_FOR[reason];
    const before = this.closedFor[host] as number;
    const after = isClosed ? before | bit : before & ~bit;
    if (after === before) return;
    this.closedFor[host] = after;
    if (reason === 'failure') this.#noteFailures(host);
    if (after === 0) this.gains += 1;
    this.#touch(host);
  }

  /** Lets GPU number `g` of the fleet take nobody in for one more reason, or for one less; who is on it stays. */
  setGpuClosed(g: number, isClosed: boolean, reason: keyof typeof GPU_CLOSED_FOR): void {
    const bit = GPU_CLOSED_FOR[reason];
    const before = this.gpuClosedFor[g] as number;
    const after = isClosed ? before | bit : before & ~bit;
    if (after === before) return;
    this.gpuClosedFor[g] = after;
    if (reason === 'failure') this.#noteFailures(this.#hostOfGpu[g] as number);
    if (after === 0) this.gains += 1;
    this.#touch(this.#hostOfGpu[g] as number);
  }

  /** Hosts that are down or have a GPU that is, in order of their failures. */
  get failing(): ReadonlySet<number> {
    return this.#failing;
  }

  #noteFailures(host: number): void {
    let fails = ((this.closedFor[host] as number) & CLOSED_FOR.failure) !== 0;
    for (let g = this.gpuStart[host] as number; g < (this.gpuStart[host + 1] as number); g++) {
      if (((this.gpuClosedFor[g] as number) & GPU_CLOSED_FOR.failure) !== 0) fails = true;
    }
    if (fails) this.#failing.add(host);
    else this.#failing.delete(host);
  }

  /** Takes a host's NVLink (or the like) out of service, or puts it back where there was one. */
  setFabric(host: number, isUp: boolean): void {
    let g = this.gpuStart[host] as number;
    for (const { count, hasFabric } of (this.hosts[host] as HostSpec).gpus) {
      this.gpuHasFabric.fill(isUp && hasFabric === true ? 1 : 0, g, g + count);
      g += count;
    }
    if (isUp) this.gains += 1;
    this.#touch(host);
  }

  /**
   * Gives one GPU another way to be shared.
   *
   * @param g GPU number of the fleet
   * @throws {PlacementError} if anybody is on it
   */
  reshare(g: number, shared: SharedGpu): void {
    if ((this.gpuFreeMilli[g] as number) !== GPU_MILLI || (this.#cards[g]?.slots.length ?? 0) > 0) {
      throw new PlacementError(`Cannot change GPU ${g} of the fleet: it has tenants`);
    }
    this.#cards[g] = openCard(shared);
    this.#sharing[g] = shared;
    this.hasCards = true;
    this.gains += 1;
    this.#touch(this.#hostOfGpu[g] as number);
  }

  /**
   * Says which GPU instances stand on a card from now on, and which of them take no further tenant; tenants stay.
   *
   * @param g GPU number of the fleet
   * @throws {RangeError} if the card has no GPU instances, the layout is not legal, or an instance with a tenant would go
   */
  setInstances(g: number, standing: PlacementSet, held: PlacementSet): void {
    this.#layoutOf(g).set(standing, held);
    this.gains += 1;
    this.#touch(this.#hostOfGpu[g] as number);
  }

  /** Lets the GPU instances of a card that are made on demand be made where `choice` says. */
  steerInstances(g: number, choice: InstanceChoice): void {
    this.#layoutOf(g).steer(choice);
    this.#touch(this.#hostOfGpu[g] as number);
  }

  /** From now on a card could ever give what `twin`, a card without tenants, gives. */
  letBecome(g: number, twin: Card): void {
    this.#layoutOf(g).setEmptyTwin(twin);
    this.#touch(this.#hostOfGpu[g] as number);
  }

  /**
   * Says what a card without GPU instances is cut into from now on, and whether it takes nobody in; tenants stay.
   *
   * @param g GPU number of the fleet
   * @param cut one of the card's; null: parts are made as tenants come
   * @throws {RangeError} if the card is cut in one way only, or its tenants rule the cut out; nothing changes then
   */
  setCut(g: number, cut: Cut | null, isHeld: boolean): void {
    const own = this.#cutOf(g);
    const shared = this.#sharing[g] as SharedGpu;
    own.set(cut, isHeld);
    if (own.config !== shared.config) this.#sharing[g] = { ...shared, config: own.config };
    this.gains += 1;
    this.#touch(this.#hostOfGpu[g] as number);
  }

  /** From now on a card could ever give what any of its cuts gives. */
  letBecomeAny(g: number): void {
    this.#cutOf(g).letBecomeAny();
    this.#touch(this.#hostOfGpu[g] as number);
  }

  #cutOf(g: number): CardCut {
    const cut = this.#cards[g]?.cut;
    if (cut === undefined)
      throw new RangeError(`Cannot cut GPU ${g} of the fleet: it is cut in one way only`);
    return cut;
  }

  /** A card like that of a GPU without its tenants, cut as it is now; undefined where there is none. */
  emptyCopy(g: number): Card | undefined {
    const shared = this.#sharing[g];
    if (shared === undefined) return undefined;
    const copy = openCard(shared);
    const layout = this.#cards[g]?.layout;
    if (layout !== undefined && layout.standing !== null) copy.layout?.set(layout.standing, layout.held);
    const cut = this.#cards[g]?.cut;
    if (cut !== undefined && (cut.present !== null || cut.isHeld)) copy.cut?.set(cut.present, cut.isHeld);
    return copy;
  }

  #layoutOf(g: number): InstanceLayout {
    const layout = this.#cards[g]?.layout;
    if (layout === undefined)
      throw new RangeError(`Cannot change GPU ${g} of the fleet: it has no instances`);
    return layout;
  }

  /** Number of GPUs of a host. */
  gpusOf(host: number): number {
    return (this.gpuStart[host + 1] as number) - (this.gpuStart[host] as number);
  }

  /** Whether GPU number `g` of the fleet (not the index within the host) has room for the shape now, model aside. */
  hasRoom(g: number, shape: TaskShape): boolean {
    return this.gpuClosedFor[g] === 0 && this.#hasRoomOn(g, shape);
  }

  /** The same as if no GPU was down. */
  hasRoomOnceMended(g: number, shape: TaskShape): boolean {
    return ((this.gpuClosedFor[g] as number) & ~GPU_CLOSED_FOR.failure) === 0 && this.#hasRoomOn(g, shape);
  }

  #hasRoomOn(g: number, shape: TaskShape): boolean {
    const card = this.#cards[g];
    if (card === undefined) return takesFraction(shape) && (this.gpuFreeMilli[g] as number) >= shape.gpuMilli;
    return shape.ask !== undefined && !isRefusal(card.admit(shape.ask));
  }

  /** Whether it would have room with nothing else on it. */
  couldHaveRoom(g: number, shape: TaskShape): boolean {
    const card = this.#cards[g];
    if (card === undefined) return takesFraction(shape);
    return shape.ask !== undefined && !isRefusal(card.admitEmpty(shape.ask));
  }

  /**
   * Thousandths of a GPU that a shape takes on the first card that could ever take it; undefined where it may also go to
   * a GPU that is shared by fraction, which gives it what it says, or where no card could take it.
   */
  expectedMilli({ ask, accepts }: TaskShape): number | undefined {
    if (ask === undefined) return undefined;
    let first: number | undefined;
    const seen = new Set<SharedGpu | undefined>();
    for (let g = 0; g < this.gpuCount; g++) {
      const shared = this.#sharing[g];
      if (seen.has(shared) || (accepts !== undefined && accepts[this.gpuModel[g] as number] !== 1)) continue;
      seen.add(shared);
      if (shared === undefined) return undefined;
      const slot = this.#cards[g]?.admitEmpty(ask);
      if (first === undefined && slot !== undefined && !isRefusal(slot)) first = slot.milli * ask.count;
    }
    return first;
  }

  /**
   * Takes a shape's CPU, memory and GPU shares from a host.
   *
   * @param gpus distinct GPU indices within the host, as many as the shape asks for
   * @returns what `release` wants back
   * @throws {PlacementError} if anything does not fit; nothing is taken then
   */
  place(shape: TaskShape, host: number, gpus: readonly number[]): Grant {
    checkPlacement(this, shape, host, gpus);
    const grant = this.hasCards ? this.#takeSlots(shape, host, gpus) : NOTHING;
    this.#apply(shape, host, gpus, grant, -1);
    return grant;
  }

  /**
   * Takes exactly what a grant says, as for a job that is put back where it was.
   *
   * @param grant slots of this host's cards that are free
   * @throws {PlacementError} if CPU, memory or a GPU shared by fraction has not that much left, or a slot is not free;
   *   nothing is taken then
   */
  placeAs(shape: TaskShape, host: number, gpus: readonly number[], grant: Grant): void {
    checkPlacement(this, shape, host, gpus);
    const start = this.gpuStart[host] as number;
    const taken: { readonly card: Card; readonly slot: Slot }[] = [];
    try {
      for (const g of gpus) {
        const card = this.#cards[start + g];
        if (card === undefined) continue;
        for (let i = 0; i < (shape.ask?.count ?? 0); i++) {
          const slot = grant[taken.length] as Slot;
          card.place(slot);
          taken.push({ card, slot });
        }
      }
    } catch (error) {
      for (const each of taken.reverse()) each.card.release(each.slot);
      if (!(error instanceof RangeError)) throw error;
      throw new PlacementError(error.message);
    }
    this.#apply(shape, host, gpus, grant, -1);
  }

  /**
   * Gives back what `place` took with the same arguments.
   *
   * @param grant what that call returned
   * @throws {PlacementError} if the host would end with more than it was bought with; nothing is given back then
   */
  release(shape: TaskShape, host: number, gpus: readonly number[], grant: Grant = NOTHING): void {
    const start = this.gpuStart[host] as number;
    const tooMuch =
      (this.cpuFreeMilli[host] as number) + shape.cpuMilli > (this.cpuCapacityMilli[host] as number) ||
      (this.memoryFreeMib[host] as number) + shape.memoryMib > (this.memoryCapacityMib[host] as number) ||
      gpus.length !== shape.gpuCount ||
      gpus.some(
        (g) =>
          this.#cards[start + g] === undefined &&
          (this.gpuFreeMilli[start + g] as number) + shape.gpuMilli > GPU_MILLI,
      ) ||
      (this.residents[host] as number) < 1 ||
      (shape.gpuCount > 0 &&
        (this.residentsByKind[host * this.kindCount + requestKind(shape)] as number) < 1);
    if (tooMuch) {
      throw new PlacementError(
        `Cannot release a task from host "${this.hostNames[host]}": it does not hold that much`,
      );
    }
    let next = 0;
    for (const g of gpus) {
      const card = this.#cards[start + g];
      if (card === undefined) continue;
      for (let i = 0; i < (shape.ask?.count ?? 0); i++) card.release(grant[next++] as Slot);
    }
    this.#apply(shape, host, gpus, grant, 1);
    this.gains += 1;
  }

  /** Takes the slots of a shape on a host's shared cards, all or none. */
  #takeSlots(shape: TaskShape, host: number, gpus: readonly number[]): Grant {
    const { ask } = shape;
    if (ask === undefined) return NOTHING;
    const start = this.gpuStart[host] as number;
    const taken: { readonly card: Card; readonly slot: Slot }[] = [];
    for (const g of gpus) {
      const card = this.#cards[start + g];
      if (card === undefined) continue;
      for (let i = 0; i < ask.count; i++) {
        // Admission looks at all that are still to come, so that a job gets all its slots of a card or none.
        const slot = card.admit(ask.count === 1 ? ask : { ...ask, count: ask.count - i });
        if (isRefusal(slot)) {
          for (const each of taken.reverse()) each.card.release(each.slot);
          throw new PlacementError(
            `Cannot place on GPU ${g} of host "${this.hostNames[host]}": ${slot.detail} (${slot.refused})`,
          );
        }
        card.place(slot);
        taken.push({ card, slot });
      }
    }
    return taken.map((each) => each.slot);
  }

  #apply(shape: TaskShape, host: number, gpus: readonly number[], grant: Grant, sign: 1 | -1): void {
    this.cpuFreeMilli[host]! += sign * shape.cpuMilli;
    this.memoryFreeMib[host]! += sign * shape.memoryMib;
    this.cpuFreeTotalMilli += sign * shape.cpuMilli;
    this.memoryFreeTotalMib += sign * shape.memoryMib;
    this.residents[host]! -= sign;
    if (shape.gpuCount > 0) {
      const start = this.gpuStart[host] as number;
      let next = 0;
      for (const g of gpus) {
        let milli = shape.gpuMilli;
        if (this.#cards[start + g] !== undefined) {
          milli = 0;
          for (let i = 0; i < (shape.ask?.count ?? 0); i++) milli += (grant[next++] as Slot).milli;
        }
        this.gpuFreeMilli[start + g]! += sign * milli;
        this.hostGpuFreeMilli[host]! += sign * milli;
        this.modelGpuFreeMilli[this.gpuModel[start + g] as number]! += sign * milli;
        this.gpuFreeTotalMilli += sign * milli;
      }
      const slot = host * this.kindCount + requestKind(shape);
      const before = this.residentsByKind[slot] as number;
      this.residentsByKind[slot] = before - sign;
      if (before === 0) this.kindsPresent[host]! += 1;
      else if (before === sign) this.kindsPresent[host]! -= 1;
    }
    this.#touch(host);
  }

  /** Makes known that the host's answers may be other ones now. */
  #touch(host: number): void {
    this.versions[host]! += 1;
    this.changeRing[this.changeCount & (this.changeRing.length - 1)] = host;
    this.changeCount += 1;
  }
}

/** Kind of GPU request, for policies that keep like with like: 0 = a share of one GPU, n = n GPUs. Not for requests without GPU. */
export function requestKind(shape: TaskShape): number {
  return shape.gpuCount === 1 && shape.gpuMilli < GPU_MILLI ? 0 : shape.gpuCount;
}
