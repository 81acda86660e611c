import type { IntegerSolver, Scenario } from '../sim/index.ts';
import { type HighsModule, highsSolver, needsSolver } from '../sim/index.ts';

let loaded: Promise<IntegerSolver> | undefined;

/** The solver of linear programs, loaded once in a thread. */
export function loadSolver(): Promise<IntegerSolver> {
  loaded ??= import('highs').then(async (module) => {
    // The package is an ES module here, and its types are those of its CommonJS form.
    const load = module.default as unknown as () => Promise<HighsModule>;
    return highsSolver(await load());
  });
  return loaded;
}

/** The solver where a scenario needs one. */
export async function solverFor(
  scenario: Pick<Scenario, 'policy' | 'experiment'>,
): Promise<IntegerSolver | undefined> {
  return needsSolver(scenario) ? loadSolver() : undefined;
}
