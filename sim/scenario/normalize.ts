import { type CanonicalDocument, canonicalScenario } from './canonical/scenario.ts';
import { findProblems } from './checks/index.ts';
import { findPlanProblems } from './checks/plan.ts';
import { findVariantProblems } from './checks/what-if.ts';
import { findNotes } from './notes/index.ts';
import { type Path, valueAt } from './path.ts';
import { type Note, type Problem, problemFrom } from './problem.ts';
import { resolveScenario } from './resolve/scenario.ts';
import type { ScenarioDocument } from './schema/scenario.ts';
import type { Scenario } from './types.ts';

export type NormalizeResult =
  | {
      readonly ok: true;
      /** The document in canonical form: every default explicit. Normalizing it gives it again. */
      readonly document: CanonicalDocument;
      /** The same in numbers, defaults that depend on other values resolved. */
      readonly scenario: Scenario;
      /** Roundings and settings without effect. */
      readonly notes: readonly Note[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface NormalizeOptions {
  /** Place of a path in the source text, `file:line:column`, for problems to name. */
  readonly at?: (path: Path) => string | undefined;
}

/**
 * Validates a scenario document and gives its canonical form and its numbers, or every problem at once. Never
 * throws and leaves `document` as it is.
 *
 * @param document anything, as read from YAML or JSON
 */
export function normalizeScenario(document: unknown, { at }: NormalizeOptions = {}): NormalizeResult {
  const ofScenario = findProblems(document);
  const findings =
    ofScenario.length > 0 ? ofScenario : [...findVariantProblems(document), ...findPlanProblems(document)];
  if (findings.length > 0) {
    return {
      ok: false,
      problems: findings.map((finding) => problemFrom(finding, valueAt(document, finding.path), at)),
    };
  }
  const written = document as ScenarioDocument;
  const canonical = canonicalScenario(written);
  const scenario = resolveScenario(canonical);
  return { ok: true, document: canonical, scenario, notes: findNotes(written, scenario) };
}
