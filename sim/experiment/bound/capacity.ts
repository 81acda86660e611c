import type { LinearProgramBuilder } from '../../kernel/optimize/linear-program.ts';
import { type GpuAsk, isRefusal, openCard } from '../../sharing/index.ts';
import { type Alone, alone, mostTime } from './alone.ts';
import type { CardRoom } from './card-room.ts';
import { fractionRoom } from './fraction-room.ts';
import type { HostKind } from './host-kind.ts';
import { slotRoom } from './slot-room.ts';
import type { WorkKind } from './work-kind.ts';

/** Where workers of a kind may be: in slots of one kind on the cards of a kind of host; without GPU, on the host alone. */
export interface Place {
  readonly host: number;
  /** Index among the cards of the host kind; -1 without GPU. */
  readonly card: number;
  readonly slot: number;
  /** Slots that one worker takes. */
  readonly parts: number;
  /** Thousandths of a GPU that one worker is counted as, at most. */
  readonly mostMilli: number;
  readonly alone: Alone;
}

/** Workers of a kind in a program: how many there are at each of its places. */
export interface Seats {
  readonly variables: readonly number[];
  readonly places: readonly Place[];
}

/** A row of a program that says what there is of something. */
export interface ResourceRow {
  readonly row: number;
  /** What it is, in words, such as `L4 cards of host group "gpu"`. */
  readonly what: string;
  /** How much of it there is, in words. */
  readonly amount: string;
  readonly upper: number;
}

/** Units of the rows, so that coefficients are near 1. */
const CPU_UNIT = 1000;
const MEMORY_UNIT = 4096;
const NONE = Number.NEGATIVE_INFINITY;

/**
 * What hosts can hold at one time, as rows of a linear program: layouts of single cards are exact where they can be known,
 * CPU and memory of all hosts of a kind are one, a job of several GPUs is so many parts. So whatever a fleet holds is a
 * solution, and what is no solution no fleet holds. Independent of the number of hosts.
 */
export class Capacity {
  readonly hosts: readonly HostKind[];
  readonly kinds: readonly WorkKind[];
  /** By kind of work. */
  readonly places: readonly (readonly Place[])[];
  /** By host kind, by its cards. */
  readonly rooms: readonly (readonly CardRoom[])[];
  readonly #timeOn = new Map<string, number>();

  constructor(hosts: readonly HostKind[], kinds: readonly WorkKind[]) {
    this.hosts = hosts;
    this.kinds = kinds;
    const onGpus = kinds.filter(({ request }) => request.gpuCount > 0);
    const made = new Map<string, CardRoom>();
    this.rooms = hosts.map(({ name, cards }) =>
      cards.map(({ card }, c) => {
        // Kinds of one group that are in several pools have the same cards.
        const key = `${name}/${c}`;
        const room = made.get(key) ?? roomOf(card, onGpus);
        made.set(key, room);
        return room;
      }),
    );
    const numbers = new Map(onGpus.map((kind, i) => [kind, i]));
    this.places = kinds.map((kind) => hosts.flatMap((_, host) => this.#placesOn(kind, host, numbers)));
  }

  /** Part of a card's time that its tenants get together at most (`mostTime`). */
  timeOn(host: number, c: number): number {
    const key = `${host}/${c}`;
    let most = this.#timeOn.get(key);
    if (most === undefined) {
      const { card } = (this.hosts[host] as HostKind).cards[c] as HostKind['cards'][number];
      const tenants = this.kinds.flatMap(({ request: { ask }, profile }, k) => {
        const isHere = (this.places[k] as readonly Place[]).some(
          (place) => place.host === host && place.card === c,
        );
        return isHere && ask !== undefined && profile !== undefined ? [{ ask, profile }] : [];
      });
      most = mostTime(card, tenants);
      this.#timeOn.set(key, most);
    }
    return most;
  }

  /** Places of a kind on hosts that there are. */
  placesAmong(kind: number, counts: readonly number[]): readonly Place[] {
    return (this.places[kind] as readonly Place[]).filter(({ host }) => (counts[host] as number) > 0);
  }

  #placesOn(kind: WorkKind, host: number, numbers: ReadonlyMap<WorkKind, number>): readonly Place[] {
    const { request, pool, profile } = kind;
    const { cpuMilli, memoryMib, cards, pool: own } = this.hosts[host] as HostKind;
    if (pool !== undefined && pool !== own) return [];
    if (request.cpuMilli > cpuMilli || request.memoryMib > memoryMib) return [];
    if (request.gpuCount === 0) {
      return [
        { host, card: -1, slot: -1, parts: 0, mostMilli: 0, alone: { speed: 1, time: 0, bandwidth: 0 } },
      ];
    }
    const number = numbers.get(kind) as number;
    let able = 0;
    const places = cards.flatMap(({ card, perHost }, c) => {
      if (request.models.length > 0 && !request.models.includes(card.model)) return [];
      const room = (this.rooms[host] as readonly CardRoom[])[c] as CardRoom;
      const slots = room.kindsOf[number] as readonly number[];
      if (slots.length > 0) able += perHost;
      const parts = request.gpuCount * (card.sharing === undefined ? 1 : (request.ask?.count ?? 1));
      return slots.map((slot) => ({
        host,
        card: c,
        slot,
        parts,
        mostMilli: parts * (room.mostMilli[slot] as number),
        alone: alone(card, room.slots[slot], profile),
      }));
    });
    return able < request.gpuCount ? [] : places;
  }

  /**
   * Adds what there is of so many hosts to a program.
   *
   * @param counts by host kind
   * @param isWhole whether workers and layouts are counted in whole numbers
   * @returns by kind of work: its workers
   */
  addTo(
    program: LinearProgramBuilder,
    counts: readonly number[],
    isWhole = false,
  ): { readonly seats: readonly Seats[]; readonly rows: readonly ResourceRow[] } {
    const seats = this.kinds.map((_, k): Seats => {
      const places = this.placesAmong(k, counts);
      return {
        places,
        variables: places.map(({ parts }) =>
          // A worker on several GPUs may have slots of several kinds.
          isWhole && parts <= 1 ? program.whole(0) : program.variable(0),
        ),
      };
    });
    const rows: ResourceRow[] = [];
    this.hosts.forEach((host, h) => {
      const count = counts[h] as number;
      if (count === 0) return;
      this.#addShared(program, seats, rows, h, count);
      for (const c of host.cards.keys()) this.#addCards(program, seats, rows, h, c, count, isWhole);
    });
    return { seats, rows };
  }

  /** CPU and memory of the hosts of a kind. */
  #addShared(
    program: LinearProgramBuilder,
    seats: readonly Seats[],
    rows: ResourceRow[],
    h: number,
    count: number,
  ): void {
    const { name, cpuMilli, memoryMib } = this.hosts[h] as HostKind;
    const add = (what: string, amount: string, upper: number, of: (kind: WorkKind) => number) => {
      const columns: number[] = [];
      const coefficients: number[] = [];
      seats.forEach(({ variables, places }, k) => {
        const each = of(this.kinds[k] as WorkKind);
        places.forEach(({ host }, i) => {
          if (host !== h || each === 0) return;
          columns.push(variables[i] as number);
          coefficients.push(each);
        });
      });
      if (columns.length === 0) return;
      rows.push({ row: program.rows.length, what: `${what} of host group "${name}"`, amount, upper });
      program.row(NONE, upper, columns, coefficients);
    };
    const cores = (count * cpuMilli) / CPU_UNIT;
    add('CPU', `${cores} cores`, cores, ({ request }) => request.cpuMilli / CPU_UNIT);
    const memory = (count * memoryMib) / MEMORY_UNIT;
    add('memory', `${memory * 4} GiB`, memory, ({ request }) => request.memoryMib / MEMORY_UNIT);
  }

  /** Cards of one kind: each is in one layout, or keeps to the limits of all. */
  #addCards(
    program: LinearProgramBuilder,
    seats: readonly Seats[],
    rows: ResourceRow[],
    h: number,
    c: number,
    count: number,
    isWhole: boolean,
  ): void {
    const { name, cards } = this.hosts[h] as HostKind;
    const { card, perHost } = cards[c] as HostKind['cards'][number];
    const { slots, layouts, limits } = (this.rooms[h] as readonly CardRoom[])[c] as CardRoom;
    const all = count * perHost;
    const takers = slots.map(() => ({ columns: [] as number[], parts: [] as number[] }));
    for (const { variables, places } of seats) {
      places.forEach(({ host, card: own, slot, parts }, i) => {
        if (host !== h || own !== c) return;
        takers[slot]?.columns.push(variables[i] as number);
        takers[slot]?.parts.push(parts);
      });
    }
    const what = `${card.model} cards${card.sharing === undefined ? '' : ` (${card.sharing.mode.name})`} of host group "${name}"`;
    const cardRow = (columns: readonly number[], coefficients: readonly number[]) => {
      rows.push({ row: program.rows.length, what, amount: `${all} of them`, upper: all });
      program.row(NONE, all, columns, coefficients);
    };
    if (layouts !== undefined) {
      const used = layouts.map(() => (isWhole ? program.whole(0) : program.variable(0)));
      cardRow(
        used,
        used.map(() => 1),
      );
      takers.forEach(({ columns, parts }, slot) => {
        if (columns.length === 0) return;
        const having = layouts.map((counts) => -(counts[slot] as number));
        program.row(NONE, 0, [...columns, ...used], [...parts, ...having]);
      });
    }
    for (const limit of limits) {
      cardRow(
        takers.flatMap(({ columns }) => columns),
        takers.flatMap(({ parts }, slot) => parts.map((n) => n * (limit[slot] as number))),
      );
    }
    if (layouts === undefined && limits.length === 0) throw new RangeError(`Nothing is known of ${what}`);
  }
}

function roomOf(card: HostKind['cards'][number]['card'], kinds: readonly WorkKind[]): CardRoom {
  const { sharing } = card;
  const accepts = kinds.map(
    ({ request }) => request.models.length === 0 || request.models.includes(card.model),
  );
  if (sharing === undefined) {
    return fractionRoom(
      kinds.map(({ request: { ask, gpuMilli } }, i) =>
        accepts[i] === true && ask?.slot.kind !== 'profile' ? gpuMilli : undefined,
      ),
    );
  }
  const asks: GpuAsk[] = [];
  const numbers = kinds.map(({ request: { ask } }, i) => {
    if (accepts[i] !== true || ask === undefined) return undefined;
    if (isRefusal(openCard(sharing).admitEmpty(ask))) return undefined;
    return asks.push(ask) - 1;
  });
  const room = slotRoom(sharing, asks);
  return {
    ...room,
    kindsOf: numbers.map((n) => (n === undefined ? [] : (room.kindsOf[n] as readonly number[]))),
  };
}
