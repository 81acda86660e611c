/** What is looked at. */
export const VIEWS = ['start', 'fleet', 'jobs', 'waterfall', 'compare', 'what-if', 'sweep'] as const;
export type View = (typeof VIEWS)[number];

/** By what the fleet map is coloured. */
export const COLOURINGS = ['tenant', 'class', 'utilization', 'wait', 'state'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** The one thing that all views show. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'host'; readonly host: number }
  | { readonly kind: 'gpu'; readonly gpu: number }
  | { readonly kind: 'job'; readonly number: number; readonly name: string };

/** Which jobs are listed. Empty: all. */
export interface JobFilter {
  readonly text: string;
  readonly tenant: string;
  readonly label: string;
  readonly phase: string;
}

/** A scenario that is being changed. */
export interface WhatIf {
  /** How the command line finds the scenario as it was: a name of the catalogue, or of a file. */
  readonly reference: string;
  /** As it was, and as it is now: YAML. */
  readonly before: string;
  readonly text: string;
  /** The open replay that it is the scenario of; null where it is of none. */
  readonly runId: number | null;
}

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Everything that the views share and a link can carry. Heavy things (replays) are not in it. */
export interface AppState {
  readonly view: View;
  readonly atUs: number;
  readonly isPlaying: boolean;
  /** Seconds of the run in a second. */
  readonly speed: number;
  readonly selection: Selection;
  readonly colouring: Colouring;
  /** A span of time that was brushed. */
  readonly brush: readonly [fromUs: number, toUs: number] | null;
  readonly filter: JobFilter;
  readonly theme: Theme;
  /** What of a sweep is looked at, by the names that the link has behind `sweep.`: the view of sweeps reads it. */
  readonly sweep: Readonly<Record<string, string>>;
  /** Null: no scenario is being changed. */
  readonly whatIf: WhatIf | null;
}

export const FIRST_STATE: AppState = {
  view: 'start',
  atUs: 0,
  isPlaying: false,
  speed: 3600,
  selection: { kind: 'none' },
  colouring: 'tenant',
  brush: null,
  filter: { text: '', tenant: '', label: '', phase: '' },
  theme: 'auto',
  sweep: {},
  whatIf: null,
};
