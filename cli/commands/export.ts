import type { Command } from 'commander';
import { EXPORTERS } from '../../scenarios/exporters/index.ts';
import { UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { registerExportConfiguration } from './export/configuration.ts';
import { REPLAY_FORMATS, registerExportReplay } from './export/replay.ts';

/** `slicewise export FORMAT`: what other programs take, of a replay or of a scenario's fleet. */
export function registerExport(program: Command, io: CliIo): void {
  const command = program
    .command('export')
    .description(
      'write what other programs take: of a replay its events or metrics, of a fleet its configuration',
    )
    .argument('[format]')
    .argument('[rest...]')
    .allowUnknownOption()
    .usage('FORMAT ...')
    .action((format: string | undefined) => {
      const names = [...REPLAY_FORMATS, ...EXPORTERS.map(({ name }) => name)].join(', ');
      const got = format === undefined ? 'is missing' : `got "${format}"`;
      const message = `must be one of ${names}, ${got}`;
      throw new UsageError('wrong options', [{ path: 'format', value: format, message }]);
    });
  registerExportReplay(command, io);
  for (const exporter of EXPORTERS) registerExportConfiguration(command, exporter, io);
}
