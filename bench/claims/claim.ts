import type { Found } from './found.ts';
import type { Lab } from './lab.ts';

export type { Found, Unit } from './found.ts';

/** A case claim of a source document, and how the model is asked about it. */
export interface Claim {
  /** C01 to C16. */
  readonly id: string;
  /** What the source says, in its figures. */
  readonly words: string;
  /** Source documents, such as [0]. */
  readonly source: string;
  /** Names in the catalogue of the scenarios that it is asked with, the main one first. */
  readonly scenarios: readonly string[];
  /** Whether the answer takes a second or two, so that the test asks again. */
  readonly isQuick: boolean;
  /** Runs what it takes and judges each part of the claim. The same answer every time. */
  question(lab: Lab): Finding;
}

/**
 * `only if`: under an assumption that the source does not state; `not modelled`: the model has nothing to say about it.
 * A claim as a whole is as its worst part that is modelled.
 */
export type Verdict = 'consistent' | 'only if' | 'not reachable' | 'not modelled';

/** What is found about a claim: goes to `results/cNN.json` and from there to docs/claims.md. */
export interface Finding {
  readonly parts: readonly Part[];
  /** What the source leaves open and the scenario assumes, whole sentences. */
  readonly assumptions: readonly string[];
  /** What the claim speaks of and the model leaves out, and why; whole sentences. */
  readonly leftOut: readonly string[];
}

/** A part of a claim with a verdict of its own. */
export interface Part {
  /** In the words and figures of the source. */
  readonly claimed: string;
  /** The numbers that decide. */
  readonly found: readonly Found[];
  readonly verdict: Verdict;
  /** The condition under which it holds, where the verdict is `only if`: follows "only if". */
  readonly condition?: string;
  /** Why this is the verdict; whole sentences. */
  readonly reason: string;
  /** How the answer moves with what is assumed. */
  readonly varied?: readonly Varied[];
}

/** One assumption at several values, everything else as in the scenario. */
interface Varied {
  readonly assumption: string;
  /** In order of the values; the scenario's own is one of them, and `at` says which. */
  readonly rows: readonly { readonly at: string; readonly gives: Found }[];
}
