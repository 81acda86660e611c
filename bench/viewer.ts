import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from 'playwright-core';
import { serveViewer } from '../cli/view-server.ts';
import { startChromium } from '../test/browser/chromium.ts';
import { builtViewer, openTab } from '../test/browser/viewer-page.ts';
import { benchmarkReplay } from './viewer-replay.ts';

/**
 * Speed of the viewer in Chromium, on a replay of 10,000 GPUs and 5 million events that the command line wrote: how long
 * until the fleet is seen, how long a jump to another moment takes, frames while it plays, memory, and sizes.
 *
 * `npm run bench:viewer -- [--jobs 1300000] [--seeks 200] [--play 15]`: the replay is made the first time (some minutes)
 * and kept in node_modules/.cache.
 */
const { values: options } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1300000' },
    seeks: { type: 'string', default: '200' },
    play: { type: 'string', default: '15' },
  },
});

/** What the pages note of themselves. */
interface Notes {
  /** When the fleet was last drawn, ms since the page was asked for. */
  drawnMs: number;
  /** How often. */
  draws: number;
  /** Long tasks: when and how long, ms. */
  readonly tasks: { readonly atMs: number; readonly lengthMs: number }[];
}
declare global {
  var notes: Notes;
}

/** Runs in the page before its scripts. */
function noteDraws(): void {
  globalThis.notes = { drawnMs: 0, draws: 0, tasks: [] };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      notes.tasks.push({ atMs: startTime, lengthMs: duration });
  }).observe({ type: 'longtask', buffered: true });
}

/** Notes when something is drawn on a canvas; not while frames are measured, because it takes time itself. */
function watchCanvas(): void {
  const { prototype } = CanvasRenderingContext2D;
  for (const name of ['fillRect', 'fill', 'drawImage', 'putImageData'] as const) {
    const draw = prototype[name] as (...args: unknown[]) => void;
    prototype[name] = function (this: CanvasRenderingContext2D, ...args: unknown[]) {
      draw.apply(this, args);
      // Pictures that are prepared out of sight are not seen yet.
      if (this.canvas.isConnected) {
        notes.drawnMs = performance.now();
        notes.draws += 1;
      }
    } as never;
  }
}

/** Waits until nothing has been drawn for a while; answers when the last picture was seen, ms. */
const settled = (page: Page, afterMs: number) =>
  page.evaluate(
    (from) =>
      new Promise<number>((done) => {
        let seenMs = 0;
        let draws = -1;
        const look = (): void => {
          const now = performance.now();
          if (notes.drawnMs > from && notes.draws !== draws) {
            draws = notes.draws;
            seenMs = now;
          }
          if ((seenMs > 0 && now - seenMs > 150) || now - from > 10_000) done(seenMs);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    afterMs,
  );

const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
};

const path = benchmarkReplay(Number(options.jobs));
const folder = builtViewer();
const browser = await startChromium();
if (browser === undefined) throw new Error('there is no Chromium');
const server = await serveViewer(folder, [path], 0);
const screen = { viewport: { width: 1600, height: 900 } };
const isPrimed = (page: Page) => page.getByRole('application').waitFor();

/** From asking for the page to the first picture of the fleet; and from choosing a file of this machine. */
async function openingTimes(): Promise<readonly [page: number, file: number]> {
  const context = { ...screen };
  const tab = await openTab(browser as never, 'about:blank', '', context);
  await tab.page.addInitScript(noteDraws);
  await tab.page.addInitScript(watchCanvas);
  await tab.page.goto(server.url);
  await isPrimed(tab.page);
  const fromPage = await tab.page.evaluate(firstDraw, 0);
  await tab.page.goto(new URL(server.url).origin);
  await tab.page.getByRole('button', { name: 'Open…' }).waitFor();
  await tab.page.evaluate(() => {
    addEventListener('change', () => performance.mark('chosen'), { capture: true, once: true });
  });
  await tab.page.setInputFiles('input[type=file][aria-label="Replay files to open"]', path);
  await isPrimed(tab.page);
  const chosenMs = await tab.page.evaluate(() => performance.getEntriesByName('chosen')[0]?.startTime ?? 0);
  const fromFile = (await tab.page.evaluate(firstDraw, chosenMs)) - chosenMs;
  await tab.close();
  return [fromPage, fromFile];
}

/** When the first picture after a moment was seen: the frame after it was drawn, ms. */
function firstDraw(afterMs: number): Promise<number> {
  return new Promise((done) => {
    const look = (now: number): void => {
      if (notes.draws > 0 && notes.drawnMs > afterMs) done(Math.max(now, notes.drawnMs));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

const openings: (readonly [number, number])[] = [];
for (let i = 0; i < 5; i++) openings.push(await openingTimes());

// Jumps, by the address: what a click on the time line does, too.
const tab = await openTab(browser, 'about:blank', '', screen);
await tab.page.addInitScript(noteDraws);
await tab.page.addInitScript(watchCanvas);
await tab.page.goto(`${server.url}#view=fleet`);
await isPrimed(tab.page);
await settled(tab.page, 0);
// A moment after the end is the end.
await tab.page.evaluate(() => {
  location.hash = 'view=fleet&t=8000000000';
});
await tab.page.waitForFunction(() => /&t=[1-7]?\d{0,9}(\.|$)/.test(location.hash));
const endSec = Number(new URLSearchParams(new URL(tab.page.url()).hash.slice(1)).get('t'));
let random = 12345;
const next = () => {
  random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
  return random / 2 ** 32;
};
const seeks: number[] = [];
for (let i = 0; i < Number(options.seeks); i++) {
  const sec = Math.floor(next() * endSec);
  const startMs = await tab.page.evaluate((to) => {
    const from = performance.now();
    location.hash = `view=fleet&t=${to}`;
    return from;
  }, sec);
  seeks.push((await settled(tab.page, startMs)) - startMs);
}
const client: CDPSession = await tab.page.context().newCDPSession(tab.page);
const memoryMb = async () => {
  const usage = (await client.send('Runtime.getHeapUsage')) as unknown as Record<string, number>;
  const total = (usage.usedSize ?? 0) + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
  return total / 1e6;
};
const afterSeeks = await memoryMb();
await tab.close();

// Frames while it plays, on a page that nobody else looks into.
const playing = await openTab(browser, 'about:blank', '', screen);
await playing.page.addInitScript(noteDraws);
await playing.page.goto(`${server.url}#view=fleet&t=${Math.floor(endSec / 3)}`);
await isPrimed(playing.page);
await playing.page.waitForTimeout(3000);
const playSec = Number(options.play);
const clockText = () => playing.page.locator('.clock-time').textContent();
const before = await clockText();
await playing.page.getByRole('button', { name: 'Play', exact: true }).click();
const { frames, tasks } = await playing.page.evaluate(
  (seconds) =>
    new Promise<{ frames: number[]; tasks: number[] }>((done) => {
      const times: number[] = [];
      const from = performance.now();
      const tick = (now: number): void => {
        times.push(now);
        if (now - from < seconds * 1000) requestAnimationFrame(tick);
        else
          done({
            frames: times.slice(1).map((each, i) => each - (times[i] as number)),
            tasks: notes.tasks.filter(({ atMs }) => atMs > from).map(({ lengthMs }) => lengthMs),
          });
      };
      requestAnimationFrame(tick);
    }),
  playSec,
);
const after = await clockText();
const session = await playing.page.context().newCDPSession(playing.page);
const usage = (await session.send('Runtime.getHeapUsage')) as unknown as Record<string, number>;
const whilePlaying =
  ((usage.usedSize ?? 0) + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0)) / 1e6;
const { errors } = playing;
await playing.close();
const version = browser.version();
await browser.close();
await server.close();

/** Files of the built page by their size, packed; workers and what they load come after the page. */
function sizes(): readonly { readonly name: string; readonly bytes: number; readonly isWorker: boolean }[] {
  const assets = join(folder, 'assets');
  const names = readdirSync(assets).filter((name) => /\.(js|css|wasm)$/.test(name));
  const textOf = (name: string) => readFileSync(join(assets, name));
  const page = new Set<string>();
  const follow = (text: string): void => {
    for (const name of names) {
      const at = text.indexOf(name);
      // A worker is named in `new Worker(new URL(...))`.
      if (at < 0 || page.has(name) || /new Worker\(.{0,80}$/s.test(text.slice(0, at))) continue;
      page.add(name);
      if (name.endsWith('.js')) follow(textOf(name).toString('utf8'));
    }
  };
  follow(readFileSync(join(folder, 'index.html'), 'utf8'));
  return names.map((name) => ({
    name,
    bytes: gzipSync(textOf(name), { level: 9 }).length,
    isWorker: !page.has(name),
  }));
}

const files = sizes();
const kb = (bytes: number) => (bytes / 1000).toFixed(1);
// What draws sweeps is fetched when there is one.
const isOfSweeps = (name: string) => name.startsWith('sweep-page');
const pageKb = files
  .filter(({ name, isWorker }) => !isWorker && !isOfSweeps(name))
  .reduce((sum, { bytes }) => sum + bytes, 0);
const ms = (value: number) => value.toFixed(0);
const held = (isHeld: boolean) => (isHeld ? 'held' : '**missed**');
const [fromPage, fromFile] = [openings.map(([page]) => page), openings.map(([, file]) => file)];
const longest = Math.max(0, ...tasks);
const medianFrame = quantile(frames, 0.5);
const most = Math.max(afterSeeks, whilePlaying);
const date = new Date().toISOString().slice(0, 10);
const row = (what: string, measured: string, aim: string, isHeld: boolean) =>
  `| ${what} | ${measured} | ${aim} | ${held(isHeld)} |`;
const text = `# Viewer benchmark: 10,000 GPUs

${date}, ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)} (the browser's own included), Chromium ${version} without a graphics
card, Node ${process.version}. The replay: 1250 hosts of 8 GPUs, ${Number(options.jobs).toLocaleString('en')} jobs, ${(statSync(path).size / 1e6).toFixed(1)} MB, written by \`slicewise run --replay\`.

| what | measured | aim | |
| --- | --- | --- | --- |
${[
  row(
    'page asked for to first picture, 5 times',
    `median ${ms(quantile(fromPage, 0.5))} ms, longest ${ms(Math.max(...fromPage))} ms`,
    '< 1500 ms',
    Math.max(...fromPage) < 1500,
  ),
  row(
    'file chosen to first picture, 5 times',
    `median ${ms(quantile(fromFile, 0.5))} ms, longest ${ms(Math.max(...fromFile))} ms`,
    '< 1500 ms',
    Math.max(...fromFile) < 1500,
  ),
  row(
    `jump to another moment, ${seeks.length} of them`,
    `median ${ms(quantile(seeks, 0.5))} ms, p95 ${ms(quantile(seeks, 0.95))} ms, longest ${ms(Math.max(...seeks))} ms`,
    'p95 < 50 ms',
    quantile(seeks, 0.95) < 50,
  ),
  row(
    `frames while playing, ${playSec} s (${before?.split(' of')[0]} to ${after?.split(' of')[0]})`,
    `median ${medianFrame.toFixed(1)} ms (${(1000 / medianFrame).toFixed(0)} a second), p95 ${quantile(frames, 0.95).toFixed(1)} ms`,
    'median 60 a second',
    medianFrame < 17.5,
  ),
  row(
    'longest task while playing',
    `${ms(longest)} ms (${tasks.length} over 50 ms)`,
    '< 100 ms',
    longest < 100,
  ),
  row(
    'memory, scripts and buffers',
    `${ms(afterSeeks)} MB after the jumps, ${ms(whilePlaying)} MB while playing`,
    '< 400 MB',
    most < 400,
  ),
  row(
    'the page, all views but that of sweeps, and the editor, gzip',
    `${kb(pageKb)} kB`,
    '< 250 kB',
    pageKb < 250_000,
  ),
].join('\n')}

| file | gzip, kB | |
| --- | ---: | --- |
${files
  .toSorted((a, b) => Number(a.isWorker) - Number(b.isWorker) || b.bytes - a.bytes)
  .map(
    ({ name, bytes, isWorker }) =>
      `| ${name} | ${kb(bytes)} | ${isWorker ? 'with the worker' : isOfSweeps(name) ? 'with a sweep' : 'page'} |`,
  )
  .join('\n')}
`;
console.log(text);
if (errors.length > 0) console.error(`The page complained: ${errors.join('\n')}`);
mkdirSync('bench/results', { recursive: true });
writeFileSync(`bench/results/viewer-${date}.md`, text);
