import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { serveViewer } from '../cli/view-server.ts';
import { startChromium } from '../test/browser/chromium.ts';
import { builtViewer, openTab } from '../test/browser/viewer-page.ts';
import { PairScan } from '../viz/replay/divergence.ts';
import type { SegmentSource } from '../viz/replay/divergence-moments.ts';
import type { Pair } from '../viz/replay/pair.ts';
import { Player } from '../viz/replay/player.ts';
import { ReplayFile } from '../viz/replay/replay-file.ts';
import { benchmarkReplay } from './viewer-replay.ts';

/**
 * The search for where two runs part, on two replays of 10,000 GPUs and 5 million events each, of the same jobs under two
 * placement policies: how long it takes in Node and in Chromium, whether the page stays responsive, how soon it ends when
 * it is stopped, and memory.
 *
 * `npm run bench:compare -- [--jobs 1300000] [--other first-fit]`: replays are made the first time (some minutes) and kept
 * in node_modules/.cache.
 */
const { values: options } = parseArgs({
  options: { jobs: { type: 'string', default: '1300000' }, other: { type: 'string', default: 'first-fit' } },
});

/** What the page notes of itself: long tasks, when and how long, ms. */
declare global {
  var longTasks: { readonly atMs: number; readonly lengthMs: number }[];
}

function noteTasks(): void {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      longTasks.push({ atMs: startTime, lengthMs: duration });
  }).observe({ type: 'longtask', buffered: true });
}

const paths = [
  benchmarkReplay(Number(options.jobs)),
  benchmarkReplay(Number(options.jobs), options.other),
] as const;

/** A replay as the page reads one from disk. */
async function openFile(path: string): Promise<ReplayFile> {
  const file = await open(path);
  return await ReplayFile.open({
    size: statSync(path).size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    },
  });
}

const sourceOf = (file: ReplayFile): SegmentSource => ({
  segments: file.outline.segments,
  segment: (number) => file.glance(number),
});

interface Scanned {
  readonly seconds: number;
  readonly mostHeapMb: number;
  readonly events: number;
  readonly scan: PairScan;
}

async function scanInNode(): Promise<Scanned> {
  const files: Pair<ReplayFile> = [await openFile(paths[0]), await openFile(paths[1])];
  let mostHeap = 0;
  let pauses = 0;
  const fromMs = performance.now();
  const scan = new PairScan(
    [sourceOf(files[0]), sourceOf(files[1])],
    [new Player(files[0]).endUs, new Player(files[1]).endUs],
    async () => {
      if (pauses++ % 64 === 0) {
        const { heapUsed, external } = process.memoryUsage();
        mostHeap = Math.max(mostHeap, heapUsed + external);
      }
      return true;
    },
  );
  await scan.run();
  return {
    seconds: (performance.now() - fromMs) / 1000,
    mostHeapMb: mostHeap / 1e6,
    events: files.flatMap(({ outline }) => outline.segments).reduce((sum, { count }) => sum + count, 0),
    scan,
  };
}

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
};

async function memoryMb(client: CDPSession): Promise<number> {
  const usage = (await client.send('Runtime.getHeapUsage')) as unknown as Record<string, number>;
  return ((usage.usedSize ?? 0) + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0)) / 1e6;
}

interface InPage {
  readonly seconds: number;
  readonly firstSec: number;
  readonly mostMb: number;
  readonly frames: readonly number[];
  readonly tasks: readonly number[];
  readonly stopMs: number;
  readonly found: string;
  readonly version: string;
  readonly errors: readonly string[];
}

const progress = (page: Page) => page.locator('.compare-progress progress');

async function scanInPage(): Promise<InPage> {
  const browser = await startChromium();
  if (browser === undefined) throw new Error('there is no Chromium');
  const server = await serveViewer(builtViewer(), paths, 0);
  const tab = await openTab(browser, 'about:blank', '', { viewport: { width: 1600, height: 900 } });
  const { page } = tab;
  await page.addInitScript(noteTasks);
  await page.goto(`${server.url}#view=compare&t=86400`);
  await progress(page).waitFor({ timeout: 60_000 });
  const client = await page.context().newCDPSession(page);

  // Stopped in the middle, and begun again.
  await page.waitForTimeout(1500);
  const stopMs = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const from = performance.now();
        const stop = [...document.querySelectorAll('button')].find((each) => each.textContent === 'Stop');
        stop?.click();
        const look = (): void => {
          if (document.querySelector('.compare-progress progress') === null) done(performance.now() - from);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  await page.getByRole('button', { name: 'Compare all again' }).click();
  const fromMs = performance.now();
  const going = page.evaluate(
    () =>
      new Promise<{ frames: number[]; tasks: number[]; firstSec: number }>((done) => {
        const times: number[] = [];
        const from = performance.now();
        let firstMs = 0;
        const tick = (now: number): void => {
          times.push(now);
          const hasFirst = document.querySelector('.compare-table .moment') !== null;
          if (firstMs === 0 && hasFirst) firstMs = performance.now();
          if (document.querySelector('.compare-progress progress') !== null || now - from < 1000)
            requestAnimationFrame(tick);
          else
            done({
              frames: times.slice(1).map((each, i) => each - (times[i] as number)),
              tasks: longTasks.filter(({ atMs }) => atMs > from).map(({ lengthMs }) => lengthMs),
              firstSec: (firstMs - from) / 1000,
            });
        };
        requestAnimationFrame(tick);
      }),
  );
  let isOver = false;
  void going.then(() => {
    isOver = true;
  });
  let mostMb = 0;
  while (!isOver) {
    mostMb = Math.max(mostMb, await memoryMb(client));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const { frames, tasks, firstSec } = await going;
  const seconds = (performance.now() - fromMs) / 1000;
  const found = (await page.locator('.compare-progress p').last().textContent()) ?? '';
  const version = browser.version();
  const { errors } = tab;
  await browser.close();
  await server.close();
  return { seconds, firstSec, mostMb, frames, tasks, stopMs, found, version, errors };
}

const node = await scanInNode();
console.log(`Node: ${node.seconds.toFixed(1)} s for ${node.events} events, ${node.mostHeapMb.toFixed(0)} MB`);
const page = await scanInPage();

const held = (isHeld: boolean) => (isHeld ? 'held' : '**missed**');
const row = (what: string, measured: string, aim = '', isHeld?: boolean) =>
  `| ${what} | ${measured} | ${aim} | ${isHeld === undefined ? '' : held(isHeld)} |`;
const longest = Math.max(0, ...page.tasks);
const rate = (seconds: number) => `${(node.events / seconds / 1000).toFixed(0)} thousand events a second`;
const date = new Date().toISOString().slice(0, 10);
const { scan } = node;
const text = `# Comparing two replays: 10,000 GPUs each

${date}, ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)} (the browser's own included), Chromium ${page.version} without a graphics
card, Node ${process.version}. The replays: 1250 hosts of 8 GPUs, ${Number(options.jobs).toLocaleString('en')} jobs, placed by best-fit (${(statSync(paths[0]).size / 1e6).toFixed(1)} MB) and by ${options.other} (${(statSync(paths[1]).size / 1e6).toFixed(1)} MB);
${(node.events / 1e6).toFixed(1)} million events in both. They decide differently about ${scan.divergedJobs.toLocaleString('en')} of ${scan.pairedJobs.toLocaleString('en')} jobs, ${scan.differences.toLocaleString('en')} times in all.

| what | measured | aim | |
| --- | --- | --- | --- |
${[
  row('whole search in Node', `${node.seconds.toFixed(1)} s, ${rate(node.seconds)}`),
  row(
    'memory in Node, scripts and buffers',
    `${node.mostHeapMb.toFixed(0)} MB at most`,
    '< 400 MB',
    node.mostHeapMb < 400,
  ),
  row('whole search in the page', `${page.seconds.toFixed(1)} s, ${rate(page.seconds)}`),
  row('first divergent decision listed in the page', `after ${page.firstSec.toFixed(2)} s`),
  row('from Stop to stopped', `${page.stopMs.toFixed(0)} ms`, '< 100 ms', page.stopMs < 100),
  row(
    'longest task of the page meanwhile',
    `${longest.toFixed(0)} ms (${page.tasks.length} over 50 ms)`,
    '< 100 ms',
    longest < 100,
  ),
  row(
    'frames of the page meanwhile',
    `median ${quantile(page.frames, 0.5).toFixed(1)} ms, p95 ${quantile(page.frames, 0.95).toFixed(1)} ms`,
  ),
  row(
    'memory of the page, scripts and buffers, both replays',
    `${page.mostMb.toFixed(0)} MB at most`,
    '< 400 MB',
    page.mostMb < 400,
  ),
].join('\n')}
`;
console.log(text);
console.log(page.found);
if (page.errors.length > 0) console.error(`The page complained: ${page.errors.join('\n')}`);
mkdirSync('bench/results', { recursive: true });
writeFileSync(`bench/results/compare-${date}.md`, text);
