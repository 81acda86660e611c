import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { drive } from '../../cli/sweep/drive.ts';
import { redisExecutor, WINDOW } from '../../cli/sweep/redis/executor.ts';
import { redisServer } from '../../cli/sweep/redis/server.ts';
import { workForRedis } from '../../cli/sweep/redis/worker.ts';
import { SweepStore } from '../../cli/sweep/store.ts';
import { packageVersion } from '../../cli/version.ts';
import { freshPath, OwnRedis, PATIENCE_MS, type Part, processorSeconds, say, startPart } from './machine.ts';
import { planOf, typicalOutcome } from './short-runs.ts';
import { median } from './sweeps.ts';

/**
 * The queue by itself: the product's own coordinator, workers and server, with documents and outcomes of real runs, but runs
 * that take no time. Each side's processor time says what it could do with a core to itself.
 */

/** As of a worker on a machine with so many cores. */
const CONCURRENCY = 8;

interface QueueRow {
  readonly workers: number;
  readonly runsPerSec: number;
  /** Processor seconds a run: of the server, of the sweep with its writing, of all workers together. */
  readonly server: number;
  readonly sweep: number;
  readonly worker: number;
}

export interface QueueCosts {
  readonly rows: readonly QueueRow[];
  readonly version: string;
  /** In the server for each run that waits, and for each that is done and not collected. */
  readonly bytesWaiting: number;
  readonly bytesDone: number;
  /** Over the network for each run, into and out of the server. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly commands: number;
  /** From the end of a run to when the sweep has it, where the queue has little to do. */
  readonly returnSec: number;
}

interface WorkerTask {
  readonly url: string;
  readonly concurrency: number;
  /** File with what every run answers. */
  readonly outcome: string;
  /** How long a run takes. */
  readonly runMs: number;
}

interface SweepTask {
  readonly url: string;
  readonly runs: number;
  /** Take the first outcome and ask for no more. */
  readonly isHeld: boolean;
}

interface SweepAnswer {
  /** From the first outcome to the last. */
  readonly seconds: number;
  readonly processorSec: number;
  readonly returnSec: number;
}

const TIMEOUT_MS = 60_000;

/** Plays a worker whose runs do nothing. `elapsedMs` of an outcome is the moment at which it was done. */
export async function playWorker({ url, concurrency, outcome: file, runMs }: WorkerTask): Promise<void> {
  const outcome = JSON.parse(readFileSync(file, 'utf8'));
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  await workForRedis({
    server: redisServer(url, {}),
    timeoutMs: TIMEOUT_MS,
    version: packageVersion,
    concurrency,
    idleExitMs: undefined,
    silentMs: 30_000,
    runOne: async ({ id, index }) => {
      if (runMs > 0) await sleep(runMs);
      return { ...outcome, id, index, elapsedMs: Date.now() };
    },
    signal: stop.signal,
    note: () => console.log('ready'),
  });
}

/** Plays the sweep: plan, queue and directory as `slicewise sweep --redis` has them. */
export async function playSweep({ url, runs, isHeld }: SweepTask): Promise<SweepAnswer | undefined> {
  const plan = planOf(runs);
  const store = new SweepStore(freshPath('queued'), plan.manifest, plan.ids, undefined, 'second');
  const executor = redisExecutor({ server: redisServer(url, {}), timeoutMs: TIMEOUT_MS, note: () => {} });
  const signal = new AbortController().signal;
  const all = Array.from({ length: runs }, (_, i) => i);
  if (isHeld) {
    const { sweepId, version } = plan.manifest;
    const context = { sweepId, version, folder: plan.folder, signal };
    await executor.run(plan.runs(all), context)[Symbol.asyncIterator]().next();
    console.log('held');
    await sleep(PATIENCE_MS);
    return undefined;
  }
  let began: { readonly ms: number; readonly processor: NodeJS.CpuUsage } | undefined;
  const returned: number[] = [];
  await drive(plan, all, store, executor, signal, ({ elapsedMs: doneMs }) => {
    began ??= { ms: performance.now(), processor: process.cpuUsage() };
    returned.push((Date.now() - doneMs) / 1000);
  });
  if (began === undefined) throw new Error('no run came back');
  const seconds = (performance.now() - began.ms) / 1000;
  const { user, system } = process.cpuUsage(began.processor);
  store.close();
  return { seconds, processorSec: (user + system) / 1e6, returnSec: median(returned) };
}

export async function measureQueue(counts: readonly number[], runs: number): Promise<QueueCosts> {
  const server = await new OwnRedis().start();
  const outcome = freshPath('outcome');
  writeFileSync(outcome, JSON.stringify(await typicalOutcome(planOf(1))));
  const startWorkers = async (count: number, concurrency: number, runMs: number) => {
    const task: WorkerTask = { url: server.url, concurrency, outcome, runMs };
    const workers = Array.from({ length: count }, () => startPart('worker', task));
    await Promise.all(workers.map((worker) => worker.says('ready')));
    return workers;
  };
  const processor = (workers: readonly Part[]) =>
    workers.reduce((sum, { process }) => sum + processorSeconds(process.pid as number), 0);
  const sweep = (task: Omit<SweepTask, 'url'>) => startPart('sweep', { ...task, url: server.url });

  const rows: QueueRow[] = [];
  let traffic = { bytesIn: 0, bytesOut: 0, commands: 0 };
  for (const count of counts) {
    await server.empty();
    const workers = await startWorkers(count, CONCURRENCY, 0);
    const [before, workedBefore] = [await server.read(), processor(workers)];
    const { seconds, processorSec } = await sweep({ runs, isHeld: false }).answer<SweepAnswer>();
    const [after, workedAfter] = [await server.read(), processor(workers)];
    await Promise.all(workers.map((worker) => worker.end()));
    rows.push({
      workers: count,
      runsPerSec: runs / seconds,
      server: (after.processorSec - before.processorSec) / runs,
      sweep: processorSec / runs,
      worker: (workedAfter - workedBefore) / runs,
    });
    traffic = {
      bytesIn: (after.bytesIn - before.bytesIn) / runs,
      bytesOut: (after.bytesOut - before.bytesOut) / runs,
      commands: (after.commands - before.commands) / runs,
    };
    say(`queue with ${count} workers: ${(runs / seconds).toFixed(0)} runs a second`);
  }

  await server.empty();
  const [slow] = [await startWorkers(1, 1, 20)];
  const { returnSec } = await sweep({ runs: 100, isHeld: false }).answer<SweepAnswer>();
  await Promise.all(slow.map((worker) => worker.end()));

  await server.empty();
  const none = (await server.read()).memory;
  const held = sweep({ runs: WINDOW, isHeld: true });
  await server.has('wait', WINDOW);
  const waiting = (await server.read()).memory;
  const workers = await startWorkers(1, CONCURRENCY, 0);
  await held.says('held');
  await server.has('completed', WINDOW);
  const done = (await server.read()).memory;
  held.process.kill('SIGKILL');
  await Promise.all(workers.map((worker) => worker.end()));
  await server.end();
  return {
    rows,
    version: server.version,
    bytesWaiting: (waiting - none) / WINDOW,
    bytesDone: (done - none) / WINDOW,
    ...traffic,
    returnSec,
  };
}
