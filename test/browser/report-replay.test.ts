import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { startChromium } from './chromium.ts';
import { builtViewer } from './viewer-page.ts';

// The viewer of the sources as they are, and not the one that was built for the command line at some time.
vi.mock(import('../../cli/view-server.ts'), async (original) => ({
  ...(await original()),
  viewerFolder: () => builtViewer(),
}));

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = new TemporaryFolder().path;
const replay = join(folder, 'mig <b>.replay');
const report = join(folder, 'report.html');
let browser: Browser | undefined;
const WAIT = { timeout: 15_000 };

beforeAll(async () => {
  browser = await startChromium();
  const short = ['--set', 'experiment.horizon=2h', '--set', 'experiment.warmup=0s'];
  const ran = await inProcess(['run', 'mig-on-demand-h100', ...short, '--replay', replay, '--out', folder]);
  expect(ran.code, ran.err).toBe(0);
  const made = await inProcess(['report', folder, '--out', folder, '--replay', replay]);
  expect(made.code, made.err).toBe(0);
  expect(made.err).toBe('');
}, 120_000);

afterAll(() => browser?.close());

/** The report from its file, with everything that it says and asks for. */
async function opened(open: Browser, options: { javaScriptEnabled?: boolean } = {}) {
  const context = await open.newContext({ acceptDownloads: true, bypassCSP: false, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('request', (request) => requests.push(request.url().slice(0, 100)));
  await page.goto(pathToFileURL(report).href);
  const outside = () => requests.filter((url) => !/^(file|data|blob):/.test(url) || url.endsWith('.js'));
  return { page, complaints, outside };
}

async function openViewer(page: Page): Promise<FrameLocator> {
  await page.getByRole('button', { name: 'Open the replay' }).click();
  const viewer = page.frameLocator('#replay-viewer iframe');
  await viewer.getByRole('button', { name: 'Fleet', exact: true }).waitFor({ timeout: 30_000 });
  return viewer;
}

test.for([true, false])(
  'a replay in a report is saved out of the page, without a network, with script or without: %s',
  async (javaScriptEnabled, { skip }) => {
    if (browser === undefined) return skip('no Chromium');
    const { page, complaints, outside } = await opened(browser, { javaScriptEnabled });
    await page.getByRole('link', { name: 'Replay', exact: true }).click();
    expect(await page.getByRole('button', { name: 'Open the replay' }).isVisible()).toBe(javaScriptEnabled);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#save-replay').click(),
    ]);
    const saved = readFileSync(await download.path());
    expect(saved.equals(readFileSync(replay))).toBe(true);
    expect(await page.locator('#replay b').count()).toBe(0);
    expect(complaints).toEqual([]);
    expect(outside()).toEqual([]);
  },
);

test('the viewer opens inside the report from its file: it shows the fleet, plays, seeks and selects', async ({
  skip,
}) => {
  if (browser === undefined) return skip('no Chromium');
  const { page, complaints, outside } = await opened(browser);
  const viewer = await openViewer(page);
  const map = viewer.getByRole('application');
  await map.waitFor();
  const time = viewer.getByRole('slider', { name: 'Time' });
  const timeText = () => time.getAttribute('aria-valuetext');
  await viewer.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(async () => Number(await time.inputValue()), WAIT).toBeGreaterThan(0);
  await viewer.getByRole('button', { name: 'Pause', exact: true }).click();
  await viewer.locator('main').press('End');
  await expect.poll(timeText, WAIT).toBe('0 d 02:00:00');
  // Somewhere in the middle is a GPU, and between them is their host.
  const side = viewer.getByRole('complementary', { name: 'Selection' });
  const { width, height } = (await map.boundingBox()) ?? { width: 0, height: 0 };
  for (const part of [0.35, 0.45, 0.55, 0.65]) {
    await map.click({ position: { x: width * part, y: height * part } });
    const isGpu = await side
      .getByRole('heading', { name: /GPU \d/ })
      .waitFor({ timeout: 2000 })
      .then(
        () => true,
        () => false,
      );
    if (isGpu) break;
  }
  await expect.poll(() => side.textContent(), WAIT).toContain('H100');
  // What needs the whole viewer says what to do.
  await viewer.getByRole('button', { name: 'What if' }).click();
  await expect
    .poll(() => viewer.locator('main').textContent(), WAIT)
    .toContain('slicewise view mig <b>.replay');
  expect(await viewer.getByRole('button', { name: 'Copy link' }).count()).toBe(0);
  await viewer.getByRole('button', { name: 'Fleet', exact: true }).click();
  await page.getByRole('button', { name: 'Back to the report' }).click();
  await expect.poll(() => page.locator('#replay-viewer').isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Open the replay' }).click();
  // It is as it was left.
  await expect.poll(timeText, WAIT).toBe('0 d 02:00:00');
  expect(complaints).toEqual([]);
  expect(outside()).toEqual([]);
});

test('axe finds nothing serious in a report with a replay, closed or open, and paper has no buttons', async ({
  skip,
}) => {
  if (browser === undefined) return skip('no Chromium');
  const { page } = await opened(browser);
  const findings = async () => {
    await page.evaluate(AXE);
    return await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: { id: string; impact: string }[] }> };
      };
      // Scripts of others do not reach into the frame.
      const { violations } = await axe.run({ iframes: false });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id }) => id);
    });
  };
  expect(await findings()).toEqual([]);
  await openViewer(page);
  expect(await findings()).toEqual([]);
  await page.getByRole('button', { name: 'Back to the report' }).click();
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('button', { name: 'Open the replay' }).isVisible()).toBe(false);
  expect(await page.locator('#replay').textContent()).toContain('events');
});

test('a script that is changed does not run: the page names each that may', async ({ skip }) => {
  if (browser === undefined) return skip('no Chromium');
  const html = readFileSync(report, 'utf8');
  const changed = join(folder, 'changed.html');
  writeFileSync(changed, html.replace('</body>', '<script>document.title = "changed";</script></body>'));
  const page = await (await browser.newContext()).newPage();
  await page.goto(pathToFileURL(changed).href);
  expect(await page.title()).not.toBe('changed');
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
