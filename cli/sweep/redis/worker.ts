import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, Worker } from 'bullmq';
import { OtherTraces } from '../../executors/kept-traces.ts';
import type { RunOne, SweepOutcome } from '../executor.ts';
import { isRefusal, openRedis, type RedisLink } from './connection.ts';
import { misfit, PREFIX, queueName, type RunJob } from './job.ts';
import { goodbye, HEARTBEAT_MS, heartbeat, present, refuse } from './presence.ts';
import type { RedisServer } from './server.ts';

/** A run whose worker ended in its midst so often is itself to blame. */
const MOST_LOST_WORKERS = 9;
/** What nobody collects, because its sweep was given up, goes after so long. */
const KEPT_SEC = 7 * 24 * 3600;
/** A run that does not fit here is offered again after so long, by when another worker may be free. */
const OFFERED_AGAIN_MS = 2_000;
const RETRY_MS = 500;
const POLL_SEC = 2;
const LAST_WORDS_MS = 2_000;
/** A process does not stay for a timer alone. */
const UNHEARD = { ref: false };

export interface RedisWorkerOptions {
  readonly server: RedisServer;
  /** For so long the server may be away. */
  readonly timeoutMs: number;
  readonly version: string;
  /** Runs at a time. */
  readonly concurrency: number;
  /** Ends when there has been nothing to do for so long; undefined: never. */
  readonly idleExitMs: number | undefined;
  /** Another worker takes over the runs of one that has been silent for so long. */
  readonly silentMs: number;
  /** Must leave this thread free: it tells the server that the run goes on. */
  readonly runOne: RunOne;
  /** When it is aborted, the runs in hand are finished and no more are taken. */
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** What a worker did. */
export interface RedisWork {
  readonly done: number;
  readonly failed: number;
  readonly refused: number;
}

/**
 * Takes runs from a queue and puts their outcomes there, until it is told to end or has been idle for too long.
 *
 * A run is held under a lock that is renewed while the run goes on. A worker that dies, or is cut off, does not renew it,
 * and others put the run back into the queue; what it found after that is refused by the server, because its lock is gone.
 * Before it begins, a run is checked: of the same version, a scenario that reads the same here, the same trace files; and again
 * when they are read.
 *
 * @throws {UsageError} if there is no server, it is not fit, or it has been away for too long
 */
export async function workForRedis(options: RedisWorkerOptions): Promise<RedisWork> {
  const { server, timeoutMs, version, note } = options;
  const link = await openRedis(server, timeoutMs, note);
  const id = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const work = { done: 0, failed: 0, refused: 0 };
  const state = { inHand: 0, lastMs: performance.now() };
  const worker = new Worker<RunJob, SweepOutcome>(
    queueName(version),
    async (job, token) => {
      state.inHand += 1;
      let why: string | undefined;
      try {
        why = await misfit(job.data, version);
        if (why === undefined) {
          const { run, folder, files } = job.data;
          const outcome = await options.runOne({ ...run, files }, { folder });
          work[outcome.status] += 1;
          return outcome;
        }
      } catch (error) {
        if (!(error instanceof OtherTraces)) throw error;
        // A file that was changed after it was looked at.
        why = error.problems.map(({ path, message }) => `${path} ${message}`).join(', ');
      } finally {
        state.inHand -= 1;
        // To be offered what does not fit, again and again, is to have nothing to do.
        if (why === undefined) state.lastMs = performance.now();
      }
      return await giveBack(job, token, why);
    },
    {
      connection: link.client,
      prefix: PREFIX,
      concurrency: options.concurrency,
      lockDuration: options.silentMs,
      stalledInterval: options.silentMs,
      maxStalledCount: MOST_LOST_WORKERS,
      removeOnComplete: { age: KEPT_SEC },
      removeOnFail: { age: KEPT_SEC },
      drainDelay: POLL_SEC,
      runRetryDelay: RETRY_MS,
      autorun: false,
    },
  );
  const said = new Set<string>();
  const sayOnce = (text: string) => {
    if (said.has(text)) return;
    said.add(text);
    note(text);
  };

  async function giveBack(job: Job<RunJob>, token: string | undefined, why: string): Promise<never> {
    work.refused += 1;
    sayOnce(`left the runs of sweep ${job.data.sweepId.slice(0, 12)} to other workers: ${why}`);
    await refuse(link.client, job.data.sweepId, id, why);
    await job.moveToDelayed(Date.now() + OFFERED_AGAIN_MS, token);
    // Hands off for a moment: a worker that fits nothing should not turn the whole queue over.
    await sleep(OFFERED_AGAIN_MS / 4);
    throw new DelayedError();
  }

  const refused = new Promise<never>((_, reject) => {
    // A connection that is lost is heard of from the link; a lock that was lost means that the run is done by another. Who
    // may not take runs does not get them later either.
    worker.on('error', (error) => {
      if (isRefusal(error)) reject(link.explained(error));
    });
  });
  refused.catch(() => {}); // whoever waits hears of it
  worker.on('lockRenewalFailed', (jobs) =>
    sayOnce(`lost the lock of ${jobs.length === 1 ? 'a run' : 'runs'}: done again by others`),
  );
  note(`worker ${id} of version ${version}: ${options.concurrency} at a time, from ${server.name}`);
  const running = worker.run();
  running.catch(() => {});
  try {
    await heartbeats(link, refused, { id, version }, options, state, sayOnce);
    // Finishes what is in hand; the server must answer for that.
    await Promise.race([worker.close(), link.lost]);
    await Promise.race([
      goodbye(link.client, 'workers', { id, version }),
      sleep(LAST_WORDS_MS, undefined, UNHEARD),
    ]).catch(() => {});
    return work;
  } finally {
    await Promise.race([worker.close(true), sleep(LAST_WORDS_MS, undefined, UNHEARD)]);
    link.close();
  }
}

/** Until the worker is to end. */
async function heartbeats(
  link: RedisLink,
  refused: Promise<never>,
  self: { readonly id: string; readonly version: string },
  { idleExitMs, signal }: RedisWorkerOptions,
  state: { readonly inHand: number; readonly lastMs: number },
  sayOnce: (text: string) => void,
): Promise<void> {
  const pauseMs = Math.min(HEARTBEAT_MS, idleExitMs ?? HEARTBEAT_MS);
  while (!signal.aborted) {
    await link.answer(heartbeat(link.client, 'workers', self));
    for (const { id, version } of await link.answer(present(link.client, 'sweeps'))) {
      if (version !== self.version)
        sayOnce(
          `left sweep ${id.slice(0, 12)} to other workers: it is of version ${version}, this worker of ${self.version}`,
        );
    }
    if (idleExitMs !== undefined && state.inHand === 0 && performance.now() - state.lastMs >= idleExitMs)
      return;
    await Promise.race([sleep(pauseMs, undefined, { signal }).catch(() => {}), link.lost, refused]);
  }
}
