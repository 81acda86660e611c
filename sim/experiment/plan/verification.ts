import { normalizeScenario } from '../../scenario/normalize.ts';
import { parametersInUse, uncertaintyDesign } from '../uncertainty/index.ts';
import type { PlanScenario } from './space.ts';

/** Seeds of verification begin so far behind those of the search that they are never the same. */
const FRESH = 1_000_003;
const LARGEST_SEED = Number.MAX_SAFE_INTEGER;

/** One run that verifies a plan. */
export interface VerificationRun {
  readonly plan: PlanScenario;
  readonly seed: number;
}

/**
 * Runs with seeds that the search has not seen, each with overheads of its own where these are uncertain: Latin hypercube
 * samples of all parameters that the scenario uses and does not state.
 *
 * @param part 0 for the first so many runs, 1 for as many more
 */
export function verificationRuns(
  plan: PlanScenario,
  { seed, isUncertain }: { readonly seed: number; readonly isUncertain: boolean },
  count: number,
  part: number,
): readonly VerificationRun[] {
  const { varied } = parametersInUse(plan.scenario);
  const seeds = verificationSeeds(seed, count, part);
  if (!isUncertain || varied.length === 0) return seeds.map((each) => ({ plan, seed: each }));
  const { samples } = uncertaintyDesign(varied, count, firstFresh(seed) + part);
  return seeds.map((each, i) => ({
    plan: withOverheads(plan, samples[i] as Readonly<Record<string, number>>),
    seed: each,
  }));
}

/** Seeds that the search has not seen. */
export function verificationSeeds(seed: number, count: number, part: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => firstFresh(seed) + part * count + i);
}

function firstFresh(seed: number): number {
  return seed <= LARGEST_SEED - 2 * FRESH ? seed + FRESH : seed - 2 * FRESH;
}

function withOverheads(plan: PlanScenario, overheads: Readonly<Record<string, number>>): PlanScenario {
  const normalized = normalizeScenario({
    ...plan.document,
    overheads: { ...plan.document.overheads, ...overheads },
  });
  if (!normalized.ok)
    throw new RangeError(`Cannot draw overheads of a plan: ${normalized.problems[0]?.message}`);
  return normalized;
}
