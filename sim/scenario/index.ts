/** The scenario document: read it, change it, check it, take it in numbers, write it. */
export type { CanonicalDocument } from './canonical/scenario.ts';
export { hostName } from './host-name.ts';
export { scenarioJsonSchema } from './json-schema.ts';
export { type NormalizeResult, normalizeScenario } from './normalize.ts';
export { applyOverlay, type OverlayResult } from './overlay.ts';
export type { Path } from './path.ts';
export type { Note, Problem } from './problem.ts';
export type { ScenarioDocument } from './schema/scenario.ts';
export { parseScenarioText } from './text.ts';
export type { Scenario } from './types.ts';
export { formatScenarioYaml } from './yaml.ts';
