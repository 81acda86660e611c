import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { importProblems } from '../../scenarios/importers/import-report.ts';
import { type Calibration, calibrate, ImpossibleSetup } from '../../sim/experiment/calibrate/index.ts';
import { printable } from '../../sim/report/format.ts';
import { nameHint } from '../../sim/scenario/nearest-name.ts';
import {
  isAssumed,
  SHARING_MODE_NAMES,
  SHARING_PARAMETERS,
  type SharingModeName,
  sharingMode,
} from '../../sim/sharing/index.ts';
import { type Problem, UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import type { CliIo } from '../io.ts';
import { OutputFile } from '../output-file.ts';
import { shellWord } from '../shell-word.ts';
import { renderFields } from '../table.ts';
import {
  type MeasuredRow,
  OPTIONAL_COLUMNS,
  REQUIRED_COLUMNS,
  readMeasurements,
} from './calibrate/measurements.ts';
import { overlayYaml } from './calibrate/overlay.ts';
import { calibrationText } from './calibrate/text.ts';

interface CalibrateOptions {
  readonly mode?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `slicewise calibrate DATA.csv`: fits parameters of sharing modes to a user's own measurements. */
export function registerCalibrate(program: Command, io: CliIo): void {
  program
    .command('calibrate')
    .description('fit the overheads of sharing modes to your own measurements, and write them as an overlay')
    .argument('<data.csv>', 'measurements: a header with the columns below, in any order, then a row each')
    .option('--mode <name>', 'fit this mode only (default: every mode that was measured)')
    .option('--out <overlay.yaml>', 'write the fitted values for --overlay of run and check')
    .option('--json', 'print all fields, for machines')
    .addHelpText(
      'after',
      () =>
        `\nColumns:\n${renderFields(REQUIRED_COLUMNS, io.columns)}\nOptional columns:\n${renderFields(OPTIONAL_COLUMNS, io.columns)}` +
        '\nRows of one program and GPU share its speed alone: measure one tenant, or the whole card (mode bare-metal), too.' +
        '\nExample: slicewise calibrate measured.csv --mode time-slicing --out calibrated.yaml',
    )
    .action((path: string, options: CalibrateOptions) => runCalibrate(path, options, io));
}

async function runCalibrate(path: string, options: CalibrateOptions, io: CliIo): Promise<void> {
  checkOptions(path, options);
  const rows = await readRows(path, io);
  const modes = modesOf(rows, options.mode, path);
  // Opened before the fit: a place that cannot be written to is told at once.
  const file = options.out === undefined ? undefined : new OutputFile(options.out);
  try {
    const calibrations = modes.map((mode) => fitMode(mode, rows, path));
    const fitted = calibrations.flatMap(({ fit }) => fit.fitted);
    if (fitted.length > 0) {
      file?.write(overlayYaml(calibrations, basename(path)));
      file?.commit();
    }
    io.out(
      options.json === true
        ? `${JSON.stringify({ schema: 'slicewise/calibration@1', data: path, modes: calibrations.map(record) }, null, 2)}\n`
        : calibrations.map((each) => calibrationText(each, io.columns)).join('\n'),
    );
    if (options.out === undefined) {
      if (fitted.length > 0) io.err('note: --out FILE.yaml writes the fitted values for run --overlay\n');
    } else if (fitted.length === 0) {
      io.err(`note: nothing was fitted, so ${printable(options.out)} was not written\n`);
    } else {
      const overlay = shellWord(options.out);
      io.err(`\nWritten: ${printable(options.out)}\nTry next: slicewise run SCENARIO --overlay ${overlay}\n`);
    }
  } finally {
    file?.discard();
  }
}

function checkOptions(path: string, { mode, out }: CalibrateOptions): void {
  const problems: Problem[] = [];
  if (mode !== undefined && !isModeName(mode)) {
    const message = `must be one of ${SHARING_MODE_NAMES.join(', ')}`;
    const hint = nameHint(mode, SHARING_MODE_NAMES);
    problems.push({ path: '--mode', value: mode, message, ...(hint === undefined ? {} : { hint }) });
  }
  if (out === '') problems.push({ path: '--out', value: out, message: 'must be a path, got ""' });
  else if (out !== undefined && resolve(out) === resolve(path)) {
    problems.push({ path: '--out', value: out, message: `must not overwrite the measurements, got ${out}` });
  }
  if (problems.length > 0) throw new UsageError('wrong options', problems);
}

function isModeName(name: string): name is SharingModeName {
  return (SHARING_MODE_NAMES as readonly string[]).includes(name);
}

async function readRows(path: string, io: CliIo): Promise<readonly MeasuredRow[]> {
  let read: Awaited<ReturnType<typeof readMeasurements>>;
  try {
    read = await readMeasurements(createReadStream(path));
  } catch (error) {
    throw new UsageError(`cannot read ${path}`, [{ path, message: fileErrorText(error) }]);
  }
  const { rows, report } = read;
  if (report.refused !== undefined || rows.length === 0) {
    const found = importProblems(report, path).map((problem) =>
      problem.value === undefined
        ? problem
        : { ...problem, message: `${problem.message}, got "${problem.value}"` },
    );
    throw new UsageError(
      `cannot calibrate on ${path}`,
      found.length > 0 ? found : [{ path, message: 'has no row' }],
    );
  }
  for (const note of report.notes) {
    if (!note.startsWith('Absent')) io.err(`note: ${printable(`${path}: ${note}`)}\n`);
  }
  return rows;
}

/** The modes to fit, in the order of the capability matrix. */
function modesOf(rows: readonly MeasuredRow[], wanted: string | undefined, path: string): SharingModeName[] {
  const measured = new Set(rows.map(({ measurement }) => measurement.mode));
  const modes = SHARING_MODE_NAMES.filter(
    (mode) => measured.has(mode) && (wanted === undefined ? mode !== 'bare-metal' : mode === wanted),
  );
  if (modes.length > 0) return modes;
  const message =
    wanted === undefined
      ? 'has rows of bare metal only, which has nothing to fit'
      : `has no row of mode ${wanted}; it has ${[...measured].join(', ')}`;
  throw new UsageError(`cannot calibrate on ${path}`, [{ path, message }]);
}

function fitMode(mode: SharingModeName, rows: readonly MeasuredRow[], path: string): Calibration {
  const cards = new Map(rows.map(({ measurement, card }) => [measurement, card]));
  const specOf = (measurement: MeasuredRow['measurement']) => {
    const card = cards.get(measurement);
    if (card === undefined) throw new RangeError(`Cannot find the card of ${measurement.label}`);
    return card;
  };
  try {
    return calibrate(
      mode,
      rows.map(({ measurement }) => measurement),
      { parameters: SHARING_PARAMETERS, modeNamed: sharingMode, specOf },
    );
  } catch (error) {
    if (!(error instanceof ImpossibleSetup)) throw error;
    throw new UsageError(`cannot calibrate on ${path}`, [{ path, message: error.message }]);
  }
}

/** A calibration as plain data. */
function record({ mode, fit, rows }: Calibration): object {
  const { rmse, rmseTypical, r2, degreesOfFreedom } = fit;
  return {
    mode,
    rmse,
    rmseTypical,
    r2,
    degreesOfFreedom,
    parameters: fit.fitted.map(({ parameter, ...found }) => ({
      id: parameter.id,
      what: parameter.what,
      unit: parameter.unit,
      ...found,
      low: parameter.low,
      typical: parameter.typical,
      high: parameter.high,
      assumedBefore: isAssumed(parameter),
    })),
    unsettled: fit.unsettled.map(({ parameter, reason }) => ({
      id: parameter.id,
      typical: parameter.typical,
      reason,
    })),
    rows: rows.map(({ measurement: m, ...found }) => ({
      row: m.label,
      mode: m.mode,
      program: m.program,
      gpu: m.gpu,
      profile: m.slot.kind === 'profile' ? m.slot.profile : null,
      tenants: m.tenants,
      metric: m.metric,
      unit: m.unit,
      measured: m.value,
      ...found,
    })),
  };
}
