import type { ObjectiveDocument } from '../schema/objectives.ts';

/** Conditions as written, without spaces around them; those with a name or a reason as mappings. */
export function canonicalObjectives(written: readonly ObjectiveDocument[]) {
  return written.map((objective) => {
    if (typeof objective === 'string') return objective.trim();
    const { name, expect, why } = objective;
    if (name === undefined && why === undefined) return expect.trim();
    return {
      ...(name === undefined ? {} : { name }),
      expect: expect.trim(),
      ...(why === undefined ? {} : { why }),
    };
  });
}
