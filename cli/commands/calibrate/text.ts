import type { Calibration, FittedParameter } from '../../../sim/experiment/calibrate/index.ts';
import { plural, printable } from '../../../sim/report/format.ts';
import { isAssumed } from '../../../sim/sharing/index.ts';
import { type Column, renderTable, wrap } from '../../table.ts';

/** Fit, residuals and what the rows could not settle, for a terminal. */
export function calibrationText({ mode, fit, rows }: Calibration, width: number): string {
  const { fitted, unsettled } = fit;
  const lines = [
    `${mode}: ${plural(rows.length, 'row')}, ${plural(fit.sizes.size, 'program')}, ${plural(fitted.length, 'parameter')} fitted\n`,
    ...(fitted.length === 0 ? [] : ['\n', renderTable(PARAMETER_COLUMNS, fitted, width)]),
    '\n',
    renderTable(ROW_COLUMNS, rows, width),
    '\n',
    ...paragraph(quality(fit), width),
    ...fitted.flatMap((each) => remarks(each).flatMap((text) => paragraph(text, width))),
    ...unfilled(rows).flatMap((text) => paragraph(text, width)),
    ...unsettled.flatMap(({ parameter: { id, typical }, reason }) =>
      paragraph(`${id} stays ${typical}: ${reason}`, width),
    ),
  ];
  return lines.join('');
}

const PARAMETER_COLUMNS: readonly Column<FittedParameter>[] = [
  { header: 'parameter', value: ({ parameter }) => parameter.id },
  { header: 'fitted', value: ({ value }) => digits(value) },
  {
    header: 'std error',
    value: ({ standardError }) => (standardError === null ? undefined : digits(standardError)),
  },
  {
    header: '95 % interval',
    value: ({ interval }) =>
      interval === null ? undefined : `${digits(interval[0])} .. ${digits(interval[1])}`,
  },
  {
    header: 'before (low, typical, high)',
    value: ({ parameter: p }) => `${p.low}, ${p.typical}, ${p.high}${isAssumed(p) ? ' *' : ''}`,
  },
];

const ROW_COLUMNS: readonly Column<Calibration['rows'][number]>[] = [
  { header: 'row', value: ({ measurement }) => measurement.label },
  { header: 'mode', value: ({ measurement }) => measurement.mode },
  { header: 'program', value: ({ measurement }) => printable(measurement.program), shrinkTo: 10 },
  {
    header: 'part',
    value: ({ measurement: { slot } }) => (slot.kind === 'profile' ? printable(slot.profile) : undefined),
  },
  { header: 'tenants', value: ({ measurement }) => measurement.tenants },
  { header: 'metric', value: ({ measurement }) => measurement.metric },
  { header: 'measured', value: ({ measurement }) => digits(measurement.value) },
  { header: 'fitted', value: ({ predicted }) => digits(predicted) },
  { header: 'unit', value: ({ measurement }) => printable(measurement.unit) },
  { header: 'error %', value: ({ error }) => signed(error * 100) },
];

function quality({ rmse, rmseTypical, r2, degreesOfFreedom, fitted }: Calibration['fit']): string {
  const explained = r2 === null || degreesOfFreedom === 0 ? '' : `, R2 ${r2.toFixed(4)}`;
  const before = fitted.length === 0 ? '' : ` (${percent(rmseTypical)} with typical values)`;
  const left =
    degreesOfFreedom > 0
      ? `${plural(degreesOfFreedom, 'row')} more than unknowns`
      : 'no row more than unknowns: the fit says nothing about its own error';
  return `RMSE ${percent(rmse)}${before}${explained}; ${left}`;
}

function remarks({ parameter, value, atBound, interval }: FittedParameter): string[] {
  const { id, low, high, min, max } = parameter;
  const found: string[] = [];
  if (atBound !== null) {
    found.push(
      `${id} ends at its bound, ${atBound === 'min' ? min : max}: the rows ask for more than the model allows`,
    );
  } else if (value < low || value > high) {
    found.push(`${id} lies outside ${low} to ${high}, the range known so far`);
  }
  if (interval !== null && interval[1] - interval[0] > high - low) {
    found.push(`${id} is known no better than before: its interval is wider than the range known so far`);
  }
  return found;
}

/** Relative error from which a row counts as not met. */
const NOT_MET = 0.03;

/**
 * Programs whose tenants got more work done together than one that fills the GPU could leave room for. The rows say then
 * how much of the GPU one alone uses at most.
 */
function unfilled(rows: Calibration['rows']): string[] {
  const programs = new Map<string, { most: number; row: string }>();
  for (const { measurement: m, speed, measuredSpeed } of rows) {
    if (speed >= measuredSpeed * (1 - NOT_MET) || m.slot.kind === 'profile') continue;
    const alone = rows.filter(
      ({ measurement: other }) =>
        other.tenants === 1 &&
        other.slot.kind !== 'profile' &&
        other.program === m.program &&
        other.gpu === m.gpu &&
        other.metric === m.metric &&
        other.unit === m.unit,
    );
    if (alone.length === 0) continue;
    const size = alone.reduce((sum, { measurement }) => sum + measurement.value, 0) / alone.length;
    const ratio = m.metric === 'latency' ? size / m.value : m.value / size;
    const together = m.metric === 'total-throughput' ? ratio : ratio * m.tenants;
    if (together * m.use.compute > 1 && together > (programs.get(m.program)?.most ?? 1)) {
      programs.set(m.program, { most: together, row: m.label });
    }
  }
  return [...programs].map(
    ([program, { most, row }]) =>
      `${printable(program)}: its tenants together do ${digits(most)} times the work of one alone (${row}), so one alone leaves SMs unused: state compute, at most ${digits(Math.floor(1000 / most) / 1000)}`,
  );
}

function paragraph(text: string, width: number): string[] {
  return wrap(text, width - 2).map((line, i) => `${i === 0 ? '' : '  '}${line}\n`);
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function signed(value: number): string {
  const text = value.toFixed(2);
  return Number(text) === 0 ? '0.00' : `${value > 0 ? '+' : ''}${text}`;
}
