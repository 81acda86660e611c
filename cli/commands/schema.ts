import type { Command } from 'commander';
import { scenarioJsonSchema } from '../../sim/scenario/index.ts';
import type { CliIo } from '../io.ts';

/** `slicewise schema`: prints the JSON Schema of the scenario document. */
export function registerSchema(program: Command, io: CliIo): void {
  program
    .command('schema')
    .description(
      'print the JSON Schema of the scenario document (draft 2020-12), for editors and other tools',
    )
    .action(() => io.out(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`));
}
