import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { serveViewer } from '../../cli/view-server.ts';
import { startChromium } from './chromium.ts';

/** The viewer in a tab of its own. */
export interface Viewer {
  readonly page: Page;
  /** Of the page, without `#`. */
  readonly url: string;
  /** What the page complained of on its console, and what it threw. */
  readonly errors: readonly string[];
  /** What it asked for elsewhere than at its own address. */
  readonly outside: readonly string[];
  close(): Promise<void>;
}

export interface ViewerOptions extends BrowserContextOptions {
  /** What follows the address, such as `#view=fleet`. */
  readonly path?: string;
  /** Replay files that the page opens by itself, as `slicewise view` has it do. */
  readonly replays?: readonly string[];
  /** Directory of a sweep that the page opens by itself. */
  readonly sweep?: string;
}

/**
 * Builds the viewer as a user gets it (once for all test files, again when a source is newer), serves it on the loopback
 * address and opens it in Chromium, at 1280 x 800 unless asked otherwise.
 *
 * @returns undefined where there is no Chromium: skip the test
 */
export async function openViewer({
  path = '',
  replays = [],
  sweep,
  ...options
}: ViewerOptions = {}): Promise<Viewer | undefined> {
  const browser = await startChromium();
  if (browser === undefined) return undefined;
  const server = await serveViewer(builtViewer(), replays, 0, sweep);
  const viewer = await openTab(browser, server.url, path, options);
  return {
    ...viewer,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** A tab in a browser that runs already, at an address that somebody else serves. */
export async function openTab(
  browser: Browser,
  url: string,
  path: string,
  options: BrowserContextOptions,
): Promise<Viewer> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  const outside: string[] = [];
  const origin = `${new URL(url).origin}/`;
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('request', (request) => {
    const asked = request.url();
    if (!(asked.startsWith(origin) || asked.startsWith('data:') || asked.startsWith('blob:')))
      outside.push(asked);
  });
  await page.goto(`${url}${path}`);
  return { page, url, errors, outside, close: () => context.close() };
}

/** Opens a replay in the page: by its path, or by its bytes. */
export async function openReplay(
  page: Page,
  file: string | { readonly name: string; readonly bytes: Uint8Array },
): Promise<void> {
  const given =
    typeof file === 'string' ? { name: file.split('/').at(-1) as string, bytes: readFileSync(file) } : file;
  // Dropped on the page, as a user can on every view.
  const data = await page.evaluateHandle(
    ({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name));
      return transfer;
    },
    { name: given.name, base64: Buffer.from(given.bytes).toString('base64') },
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}

const CACHE = resolve('node_modules', '.cache', 'slicewise-viewer');
const SOURCES = ['viz', 'sim', 'scenarios', 'package.json', 'vite.viewer.config.ts'];
/** A build that is older belongs to nobody who still runs, ms. */
const OLD_MS = 3_600_000;

/** Latest modification time below a path, ms. */
function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = stat.mtimeMs;
  for (const entry of readdirSync(path)) latest = Math.max(latest, newest(join(path, entry)));
  return latest;
}

/** The folder of a build of the sources as they are. */
export function builtViewer(): string {
  const folder = join(CACHE, String(Math.round(Math.max(...SOURCES.map(newest)))));
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true });
  }
  // Built beside its place and then moved there, so that two test files at a time do not meet half a build.
  const fresh = `${folder}.${process.pid}-${threadId}`;
  const vite = resolve('node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', 'vite.viewer.config.ts', '--outDir', fresh, '--emptyOutDir'];
  // Vitest sets it to test, which gives another bundle.
  const env = { ...process.env, NODE_ENV: 'production' };
  const build = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`Cannot build the viewer: ${build.stderr}${build.stdout}`);
  try {
    renameSync(fresh, folder);
  } catch (error) {
    // Another process was faster.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
