import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { UsageError } from '../../errors.ts';
import type { SweepContext, SweepExecutor, SweepOutcome, SweepRun } from '../executor.ts';
import { isCut, openRedis, type RedisLink } from './connection.ts';
import { jobId, jobPrefix, PREFIX, queueName, type RunJob, runJob } from './job.ts';
import {
  forgetRefusals,
  goodbye,
  HEARTBEAT_MS,
  heartbeat,
  type Participant,
  present,
  refusals,
} from './presence.ts';
import type { RedisServer } from './server.ts';

/** Runs and results in the server at a time, of one sweep. */
export const WINDOW = 2_000;
/** Together their documents weigh at most so much, whatever their number. */
const WINDOW_BYTES = 64 * 1024 * 1024;
/** Added, read and removed in one go. */
const BATCH = 200;
const POLL_MS = 100;
/** A run that the queue, not the simulation, fails is put back so often. */
const MOST_RETURNS = 5;
/** Nobody has come for so long: said once. */
const ALONE_MS = 5_000;
const EVENTS_KEPT = 100;
const CLEAN_UP_MS = 5_000;

export interface RedisExecutorOptions {
  readonly server: RedisServer;
  /** For so long the server may be away. */
  readonly timeoutMs: number;
  /** Runs and results in the server at a time. */
  readonly window?: number;
  /** Their documents together. */
  readonly windowBytes?: number;
  note(text: string): void;
}

/**
 * Has the runs of a sweep done by `slicewise worker` processes, over a queue in Redis or Valkey.
 *
 * Every run is tried at least once and yielded exactly once, whatever is killed or restarted in between:
 * - a run is a job with a name made from the run, and the server takes a name once: adding it again changes nothing;
 * - a worker finishes a job, result and all, in one step in the server, and only while it holds the job's lock: of several
 *   workers that did the same run one is heard, and all found the same, because runs are deterministic;
 * - a result stays in the server until the caller, who writes before asking for the next, has asked for the next; then it
 *   is removed, and what is removed is not asked for again;
 * - a coordinator that starts again adds the runs that were not written: those already there, waiting, being done or done,
 *   are met under their names; results of runs that were written before are removed at the end;
 * - what the server has lost (a restart without persistence, or with the last second missing) is looked for by name every
 *   few seconds and put back.
 *
 * It does not hold if keys are thrown away by a server that is short of memory, which is refused, or when others change the
 * keys. Whoever keeps the outcomes needs no more memory in the server than for a few thousand runs.
 */
export function redisExecutor(options: RedisExecutorOptions): SweepExecutor {
  return {
    name: 'redis',
    async *run(runs, context) {
      const link = await openRedis(options.server, options.timeoutMs, options.note);
      const coordinator = new Coordinator(link, runs, context, options);
      try {
        yield* coordinator.outcomes();
      } finally {
        await coordinator.close();
        link.close();
      }
    },
  };
}

/** A run that was added and whose outcome has not been yielded. */
interface Outstanding {
  readonly job: RunJob;
  readonly bytes: number;
  returns: number;
}

class Coordinator {
  readonly #link: RedisLink;
  readonly #runs: Iterator<SweepRun>;
  readonly #context: SweepContext;
  readonly #options: RedisExecutorOptions;
  readonly #queue: Queue<RunJob, SweepOutcome>;
  readonly #self: Participant;
  /** By name of the job. */
  readonly #outstanding = new Map<string, Outstanding>();
  readonly #told = new Set<string>();
  /** Left to others by a worker, at the last look. */
  #left: ReadonlySet<string> = new Set();
  #bytes = 0;
  #noMore = false;
  #startMs = performance.now();
  #checkedMs = Number.NEGATIVE_INFINITY;

  constructor(
    link: RedisLink,
    runs: Iterable<SweepRun>,
    context: SweepContext,
    options: RedisExecutorOptions,
  ) {
    this.#link = link;
    this.#runs = runs[Symbol.iterator]();
    this.#context = context;
    this.#options = options;
    this.#self = { id: context.sweepId, version: context.version };
    this.#queue = new Queue(queueName(context.version), {
      connection: link.client,
      prefix: PREFIX,
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    // Heard of from the link and from what is asked.
    this.#queue.on('error', () => {});
  }

  async *outcomes(): AsyncGenerator<SweepOutcome> {
    await this.#ask(() => forgetRefusals(this.#link.client, this.#context.sweepId));
    while (!this.#context.signal.aborted) {
      await this.#fill();
      if (this.#outstanding.size === 0) break;
      const found = await this.#collect();
      for (const { name, outcome } of found) {
        this.#forget(name);
        yield outcome;
      }
      // The caller has asked for more: what it was given is written.
      await this.#remove(found.map(({ name }) => name));
      await this.#check();
      if (found.length === 0) await this.#pause(POLL_MS);
    }
    if (this.#context.signal.aborted) await this.#withdraw();
    else await this.#clear();
  }

  /** Takes runs as long as there is room, and adds them. */
  async #fill(): Promise<void> {
    const { window = WINDOW, windowBytes = WINDOW_BYTES } = this.#options;
    const added: [string, Outstanding][] = [];
    while (!this.#noMore && this.#outstanding.size < window && this.#bytes < windowBytes) {
      const next = this.#runs.next();
      if (next.done === true) {
        this.#noMore = true;
        break;
      }
      const job = await runJob(next.value, this.#context);
      const entry = { job, bytes: JSON.stringify(job).length, returns: 0 };
      const name = jobId(job);
      this.#outstanding.set(name, entry);
      this.#bytes += entry.bytes;
      added.push([name, entry]);
      // One batch at a time: results are looked for in between.
      if (added.length === BATCH) break;
    }
    await this.#add(added.map(([name, { job }]) => ({ name, job })));
  }

  async #add(jobs: readonly { readonly name: string; readonly job: RunJob }[]): Promise<void> {
    if (jobs.length === 0) return;
    await this.#ask(() =>
      this.#queue.addBulk(jobs.map(({ name, job }) => ({ name: 'run', data: job, opts: { jobId: name } }))),
    );
  }

  /** The results that are there, in order of the runs. What the queue failed is put back. */
  async #collect(): Promise<{ readonly name: string; readonly outcome: SweepOutcome }[]> {
    const names = await this.#ask(() => this.#queue.getRanges(['completed', 'failed'], 0, -1));
    const own = [...new Set(names)].filter((name) => this.#outstanding.has(name)).slice(0, BATCH);
    const jobs = await this.#ask(() => Promise.all(own.map((name) => this.#queue.getJob(name))));
    const found: { name: string; outcome: SweepOutcome }[] = [];
    for (const [i, name] of own.entries()) {
      const job = jobs[i];
      const entry = this.#outstanding.get(name);
      if (job === undefined || entry === undefined) continue;
      const outcome = isOutcome(job.returnvalue)
        ? job.returnvalue
        : await this.#returned(name, entry, job.failedReason);
      if (outcome !== undefined) {
        const { id, index } = entry.job.run;
        found.push({ name, outcome: { ...outcome, id, index } });
      }
    }
    return found.sort((a, b) => a.outcome.index - b.outcome.index);
  }

  /** The queue, not the simulation, failed a run: its workers were lost again and again, or a connection at a bad moment. */
  async #returned(
    name: string,
    entry: Outstanding,
    reason: string | undefined,
  ): Promise<SweepOutcome | undefined> {
    const { id, index } = entry.job.run;
    const failed = (error: string) => ({ id, index, status: 'failed' as const, error, elapsedMs: 0 });
    if (reason?.includes('stalled') === true)
      return failed(
        'every worker that began the run ended in its midst or fell silent: it may need more memory',
      );
    entry.returns += 1;
    if (entry.returns > MOST_RETURNS)
      return failed(`the queue did not take its outcome: ${reason ?? 'no reason is known'}`);
    await this.#remove([name]);
    await this.#add([{ name, job: entry.job }]);
    return undefined;
  }

  #forget(name: string): void {
    this.#bytes -= this.#outstanding.get(name)?.bytes ?? 0;
    this.#outstanding.delete(name);
  }

  async #remove(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.#ask(() => Promise.all(names.map((name) => this.#queue.remove(name))));
  }

  /** Every few seconds: says that the sweep goes on, puts back what the server has lost, and looks whether anyone works. */
  async #check(): Promise<void> {
    if (performance.now() - this.#checkedMs < HEARTBEAT_MS) return;
    this.#checkedMs = performance.now();
    const { client } = this.#link;
    await this.#ask(() => heartbeat(client, 'sweeps', this.#self));
    await this.#putBack();
    await this.#offerAgain();
    const workers = await this.#ask(() => present(client, 'workers'));
    const refused = await this.#ask(() => refusals(client, this.#context.sweepId));
    this.#tellOfWorkers(workers, refused);
  }

  async #putBack(): Promise<void> {
    const names = [...this.#outstanding.keys()];
    for (let from = 0; from < names.length; from += BATCH) {
      const some = names.slice(from, from + BATCH);
      const there = await this.#ask(() =>
        Promise.all(some.map((name) => this.#link.client.exists(this.#queue.toKey(name)))),
      );
      const lost = some.filter((_, i) => there[i] === 0);
      if (lost.length > 0) {
        this.#options.note(
          `${lost.length === 1 ? '1 run is' : `${lost.length} runs are`} no longer in the server: lost by it, or taken by the same sweep begun elsewhere; put back`,
        );
        await this.#add(
          lost.map((name) => ({ name, job: (this.#outstanding.get(name) as Outstanding).job })),
        );
      }
    }
  }

  /**
   * A worker leaves a run to others for a while by its own clock; where that is ahead of theirs by days, they would wait for
   * days. What was left at the last look, too, is offered at once: no clocks are compared.
   */
  async #offerAgain(): Promise<void> {
    const names = await this.#ask(() => this.#queue.getRanges(['delayed'], 0, -1));
    const own = names.filter((name) => this.#outstanding.has(name));
    const still = own.filter((name) => this.#left.has(name));
    this.#left = new Set(own);
    for (let from = 0; from < still.length; from += BATCH) {
      await this.#ask(() => Promise.all(still.slice(from, from + BATCH).map((name) => this.#offer(name))));
    }
  }

  async #offer(name: string): Promise<void> {
    try {
      await (await this.#queue.getJob(name))?.promote();
    } catch (error) {
      // A worker was faster.
      if (!(error instanceof Error && error.message.includes('not in the delayed state'))) throw error;
    }
  }

  /** @throws {UsageError} if every worker has refused */
  #tellOfWorkers(workers: readonly Participant[], refused: ReadonlyMap<string, string>): void {
    const { version } = this.#context;
    const fit = workers.filter((worker) => worker.version === version);
    for (const why of refused.values()) this.#tell(`a worker left runs to others: ${why}`);
    if (fit.length > 0 && fit.every(({ id }) => refused.has(id)))
      throw new UsageError(
        'no worker can do the runs',
        [...new Set(fit.map(({ id }) => refused.get(id) as string))].map((message) => ({
          path: 'worker',
          message,
        })),
      );
    if (fit.length > 0 || performance.now() - this.#startMs < ALONE_MS) return;
    const others = [...new Set(workers.map((worker) => worker.version))].sort();
    this.#tell(
      others.length === 0
        ? `no worker is there: start "slicewise worker --redis URL" of version ${version}`
        : `no worker of version ${version} is there, only of ${others.join(', ')}: start one of the same version`,
    );
  }

  #tell(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#options.note(text);
  }

  /** Asked to stop: what nobody has begun is taken back; what is being done stays for when the sweep goes on. */
  async #withdraw(): Promise<void> {
    const waiting = await this.#ask(() => this.#queue.getRanges(['waiting', 'delayed'], 0, -1));
    const own = waiting.filter((name) => this.#outstanding.has(name));
    for (let from = 0; from < own.length; from += BATCH) await this.#remove(own.slice(from, from + BATCH));
  }

  /** All is yielded: what else is there of this sweep was written before, or done twice. */
  async #clear(): Promise<void> {
    const prefix = jobPrefix(this.#context.sweepId);
    const names = await this.#ask(() =>
      this.#queue.getRanges(['completed', 'failed', 'waiting', 'delayed'], 0, -1),
    );
    const own = names.filter((name) => name.startsWith(prefix));
    for (let from = 0; from < own.length; from += BATCH) await this.#remove(own.slice(from, from + BATCH));
    await this.#ask(() => forgetRefusals(this.#link.client, this.#context.sweepId));
  }

  /**
   * Asks until there is an answer. All that is asked may be asked twice: an answer that was cut off may have come from a
   * server that did what it was asked.
   */
  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#link.answer(ask());
      } catch (error) {
        if (!isCut(error)) throw error instanceof UsageError ? error : this.#link.explained(error);
        await this.#pause(POLL_MS);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await Promise.race([sleep(ms), this.#link.lost]);
  }

  async close(): Promise<void> {
    const last = goodbye(this.#link.client, 'sweeps', this.#self).then(() => this.#queue.close());
    await Promise.race([last.catch(() => {}), sleep(CLEAN_UP_MS, undefined, { ref: false })]);
  }
}

/** What a worker answers; a job that was meddled with does not count as done. */
function isOutcome(value: unknown): value is SweepOutcome {
  if (typeof value !== 'object' || value === null || !('status' in value)) return false;
  return value.status === 'failed' || (value.status === 'done' && 'digest' in value && 'metrics' in value);
}
