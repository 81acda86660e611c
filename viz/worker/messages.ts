import type { CardState } from '../../sim/observe/replay/index.ts';
import type { GpuAsk, Refusal, Slot } from '../../sim/sharing/index.ts';
import type { CatalogueEntry } from './desk/catalogue.ts';
import type { Completion } from './desk/completion.ts';
import type { Look } from './desk/look.ts';
import type { Problem } from './desk/problem.ts';

/** A file that a scenario reads, by the name under which it was given. */
export interface GivenFile {
  readonly name: string;
  readonly blob: Blob;
}

/** What decides which cards a fleet has, besides what a replay says of each: of the scenario, normalized. */
export interface CardFleet {
  readonly hosts: readonly unknown[];
  readonly overheads: Readonly<Record<string, number | { readonly value: number }>>;
}

/** A card that a mode shares, in all that decides what it would take in. */
export interface CardSheet {
  /** Number of its host's group among the groups of the fleet; -1: of none. */
  readonly group: number;
  readonly model: string;
  readonly card: CardState;
  /** Of its tenants. */
  readonly slots: readonly Slot[];
}

/** What a card says to an ask. */
export interface CardAnswer {
  /** Where it would go, or which rule refuses it. */
  readonly says: Slot | Refusal;
  /** How many such parts one after another it has room for. */
  readonly parts: number;
}

/** What the page asks of a worker; each question is answered once, by its number. */
export type Question =
  /** The scenarios of the catalogue, without their texts. */
  | { readonly ask: 'catalogue' }
  | { readonly ask: 'catalogue-text'; readonly name: string }
  /** The text in which a run is edited: the catalogue's own where it says the same, else one made of the document. */
  | { readonly ask: 'text-of-run'; readonly document: unknown }
  /** Everything there is to say of a changed text beside the one that it was. */
  | { readonly ask: 'look'; readonly before: string; readonly text: string; readonly reference: string }
  /** What cards would take in. */
  | {
      readonly ask: 'cards';
      readonly fleet: CardFleet;
      readonly cards: readonly CardSheet[];
      readonly asks: readonly GpuAsk[];
    }
  | { readonly ask: 'complete'; readonly text: string; readonly offset: number }
  /** The text with a value put in place at a path: one line of YAML; an empty one, or null, takes it away. */
  | {
      readonly ask: 'edit';
      readonly text: string;
      readonly path: readonly (string | number)[];
      readonly value: string;
    }
  /** The text with one change taken back. */
  | {
      readonly ask: 'take-back';
      readonly before: string;
      readonly text: string;
      readonly path: readonly (string | number)[];
    };

export interface Answers {
  readonly catalogue: readonly CatalogueEntry[];
  readonly 'catalogue-text': string;
  readonly 'text-of-run': RunText;
  readonly look: Look;
  /** By ask, by card; null where the replay does not say enough of a card to ask it. */
  readonly cards: readonly (readonly (CardAnswer | null)[])[];
  readonly complete: { readonly from: number; readonly items: readonly Completion[] };
  readonly edit: string;
  readonly 'take-back': string;
}

export interface RunText {
  readonly text: string;
  /** How the command line finds it: a name of the catalogue, or the name of a file to be. */
  readonly reference: string;
}

/** How far a run is. */
export interface RunProgress {
  readonly jobs: number;
  /** Absent where it is not known how many there will be. */
  readonly total?: number;
  /** Simulated time so far, and up to which it goes where that is stated; 0 in a fill run. */
  readonly atUs: number;
  readonly horizonUs?: number;
  /** Since the run began. */
  readonly seconds: number;
}

/** What a run came to. */
export interface RunOutcome {
  readonly replay: Blob;
  readonly digest: string;
  /** What the user should know: roundings, skipped rows and the like. */
  readonly notes: readonly string[];
  /** Of simulating alone. */
  readonly seconds: number;
}

export type ToWorker =
  | { readonly kind: 'question'; readonly id: number; readonly question: Question }
  | { readonly kind: 'run'; readonly text: string; readonly files: readonly GivenFile[] };

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answers[Question['ask']] }
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  | { readonly kind: 'done'; readonly outcome: RunOutcome }
  /** Why there is no answer, or no run. */
  | {
      readonly kind: 'failed';
      readonly id?: number;
      readonly message: string;
      readonly problems: readonly Problem[];
    };
