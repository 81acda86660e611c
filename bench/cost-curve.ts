import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findings } from './cost-curve/findings.ts';
import { measureFleets, runFleet } from './cost-curve/fleets.ts';
import { cleanUp, hasRedis, say, timedCommand } from './cost-curve/machine.ts';
import { drawLogPlot } from './cost-curve/plots.ts';
import { measureQueue, playSweep, playWorker } from './cost-curve/queue.ts';
import { measureStartUp, measureSweeps } from './cost-curve/sweeps.ts';
import { measureWriter, playMerge } from './cost-curve/writer.ts';

/**
 * What sweeps cost: time against runs and against fleet size, what the queue and the writer can do by themselves, and what
 * follows from that for 1,000 cores.
 *
 * `npm run bench:cost-curve -- [--quick] [--out FOLDER]`: about 6 minutes, for an idle machine; `--quick` looks whether all of it works.
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: 'bench/results' },
    part: { type: 'string' },
  },
  allowPositionals: true,
});

/** What this program is when it starts itself again. */
const PARTS: Readonly<Record<string, (task: never) => unknown>> = {
  worker: playWorker,
  sweep: playSweep,
  merge: playMerge,
  fleet: runFleet,
};

async function play(part: string): Promise<void> {
  const answer = await PARTS[part]?.(JSON.parse(process.argv.at(-1) as string) as never);
  if (answer !== undefined) console.log(JSON.stringify(answer));
  // Connections to a server need not end first.
  process.exit();
}

async function measure(): Promise<void> {
  const { quick, out } = options;
  const loadBefore = loadavg()[0] ?? 0;
  const withRedis = hasRedis();
  if (!withRedis) say('there is no redis-server: the queue is left out');
  // Builds what is not up to date.
  timedCommand('--version');
  const startUp = await measureStartUp(quick ? 40 : 300, withRedis);
  const queue = withRedis
    ? await measureQueue(quick ? [1, 2] : [1, 2, 4, 8], quick ? 600 : 10_000)
    : undefined;
  const writer = await measureWriter(quick ? 2_000 : 20_000);
  const fleets = await measureFleets(quick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000], quick ? 0.1 : 1);
  const sweeps = await measureSweeps(quick ? [30, 100] : [30, 100, 300, 1_000, 3_000], withRedis);

  const date = new Date().toISOString().slice(0, 10);
  const head = `${date}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}, load before ${loadBefore.toFixed(1)}.
Made by \`node bench/run.mjs cost-curve${quick ? ' --quick' : ''}\` in ${Math.round(performance.now() / 1000)} s.`;
  const name = `cost-curve-${date}`;
  const { text, plots } = findings({ sweeps, startUp, fleets, queue, writer }, head, name);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.md`), text);
  for (const plot of plots) writeFileSync(join(out, `${name}-${plot.name}.svg`), drawLogPlot(plot));
  console.log(text);
}

if (options.part !== undefined) await play(options.part);
else {
  try {
    await measure();
  } finally {
    cleanUp();
  }
}
