import type { SweepDesign } from './design.ts';

export const SWEEP_SCHEMA = 'slicewise/sweep@1';

/** What a directory of a sweep is about: `manifest.json`. It never changes. */
export interface SweepManifest {
  readonly schema: typeof SWEEP_SCHEMA;
  /** Hash of the scenario, the design, the seeds and the traces: the same for all shards of a sweep. */
  readonly sweepId: string;
  readonly version: string;
  readonly name: string;
  /** The scenario that is swept, in canonical form, without its variants. */
  readonly scenario: object;
  readonly scenarioHash: string;
  /** Files and settings laid over it, in order. */
  readonly overlays: readonly string[];
  readonly design: SweepDesign;
  /** The same at every point. */
  readonly seeds: readonly number[];
  /** Points that are run: those of the design without `same`. */
  readonly points: number;
  /** Points of the design that say the same as an earlier one, as pairs: they are not run again. */
  readonly same: readonly (readonly [point: number, as: number])[];
  readonly runs: number;
  /** Trace files that the points read. */
  readonly traces: readonly { readonly path: string; readonly sha256: string }[];
}

/** Places in the design of the points that are run, in order. */
export function keptPoints({ points, same }: Pick<SweepManifest, 'points' | 'same'>): readonly number[] {
  const left = new Set(same.map(([point]) => point));
  const kept: number[] = [];
  for (let at = 0; kept.length < points; at++) if (!left.has(at)) kept.push(at);
  return kept;
}

/** JSON with the keys of every mapping in order, so that equal documents are equal texts; ids are hashes of it. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
