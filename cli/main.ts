import { Command, CommanderError } from 'commander';
import { ScenarioError } from '../sim/index.ts';
import { registerCalibrate } from './commands/calibrate.ts';
import { registerCatalog } from './commands/catalog.ts';
import { registerCheck } from './commands/check.ts';
import { registerCompare } from './commands/compare.ts';
import { registerExplain } from './commands/explain.ts';
import { registerExport } from './commands/export.ts';
import { registerImport } from './commands/import.ts';
import { registerMerge } from './commands/merge.ts';
import { registerPlan } from './commands/plan.ts';
import { registerRepartition } from './commands/repartition.ts';
import { registerReport } from './commands/report.ts';
import { registerRun } from './commands/run.ts';
import { registerSchema } from './commands/schema.ts';
import { registerSensitivity } from './commands/sensitivity.ts';
import { registerSweep } from './commands/sweep.ts';
import { registerView } from './commands/view.ts';
import { registerWorker } from './commands/worker.ts';
import { UsageError } from './errors.ts';
import { fileErrorText } from './file-errors.ts';
import { GateFailed } from './gate-failed.ts';
import { processIo } from './io.ts';
import { formatProblems } from './problems.ts';
import { packageVersion } from './version.ts';

/** Exit codes of every command. */
const EXIT = { done: 0, gateFailed: 1, wrongInput: 2, internal: 3 } as const;

function program(): Command {
  const root = new Command('slicewise')
    .description(
      'Simulates and plans shared GPU fleets: what happens if this workload runs on that fleet under this policy?',
    )
    .version(packageVersion, '-V, --version')
    .showHelpAfterError('(run with --help for usage)')
    .exitOverride()
    .configureOutput({
      writeErr: (text) => processIo.err(text),
      writeOut: (text) => processIo.out(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'slicewise: ')),
    });
  registerRun(root, processIo);
  registerCompare(root, processIo);
  registerSensitivity(root, processIo);
  registerPlan(root, processIo);
  registerSweep(root, processIo);
  registerMerge(root, processIo);
  registerExplain(root, processIo);
  registerReport(root, processIo);
  registerView(root, processIo);
  registerExport(root, processIo);
  registerCheck(root, processIo);
  registerSchema(root, processIo);
  registerImport(root, processIo);
  registerCatalog(root, processIo);
  registerCalibrate(root, processIo);
  registerRepartition(root, processIo);
  registerWorker(root, processIo);
  root.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 an objective failed, 2 the input is wrong, 3 internal fault.\nFirst steps: slicewise run openb-like, then slicewise check openb-like.',
  );
  return root;
}

async function main(): Promise<number> {
  try {
    await program().parseAsync(process.argv);
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
    if (error instanceof GateFailed) return EXIT.gateFailed;
    if (error instanceof ScenarioError) {
      const problem = { path: error.path, message: error.message };
      processIo.err(formatProblems(new UsageError('cannot run the scenario', [problem])));
      return EXIT.wrongInput;
    }
    if (error instanceof UsageError) {
      processIo.err(formatProblems(error));
      return EXIT.wrongInput;
    }
    processIo.err(
      `slicewise: internal fault, please report it\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT.internal;
  }
}

// A reader that closes the pipe early (head, less) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  processIo.err(`slicewise: cannot write to standard output: ${fileErrorText(error)}\n`);
  process.exit(EXIT.wrongInput);
});
// Nobody reads the notes: the exit code still counts.
process.stderr.on('error', () => {});
process.exitCode = await main();
