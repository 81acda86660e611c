import type { ObjectiveDocument } from '../schema/objectives.ts';
import type { Objective } from '../types.ts';

/** Objectives with their names; nothing where there are none. */
export function resolveObjectives(written: readonly ObjectiveDocument[] | undefined): {
  readonly objectives?: readonly Objective[];
} {
  if (written === undefined || written.length === 0) return {};
  return {
    objectives: written.map((objective) => {
      if (typeof objective === 'string') return { name: objective, expect: objective, why: '' };
      const { name, expect, why } = objective;
      return { name: name ?? expect, expect, why: why ?? '' };
    }),
  };
}
