import type { Command } from 'commander';
import { formatScenarioYaml } from '../../sim/scenario/index.ts';
import type { CliIo } from '../io.ts';
import { loadScenario } from '../load-scenario.ts';
import { repeatable } from '../options.ts';

interface CheckOptions {
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly json?: boolean;
}

/** `slicewise check`: validates a scenario and prints its canonical form. */
export function registerCheck(program: Command, io: CliIo): void {
  program
    .command('check')
    .description('validate a scenario and print it with every default written out')
    .argument('<scenario>', 'file (YAML or JSON), or the name of a scenario of the catalogue')
    .option('--set <path=value>', 'change one value first (repeatable)', repeatable)
    .option(
      '--overlay <file.yaml>',
      'merge this file into the scenario before the settings, such as what calibrate writes (repeatable)',
      repeatable,
    )
    .option('--json', 'print JSON instead of YAML')
    .addHelpText(
      'after',
      '\nExamples:\n  slicewise check openb-like --set policy.placement=best-fit\n  slicewise check cluster.yaml --set fleet.hosts.g2.count=100 --json',
    )
    .action((reference: string, options: CheckOptions) => {
      const { document, notes } = loadScenario(reference, options.set, options.overlay);
      for (const note of notes) io.err(`note: ${note.path}: ${note.message}\n`);
      io.out(options.json ? `${JSON.stringify(document, null, 2)}\n` : formatScenarioYaml(document));
    });
}
