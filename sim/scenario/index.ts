export type { CanonicalDocument } from './canonical/scenario.ts';
export { hostName } from './host-name.ts';
export { scenarioJsonSchema } from './json-schema.ts';
export type { FillOrderName, TieBreakName, TraceFormatName } from './names.ts';
export { type NormalizeOptions, type NormalizeResult, normalizeScenario } from './normalize.ts';
export { applyOverlay, type OverlayResult } from './overlay.ts';
export { formatPath, type Path } from './path.ts';
export type { Note, Problem } from './problem.ts';
export { API_VERSION, type ScenarioDocument } from './schema/scenario.ts';
export { parseScenarioText, type TextResult } from './text.ts';
export type {
  Arrivals,
  Experiment,
  Fleet,
  HostGroup,
  Policy,
  Scenario,
  SyntheticWorkload,
  TaskClass,
  Workload,
} from './types.ts';
export { formatScenarioYaml } from './yaml.ts';
