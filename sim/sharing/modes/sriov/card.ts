import type { GpuAsk } from '../../ask.ts';
import type { CardSpec } from '../../card-spec.ts';
import type { Card } from '../../mode.ts';
import type { Residents } from '../../residents.ts';
import type { Refusal, Slot } from '../../slot.ts';
import { limitByLink } from '../../speed/link.ts';
import { milliOf, slotIn, type VfLayout, vfSlot } from './functions.ts';
import type { SplitCard, VfCardKind } from './split-card.ts';
import { VfCut } from './vf-cut.ts';

/** A GPU that is split into virtual functions, whose number changes only while none is in use (rule SR-1). */
export class VfCard implements Card, SplitCard {
  readonly spec: CardSpec;
  version = 0;
  readonly slots: Slot[] = [];
  readonly kind: VfCardKind;
  #layout: VfLayout;
  #speeds: (residents: Residents, into: Float64Array) => void;
  #cut: VfCut | undefined;

  constructor(spec: CardSpec, kind: VfCardKind, vfs: number) {
    this.spec = spec;
    this.kind = kind;
    this.#layout = kind.layout(vfs);
    this.#speeds = kind.speeds(vfs);
  }

  /** Made when it is asked for: most cards are never split anew. */
  get cut(): VfCut {
    this.#cut ??= new VfCut(this);
    return this.#cut;
  }

  get vfs(): number {
    return this.#layout.vfs;
  }

  /** @throws {RangeError} while a function is in use */
  split(vfs: number): void {
    if (this.slots.length > 0 && vfs !== this.vfs) {
      throw new RangeError(`Cannot make ${vfs} virtual functions: ${this.slots.length} are in use`);
    }
    this.#layout = this.kind.layout(vfs);
    this.#speeds = this.kind.speeds(vfs);
    this.version += 1;
  }

  admit(ask: GpuAsk): Slot | Refusal {
    const { vfs } = this.#layout;
    if (this.#cut?.isHeld === true) {
      return { refused: 'cut-anew', detail: `its ${vfs} virtual functions are to become another number` };
    }
    if (ask.slot.kind === 'whole' && vfs > 1 && this.slots.length > 0) {
      return {
        refused: 'vf-fixed-while-used',
        detail: `a whole card is wanted, it is split into ${vfs} virtual functions and ${this.slots.length} are in use`,
      };
    }
    const answer = slotIn(this.#layout, ask);
    if ('refused' in answer) return answer;
    if (this.slots.length === vfs)
      return { refused: 'vf-none-free', detail: `all ${vfs} virtual functions are in use` };
    return vfSlot(this.#layout, this.#lowestFree());
  }

  admitEmpty(ask: GpuAsk): Slot | Refusal {
    const answer = slotIn(this.#layout, ask);
    if (!('refused' in answer) || this.#cut?.mayBecomeAny !== true) return answer;
    const kinds = this.#cut.accepts(ask);
    return kinds.length === 0 ? answer : slotIn(this.kind.layout(this.#cut.vfsOf(kinds[0] as number)), ask);
  }

  #lowestFree(): number {
    let number = 0;
    while (this.slots.some((slot) => slot.start === number)) number += 1;
    return number;
  }

  place(slot: Slot): void {
    const { start, milli } = slot;
    const { vfs } = this.#layout;
    // A function of another number of them may bear the same number; each takes another part of the card.
    const isOne = start >= 0 && start < vfs && milli === milliOf(vfs);
    if (!isOne || this.slots.some((each) => each.start === start)) {
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

  speeds(residents: Residents, into: Float64Array): void {
    this.#speeds(residents, into);
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  /** What equal parts leave over, and the free ones of a card that takes nobody in. */
  strandedMilli(): number {
    const { vfs } = this.#layout;
    const most = this.#cut?.isHeld === true ? this.slots.length : vfs;
    return 1000 - most * milliOf(vfs);
  }

  /** Never: memory is split when the functions are made, and a use that one cannot hold is refused at admission. */
  overflows(): boolean {
    return false;
  }
}
