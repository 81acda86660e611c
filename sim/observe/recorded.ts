import type { ClusterObserver } from '../cluster/changes.ts';
import { Fleet, type FleetView, type HostSpec } from '../cluster/fleet.ts';

type Sharing = NonNullable<FleetView['sharing'][number]>;
type CardOf = NonNullable<FleetView['cards'][number]>;
type SlotOf = CardOf['slots'][number];

/** A shared card as it was after a change. */
export interface CardShot {
  readonly gpu: number;
  readonly sharing: Sharing;
  readonly slots: readonly SlotOf[];
  readonly layout: { readonly standing: number | null; readonly held: number } | undefined;
  readonly cut:
    | { readonly present: NonNullable<CardOf['cut']>['present']; readonly isHeld: boolean }
    | undefined;
}

/** A host as it was after a change. */
export interface HostShot {
  readonly host: number;
  readonly cpuFreeMilli: number;
  readonly memoryFreeMib: number;
  readonly closedFor: number;
  readonly gpuFreeMilli: Int16Array;
  readonly gpuClosedFor: Uint8Array;
  readonly cards: readonly CardShot[];
}

type Call = {
  [K in keyof ClusterObserver]-?: { name: K; args: Parameters<NonNullable<ClusterObserver[K]>> };
};

/** One call of the observers, and the hosts that had changed since the one before. */
interface Step {
  readonly hosts: readonly HostShot[];
  readonly call: Call[keyof ClusterObserver];
}

/** What observers were told of a run, with all of the fleet that they could look at then. */
export interface RunRecord {
  readonly hosts: readonly HostSpec[];
  /** The fleet before the first call, where it differs from one as bought. */
  readonly start: readonly HostShot[];
  readonly steps: readonly Step[];
}

/**
 * Records everything that observers are told, in memory: as long as the run. Played to other observers with `replay`, they
 * read the same as if they had listened themselves.
 */
export class RunRecorder implements ClusterObserver {
  readonly record: RunRecord;
  readonly #fleet: FleetView;
  readonly #steps: Step[] = [];
  #seenChanges: number;
  /** By GPU: its card and the version that is recorded. */
  readonly #seen: (readonly [CardOf, number] | undefined)[] = [];

  constructor(fleet: FleetView) {
    this.#fleet = fleet;
    this.#seenChanges = fleet.changeCount;
    const start = Array.from({ length: fleet.hostCount }, (_, host) => this.#shoot(host));
    this.record = { hosts: fleet.hosts, start, steps: this.#steps };
  }

  arrived = this.#listen('arrived');
  placed = this.#listen('placed');
  ready = this.#listen('ready');
  finished = this.#listen('finished');
  failed = this.#listen('failed');
  preempted = this.#listen('preempted');
  freed = this.#listen('freed');
  rejected = this.#listen('rejected');
  blocked = this.#listen('blocked');
  moved = this.#listen('moved');
  hostChanged = this.#listen('hostChanged');
  openChanged = this.#listen('openChanged');
  relaid = this.#listen('relaid');
  unitChanged = this.#listen('unitChanged');
  worked = this.#listen('worked');
  exchanges = this.#listen('exchanges');
  ended = this.#listen('ended');

  #listen<K extends keyof ClusterObserver>(name: K) {
    return (...args: Parameters<NonNullable<ClusterObserver[K]>>): void => {
      this.#steps.push({ hosts: this.#changed(), call: { name, args } as Call[keyof ClusterObserver] });
    };
  }

  #changed(): readonly HostShot[] {
    const { changeRing, changeCount, hostCount } = this.#fleet;
    const from = this.#seenChanges;
    if (from === changeCount) return [];
    this.#seenChanges = changeCount;
    const hosts = new Set<number>();
    if (changeCount - from > changeRing.length) for (let h = 0; h < hostCount; h++) hosts.add(h);
    else
      for (let i = from; i < changeCount; i++) hosts.add(changeRing[i & (changeRing.length - 1)] as number);
    return Array.from(hosts, (host) => this.#shoot(host));
  }

  #shoot(host: number): HostShot {
    const fleet = this.#fleet;
    const [first, end] = [fleet.gpuStart[host] as number, fleet.gpuStart[host + 1] as number];
    const cards: CardShot[] = [];
    for (let gpu = first; gpu < end; gpu++) {
      const card = fleet.cards[gpu];
      const seen = this.#seen[gpu];
      if (card === undefined || (seen?.[0] === card && seen[1] === card.version)) continue;
      this.#seen[gpu] = [card, card.version];
      const { layout, cut } = card;
      cards.push({
        gpu,
        sharing: fleet.sharing[gpu] as Sharing,
        slots: [...card.slots],
        layout: layout && { standing: layout.standing, held: layout.held },
        cut: cut && { present: cut.present, isHeld: cut.isHeld },
      });
    }
    return {
      host,
      cpuFreeMilli: fleet.cpuFreeMilli[host] as number,
      memoryFreeMib: fleet.memoryFreeMib[host] as number,
      closedFor: fleet.closedFor[host] as number,
      gpuFreeMilli: fleet.gpuFreeMilli.slice(first, end),
      gpuClosedFor: fleet.gpuClosedFor.slice(first, end),
      cards,
    };
  }
}

/** A fleet to play a record on: as it was when the record begins. */
export function fleetOf({ hosts, start }: RunRecord): Fleet {
  const fleet = new Fleet(hosts);
  for (const shot of start) restore(fleet, shot);
  return fleet;
}

/**
 * Tells observers what the record holds, call by call, each after the fleet has become what it was then.
 *
 * @param fleet from `fleetOf`: the one that the observers look at
 */
export function replay({ steps }: RunRecord, fleet: Fleet, observers: readonly ClusterObserver[]): void {
  for (const { hosts, call } of steps) {
    for (const shot of hosts) restore(fleet, shot);
    for (const observer of observers) {
      const listen = observer[call.name] as ((...args: unknown[]) => void) | undefined;
      listen?.apply(observer, call.args);
    }
  }
}

/** Makes a host what it was, without asking who is on it: the record says so. */
export function restore(fleet: Fleet, shot: HostShot): void {
  const { host } = shot;
  const first = fleet.gpuStart[host] as number;
  fleet.cpuFreeTotalMilli += shot.cpuFreeMilli - (fleet.cpuFreeMilli[host] as number);
  fleet.memoryFreeTotalMib += shot.memoryFreeMib - (fleet.memoryFreeMib[host] as number);
  fleet.cpuFreeMilli[host] = shot.cpuFreeMilli;
  fleet.memoryFreeMib[host] = shot.memoryFreeMib;
  fleet.closedFor[host] = shot.closedFor;
  shot.gpuFreeMilli.forEach((free, index) => {
    const gpu = first + index;
    const more = free - (fleet.gpuFreeMilli[gpu] as number);
    fleet.gpuFreeMilli[gpu] = free;
    fleet.hostGpuFreeMilli[host]! += more;
    fleet.modelGpuFreeMilli[fleet.gpuModel[gpu] as number]! += more;
    fleet.gpuFreeTotalMilli += more;
    fleet.gpuClosedFor[gpu] = shot.gpuClosedFor[index] as number;
  });
  for (const each of shot.cards) restoreCard(fleet, each);
  fleet.versions[host]! += 1;
  fleet.changeRing[fleet.changeCount & (fleet.changeRing.length - 1)] = host;
  fleet.changeCount += 1;
}

function restoreCard(fleet: Fleet, { gpu, sharing, slots, layout, cut }: CardShot): void {
  const before = fleet.cards[gpu];
  const kept = new Set(slots);
  for (const slot of [...(before?.slots ?? [])]) if (!kept.has(slot)) before?.release(slot);
  // Options change with the cut of a card, which is told by itself.
  const known = fleet.sharing[gpu];
  if (
    known === undefined ||
    known.mode !== sharing.mode ||
    known.spec !== sharing.spec ||
    isAnew(known, sharing)
  )
    fleet.reshare(gpu, sharing);
  const card = fleet.cards[gpu] as CardOf;
  const taken = new Set(card.slots);
  // Tenants may be on parts that take nobody in any more, so those are said last.
  if (cut !== undefined && (cut.present !== null || cut.isHeld || card.cut?.present != null)) {
    // The number of virtual functions is always set, and only changes where nobody is.
    card.cut?.set(card.cut.config.mode === 'sriov' ? cut.present : null, false);
  }
  if (layout !== undefined && layout.standing !== null) card.layout?.set(layout.standing, 0);
  for (const slot of slots) if (!taken.has(slot)) placeIfFree(card, slot);
  if (cut !== undefined && (cut.present !== null || cut.isHeld)) card.cut?.set(cut.present, cut.isHeld);
  if (layout !== undefined && layout.standing !== null) card.layout?.set(layout.standing, layout.held);
}

/**
 * Within one instant a newcomer may be told of before the one whose part it takes: it has it when that one has left.
 */
function placeIfFree(card: CardOf, slot: SlotOf): void {
  try {
    card.place(slot);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/** Whether a card without a cut of its own got other options: it is then another card. */
function isAnew(known: Sharing, next: Sharing): boolean {
  return known.config !== next.config && known.config.mode !== 'sriov' && known.config.mode !== 'vgpu';
}
