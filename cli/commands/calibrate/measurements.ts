import { csvRowBatches } from '../../../scenarios/importers/csv-rows.ts';
import { type ImportReport, ReportBuilder } from '../../../scenarios/importers/import-report.ts';
import { TableReader } from '../../../scenarios/importers/table-reader.ts';
import {
  MEASURED_METRICS,
  type MeasuredMetric,
  type Measurement,
} from '../../../sim/experiment/calibrate/index.ts';
import { CatalogueNameError } from '../../../sim/hardware/index.ts';
import { parseScenarioText } from '../../../sim/scenario/index.ts';
import { isMapping } from '../../../sim/scenario/path.ts';
import {
  type CardSpec,
  SHARING_MODE_NAMES,
  type SharingConfig,
  type SharingModeName,
  type SlotRequest,
  sharingMode,
  WORKLOAD_CLASSES,
  type WorkloadClass,
} from '../../../sim/sharing/index.ts';
import { ANY_CARD, cardNamed, sharingWith } from '../../default-sharing.ts';

/** Columns of a measurement file and what each holds, as help prints them. */
export const REQUIRED_COLUMNS: readonly (readonly [name: string, what: string])[] = [
  ['mode', `sharing mode: ${SHARING_MODE_NAMES.join(', ')}`],
  ['workload', `class of the work: ${WORKLOAD_CLASSES.join(', ')}`],
  ['tenants', 'equal tenants on the card, all of them always busy'],
  ['metric', 'latency (of one request), throughput (of one tenant) or total-throughput (of all)'],
  ['value', 'the figure measured'],
  ['unit', 'of a latency: s, ms or us; of a throughput: any word'],
];
export const OPTIONAL_COLUMNS: readonly (readonly [name: string, what: string])[] = [
  ['program', 'what was measured: rows with the same name share its speed alone (default: the class)'],
  ['gpu', 'GPU by its catalogue name (default: any that suffices)'],
  ['profile', 'part that each tenant has: MIG profile, vGPU type'],
  ['busy', 'part of the time that one tenant keeps the GPU busy when alone (default 1)'],
  ['compute', 'part of the SMs x time that it uses when alone (default: busy)'],
  ['bandwidth', 'part of the memory bandwidth that it uses when alone (default 0)'],
  ['memory_mib', 'memory of one tenant (default 0)'],
  ['processes', 'processes of one tenant (default 1)'],
  ['link_mb_per_sec', 'MB a second between host and GPU when alone (default 0)'],
  ['sync_calls_per_sec', 'waiting API calls a second when alone (default 0)'],
  ['options', "options of the mode as a scenario writes them, such as {clients: 4} (default: the mode's)"],
];

/** A measurement with its card. */
export interface MeasuredRow {
  readonly measurement: Measurement;
  readonly card: CardSpec;
}

/** Names that mean a set-up without sharing. */
const UNSHARED: readonly string[] = ['full gpu', 'whole gpu', 'dedicated', 'alone'];
const SECONDS: Readonly<Record<string, number>> = { s: 1, sec: 1, seconds: 1, ms: 1e-3, us: 1e-6, µs: 1e-6 };
const MAX_TENANTS = 1000;

/**
 * Reads measurements from CSV. Wrong input never throws: it is in the report.
 *
 * @throws whatever the source of the chunks throws, such as a file that cannot be opened
 */
export async function readMeasurements(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): Promise<{ readonly rows: readonly MeasuredRow[]; readonly report: ImportReport }> {
  const report = new ReportBuilder();
  const rows: MeasuredRow[] = [];
  let parser: RowReader | undefined;
  for await (const batch of csvRowBatches(chunks)) {
    for (const row of batch) {
      if (parser === undefined) {
        const required = REQUIRED_COLUMNS.map(([name]) => name);
        const optional = OPTIONAL_COLUMNS.map(([name]) => name);
        parser = new RowReader(new TableReader(row, { required, optional }, report));
        continue;
      }
      if (report.isRefused || !parser.table.startRow(row)) continue;
      const measured = parser.read(row.line);
      if (measured !== undefined) rows.push(measured);
    }
  }
  if (parser === undefined) report.refuse('is empty: must have a header and rows');
  return { rows, report: report.finish({ strict: true }) };
}

class RowReader {
  readonly table: TableReader;

  constructor(table: TableReader) {
    this.table = table;
  }

  read(line: number): MeasuredRow | undefined {
    const { table } = this;
    const mode = this.#mode();
    const workload = this.#oneOf('workload', WORKLOAD_CLASSES) as WorkloadClass;
    const tenants = table.whole(table.column('tenants'), 1, MAX_TENANTS);
    const metric = this.#oneOf('metric', MEASURED_METRICS) as MeasuredMetric;
    const { value, unit } = this.#value(metric);
    const busy = this.#number('busy', 1, 1e-6, 1);
    const compute = this.#number('compute', busy, 1e-6, 1);
    const bandwidth = this.#number('bandwidth', 0, 0, 1);
    const memoryMib = Math.round(this.#number('memory_mib', 0, 0, 1e9));
    const processes = Math.round(this.#number('processes', 1, 1, 1e4));
    const link = this.#number('link_mb_per_sec', 0, 0, 1e9);
    const syncCallsPerSec = this.#number('sync_calls_per_sec', 0, 0, 1e9);
    const card = this.#card();
    if (compute > busy) table.reject(table.column('compute'), `must be at most busy, ${busy}`);
    if (table.rowIsBad || mode === undefined) return undefined;
    const config = this.#config(mode, tenants, card);
    if (config === undefined) return undefined;
    const program = table.text(table.column('program')) || workload;
    return {
      card,
      measurement: {
        label: `line ${line}`,
        mode,
        config,
        gpu: table.text(table.column('gpu')),
        tenants,
        slot: this.#slot(mode, memoryMib),
        use: {
          workload,
          busy,
          compute,
          bandwidth,
          memoryMib,
          linkBytesPerSec: link * 1e6,
          processes,
          syncCallsPerSec,
          speedByProfile: null,
        },
        program,
        metric,
        value,
        unit,
      },
    };
  }

  #mode(): SharingModeName | undefined {
    const { table } = this;
    const column = table.column('mode');
    const text = table.text(column);
    if (UNSHARED.includes(text.toLowerCase())) return 'bare-metal';
    const name = SHARING_MODE_NAMES.find((each) => each === text.toLowerCase());
    if (name === undefined) table.reject(column, `must be one of ${SHARING_MODE_NAMES.join(', ')}`);
    return name;
  }

  #oneOf(name: string, accepted: readonly string[]): string {
    const column = this.table.column(name);
    const text = this.table.text(column).toLowerCase();
    if (!accepted.includes(text)) this.table.reject(column, `must be one of ${accepted.join(', ')}`);
    return text;
  }

  #number(name: string, otherwise: number, min: number, max: number): number {
    const column = this.table.column(name);
    const text = this.table.text(column);
    if (text === '') return otherwise;
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.table.reject(column, `must be a number from ${min} to ${max}`);
    return otherwise;
  }

  #value(metric: MeasuredMetric): { readonly value: number; readonly unit: string } {
    const { table } = this;
    const column = table.column('value');
    const text = table.text(column);
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (!(value > 0 && value < 1e300)) table.reject(column, 'must be a number above 0');
    const unitColumn = table.column('unit');
    const unit = table.text(unitColumn);
    if (metric !== 'latency') return { value, unit };
    const seconds = SECONDS[unit.toLowerCase()];
    if (seconds === undefined) table.reject(unitColumn, 'must be s, ms or us for a latency');
    return { value: value * (seconds ?? 1), unit: 's' };
  }

  #card(): CardSpec {
    const { table } = this;
    const column = table.column('gpu');
    const name = table.text(column);
    if (name === '') return ANY_CARD;
    try {
      return cardNamed(name);
    } catch (error) {
      if (!(error instanceof CatalogueNameError)) throw error;
      table.reject(column, error.message);
      return ANY_CARD;
    }
  }

  #slot(mode: SharingModeName, memoryMib: number): SlotRequest {
    if (mode === 'bare-metal' || mode === 'passthrough') return { kind: 'whole' };
    const profile = this.table.text(this.table.column('profile'));
    return profile === '' ? { kind: 'part', computeMilli: 0, memoryMib } : { kind: 'profile', profile };
  }

  /** The mode's options with those of the row; undefined, and reported, where the card cannot be used with them. */
  #config(mode: SharingModeName, tenants: number, card: CardSpec): SharingConfig | undefined {
    const { table } = this;
    const column = table.column('options');
    const blamed = column.index < 0 ? table.column('mode') : column;
    const options = readOptions(table.text(column));
    if (options === undefined) {
      table.reject(column, 'must be a YAML mapping such as {clients: 4}');
      return undefined;
    }
    const read = sharingWith(mode, tenants, options);
    if (!read.ok) {
      for (const message of read.messages) table.reject(blamed, `${mode} ${message}`);
      return undefined;
    }
    for (const { key, message } of sharingMode(mode).check(read.config as never, card)) {
      const gpu = table.column('gpu');
      if (key !== 'mode') table.reject(blamed, `${key} of ${mode} ${message}`);
      else table.reject(gpu.index < 0 ? table.column('mode') : gpu, message);
    }
    return table.rowIsBad ? undefined : read.config;
  }
}

const NUMBER = /^[+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][+-]?\d{1,3})?$/;

function readOptions(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text === '') return {};
  const parsed = parseScenarioText(text);
  return parsed.ok && isMapping(parsed.document) ? parsed.document : undefined;
}
