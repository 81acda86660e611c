import type { Chunks } from './csv-rows.ts';
import { type ImportOptions, ReportBuilder } from './import-report.ts';
import { type ImportedJobs, type JobRow, jobOfGpus, MAX_JOB_GPUS } from './job-row.ts';
import { type JsonItem, jsonItemBatches } from './json-items.ts';
import { pacificInstants } from './pacific-time.ts';

/**
 * The job log of Microsoft's Philly clusters (`cluster_job_log`): one JSON array of jobs, each with its attempts. It is
 * read item by item, so the file need not fit in memory.
 *
 * Times are those of a wall clock in US Pacific time; here they become Unix seconds. In the hour that the clocks repeat
 * in November an instant is the earliest that keeps a job's times in order. A job's run time is the sum over its
 * attempts, the time for which it held GPUs; its GPUs are those of the last attempt that had any.
 *
 * @see Jeon et al., "Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training Workloads", USENIX ATC 2019;
 *   msr-fiddle/philly-traces, README
 */
export async function readPhilly(chunks: Chunks, options: ImportOptions = {}): Promise<ImportedJobs> {
  const report = new ReportBuilder();
  const reader = new PhillyReader(report);
  const jobs: JobRow[] = [];
  for await (const items of jsonItemBatches(chunks, report)) {
    for (const item of items) {
      const job = reader.read(item);
      if (job !== undefined) jobs.push(job);
    }
  }
  reader.noteFindings();
  const finished = report.finish(options);
  return { jobs: finished.refused === undefined ? jobs : [], report: finished };
}

type Mapping = Readonly<Record<string, unknown>>;

/** One try to run a job. */
interface Attempt {
  readonly startSec: number | undefined;
  readonly endSec: number | undefined;
  readonly gpuCount: number;
}

class PhillyReader {
  readonly #report: ReportBuilder;
  readonly #firstLineOf = new Map<string, number>();
  #line = 0;
  #repeatedHour = 0;
  #running = 0;
  #untimedAttempts = 0;
  #resized = 0;
  #startedEarly = 0;

  constructor(report: ReportBuilder) {
    this.#report = report;
  }

  read({ line, value, fault }: JsonItem): JobRow | undefined {
    this.#report.startRow();
    this.#line = line;
    if (fault !== undefined) this.#report.reject(line, '', String(value), fault);
    else if (!isMapping(value))
      this.#reject('', value, 'must be a mapping with jobid, submitted_time, attempts');
    else {
      const job = this.#job(value);
      if (!this.#report.rowIsBad) {
        this.#firstLineOf.set(job.name, line);
        return job;
      }
    }
    return undefined;
  }

  noteFindings(): void {
    const note = (count: number, one: string, many: string) => {
      if (count > 0) this.#report.note(`${count} ${count === 1 ? one : many}`);
    };
    note(
      this.#repeatedHour,
      'time lies in the hour that the clocks repeat: taken as the earliest that keeps the order of its job',
      'times lie in the hour that the clocks repeat: taken as the earliest that keeps the order of their jobs',
    );
    note(
      this.#running,
      'job was still running when the log was taken: its run time is not known',
      'jobs were still running when the log was taken: their run times are not known',
    );
    note(
      this.#untimedAttempts,
      'attempt has no start or no end: it is not counted in the run time',
      'attempts have no start or no end: they are not counted in the run times',
    );
    note(
      this.#resized,
      'job had another number of GPUs in an earlier attempt: taken with that of its last',
      'jobs had another number of GPUs in an earlier attempt: taken with that of their last',
    );
    note(
      this.#startedEarly,
      'attempt starts before its job was submitted',
      'attempts start before their jobs were submitted',
    );
  }

  #job(written: Mapping): JobRow {
    const name = this.#text(written, 'jobid');
    const firstLine = this.#firstLineOf.get(name);
    if (name === '' && !this.#report.rowIsBad) this.#reject('jobid', name, 'must not be empty');
    else if (firstLine !== undefined) {
      this.#reject('jobid', name, `must be unique; line ${firstLine} has it too`);
    }
    const submitSec = this.#time(written.submitted_time, 'submitted_time', undefined);
    if (submitSec === undefined && isNone(written.submitted_time)) {
      this.#reject('submitted_time', written.submitted_time, `must be ${TIME_FORM}`);
    }
    const attempts = this.#attempts(written.attempts, submitSec);
    const counts = attempts.map((attempt) => attempt.gpuCount).filter((count) => count > 0);
    const gpuCount = counts.at(-1) ?? 0;
    if (gpuCount === 0 && !this.#report.rowIsBad) {
      const message =
        'must hold at least one attempt that names its GPUs: else nothing says how many the job asks for';
      this.#reject('attempts', written.attempts, message);
    }
    const user = this.#text(written, 'user');
    const queue = this.#text(written, 'vc');
    const durationSec = this.#report.rowIsBad ? undefined : this.#runTime(attempts);
    if (!this.#report.rowIsBad && counts.some((count) => count !== gpuCount)) this.#resized += 1;
    // Where an attempt ran is known, but not into how many workers the job was split by whoever submitted it.
    return { ...jobOfGpus(name, gpuCount), submitSec: submitSec ?? 0, durationSec, user, queue };
  }

  /** Time for which it held GPUs; undefined where it still runs, or no attempt says both its start and its end. */
  #runTime(attempts: readonly Attempt[]): number | undefined {
    const last = attempts.at(-1);
    const isRunning = last !== undefined && last.startSec !== undefined && last.endSec === undefined;
    if (isRunning) {
      this.#running += 1;
      return undefined;
    }
    let sum: number | undefined;
    for (const { startSec, endSec } of attempts) {
      if (startSec === undefined || endSec === undefined) this.#untimedAttempts += 1;
      else sum = (sum ?? 0) + (endSec - startSec);
    }
    return sum;
  }

  #attempts(written: unknown, submitSec: number | undefined): readonly Attempt[] {
    if (!Array.isArray(written)) {
      this.#reject('attempts', written, 'must be a list of {start_time, end_time, detail}');
      return [];
    }
    let lastSec = submitSec;
    return (written as readonly unknown[]).map((attempt, index) => {
      const path = `attempts[${index}]`;
      if (!isMapping(attempt)) {
        this.#reject(path, attempt, 'must be a mapping with start_time, end_time, detail');
        return { startSec: undefined, endSec: undefined, gpuCount: 0 };
      }
      const startSec = this.#time(attempt.start_time, `${path}.start_time`, lastSec);
      const endSec = this.#time(attempt.end_time, `${path}.end_time`, startSec ?? lastSec);
      if (startSec !== undefined && submitSec !== undefined && startSec < submitSec) this.#startedEarly += 1;
      if (startSec !== undefined && endSec !== undefined && endSec < startSec) {
        this.#reject(`${path}.end_time`, attempt.end_time, 'must not be before start_time');
      }
      lastSec = endSec ?? startSec ?? lastSec;
      return { startSec, endSec, gpuCount: this.#gpus(attempt.detail, `${path}.detail`) };
    });
  }

  #gpus(written: unknown, path: string): number {
    if (written === undefined || written === null) return 0;
    let count = 0;
    let isRight = Array.isArray(written);
    for (const host of isRight ? (written as readonly unknown[]) : []) {
      if (isMapping(host) && Array.isArray(host.gpus)) count += host.gpus.length;
      else isRight = false;
    }
    if (!isRight) this.#reject(path, written, 'must be a list of {ip, gpus: [...]}');
    else if (count > MAX_JOB_GPUS) this.#reject(path, count, `must name at most ${MAX_JOB_GPUS} GPUs`);
    return count;
  }

  /** @param notBeforeSec what the time comes after, where that is known */
  #time(written: unknown, path: string, notBeforeSec: number | undefined): number | undefined {
    if (isNone(written)) return undefined;
    const instants = typeof written === 'string' ? pacificInstants(written.trim()) : undefined;
    if (instants === undefined) {
      this.#reject(path, written, `must be ${TIME_FORM}`);
      return undefined;
    }
    if (instants.length === 0) {
      this.#reject(
        path,
        written,
        'must be a time that the clock showed: it went from 02:00 to 03:00 that day',
      );
      return undefined;
    }
    if (instants.length > 1) this.#repeatedHour += 1;
    return instants.find((instant) => notBeforeSec === undefined || instant >= notBeforeSec) ?? instants[0];
  }

  /** Text of a member; empty where there is none. */
  #text(written: Mapping, key: string): string {
    const value = written[key];
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value.trim();
    this.#reject(key, value, 'must be text');
    return '';
  }

  #reject(path: string, value: unknown, message: string): void {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    this.#report.reject(this.#line, path, text, message);
  }
}

const TIME_FORM = 'a local time such as 2017-10-07 01:12:09';

/** The log writes a time that it does not have in any of these ways. */
function isNone(written: unknown): boolean {
  return written === undefined || written === null || written === '' || written === 'None';
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
