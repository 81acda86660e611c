import { resultLines } from '../../cli/sweep/read-results.ts';
import { freshPath, OwnRedis, say, startCommand, timedCommand } from './machine.ts';
import { designOptions, POINTS, writeScenario } from './short-runs.ts';

/** Whole sweeps as users run them, by number of runs. */
export interface SweepRow {
  readonly runs: number;
  readonly threadsSec: number;
  /** Undefined where there is no server. */
  readonly redisSec: number | undefined;
}

/** What a sweep costs besides its runs, and what runs cost each other. */
export interface StartUp {
  /** From the command to the first run, for 10 points. */
  readonly startSec: number;
  /** What each further point adds to that. */
  readonly pointSec: number;
  /** From the command to a worker that takes runs. */
  readonly workerSec: number | undefined;
  /** What the first runs of a fresh thread take longer than later ones, together. */
  readonly warmUpSec: number;
  /** A run of a thread that is warm and alone. */
  readonly runSec: number;
  /** The same with a second thread beside it, as a factor. */
  readonly crowding: number;
}

/** Of the sweeps that are measured whole. */
export const SWEEP_WORKERS = 2;

export async function measureSweeps(
  sizes: readonly number[],
  withRedis: boolean,
): Promise<readonly SweepRow[]> {
  const scenario = writeScenario();
  const server = withRedis ? await new OwnRedis().start() : undefined;
  const rows: SweepRow[] = [];
  for (const runs of sizes) {
    const design = designOptions(runs / POINTS);
    const out = () => ['--out', freshPath('sweep')];
    const threadsSec = timedCommand('sweep', scenario, ...design, '--workers', `${SWEEP_WORKERS}`, ...out());
    let redisSec: number | undefined;
    if (server !== undefined) {
      const began = performance.now();
      // Workers begin with the sweep: their start is part of it.
      const workers = Array.from({ length: SWEEP_WORKERS }, () =>
        startCommand('worker', '--redis', server.url, '--concurrency', '1'),
      );
      const sweep = startCommand('sweep', scenario, ...design, '--redis', server.url, '--json', ...out());
      await sweep.ended();
      redisSec = (performance.now() - began) / 1000;
      await Promise.all(workers.map((worker) => worker.end()));
    }
    say(`${runs} runs: ${threadsSec.toFixed(1)} s with threads, ${redisSec?.toFixed(1) ?? '-'} s by Redis`);
    rows.push({ runs, threadsSec, redisSec });
  }
  await server?.end();
  return rows;
}

export async function measureStartUp(runs: number, withRedis: boolean): Promise<StartUp> {
  const scenario = writeScenario();
  const MANY = 500;
  const dry = (sizes: number) =>
    median(
      Array.from({ length: 3 }, () =>
        timedCommand('sweep', scenario, ...designOptions(1, sizes), '--dry-run'),
      ),
    );
  const [few, many] = [dry(5), dry(MANY)];
  const timesOf = (workers: number) => {
    const out = freshPath('sweep');
    timedCommand('sweep', scenario, ...designOptions(runs / POINTS), '--workers', `${workers}`, '--out', out);
    // Lines stand in the order in which runs ended.
    return [...resultLines(out)].flatMap(({ outcome }) =>
      outcome === undefined ? [] : [outcome.elapsedMs / 1000],
    );
  };
  const one = timesOf(1);
  const two = timesOf(SWEEP_WORKERS);
  const warm = one.slice(one.length / 2);
  const runSec = median(warm);
  let workerSec: number | undefined;
  if (withRedis) {
    const server = await new OwnRedis().start();
    const starts: number[] = [];
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      const worker = startCommand('worker', '--redis', server.url, '--concurrency', '1');
      await worker.says('at a time');
      starts.push((performance.now() - began) / 1000);
      await worker.end();
    }
    workerSec = median(starts);
    await server.end();
  }
  const startUp = {
    startSec: few,
    pointSec: Math.max(0, (many - few) / (2 * MANY - POINTS)),
    workerSec,
    warmUpSec: one.slice(0, one.length / 10).reduce((sum, each) => sum + each - runSec, 0),
    runSec,
    crowding: median(two.slice(two.length / 2)) / runSec,
  };
  say(
    `start ${few.toFixed(2)} s, a run ${(runSec * 1000).toFixed(1)} ms, beside another ${startUp.crowding.toFixed(2)} of that`,
  );
  return startUp;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
