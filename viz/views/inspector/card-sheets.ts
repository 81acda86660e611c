import { compareText } from '../../../sim/cluster/request.ts';
import type { ReplayHeader, ReplayState } from '../../../sim/observe/replay/index.ts';
import { hostName } from '../../../sim/scenario/host-name.ts';
import { isRefusal, type RefusalRule } from '../../../sim/sharing/slot.ts';
import type { CardAnswer, CardFleet, CardSheet } from '../../worker/messages.ts';
import { modelOf } from '../jobs/places.ts';

/** What of a replay's scenario says which cards its fleet has. */
export interface CardGround {
  readonly fleet: CardFleet;
  /** By name of a host: number of its group. */
  readonly groupOf: ReadonlyMap<string, number>;
}

/** What is read of the scenario document, normalized. */
interface Written {
  readonly fleet?: { readonly hosts?: CardFleet['hosts'] };
  readonly overheads?: CardFleet['overheads'];
}

export function cardGround({ scenario }: Pick<ReplayHeader, 'scenario'>): CardGround {
  const { fleet, overheads } = (scenario ?? {}) as Written;
  const hosts = fleet?.hosts ?? [];
  const groupOf = new Map<string, number>();
  for (const [number, { name, count }] of (hosts as readonly { name: string; count: number }[]).entries())
    for (let i = 0; i < count; i++) groupOf.set(hostName(name, i, count), number);
  return { fleet: { hosts, overheads: overheads ?? {} }, groupOf };
}

/** Cards at a moment; those that are alike have one sheet. */
export interface CardSheets {
  readonly sheets: readonly CardSheet[];
  /** By GPU that was asked for and that a mode shares: number of its sheet. */
  readonly sheetOf: ReadonlyMap<number, number>;
}

/** What decides what GPUs would take in now; those that no mode shares are left out. */
export function cardSheets(
  state: ReplayState,
  { groupOf }: Pick<CardGround, 'groupOf'>,
  gpus: readonly number[],
): CardSheets {
  const known = new Map<string, number>();
  const sheets: CardSheet[] = [];
  const sheetOf = new Map<number, number>();
  for (const gpu of gpus) {
    const card = state.cards[gpu];
    if (card === undefined) continue;
    const group = groupOf.get(state.hosts[state.hostOfGpu[gpu] ?? 0]?.name ?? '') ?? -1;
    const model = modelOf(state, gpu);
    const slots = (state.occupants[gpu] ?? []).flatMap(({ slot }) => (slot === undefined ? [] : [slot]));
    // Who came first does not matter.
    const parts = slots.map((slot) => JSON.stringify(slot)).sort(compareText);
    const key = JSON.stringify([group, model, card, parts]);
    let number = known.get(key);
    if (number === undefined) {
      number = sheets.push({ group, model, card, slots }) - 1;
      known.set(key, number);
    }
    sheetOf.set(gpu, number);
  }
  return { sheets, sheetOf };
}

/** What cards say to an ask, counted. */
export interface CardTally {
  /** Cards that would take it now, and the parts that it could have on all of them together. */
  readonly taking: number;
  readonly parts: number;
  /** Cards that would not, by the rule they refuse by: most first. */
  readonly refusing: readonly (readonly [rule: RefusalRule, cards: number])[];
  /** Cards that could not be asked: the replay does not say all that is needed. */
  readonly unknown: number;
}

/** @param answers to one ask, by sheet */
export function tallyAnswers(
  gpus: readonly number[],
  { sheetOf }: Pick<CardSheets, 'sheetOf'>,
  answers: readonly (CardAnswer | null)[],
): CardTally {
  const rules = new Map<RefusalRule, number>();
  let [taking, parts, unknown] = [0, 0, 0];
  for (const gpu of gpus) {
    const sheet = sheetOf.get(gpu);
    if (sheet === undefined) continue;
    const answer = answers[sheet];
    if (answer === undefined || answer === null) unknown += 1;
    else if (isRefusal(answer.says))
      rules.set(answer.says.refused, (rules.get(answer.says.refused) ?? 0) + 1);
    else {
      taking += 1;
      parts += answer.parts;
    }
  }
  return { taking, parts, refusing: [...rules].sort((a, b) => b[1] - a[1]), unknown };
}
