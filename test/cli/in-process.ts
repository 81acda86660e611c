import { Command, CommanderError } from 'commander';
import { registerCalibrate } from '../../cli/commands/calibrate.ts';
import { registerCheck } from '../../cli/commands/check.ts';
import { registerCompare } from '../../cli/commands/compare.ts';
import { registerExplain } from '../../cli/commands/explain.ts';
import { registerExport } from '../../cli/commands/export.ts';
import { registerImport } from '../../cli/commands/import.ts';
import { registerPlan } from '../../cli/commands/plan.ts';
import { registerRepartition } from '../../cli/commands/repartition.ts';
import { registerReport } from '../../cli/commands/report.ts';
import { registerRun } from '../../cli/commands/run.ts';
import { registerSchema } from '../../cli/commands/schema.ts';
import { registerSensitivity } from '../../cli/commands/sensitivity.ts';
import { registerSweep } from '../../cli/commands/sweep.ts';
import { UsageError } from '../../cli/errors.ts';
import { GateFailed } from '../../cli/gate-failed.ts';
import { formatProblems } from '../../cli/problems.ts';
import { ScenarioError } from '../../sim/index.ts';
import type { CliRun } from './slicewise.ts';

/**
 * Runs a command in this process, which takes milliseconds where a process of its own takes tenths of a second. Exit
 * codes are those of the real program, whose own start and end (`cli/main.ts`) is left out; anything but wrong input is
 * thrown on, so an internal fault fails the test with its stack.
 *
 * @param columns width of a terminal to draw progress on; absent: there is none
 */
export async function inProcess(args: readonly string[], columns?: number): Promise<CliRun> {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    isTty: columns !== undefined,
    columns: columns ?? 100,
  };
  const program = new Command('slicewise')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err });
  registerRun(program, io);
  registerCompare(program, io);
  registerSensitivity(program, io);
  registerPlan(program, io);
  registerExplain(program, io);
  registerReport(program, io);
  registerExport(program, io);
  registerCheck(program, io);
  registerImport(program, io);
  registerCalibrate(program, io);
  registerRepartition(program, io);
  registerSchema(program, io);
  registerSweep(program, io);
  try {
    await program.parseAsync(args, { from: 'user' });
    return { code: 0, out, err };
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, out, err };
    if (error instanceof GateFailed) return { code: 1, out, err };
    if (error instanceof UsageError) return { code: 2, out, err: err + formatProblems(error) };
    if (error instanceof ScenarioError) return { code: 2, out, err: `${err}${error.path}: ${error.message}` };
    throw error;
  }
}
