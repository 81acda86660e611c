import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { plural } from '../../sim/report/format.ts';
import { type Problem, UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { integerOption } from '../options.ts';
import { leaveHangingServers } from '../sweep/redis/leave.ts';
import { durationOption, REDIS_TIMEOUT_MS } from '../sweep/redis/options.ts';
import { hideSecretsOfProcess, redisServer } from '../sweep/redis/server.ts';
import { runThreads } from '../sweep/run-threads.ts';
import { packageVersion } from '../version.ts';

interface WorkerOptions {
  readonly redis?: string;
  readonly concurrency: number;
  readonly idleExit?: number;
  readonly redisTimeout: number;
  readonly silent: number;
}

const MOST_THREADS = 1024;
/** A lock that is renewed in half of it: long enough for a machine that swaps, short enough to wait for. */
const SILENT_MS = 30_000;
const FEWEST_SILENT_MS = 1_000;

/** `slicewise worker --redis URL`: does runs of sweeps that other machines began. */
export function registerWorker(program: Command, io: CliIo): void {
  const problems: Problem[] = [];
  program
    .command('worker')
    .description('do runs of sweeps that other machines put into a Redis or Valkey queue')
    .option(
      '--redis <url>',
      'redis://HOST[:PORT][/DATABASE], rediss:// for TLS (default: SLICEWISE_REDIS_URL)',
    )
    .addOption(
      new Option('--concurrency <n>', 'runs at a time, each on a thread of its own')
        .argParser(integerOption('--concurrency', 1, MOST_THREADS, problems))
        .default(availableParallelism(), 'one for each core'),
    )
    .addOption(
      new Option(
        '--idle-exit <time>',
        'end when there was nothing to do for so long, such as 60s or 5m',
      ).argParser(durationOption('--idle-exit', 100, problems)),
    )
    .addOption(
      new Option('--redis-timeout <time>', 'end with an error when the server was away for so long')
        .argParser(durationOption('--redis-timeout', 100, problems))
        .default(REDIS_TIMEOUT_MS, '60s'),
    )
    .addOption(
      new Option(
        '--silent <time>',
        'take over the runs of workers that were silent for so long; the same for all',
      )
        .argParser(durationOption('--silent', FEWEST_SILENT_MS, problems))
        .default(SILENT_MS, '30s'),
    )
    .addHelpText(
      'after',
      '\nThe server, user and password may stand in SLICEWISE_REDIS_URL, SLICEWISE_REDIS_USERNAME and' +
        '\nSLICEWISE_REDIS_PASSWORD; PEM files for TLS in SLICEWISE_REDIS_CA, _CERT and _KEY.' +
        '\nCtrl-C or SIGTERM: the runs in hand are finished, no more are taken; twice: they are left to other workers.' +
        '\n\nExamples:\n  slicewise worker --redis redis://queue.example:6379' +
        '\n  SLICEWISE_REDIS_URL=rediss://queue.example slicewise worker --concurrency 8 --idle-exit 60s',
    )
    .action((options: WorkerOptions) => work(options, problems, io));
}

async function work(options: WorkerOptions, problems: readonly Problem[], io: CliIo): Promise<void> {
  hideSecretsOfProcess();
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  const server = redisServer(options.redis);
  // Loaded here: no other command should start later because of them.
  const { workForRedis } = await import('../sweep/redis/worker.ts');
  const threads = runThreads(options.concurrency);
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    io.err('worker: finishes the runs in hand and ends; once more to leave them to others\n');
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const { done, failed, refused } = await workForRedis({
      server,
      timeoutMs: options.redisTimeout,
      version: packageVersion,
      concurrency: options.concurrency,
      idleExitMs: options.idleExit,
      silentMs: options.silent,
      runOne: threads.runOne,
      signal: stop.signal,
      note: (text) => io.err(`worker: ${text}\n`),
    });
    const more = [
      ...(failed > 0 ? [`${plural(failed, 'run')} failed`] : []),
      ...(refused > 0 ? [`${plural(refused, 'time')} a run was left to others`] : []),
    ];
    io.err(`worker: ${[`${plural(done, 'run')} done`, ...more].join(', ')}\n`);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    await threads.close();
    leaveHangingServers();
  }
}
