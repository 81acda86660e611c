import {
  type HighsModule,
  highsSolver,
  type IntegerSolver,
  needsSolver,
  type Scenario,
} from '../../../sim/index.ts';
import { Refused } from '../desk/problem.ts';

/**
 * The solver of linear programs, where a scenario needs one: some megabytes that are loaded then alone.
 *
 * @throws {Refused} where the browser does not let it run
 */
export async function browserSolver(scenario: Scenario): Promise<IntegerSolver | undefined> {
  if (!needsSolver(scenario)) return undefined;
  try {
    const [{ default: load }, { default: url }] = await Promise.all([
      import('highs'),
      import('highs/runtime?url'),
    ]);
    const start = load as unknown as (options: { locateFile(): string }) => Promise<HighsModule>;
    return highsSolver(await start({ locateFile: () => new URL(url, import.meta.url).href }));
  } catch (error) {
    throw new Refused(
      `This policy rests on a linear program, whose solver could not be started here (${
        error instanceof Error ? error.message : String(error)
      }). Run it with the command line, or choose another policy.placement or policy.scheduling.timeShare.`,
    );
  }
}
