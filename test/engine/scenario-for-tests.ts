import { expect } from 'vitest';
import { normalizeScenario, type Scenario } from '../../sim/index.ts';

/** The scenario of a document that must be valid. */
export function scenarioOf(document: unknown): Scenario {
  const result = normalizeScenario(document);
  if (!result.ok) expect(result.problems).toEqual([]);
  return (result as Extract<typeof result, { ok: true }>).scenario;
}
