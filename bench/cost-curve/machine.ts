import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** What a measurement needs of the machine: folders, processes that are ended with it, a Redis server. */

/** The folder of the process that measures: those that it starts use it, too, and it removes it. */
const FOLDER = 'SLICEWISE_COST_CURVE_FOLDER';
const folder = process.env[FOLDER] ?? mkdtempSync(join(tmpdir(), 'slicewise-cost-curve-'));
const children = new Set<ChildProcess>();
let made = 0;

export const freshPath = (name: string): string => join(folder, `${name}-${process.pid}-${made++}`);

/** Ends all processes that were started here and removes their files. */
export function cleanUp(): void {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

function started(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, {
    env: { ...process.env, [FOLDER]: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

const COMMAND = resolve('bin/slicewise.mjs');

/** Seconds of a whole `slicewise` command. */
export function timedCommand(...args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`slicewise ${args.join(' ')}: ${stderr}`);
  return (performance.now() - began) / 1000;
}

/** A process of this program in another part, which says with its first line that it is ready. */
export class Part {
  readonly process: ChildProcess;
  #text = '';
  #errors = '';

  constructor(process: ChildProcess) {
    this.process = process;
    process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
    });
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
  }

  /** @param words what its output or its notes must have in them */
  async says(words: string): Promise<void> {
    while (!this.#text.includes(words) && !this.#errors.includes(words)) {
      if (this.process.exitCode !== null || this.process.signalCode !== null) throw new Error(this.#errors);
      await sleep(5);
    }
  }

  /** Waits for its end, which must be a good one. */
  async ended(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'close');
    if (this.process.exitCode !== 0) throw new Error(this.#errors);
  }

  /** The last line of its output, as JSON. */
  async answer<T>(): Promise<T> {
    await this.ended();
    return JSON.parse(this.#text.trimEnd().split('\n').at(-1) ?? '') as T;
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'close');
    this.process.kill('SIGTERM');
    await gone;
  }
}

/** This program once more, to play one part. */
export function startPart(part: string, task: object): Part {
  return new Part(
    started(process.execPath, [process.argv[1] as string, '--part', part, JSON.stringify(task)]),
  );
}

export function startCommand(...args: readonly string[]): Part {
  return new Part(started(process.execPath, [COMMAND, ...args]));
}

/** Processor seconds that a process has used so far (proc(5): fields 14 and 15 of stat, in ticks). */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** What a Redis server says of itself. */
export interface ServerReading {
  readonly processorSec: number;
  readonly memory: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly commands: number;
}

/** What is waited for comes within it, or never. */
export const PATIENCE_MS = 120_000;
const SERVER = process.env.SLICEWISE_REDIS_SERVER || 'redis-server';

/** A Redis server of its own, which keeps nothing on disk. */
export class OwnRedis {
  readonly version: string;
  #port = 0;
  #client: Redis | undefined;

  constructor() {
    this.version = execFileSync(SERVER, ['--version'], { encoding: 'utf8' }).split(' ').slice(0, 3).join(' ');
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<this> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    this.#port = (probe.address() as AddressInfo).port;
    probe.close();
    await once(probe, 'close');
    const data = freshPath('redis');
    mkdirSync(data);
    started(SERVER, ['--port', `${this.#port}`, '--bind', '127.0.0.1', '--dir', data, '--save', '']);
    this.#client = new Redis(this.url, { retryStrategy: () => 50 });
    this.#client.on('error', () => {});
    await this.#client.ping();
    return this;
  }

  async read(): Promise<ServerReading> {
    const info = (await this.#client?.info()) ?? '';
    const field = (name: string) => Number(new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]);
    return {
      processorSec: field('used_cpu_sys') + field('used_cpu_user'),
      memory: field('used_memory'),
      bytesIn: field('total_net_input_bytes'),
      bytesOut: field('total_net_output_bytes'),
      commands: field('total_commands_processed'),
    };
  }

  /** Waits until so many jobs are in a list or a set of the queue. */
  async has(state: 'wait' | 'completed', count: number): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until) {
      const [key] = (await this.#client?.keys(`slicewise:runs-*:${state}`)) ?? [];
      if (key !== undefined) {
        const size = await (state === 'wait' ? this.#client?.llen(key) : this.#client?.zcard(key));
        if ((size ?? 0) >= count) return;
      }
      await sleep(20);
    }
    throw new Error(`There were never ${count} jobs in ${state}`);
  }

  async empty(): Promise<void> {
    await this.#client?.flushall();
  }

  async end(): Promise<void> {
    const client = this.#client;
    await client?.shutdown('NOSAVE').catch(() => {});
    client?.disconnect();
  }
}

export function hasRedis(): boolean {
  return spawnSync(SERVER, ['--version']).status === 0;
}

/** Told while it goes on. */
export function say(text: string): void {
  console.error(`${Math.round(performance.now() / 1000)} s: ${text}`);
}
