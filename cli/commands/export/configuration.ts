import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Exporter, ExportSettings } from '../../../scenarios/exporters/index.ts';
import { printable } from '../../../sim/report/format.ts';
import { type Problem, UsageError } from '../../errors.ts';
import type { CliIo } from '../../io.ts';
import { loadScenario } from '../../load-scenario.ts';
import { repeatable } from '../../options.ts';
import { writeWhole } from '../../output-file.ts';
import { shellWord } from '../../shell-word.ts';

interface ConfigurationOptions {
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly group?: string;
  readonly migStrategy?: ExportSettings['migStrategy'];
  readonly json?: boolean;
  readonly out?: string;
}

/** `slicewise export mig-parted SCENARIO` and the like: the file that a scenario's fleet needs. */
export function registerExportConfiguration(parent: Command, exporter: Exporter, io: CliIo): void {
  const command = parent
    .command(exporter.name)
    .description(exporter.description)
    .argument('<scenario>', 'path of a YAML or JSON file, or the name of a scenario of the catalogue')
    .option('--set <path=value>', 'set a value of the scenario; may be given several times', repeatable)
    .option(
      '--overlay <file.yaml>',
      'lay a part of a scenario over it; may be given several times',
      repeatable,
    )
    .option('--group <name>', 'only this host group (default: all)')
    .option('--json', 'the same as JSON')
    .option('--out <file>', 'where it goes (default: stdout)')
    .addHelpText(
      'after',
      `\nWhat the file cannot say is told on stderr${exporter.name === 'purchase-list' ? '' : ', and in remarks of the file'}.` +
        `\nExample: slicewise export ${exporter.name} scenario.yaml --out ${exporter.name}.out`,
    )
    .action((scenario: string, options: ConfigurationOptions) =>
      exportConfiguration(exporter, scenario, options, io),
    );
  if (exporter.settings.includes('migStrategy')) {
    command.addOption(
      new Option('--mig-strategy <strategy>', 'names of MIG instances: one a profile, or all nvidia.com/gpu')
        .choices(['mixed', 'single'])
        .default('mixed'),
    );
  }
}

function exportConfiguration(
  exporter: Exporter,
  reference: string,
  { set, overlay, group, migStrategy, json, out }: ConfigurationOptions,
  io: CliIo,
): void {
  const { scenario, filePath } = loadScenario(reference, set, overlay);
  const problems: Problem[] = [];
  if (out === '') problems.push({ path: '--out', value: out, message: 'must be a path, got ""' });
  else if (
    out !== undefined &&
    [filePath, ...(overlay ?? [])].some((path) => resolve(path) === resolve(out))
  ) {
    problems.push({ path: '--out', value: out, message: `must not overwrite the input, got ${out}` });
  }
  const written = exporter.write(scenario, { group: group ?? null, migStrategy: migStrategy ?? 'mixed' });
  if (!written.ok) problems.push(...written.problems);
  if (!written.ok || problems.length > 0) {
    throw new UsageError(`cannot write ${exporter.name} of scenario ${reference}`, problems);
  }
  for (const note of written.notes) io.err(`note: ${printable(note)}\n`);
  const text = json === true ? `${JSON.stringify(written.data, null, 2)}\n` : written.text;
  if (out === undefined) {
    io.out(text);
    return;
  }
  writeWhole(out, text);
  io.err(`Written: ${shellWord(out)}\n`);
}
