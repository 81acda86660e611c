import type { Observed, RunValues } from '../../sim/objectives/index.ts';

/** A run with these metrics, and parts of it by `kind:name`. */
export function runWith(
  seed: number,
  metrics: Readonly<Record<string, Observed>>,
  groups: Readonly<Record<string, Readonly<Record<string, Observed>>>> = {},
): RunValues {
  return {
    seed,
    read: ({ name, group }) => (group === undefined ? metrics : groups[`${group.by}:${group.name}`])?.[name],
  };
}

/** Runs with one metric each, seeds from 1. */
export const runsOf = (name: string, unit: string, values: readonly (number | null)[]): RunValues[] =>
  values.map((value, i) => runWith(i + 1, { [name]: { value, unit } }));
