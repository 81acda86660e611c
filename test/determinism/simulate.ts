import { replicate, type Summary, summarize } from '../../sim/index.ts';
import { applyOverlay, normalizeScenario, parseScenarioText } from '../../sim/scenario/index.ts';

/**
 * Runs a scenario without traces through the public API alone, on whatever engine this runs.
 *
 * @throws {Error} with the problems of a scenario or a setting that does not validate
 */
export function simulate(text: string, settings: readonly string[]): Summary {
  const parsed = parseScenarioText(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const overlaid = applyOverlay(parsed.document, settings);
  if (!overlaid.ok) throw new Error(JSON.stringify(overlaid.problems));
  const normalized = normalizeScenario(overlaid.document);
  if (!normalized.ok) throw new Error(JSON.stringify(normalized.problems));
  const { scenario } = normalized;
  const seeds = Array.from({ length: scenario.replications }, (_, i) => scenario.seed + i);
  return summarize(seeds.map((seed) => replicate(scenario, {}, seed)));
}
