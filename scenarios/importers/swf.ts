import { plural } from '../../sim/report/format.ts';
import type { Chunks, CsvRow } from './csv-rows.ts';
import { type ImportOptions, type ImportReport, ReportBuilder } from './import-report.ts';
import { type JobRow, MAX_JOB_GPUS } from './job-row.ts';
import { lineRowBatches } from './line-rows.ts';
import { SWF_COLUMNS, SwfFields } from './swf/fields.ts';
import { type SwfHeader, SwfHeaderReader } from './swf/header.ts';

/**
 * The Standard Workload Format, version 2.2: 18 columns between blanks, -1 where a value is not known, and comments that
 * start with `;` and tell about the machine.
 *
 * @see Feitelson, "The Standard Workload Format", cs.huji.ac.il/labs/parallel/workload/swf.html
 */
export interface SwfOptions extends ImportOptions {
  /** What the format's processors are: each a GPU (default), or CPU cores. */
  readonly processorsAre?: 'gpus' | 'cores';
  /** With cores: a job has a GPU for every so many of its cores, rounded up. Absent: it has none. */
  readonly processorsPerGpu?: number;
}

export interface ImportedSwf {
  /** In file order; empty when the report says that the file was refused. */
  readonly jobs: readonly JobRow[];
  readonly header: SwfHeader;
  readonly report: ImportReport;
}

/**
 * Reads a workload as a whole. Wrong input never throws: it is in the report.
 *
 * A job asks for the processors it requested, or where that is not known for those it was given. Lines of partial
 * executions (status 2, 3 and 4) repeat what the line of the whole job says, and are left out. Not read: wait time, CPU
 * time, used memory, group and think time.
 *
 * @throws {RangeError} if `processorsPerGpu` is not a whole number from 1, or stands without cores
 * @throws whatever the source of the chunks throws, such as a file that cannot be opened
 */
export async function readSwf(chunks: Chunks, options: SwfOptions = {}): Promise<ImportedSwf> {
  const reader = new SwfReader(options);
  for await (const batch of lineRowBatches(chunks, fieldsOf)) {
    for (const row of batch) reader.take(row);
  }
  return reader.finish();
}

const COMMENT = ';';
const NEEDED = 'lines of 18 columns between blanks, as in the Standard Workload Format';

function fieldsOf(line: string): readonly string[] {
  const text = line.trim();
  return text.startsWith(COMMENT) ? [text] : text.split(/[ \t\v\f]+/);
}

const NO_MODELS: readonly string[] = [];
/** More than any machine has, and so few that cores in thousandths stay within what a request can be. */
const MAX_CORES = 1e6;
const MAX_MEMORY_MIB = 1e9;
const MAX_KIB = 1e12;
const KIB_A_MIB = 1024;
const CANCELLED = 5;
const PARTIAL = /^[234]$/;

class SwfReader {
  readonly #options: SwfOptions;
  readonly #report = new ReportBuilder();
  readonly #header = new SwfHeaderReader();
  readonly #jobs: JobRow[] = [];
  readonly #firstLineOf = new Map<string, number>();
  #rows = 0;
  /** Rows of the right width, good or not: without any this is another format. */
  #rowsOfWidth = 0;
  #partial = 0;
  #neverRan = 0;
  #granted = 0;
  #dependent = 0;

  constructor(options: SwfOptions) {
    const { processorsAre = 'gpus', processorsPerGpu } = options;
    if (processorsPerGpu !== undefined && !(Number.isInteger(processorsPerGpu) && processorsPerGpu >= 1)) {
      throw new RangeError(`processorsPerGpu must be a whole number from 1, got ${processorsPerGpu}`);
    }
    if (processorsPerGpu !== undefined && processorsAre === 'gpus') {
      throw new RangeError('processorsPerGpu counts cores: it needs processorsAre cores');
    }
    this.#options = options;
  }

  take(row: CsvRow): void {
    const [first = ''] = row.fields;
    if (first.startsWith(COMMENT)) {
      this.#header.take(first.slice(1));
      return;
    }
    this.#rows += 1;
    const hasWidth = row.fields.length === SWF_COLUMNS.length;
    if (hasWidth) this.#rowsOfWidth += 1;
    const fields = new SwfFields(row.fields, row.line, this.#report);
    if (hasWidth && PARTIAL.test(fields.text('status'))) {
      this.#partial += 1;
      return;
    }
    this.#report.startRow();
    if (row.fault !== undefined) this.#report.reject(row.line, '', row.text ?? '', row.fault);
    else if (!hasWidth) {
      const found = `${row.fields.length} ${row.fields.length === 1 ? 'column' : 'columns'}`;
      this.#report.reject(row.line, '', row.fields.join(' '), `must have 18 columns, has ${found}`);
    } else this.#takeJob(fields, row.line);
  }

  finish(): ImportedSwf {
    const header = this.#header.finish();
    if (this.#rows === 0) this.#report.refuse(`has no job: need ${NEEDED}`);
    else if (this.#rowsOfWidth === 0) this.#report.refuse(`has no line of the format: need ${NEEDED}`);
    else this.#note(header);
    const report = this.#report.finish(this.#options);
    return { jobs: report.refused === undefined ? this.#jobs : [], header, report };
  }

  #takeJob(fields: SwfFields, line: number): void {
    const name = this.#name(fields);
    const submitSec = fields.seconds('submit time');
    if (fields.isUnknown('submit time')) fields.reject('submit time', 'must be known: seconds from 0 to 9e9');
    const request = this.#request(fields);
    const runSec = fields.seconds('run time');
    const estimateSec = fields.seconds('requested time');
    const status = fields.whole('status', CANCELLED);
    const user = fields.whole('user');
    const kind = fields.whole('application');
    const queue = this.#queue(fields);
    const preceding = fields.whole('preceding job');
    if (this.#report.rowIsBad) return;

    // Jobs cancelled before they start have no run time, or 0.
    const durationSec = status === CANCELLED && runSec === 0 ? undefined : runSec;
    if (durationSec === undefined) this.#neverRan += 1;
    if (preceding !== undefined) this.#dependent += 1;
    if (!fields.whole('requested processors')) this.#granted += 1;
    this.#firstLineOf.set(name, line);
    this.#jobs.push({
      name,
      ...request,
      models: NO_MODELS,
      workers: 0,
      submitSec: submitSec ?? 0,
      durationSec,
      // A limit of 0 is how some logs write that there is none.
      estimateSec: estimateSec === 0 ? undefined : estimateSec,
      user: user === undefined ? '' : String(user),
      queue,
      priority: undefined,
      kind: kind === undefined ? '' : String(kind),
      deadlineSec: undefined,
    });
  }

  #name(fields: SwfFields): string {
    const number = fields.whole('job number');
    if (fields.isUnknown('job number')) fields.reject('job number', 'must be known: a whole number');
    if (number === undefined) return '';
    const name = String(number);
    const firstLine = this.#firstLineOf.get(name);
    if (firstLine !== undefined) fields.reject('job number', `must be unique; line ${firstLine} has it too`);
    return name;
  }

  #request(fields: SwfFields) {
    const { processorsAre = 'gpus', processorsPerGpu } = this.#options;
    const max = processorsAre === 'gpus' ? MAX_JOB_GPUS : MAX_CORES;
    const requested = fields.whole('requested processors', max);
    const allocated = fields.whole('allocated processors', max);
    const processors = requested || allocated || 0;
    const areRead =
      (requested !== undefined || fields.isUnknown('requested processors')) &&
      (allocated !== undefined || fields.isUnknown('allocated processors'));
    if (processors === 0 && areRead) {
      fields.reject('requested processors', 'must be at least 1, or allocated processors must be');
    }
    const gpusOfCores = processorsPerGpu === undefined ? 0 : Math.ceil(processors / processorsPerGpu);
    const gpuCount = processorsAre === 'gpus' ? processors : gpusOfCores;
    return {
      cpuMilli: processorsAre === 'gpus' ? 0 : processors * 1000,
      memoryMib: this.#memoryMib(fields, processors),
      gpuCount,
      gpuMilli: gpuCount === 0 ? 0 : 1000,
    };
  }

  /** The format states kilobytes of each processor. */
  #memoryMib(fields: SwfFields, processors: number): number {
    const kib = fields.whole('requested memory', MAX_KIB) ?? 0;
    const mib = Math.ceil((kib * processors) / KIB_A_MIB);
    if (mib <= MAX_MEMORY_MIB) return mib;
    const accepted = `must be at most ${MAX_MEMORY_MIB * KIB_A_MIB} KiB for the ${processors} processors together`;
    fields.reject('requested memory', accepted);
    return 0;
  }

  #queue(fields: SwfFields): string {
    const queue = fields.whole('queue');
    const partition = fields.whole('partition');
    if (queue !== undefined) return this.#header.queueName(queue);
    return partition === undefined ? '' : this.#header.partitionName(partition);
  }

  #note({ maxJobs }: SwfHeader): void {
    const { processorsAre = 'gpus', processorsPerGpu } = this.#options;
    const jobs = this.#rows - this.#partial;
    const note = (text: string) => this.#report.note(text);
    if (processorsAre === 'gpus') note('Each processor of the workload is taken as a GPU');
    else if (processorsPerGpu === undefined) note('Processors are taken as CPU cores: no job has a GPU');
    else
      note(
        `Processors are taken as CPU cores, with a GPU for every ${processorsPerGpu} of a job, rounded up`,
      );
    if (this.#partial > 0) {
      note(`${plural(this.#partial, 'line')} of partial executions (status 2 to 4) left out`);
    }
    if (this.#neverRan > 0) note(`${plural(this.#neverRan, 'job')} never ran, or without a run time`);
    if (this.#granted > 0) {
      note(`${plural(this.#granted, 'job')} without requested processors: those allocated are taken`);
    }
    if (this.#dependent > 0) {
      note(`${plural(this.#dependent, 'job')} with a preceding job: submitted as recorded, not after it`);
    }
    if (maxJobs !== undefined && maxJobs !== jobs) {
      note(`The header says ${plural(maxJobs, 'job')} (MaxJobs), the file has ${jobs}`);
    }
  }
}
