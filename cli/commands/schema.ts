import { type Command, Option } from 'commander';
import { scenarioJsonSchema } from '../../sim/scenario/index.ts';
import type { CliIo } from '../io.ts';
import { cardsJsonSchema } from './repartition/json-schema.ts';

/** By kind of file: its JSON Schema. */
const SCHEMAS = { scenario: scenarioJsonSchema, repartition: cardsJsonSchema };

/** `slicewise schema`: prints the JSON Schema of the scenario document, or of another file that a command reads. */
export function registerSchema(program: Command, io: CliIo): void {
  program
    .command('schema')
    .description(
      'print the JSON Schema of the scenario document (draft 2020-12), for editors and other tools',
    )
    .addOption(
      new Option('--of <file>', 'of which file: a scenario, or the cards that repartition reads')
        .choices(Object.keys(SCHEMAS))
        .default('scenario'),
    )
    .action(({ of }: { readonly of: keyof typeof SCHEMAS }) =>
      io.out(`${JSON.stringify(SCHEMAS[of](), null, 2)}\n`),
    );
}
