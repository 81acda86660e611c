import type { GpuAsk } from '../../ask.ts';
import type { CardCut } from '../../card-cut.ts';
import type { CardSpec } from '../../card-spec.ts';
import type { ConfigOf } from '../../config.ts';
import type { Card } from '../../mode.ts';
import type { Residents } from '../../residents.ts';
import type { Refusal, Slot } from '../../slot.ts';
import { limitByLink } from '../../speed/link.ts';
import type { CardType } from './card-types.ts';
import { EqualCut } from './equal-cut.ts';
import { EqualSizeRoom } from './equal-size.ts';
import { MixedCut } from './mixed-cut.ts';
import { MixedSizeRoom } from './mixed-size.ts';
import type { Offers } from './offers.ts';
import type { Room } from './room.ts';
import type { TurnSpeeds } from './turn-speeds.ts';

/** A GPU that time-sliced vGPUs share: memory divided by type, engines in turn. */
export class VgpuCard implements Card {
  readonly spec: CardSpec;
  version = 0;
  readonly slots: Slot[] = [];
  readonly #config: ConfigOf<'vgpu'>;
  readonly #offers: Offers;
  readonly #room: Room;
  readonly #speeds: TurnSpeeds;
  /** Made when it is asked for: most cards are never cut anew. */
  #cut: CardCut | undefined;

  constructor(spec: CardSpec, config: ConfigOf<'vgpu'>, offers: Offers, speeds: TurnSpeeds) {
    this.spec = spec;
    this.#config = config;
    this.#offers = offers;
    this.#room = roomOf(offers);
    this.#speeds = speeds;
  }

  get cut(): CardCut {
    const room = this.#room;
    this.#cut ??=
      room instanceof EqualSizeRoom
        ? new EqualCut(this, this.#offers, this.#config, room)
        : new MixedCut(this, this.#offers, this.#config, room as MixedSizeRoom);
    return this.#cut;
  }

  admit(ask: GpuAsk): Slot | Refusal {
    if (this.#cut?.isHeld === true) return { refused: 'cut-anew', detail: 'the card takes nobody in' };
    if (ask.slot.kind === 'whole' && this.slots.length > 0) {
      return {
        refused: 'card-taken',
        detail: `a whole card is wanted, this one has ${this.slots.length} vGPUs`,
      };
    }
    return this.#answer(ask, this.#room);
  }

  admitEmpty(ask: GpuAsk): Slot | Refusal {
    return this.#answer(ask, roomOf(this.#offers));
  }

  #answer(ask: GpuAsk, room: Room): Slot | Refusal {
    const wanted = this.#offers.wanted(ask);
    if ('refused' in wanted) return wanted;
    for (const type of wanted) {
      if (room.fits(type, ask.count)) return this.#slot(type, room.startFor(type));
    }
    return room.refusal(wanted[0]!, ask.count);
  }

  #slot(type: CardType, start: number): Slot {
    return {
      label: start < 0 ? type.name : `${type.name}@${start}`,
      profile: type.name,
      milli: this.#offers.milli(type),
      memoryMib: type.reservedMib,
      start,
      size: start < 0 ? 0 : type.sizeMib / 1024,
      domain: 0,
      computeShare: 1,
      bandwidthShare: 1,
    };
  }

  place(slot: Slot): void {
    if (this.slots.includes(slot)) throw new RangeError(`Cannot take slot ${slot.label}: it is taken`);
    this.#room.take(this.#typeOf(slot), slot.start);
    this.slots.push(slot);
    this.version += 1;
  }

  release(slot: Slot): void {
    const at = this.slots.indexOf(slot);
    if (at < 0) throw new RangeError(`Cannot release slot ${slot.label}: it is not taken`);
    this.#room.give(this.#typeOf(slot), slot.start);
    this.slots.splice(at, 1);
    this.version += 1;
  }

  speeds(residents: Residents, into: Float64Array): void {
    this.#speeds.speeds(residents, into);
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  strandedMilli(): number {
    return this.#room.strandedMilli();
  }

  /** Never: memory is reserved, and a use that its guest cannot hold is refused at admission. */
  overflows(): boolean {
    return false;
  }

  #typeOf(slot: Slot): CardType {
    const type = this.#offers.types.typeOf(slot.profile);
    if (type === undefined) throw new RangeError(`Cannot use slot ${slot.label}: the card has no such type`);
    return type;
  }
}

/** The room of a card without tenants. */
function roomOf(offers: Offers): Room {
  return offers.sizes === 'equal' ? new EqualSizeRoom(offers) : new MixedSizeRoom(offers);
}
