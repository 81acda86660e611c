import { Command, CommanderError } from 'commander';
import { ScenarioError } from '../sim/index.ts';
import { UsageError } from './errors.ts';
import { fileErrorText } from './file-errors.ts';
import { GateFailed } from './gate-failed.ts';
import { type CliIo, processIo } from './io.ts';
import { formatProblems } from './problems.ts';
import { packageVersion } from './version.ts';

/** Exit codes of every command. */
const EXIT = { done: 0, gateFailed: 1, wrongInput: 2, internal: 3 } as const;

type Register = (program: Command, io: CliIo) => void;

/** Every command, in the order of the help. A start reads the one that is called, and not what the others need. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  run: async () => (await import('./commands/run.ts')).registerRun,
  compare: async () => (await import('./commands/compare.ts')).registerCompare,
  sensitivity: async () => (await import('./commands/sensitivity.ts')).registerSensitivity,
  plan: async () => (await import('./commands/plan.ts')).registerPlan,
  sweep: async () => (await import('./commands/sweep.ts')).registerSweep,
  merge: async () => (await import('./commands/merge.ts')).registerMerge,
  explain: async () => (await import('./commands/explain.ts')).registerExplain,
  report: async () => (await import('./commands/report.ts')).registerReport,
  view: async () => (await import('./commands/view.ts')).registerView,
  export: async () => (await import('./commands/export.ts')).registerExport,
  check: async () => (await import('./commands/check.ts')).registerCheck,
  schema: async () => (await import('./commands/schema.ts')).registerSchema,
  import: async () => (await import('./commands/import.ts')).registerImport,
  catalog: async () => (await import('./commands/catalog.ts')).registerCatalog,
  calibrate: async () => (await import('./commands/calibrate.ts')).registerCalibrate,
  repartition: async () => (await import('./commands/repartition.ts')).registerRepartition,
  worker: async () => (await import('./commands/worker.ts')).registerWorker,
};

/**
 * The command line.
 *
 * @param first first argument: where it is the name of a command, that one alone is there; else all are, for the help,
 *     but none for the version
 */
async function program(first: string | undefined): Promise<Command> {
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
  // Threads cannot start in a folder that was removed: told before the first run, not by each of them.
  root.hook('preAction', () => void process.cwd());
  const names = Object.keys(COMMANDS);
  const wanted = names.filter((name) => name === first);
  const isVersion = first === '-V' || first === '--version';
  for (const name of wanted.length > 0 || isVersion ? wanted : names)
    (await COMMANDS[name]!())(root, processIo);
  root.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 objectives or runs failed, 2 wrong input, 3 internal fault.\nFirst steps: slicewise run openb-like, then slicewise check openb-like.',
  );
  return root;
}

async function main(): Promise<number> {
  try {
    await (await program(process.argv[2])).parseAsync(process.argv);
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
    const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT' && syscall === 'uv_cwd') {
      const problem = { path: '.', message: 'was removed: change to another folder' };
      processIo.err(formatProblems(new UsageError('the current folder is gone', [problem])));
      return EXIT.wrongInput;
    }
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
