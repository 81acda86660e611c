import { compareText } from '../../../sim/cluster/request.ts';
import type { CardState, Occupant, ReplayHeader, ReplayState } from '../../../sim/observe/replay/index.ts';
import { hostName } from '../../../sim/scenario/host-name.ts';
import { cardSpecOf } from '../../../sim/scenario/resolve/card-spec.ts';
import { resolveHostGroup } from '../../../sim/scenario/resolve/fleet.ts';
import type { HostGroup } from '../../../sim/scenario/types.ts';
import {
  type Card,
  type GpuAsk,
  isRefusal,
  openCard,
  ParameterValues,
  type Refusal,
  type RefusalRule,
  SHARING_PARAMETERS,
  type SharingConfig,
  type Slot,
  sharingMode,
} from '../../../sim/sharing/index.ts';
import { modelOf } from '../jobs/places.ts';

/** What cards say to an ask. */
export interface CardAnswers {
  /** Cards that would take it now, and the parts that it could have on all of them together. */
  readonly taking: number;
  readonly parts: number;
  /** Cards that would not, by the rule they refuse by: most first. */
  readonly refusing: readonly (readonly [rule: RefusalRule, cards: number])[];
  /** Cards that could not be asked: the replay does not say all that is needed. */
  readonly unknown: number;
}

/** Parts of one card that are counted at most. */
const MOST_PARTS = 1000;

/**
 * Cards as the engine has them at a moment of a replay, made anew from what the replay says of them, so that they can be
 * asked what fits and why not.
 */
export class CardTwins {
  readonly #groups = new Map<string, HostGroup>();
  readonly #values: ParameterValues;

  /** @param header of the replay */
  constructor({ scenario }: Pick<ReplayHeader, 'scenario'>) {
    const { fleet, overheads } = (scenario ?? {}) as Written;
    for (const written of fleet?.hosts ?? []) {
      const group = resolveHostGroup(written);
      for (let i = 0; i < group.count; i++) this.#groups.set(hostName(group.name, i, group.count), group);
    }
    const stated = Object.entries(overheads ?? {}).map(([id, figure]) => [
      id,
      typeof figure === 'number' ? figure : figure.value,
    ]);
    this.#values = new ParameterValues(SHARING_PARAMETERS, Object.fromEntries(stated));
  }

  /** The card of a GPU with its tenants; undefined where no mode shares it, or the replay does not say enough of it. */
  card(state: ReplayState, gpu: number): Card | undefined {
    const own = state.cards[gpu];
    if (own === undefined) return undefined;
    try {
      return this.#make(state, gpu, own);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
      return undefined;
    }
  }

  /** Where an ask would go on a GPU now, or which rule refuses it. */
  admit(state: ReplayState, gpu: number, ask: GpuAsk): Slot | Refusal | undefined {
    return this.card(state, gpu)?.admit(ask);
  }

  /** Asks many cards; cards that are alike are asked once. */
  ask(state: ReplayState, gpus: readonly number[], ask: GpuAsk): CardAnswers {
    const known = new Map<
      string,
      { readonly refused: RefusalRule | undefined; readonly parts: number } | null
    >();
    const rules = new Map<RefusalRule, number>();
    let [taking, parts, unknown] = [0, 0, 0];
    for (const gpu of gpus) {
      const own = state.cards[gpu];
      if (own === undefined) continue;
      const key = this.#keyOf(state, gpu, own);
      let answer = known.get(key);
      if (answer === undefined) {
        const card = this.card(state, gpu);
        answer = card === undefined ? null : answerOf(card, ask);
        known.set(key, answer);
      }
      if (answer === null) unknown += 1;
      else if (answer.refused === undefined) {
        taking += 1;
        parts += answer.parts;
      } else rules.set(answer.refused, (rules.get(answer.refused) ?? 0) + 1);
    }
    return { taking, parts, refusing: [...rules].sort((a, b) => b[1] - a[1]), unknown };
  }

  #make(state: ReplayState, gpu: number, own: CardState): Card {
    const config = JSON.parse(own.sharing) as SharingConfig;
    const spec = this.#specOf(state, gpu);
    const card = openCard({ mode: sharingMode(config.mode), config, spec, values: this.#values });
    const { layout, cut } = card;
    if (layout !== undefined && own.standing !== null) layout.set(own.standing, own.held);
    const tenants = state.occupants[gpu] ?? [];
    if (cut !== undefined && (own.cut !== (cut.present?.text ?? null) || own.isCutHeld)) {
      const kinds = cut.kinds.map((_, kind) => kind);
      const known =
        own.cut === null || own.cut === cut.present?.text
          ? cut.present
          : cut.cuts([], kinds).find(({ text }) => text === own.cut);
      if (known === undefined) throw new RangeError(`Cannot cut ${spec.model} into ${own.cut}`);
      // Nobody is let in while it is held: the tenants first.
      cut.set(own.cut === null ? null : known, false);
      seat(card, tenants);
      if (own.isCutHeld) cut.set(own.cut === null ? null : known, true);
    } else seat(card, tenants);
    return card;
  }

  #specOf(state: ReplayState, gpu: number) {
    const model = modelOf(state, gpu);
    const host = state.hosts[state.hostOfGpu[gpu] ?? 0]?.name ?? '';
    const group = this.#groups.get(host);
    const of = group?.gpus.find((each) => each.model === model);
    if (group !== undefined && of !== undefined) return cardSpecOf(group, of);
    // A fleet out of a trace: what the catalogue says of the model.
    const plain = { model, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null };
    return cardSpecOf({ uplinkBytesPerSec: null }, plain);
  }

  #keyOf(state: ReplayState, gpu: number, { sharing, standing, held, cut, isCutHeld }: CardState): string {
    const host = state.hosts[state.hostOfGpu[gpu] ?? 0]?.name ?? '';
    const slots = (state.occupants[gpu] ?? []).map(({ slot }) => JSON.stringify(slot)).sort(compareText);
    const group = this.#groups.get(host)?.name ?? '';
    return JSON.stringify([group, modelOf(state, gpu), sharing, standing, held, cut, isCutHeld, slots]);
  }
}

/** What is read of the scenario document, normalized. */
interface Written {
  readonly fleet?: { readonly hosts?: readonly Parameters<typeof resolveHostGroup>[0][] };
  readonly overheads?: Readonly<Record<string, number | { readonly value: number }>>;
}

function seat(card: Card, tenants: readonly Occupant[]): void {
  // A copy each: cards know slots that they made themselves by their label, others by the object.
  for (const { slot } of tenants) if (slot !== undefined) card.place({ ...slot });
}

function answerOf(card: Card, ask: GpuAsk) {
  const first = card.admit(ask);
  if (isRefusal(first)) return { refused: first.refused, parts: 0 };
  let parts = 0;
  const one = { ...ask, count: 1 };
  for (let slot = card.admit(one); !isRefusal(slot) && parts < MOST_PARTS; slot = card.admit(one)) {
    card.place(slot);
    parts += 1;
  }
  return { refused: undefined, parts };
}
