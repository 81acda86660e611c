import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { startChromium } from './chromium.ts';

const folder = new TemporaryFolder().path;
const replay = join(folder, 'mig <b>.replay');
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await startChromium();
  const short = ['--set', 'experiment.horizon=2h', '--set', 'experiment.warmup=0s'];
  const ran = await inProcess(['run', 'mig-on-demand-h100', ...short, '--replay', replay, '--out', folder]);
  expect(ran.code, ran.err).toBe(0);
  const made = await inProcess(['report', folder, '--out', folder, '--replay', replay]);
  expect(made.code, made.err).toBe(0);
});

afterAll(() => browser?.close());

test('a replay in a report is saved out of the page, without script or network', async ({ skip }) => {
  if (browser === undefined) return skip('no Chromium');
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('request', (request) => requests.push(request.url().slice(0, 5)));
  await page.goto(pathToFileURL(join(folder, 'report.html')).href);
  await page.getByRole('link', { name: 'Replay', exact: true }).click();
  await page.locator('#replay summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#replay a').click()]);
  const saved = readFileSync(await download.path());
  expect(saved.equals(readFileSync(replay))).toBe(true);
  expect(await page.locator('#replay b').count()).toBe(0);
  expect(complaints).toEqual([]);
  expect(requests.filter((url) => url.startsWith('http'))).toEqual([]);
});

test('a replay of another run, or without a page to go to, is refused', async () => {
  const other = join(folder, 'other.replay');
  const ran = await inProcess(['run', 'easy-backfill', '--replay', other]);
  expect(ran.code, ran.err).toBe(0);
  const refused = async (...args: string[]) => {
    const { code, err } = await inProcess(['report', folder, '--out', join(folder, 'no'), ...args]);
    expect(code).toBe(2);
    return err;
  };
  expect(await refused('--replay', other)).toContain('is of another run');
  expect(await refused('--replay', replay, '--format', 'md')).toContain('goes with html');
  expect(await refused('--replay', join(folder, 'result.json'))).toContain('does not begin like one');
});
