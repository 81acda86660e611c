import { plural } from '../../../sim/report/format.ts';
import type { CsvRow } from '../csv-rows.ts';
import { GpuNames } from '../gpu-names.ts';
import type { ReportBuilder } from '../import-report.ts';
import type { JobRow } from '../job-row.ts';
import { type Column, TableReader } from '../table-reader.ts';
import { gpusOf } from './gpus.ts';
import type { SacctOptions } from './options.ts';
import { type Life, lifeOf, STATES } from './states.ts';
import { type ClockReading, isAbsent, readClock, readDuration } from './times.ts';
import { readAskedMemory, readTres, type Tres } from './tres.ts';

/** Every column that is read, in lower case. */
const COLUMNS = [
  ...['jobid', 'jobidraw', 'user', 'account', 'partition', 'submit', 'start', 'end', 'elapsedraw', 'elapsed'],
  ...['suspended', 'state', 'reqtres', 'alloctres', 'reqmem', 'ncpus', 'alloccpus', 'reqcpus', 'nnodes'],
  ...['allocnodes', 'reqnodes', 'timelimitraw', 'timelimit', 'priority'],
] as const;
type ColumnName = (typeof COLUMNS)[number];

const STEP = /^[^.]+\./;
const WAITING_ARRAY = /_\[/;
const JOB_ID = /^\d{1,12}(?:[_+](?:\d{1,9}|\[[0-9,:%.-]{1,4096}\]))?$/;
const NO_TRES: Tres = {
  cpus: undefined,
  memoryMib: undefined,
  nodes: undefined,
  gpus: 0,
  gpuTypes: new Map(),
  shards: 0,
  mps: 0,
};
const MAX_CPUS = 1e6;
const MAX_MEMORY_MIB = 1e9;
const MAX_PRIORITY = 2 ** 32 - 1;
const MAX_MINUTES = 1e8;
const MAX_SEC = 9e9;
const HOUR_SEC = 3600;

/** Takes the header and then the rows of an accounting listing. */
export class SacctRows {
  readonly jobs: JobRow[] = [];
  readonly #report: ReportBuilder;
  readonly #options: SacctOptions;
  readonly #names: GpuNames;
  #table: TableReader | undefined;
  #columns: ReadonlyMap<ColumnName, Column> = new Map();
  /** Each line with `--parsable` ends with a bar. */
  #endsWithBar = false;
  #headerWidth = 0;
  /** Of the current row: Elapsed and End less Start are an hour apart. */
  #clockChanged = false;
  readonly #runsOf = new Map<string, { readonly line: number; readonly run: string }[]>();
  readonly #seen = {
    steps: 0,
    arrays: 0,
    components: 0,
    repeats: 0,
    waiting: 0,
    running: 0,
    severalTypes: 0,
    mps: 0,
    local: 0,
    clockChanges: 0,
    rows: 0,
  };

  constructor(report: ReportBuilder, options: SacctOptions) {
    this.#report = report;
    this.#options = options;
    this.#names = new GpuNames(options.gpuTypes);
  }

  take(row: CsvRow): void {
    if (this.#table === undefined) {
      this.#table = this.#open(row);
      return;
    }
    const fields = this.#endsWithBar && row.fields.at(-1) === '' ? row.fields.slice(0, -1) : row.fields;
    // Steps have fewer fields filled in, and are no jobs: they are not looked at.
    if (row.fault === undefined && fields.length === this.#headerWidth && this.#isStep(fields)) {
      this.#seen.steps += 1;
      return;
    }
    this.#seen.rows += 1;
    if (!this.#table.startRow({ ...row, fields })) return;
    const job = this.#readJob(this.#table);
    if (!this.#report.rowIsBad) this.jobs.push(job);
  }

  finish(): void {
    if (this.#table === undefined) {
      this.#report.refuse(`is empty: need a header line, as sacct -P prints without --noheader`);
    }
    if (this.#report.isRefused) return;
    if (this.#seen.rows === 0) this.#report.note('The file has a header and no jobs');
    for (const note of this.#notes()) this.#report.note(note);
  }

  #open(row: CsvRow): TableReader | undefined {
    const names = row.fields.map((field) => field.trim().toLowerCase());
    if (row.fault === undefined && names.length === 1 && !COLUMNS.some((name) => name === names[0])) {
      this.#report.refuse(
        `line ${row.line}: the header must have fields between "|" such as JobID|Submit|AllocTRES, as sacct -P prints`,
      );
      return undefined;
    }
    this.#endsWithBar = names.length > 1 && names.at(-1) === '';
    const fields = this.#endsWithBar ? row.fields.slice(0, -1) : row.fields;
    this.#headerWidth = fields.length;
    const id = names.includes('jobid') || !names.includes('jobidraw') ? 'jobid' : 'jobidraw';
    // Which of the others are missing matters only together, and is told in the notes.
    const optional = COLUMNS.filter((name) => names.includes(name) && name !== id && name !== 'submit');
    const table = new TableReader({ ...row, fields }, { required: [id, 'submit'], optional }, this.#report);
    this.#columns = new Map(COLUMNS.map((name) => [name, table.column(name)]));
    return table;
  }

  #isStep(fields: readonly string[]): boolean {
    return STEP.test(fields[this.#idColumn.index] ?? '');
  }

  get #idColumn(): Column {
    const id = this.#column('jobid');
    return id.index < 0 ? this.#column('jobidraw') : id;
  }

  #readJob(table: TableReader): JobRow {
    const life = this.#life(table);
    const submit = this.#clock(table, 'submit');
    const asked = this.#tres(table, 'reqtres');
    const got = this.#tres(table, 'alloctres');
    const isAllocated = got !== NO_TRES && this.#options.amounts !== 'requested';
    const [first, second] = isAllocated || asked === NO_TRES ? [got, asked] : [asked, got];
    const gpus = gpusOf(first, asked === NO_TRES ? got : asked, this.#names, this.#options.shardsPerGpu);
    if (!gpus.ok) table.reject(this.#column(first === got ? 'alloctres' : 'reqtres'), gpus.message);
    const cpus = first.cpus ?? second.cpus ?? this.#count(table, ['ncpus', 'alloccpus', 'reqcpus']) ?? 0;
    const nodes =
      first.nodes ?? second.nodes ?? this.#count(table, ['nnodes', 'allocnodes', 'reqnodes']) ?? 0;
    const memoryMib = first.memoryMib ?? second.memoryMib ?? this.#askedMemory(table, cpus, nodes);
    this.#clockChanged = false;
    const durationSec = this.#duration(table, life);
    const part = gpus.ok ? gpus.part : { gpuCount: 0, gpuMilli: 0, models: [] };
    const estimateSec = this.#limit(table);
    const priority = this.#priority(table);
    // Last, so that rows with anything wrong leave their number free.
    const name = this.#name(table, submit);
    const job: JobRow = {
      name,
      cpuMilli: cpus * 1000,
      memoryMib,
      ...part,
      workers: part.gpuCount % (nodes || 1) === 0 ? nodes : 0,
      submitSec: submit?.sec ?? 0,
      durationSec,
      estimateSec,
      user: table.text(this.#column('user')),
      queue: table.text(this.#column('partition')) || table.text(this.#column('account')),
      priority,
      kind: '',
      deadlineSec: undefined,
    };
    if (!this.#report.rowIsBad) {
      if (this.#clockChanged) this.#seen.clockChanges += 1;
      if (gpus.ok && gpus.severalTypes) this.#seen.severalTypes += 1;
      if (gpus.ok && gpus.countsMps) this.#seen.mps += 1;
      if (durationSec === undefined) this.#seen[life === 'running' ? 'running' : 'waiting'] += 1;
    }
    return job;
  }

  /** Runs of a job after the first, which `--duplicates` lists, are jobs of their own. The same run twice is wrong. */
  #name(table: TableReader, submit: ClockReading | undefined): string {
    const column = this.#idColumn;
    const id = table.text(column);
    if (!JOB_ID.test(id)) {
      table.reject(
        column,
        'must be the number of a job, with _ and its task or + and its component where it has one',
      );
      return id;
    }
    const run = `${submit?.sec ?? ''} ${table.text(this.#column('start'))}`;
    const runs = this.#runsOf.get(id) ?? [];
    const same = runs.find((each) => each.run === run);
    if (same !== undefined) {
      table.reject(column, `must be unique, or have another Submit; line ${same.line} has it too`);
      return id;
    }
    if (this.#report.rowIsBad) return id;
    runs.push({ line: table.line, run });
    this.#runsOf.set(id, runs);
    if (WAITING_ARRAY.test(id)) this.#seen.arrays += 1;
    if (id.includes('+')) this.#seen.components += 1;
    if (runs.length === 1) return id;
    this.#seen.repeats += 1;
    return `${id}#${runs.length}`;
  }

  #life(table: TableReader): Life | undefined {
    const column = this.#column('state');
    const state = table.text(column);
    if (state === '') return undefined;
    const life = lifeOf(state);
    if (life === undefined) table.reject(column, `must be a state of a job: ${STATES.join(', ')}`);
    return life;
  }

  #duration(table: TableReader, life: Life | undefined): number | undefined {
    const start = this.#clock(table, 'start');
    const end = this.#clock(table, 'end');
    const elapsedSec = this.#elapsed(table);
    const suspendedSec = this.#suspended(table);
    if (life === 'waiting' || life === 'running') return undefined;
    const hasTimes = this.#column('start').index >= 0 && this.#column('end').index >= 0;
    if (hasTimes && (start === undefined || end === undefined)) return undefined;
    const spanSec = start === undefined || end === undefined ? undefined : end.sec - start.sec;
    if (elapsedSec === undefined && spanSec !== undefined && spanSec < 0) {
      table.reject(this.#column('end'), 'must not be before Start');
    }
    if (
      elapsedSec !== undefined &&
      spanSec !== undefined &&
      Math.abs(spanSec - elapsedSec - suspendedSec) === HOUR_SEC
    ) {
      this.#clockChanged = true;
    }
    const ranSec = elapsedSec ?? spanSec;
    return ranSec === 0 && this.#wasNeverAllocated(table) ? undefined : ranSec;
  }

  /** Of a job that is over after no time: cancelled while it waited, with start and end at that instant. */
  #wasNeverAllocated(table: TableReader): boolean {
    const allocated = this.#column('alloctres');
    if (allocated.index >= 0) return isAbsent(table.text(allocated));
    return table.text(this.#column('state')).startsWith('CANCELLED');
  }

  #elapsed(table: TableReader): number | undefined {
    const raw = this.#column('elapsedraw');
    if (!isAbsent(table.text(raw))) return table.whole(raw, 0, MAX_SEC);
    return this.#span(table, 'elapsed');
  }

  #suspended(table: TableReader): number {
    return this.#span(table, 'suspended') ?? 0;
  }

  #span(table: TableReader, name: ColumnName): number | undefined {
    const column = this.#column(name);
    const text = table.text(column);
    if (isAbsent(text)) return undefined;
    const sec = readDuration(text);
    if (sec === undefined) table.reject(column, 'must be [days-]hours:minutes:seconds');
    return sec;
  }

  #limit(table: TableReader): number | undefined {
    const raw = this.#column('timelimitraw');
    const isNone = (text: string) => isAbsent(text) || text === 'UNLIMITED' || text === 'Partition_Limit';
    if (!isNone(table.text(raw))) return table.whole(raw, 0, MAX_MINUTES) * 60 || undefined;
    const column = this.#column('timelimit');
    return isNone(table.text(column)) ? undefined : this.#span(table, 'timelimit') || undefined;
  }

  #priority(table: TableReader): number | undefined {
    const column = this.#column('priority');
    return isAbsent(table.text(column)) ? undefined : table.whole(column, 0, MAX_PRIORITY);
  }

  #clock(table: TableReader, name: 'submit' | 'start' | 'end'): ClockReading | undefined {
    const column = this.#column(name);
    const text = table.text(column);
    if (isAbsent(text)) {
      if (name === 'submit') table.reject(column, 'must be a time such as 2024-04-11T05:18:35');
      return undefined;
    }
    const time = readClock(text, (this.#options.utcOffsetMinutes ?? 0) * 60);
    if (time === undefined) {
      table.reject(column, 'must be a time such as 2024-04-11T05:18:35, Unknown or None');
    } else if (time.isLocal) this.#seen.local += 1;
    return time;
  }

  #tres(table: TableReader, name: 'reqtres' | 'alloctres'): Tres {
    const column = this.#column(name);
    const text = table.text(column);
    if (isAbsent(text)) return NO_TRES;
    const reading = readTres(text);
    if (reading.ok) return reading.tres;
    table.reject(column, reading.message);
    return NO_TRES;
  }

  #askedMemory(table: TableReader, cpus: number, nodes: number): number {
    const column = this.#column('reqmem');
    const text = table.text(column);
    // A question mark is how old versions print that nothing is known.
    if (isAbsent(text) || text === '?') return 0;
    const asked = readAskedMemory(text);
    if (asked === undefined) {
      table.reject(column, 'must be an amount such as 16G, 4Gn (of each node) or 2000Mc (of each CPU)');
      return 0;
    }
    const mib =
      asked.mib * (asked.per === 'node' ? Math.max(1, nodes) : asked.per === 'cpu' ? Math.max(1, cpus) : 1);
    if (mib <= MAX_MEMORY_MIB) return mib;
    table.reject(column, `must be at most ${MAX_MEMORY_MIB} MiB for the whole job`);
    return 0;
  }

  /** The first of the columns that has a number above 0. */
  #count(table: TableReader, names: readonly ColumnName[]): number | undefined {
    for (const name of names) {
      const column = this.#column(name);
      if (isAbsent(table.text(column))) continue;
      const count = table.whole(column, 0, MAX_CPUS);
      if (count > 0) return count;
    }
    return undefined;
  }

  #column(name: ColumnName): Column {
    return this.#columns.get(name) ?? { name, index: -1 };
  }

  #notes(): string[] {
    const { seen, has } = { seen: this.#seen, has: (name: ColumnName) => this.#column(name).index >= 0 };
    const { utcOffsetMinutes } = this.#options;
    const when = (count: number, text: (jobs: string) => string) =>
      count === 0 ? [] : [text(plural(count, 'job'))];
    return [
      ...(has('alloctres') || has('reqtres')
        ? []
        : ['There is neither AllocTRES nor ReqTRES: no job is known to have GPUs']),
      ...(has('state') || has('end') ? [] : ['There is neither State nor End: jobs are taken as ended']),
      ...(seen.local === 0
        ? []
        : [
            `Times are the site's local time, taken as ${offsetText(utcOffsetMinutes ?? 0)}${utcOffsetMinutes === undefined ? ' as no offset was given' : ''}: where its clock changes with the season, submissions are an hour off for part of the year`,
          ]),
      ...when(
        seen.clockChanges,
        (jobs) => `${jobs} with an hour between Elapsed and End less Start: Elapsed is taken`,
      ),
      ...(seen.steps === 0 ? [] : [`${plural(seen.steps, 'job step')} left out: they are parts of jobs`]),
      ...when(seen.arrays, (jobs) => `${jobs} standing for all tasks of an array that had not started`),
      ...when(
        seen.components,
        (jobs) => `${jobs} being a component of a heterogeneous job: each is a job of its own`,
      ),
      ...when(
        seen.repeats,
        (jobs) => `${jobs} being a later run of a requeued job: named with # and a number`,
      ),
      ...when(seen.waiting, (jobs) => `${jobs} never started: without a duration`),
      ...when(seen.running, (jobs) => `${jobs} had not ended: without a duration`),
      ...when(
        seen.severalTypes,
        (jobs) => `${jobs} with GPUs of several types: any of the types is taken to do for all`,
      ),
      ...when(seen.mps, (jobs) => `${jobs} with gres/mps: 100 of it are taken as a GPU`),
      ...this.#names.notes,
    ];
  }
}

function offsetText(minutes: number): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}
