import { cardSpecOf } from '../../../sim/scenario/resolve/card-spec.ts';
import { resolveHostGroup } from '../../../sim/scenario/resolve/fleet.ts';
import type { HostGroup } from '../../../sim/scenario/types.ts';
import {
  type Card,
  type GpuAsk,
  isRefusal,
  openCard,
  ParameterValues,
  SHARING_PARAMETERS,
  type SharingConfig,
  type Slot,
  sharingMode,
} from '../../../sim/sharing/index.ts';
import type { CardAnswer, CardFleet, CardSheet } from '../messages.ts';

/** Parts of one card that are counted at most. */
const MOST_PARTS = 1000;

/**
 * Cards as the engine has them at a moment of a replay, made anew from what the replay says of them, so that they can be
 * asked what fits and why not.
 */
export class CardTwins {
  readonly #groups: readonly HostGroup[];
  readonly #values: ParameterValues;

  /** @param fleet as the scenario has it, normalized */
  constructor({ hosts, overheads }: CardFleet) {
    this.#groups = (hosts as readonly Parameters<typeof resolveHostGroup>[0][]).map(resolveHostGroup);
    const stated = Object.entries(overheads).map(([id, figure]) => [
      id,
      typeof figure === 'number' ? figure : figure.value,
    ]);
    this.#values = new ParameterValues(SHARING_PARAMETERS, Object.fromEntries(stated));
  }

  /** A card with its tenants; undefined where the replay does not say enough of it. */
  card(sheet: CardSheet): Card | undefined {
    try {
      return this.#make(sheet);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
      return undefined;
    }
  }

  /** Where an ask would go on a card, and how many such parts it has room for, or which rule refuses it. */
  ask(sheet: CardSheet, ask: GpuAsk): CardAnswer | undefined {
    const card = this.card(sheet);
    return card === undefined ? undefined : answerOf(card, ask);
  }

  #make(sheet: CardSheet): Card {
    const { card: own, slots } = sheet;
    const config = JSON.parse(own.sharing) as SharingConfig;
    const spec = this.#specOf(sheet);
    const card = openCard({ mode: sharingMode(config.mode), config, spec, values: this.#values });
    const { layout, cut } = card;
    if (layout !== undefined && own.standing !== null) layout.set(own.standing, own.held);
    if (cut !== undefined && (own.cut !== (cut.present?.text ?? null) || own.isCutHeld)) {
      const kinds = cut.kinds.map((_, kind) => kind);
      const known =
        own.cut === null || own.cut === cut.present?.text
          ? cut.present
          : cut.cuts([], kinds).find(({ text }) => text === own.cut);
      if (known === undefined) throw new RangeError(`Cannot cut ${spec.model} into ${own.cut}`);
      // Nobody is let in while it is held: the tenants first.
      cut.set(own.cut === null ? null : known, false);
      seat(card, slots);
      if (own.isCutHeld) cut.set(own.cut === null ? null : known, true);
    } else seat(card, slots);
    return card;
  }

  #specOf({ group: number, model }: CardSheet) {
    const group = this.#groups[number];
    const of = group?.gpus.find((each) => each.model === model);
    if (group !== undefined && of !== undefined) return cardSpecOf(group, of);
    // A fleet out of a trace: what the catalogue says of the model.
    const plain = { model, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null };
    return cardSpecOf({ uplinkBytesPerSec: null }, plain);
  }
}

function seat(card: Card, slots: readonly Slot[]): void {
  // A copy each: cards know slots that they made themselves by their label, others by the object.
  for (const slot of slots) card.place({ ...slot });
}

function answerOf(card: Card, ask: GpuAsk): CardAnswer {
  const first = card.admit(ask);
  if (isRefusal(first)) return { says: first, parts: 0 };
  let parts = 0;
  const one = { ...ask, count: 1 };
  for (let slot = card.admit(one); !isRefusal(slot) && parts < MOST_PARTS; slot = card.admit(one)) {
    card.place(slot);
    parts += 1;
  }
  return { says: first, parts };
}

let last: { readonly key: string; readonly twins: CardTwins } | undefined;

/** What cards say to asks: by ask, by card; null where a card cannot be asked, as the replay does not say enough of it. */
export function cardAnswers(
  fleet: CardFleet,
  cards: readonly CardSheet[],
  asks: readonly GpuAsk[],
): readonly (readonly (CardAnswer | null)[])[] {
  // Questions come in rows about the same fleet.
  const key = JSON.stringify(fleet);
  if (last?.key !== key) last = { key, twins: new CardTwins(fleet) };
  const { twins } = last;
  return asks.map((ask) => cards.map((sheet) => twins.ask(sheet, ask) ?? null));
}
