import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { loadScenario } from '../../cli/load-scenario.ts';
import type { RunOne, SweepContext, SweepOutcome, SweepRun } from '../../cli/sweep/executor.ts';
import { hash128 } from '../../cli/sweep/hash.ts';
import { inProcess } from '../../cli/sweep/in-process.ts';
import { redisExecutor } from '../../cli/sweep/redis/executor.ts';
import { redisServer } from '../../cli/sweep/redis/server.ts';
import { type RedisWork, workForRedis } from '../../cli/sweep/redis/worker.ts';
import { runOne } from '../../cli/sweep/run-one.ts';
import { packageVersion } from '../../cli/version.ts';

/** What a test waits for comes; how fast it comes is for the benchmarks. */
export const PATIENCE_MS = 30_000;

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The server that is tested with: `SLICEWISE_REDIS_SERVER` names another one, such as a valkey-server. */
const program = process.env.SLICEWISE_REDIS_SERVER || 'redis-server';

/** Whether Debian's redis-server, or one like it, is here. Tests that need it say that they were skipped. */
export const hasRedis = spawnSync(program, ['--version']).status === 0;
if (!hasRedis)
  process.stderr.write(`skipped: tests of Redis queues need ${program} (Debian: redis-server)\n`);

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server of a test's own, in a folder of its own, which may be killed and started again. */
export class TestRedis {
  readonly folder = mkdtempSync(join(tmpdir(), 'slicewise-redis-'));
  port = 0;
  #process: ChildProcess | undefined;
  readonly #settings: readonly string[];

  /** @param settings options of redis-server; by default nothing is kept on disk */
  constructor(...settings: readonly string[]) {
    this.#settings = settings;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    if (this.port === 0) this.port = await freePort();
    const data = join(this.folder, 'data');
    mkdirSync(data, { recursive: true });
    this.#process = spawn(
      program,
      ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', data, '--save', '', ...this.#settings],
      { stdio: 'ignore' },
    );
    await waitFor(() => answers(this.port));
    return this;
  }

  /** Without a goodbye: what is not on its disk is gone. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      // An answer that a password is needed is one, too; that its file is being loaded is not.
      resolve(/^\+PONG|^-NOAUTH/.test(data.toString()));
    });
    socket.once('error', () => resolve(false));
  });
}

/** Polls until something holds. */
export async function waitFor(holds: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: PATIENCE_MS, interval: 20 }).toBe(true);
}

/** A `slicewise` process and all that it wrote. */
export class Slicewise {
  readonly process: ChildProcess;
  text = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.process = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.text += chunk.toString();
      });
  }

  /** Exit code, or the name of the signal. */
  async ended(): Promise<number | string | null> {
    const { exitCode, signalCode } = this.process;
    if (exitCode === null && signalCode === null) await once(this.process, 'close');
    return this.process.exitCode ?? this.process.signalCode;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | string | null> {
    this.process.kill(signal);
    return this.ended();
  }
}

/** A worker with one run at a time, whose runs others take over soon. */
export function worker(url: string, ...more: readonly string[]): Slicewise {
  return new Slicewise(['worker', '--redis', url, '--concurrency', '1', '--silent', '1s', ...more]);
}

/** A worker of this process, for tests in which nobody is killed: no start to wait for. */
export class OwnWorker {
  readonly notes: string[] = [];
  /** Runs that it took and looked at. */
  begun = 0;
  readonly #stop = new AbortController();
  readonly #work: Promise<RedisWork>;

  /** @param run what it does with a run */
  constructor(url: string, version = packageVersion, run: RunOne = runOne) {
    this.#work = workForRedis({
      server: redisServer(url, {}),
      timeoutMs: PATIENCE_MS,
      version,
      concurrency: 1,
      idleExitMs: undefined,
      // Nobody takes its runs over, however slow the machine is.
      silentMs: PATIENCE_MS,
      runOne: (one, context) => {
        this.begun += 1;
        return run(one, context);
      },
      signal: this.#stop.signal,
      note: (text) => this.notes.push(text),
    });
  }

  /** By itself: it could not go on. */
  ended(): Promise<RedisWork> {
    return this.#work;
  }

  end(): Promise<RedisWork> {
    this.#stop.abort();
    return this.#work;
  }
}

/** A connection in the middle that can be cut. */
export class CutProxy {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #to: number;
  port = 0;

  constructor(to: number) {
    this.#to = to;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async open(): Promise<this> {
    this.#server = createServer((near) => {
      const far = connect(this.#to, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    }).listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async cut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** Different small runs of some 30 ms: a fleet under loads that grow. */
export function smallRuns(count: number): SweepRun[] {
  return Array.from({ length: count }, (_, index) => {
    const { document } = loadScenario('easy-backfill', [
      'workload.synthetic.until=3d',
      'experiment.horizon=3d',
      'experiment.warmup=0s',
      `workload.synthetic.arrivals.rate=${(3 + index / 100).toFixed(2)}/h`,
    ]);
    const { whatIf: _variants, ...plain } = document as Record<string, unknown>;
    return { id: hash128({ document: hash128(plain), seed: index }), index, document: plain, seed: index };
  });
}

export function contextOf(runs: readonly SweepRun[], signal = new AbortController().signal): SweepContext {
  return { sweepId: hash128(runs.map(({ id }) => id)), version: packageVersion, folder: tmpdir(), signal };
}

/** What one process alone finds, with nothing of a queue. */
export async function alone(runs: readonly SweepRun[]): Promise<SweepOutcome[]> {
  const outcomes: SweepOutcome[] = [];
  for await (const outcome of inProcess.run(runs, contextOf(runs))) outcomes.push(outcome);
  return outcomes;
}

/** A coordinator of this process. */
export function coordinator(url: string, notes: string[] = [], timeoutMs = PATIENCE_MS, window?: number) {
  return redisExecutor({
    server: redisServer(url, {}),
    timeoutMs,
    ...(window === undefined ? {} : { window }),
    note: (text) => notes.push(text),
  });
}

/** Without wall clock, in order of the design. */
export function plain(outcomes: readonly SweepOutcome[]): unknown[] {
  return [...outcomes].sort((a, b) => a.index - b.index).map(({ elapsedMs: _wallClock, ...found }) => found);
}

/** How many keys of the product are left, besides who was there lately and what the queue says of itself. */
export async function jobsLeft(url: string): Promise<string[]> {
  const client = new Redis(url);
  const keys = await client.keys('slicewise:*.*');
  client.disconnect();
  return keys.filter((key) => /:[^:]+\.[0-9a-f]{32}\./.test(key));
}
