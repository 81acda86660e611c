import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { VIEW_TITLES } from '../../viz/app/view-titles.ts';
import { VIEWS, type View } from '../../viz/state/app-state.ts';
import { inProcess } from '../cli/in-process.ts';
import { openReplay, openTab, openViewer, type Viewer } from './viewer-page.ts';

declare const axe: { run(where: Document, options: RunOptions): Promise<AxeResults> };

const folder = mkdtempSync(join(tmpdir(), 'slicewise-viewer-'));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Two policies over the same arrivals, for a day and a half. */
const [A, B] = [join(folder, 'a.replay'), join(folder, 'b.replay')];
let viewer: Viewer | undefined;
const tabs: Viewer[] = [];

beforeAll(async () => {
  viewer = await openViewer();
  if (viewer === undefined) return;
  for (const [path, placement] of [
    [A, 'best-fit'],
    [B, 'first-fit'],
  ] as const) {
    const ran = await inProcess([
      ...['run', 'mig-on-demand-h100', '--replay', path, '--set', `policy.placement=${placement}`],
      ...['--set', 'experiment.horizon=36h', '--set', 'experiment.warmup=0s'],
    ]);
    expect(ran.code, ran.err).toBe(0);
  }
});

beforeEach(({ skip }) => {
  if (viewer === undefined) skip('no Chromium: install one (the packaged one is for Linux x64 alone)');
});

/** Whatever a test did, the page had nothing to complain of and asked nobody else for anything. */
afterEach(async () => {
  const open = tabs.splice(0);
  await Promise.all(open.map((tab) => tab.close()));
  for (const { errors, outside } of open) expect({ errors, outside }).toEqual({ errors: [], outside: [] });
});

afterAll(async () => {
  await viewer?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A tab of its own with some replays, dropped on the page. */
async function tabWith(
  files: readonly string[],
  path = '',
  options: BrowserContextOptions = {},
): Promise<Page> {
  const { page, url } = viewer as Viewer;
  const browser = page.context().browser();
  if (browser === null) throw new Error('the browser is gone');
  const tab = await openTab(browser, url, path, options);
  tabs.push(tab);
  await tab.page.getByRole('navigation', { name: 'Views' }).waitFor();
  for (const file of files) {
    const open = tab.page.getByRole('list', { name: 'Open replays' }).getByRole('listitem');
    const before = await open.count();
    await openReplay(tab.page, file);
    await open.nth(before).waitFor();
  }
  return tab.page;
}

const show = (page: Page, title: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: title, exact: true }).click();
const time = (page: Page) => page.getByRole('slider', { name: 'Time' });
const timeUs = async (page: Page) => Number(await time(page).inputValue());
const timeText = async (page: Page) => await time(page).getAttribute('aria-valuetext');
/** What the address says once it has caught up with the page. */
const addressHas = (page: Page, part: RegExp) => page.waitForURL((url) => part.test(url.hash));

test('a replay plays, stops, and goes to any moment', async () => {
  const page = await tabWith([A]);
  expect(await page.title()).toBe('Fleet - a.replay - Slicewise viewer');
  expect(await timeUs(page)).toBe(0);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForFunction(
    () => Number(document.querySelector<HTMLInputElement>('input[aria-label=Time]')?.value) > 0,
  );
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const stoppedUs = await timeUs(page);
  await page.keyboard.press('m');
  await page.keyboard.press('End');
  await expect.poll(() => timeText(page)).toBe('1 d 12:00:00');
  await page.keyboard.press('Home');
  await expect.poll(() => timeUs(page)).toBe(0);
  // To the next event: a moment at which something happened, exactly.
  await page.getByRole('button', { name: 'To the next event' }).click();
  await expect.poll(() => timeUs(page)).toBeGreaterThan(0);
  expect(stoppedUs).toBeGreaterThan(0);
});

test('a GPU that is selected on the map is selected everywhere, and that can be undone', async () => {
  const page = await tabWith([A], '#t=86400');
  const map = page.getByRole('application');
  const { width, height } = (await map.boundingBox()) ?? { width: 0, height: 0 };
  // Somewhere in the middle is a GPU, and between them is their host.
  for (const part of [0.35, 0.45, 0.55, 0.65]) {
    if (/gpu=/.test(new URL(page.url()).hash)) break;
    await map.click({ position: { x: width * part, y: height * part } });
    await page.waitForTimeout(500);
  }
  await addressHas(page, /gpu=\d/);
  const side = page.getByRole('complementary', { name: 'Selection' });
  await expect.poll(() => side.textContent()).toContain('H100');
  await show(page, 'Queue and jobs');
  await addressHas(page, /view=jobs.*gpu=\d/);
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.click();
  await expect.poll(() => page.title()).toContain('Fleet');
  const { hash } = new URL(page.url());
  await undo.click();
  await page.waitForURL((url) => url.hash !== hash);
  await page.getByRole('button', { name: 'Redo' }).click();
  await addressHas(page, /gpu=\d/);
});

test('jobs are filtered by name, and what is left passes the filter', async () => {
  const page = await tabWith([A], '#t=86400');
  await show(page, 'Queue and jobs');
  const grid = page.getByRole('grid');
  const names = grid.locator('.row-grid-cell.name[role=gridcell]');
  await grid.waitFor();
  const all = await names.allTextContents();
  expect(all.length).toBeGreaterThan(1);
  const wanted = all.at(-1)?.trim() as string;
  await page.keyboard.press('/');
  await page.keyboard.type(wanted);
  await expect
    .poll(() => page.getByRole('searchbox', { name: 'Part of the name' }).inputValue())
    .toBe(wanted);
  await expect
    .poll(async () => (await names.allTextContents()).every((name) => name.includes(wanted)))
    .toBe(true);
  expect((await names.allTextContents()).length).toBeGreaterThan(0);
  await addressHas(page, /text=/);
});

test('a filter is a step that can be undone and done again', async () => {
  const page = await tabWith([A], '#view=jobs&t=86400');
  const search = page.getByRole('search', { name: 'Filter of jobs' });
  const chosen = search.getByRole('combobox', { name: 'Class' });
  const jobs = async () => ((await search.getByRole('status').textContent()) ?? '').trim();
  await expect.poll(jobs).toMatch(/^\d+ jobs in the system$/);
  const all = await jobs();
  const [name] = (await chosen.locator('option').allTextContents()).slice(1);
  await chosen.selectOption({ label: name as string });
  await addressHas(page, /class=/);
  await expect.poll(jobs).toMatch(/^\d+ of \d+ jobs$/);
  const some = await jobs();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(jobs).toBe(all);
  expect(await chosen.inputValue()).toBe('');
  await page.getByRole('button', { name: 'Redo', exact: true }).click();
  await expect.poll(jobs).toBe(some);
  await page.keyboard.press('Control+z');
  await expect.poll(jobs).toBe(all);
});

test('a span that is brushed on the curves is counted by the waterfall, kept in the link, and can be undone', async () => {
  const page = await tabWith([A], '#view=waterfall&t=43200');
  const curves = page.getByRole('img', { name: /^Curves: / });
  const { x, y, width } = (await curves.boundingBox()) ?? { x: 0, y: 0, width: 0 };
  await page.mouse.move(x + 0.4 * width, y + 30);
  await page.mouse.down();
  await page.mouse.move(x + 0.5 * width, y + 32);
  await page.mouse.move(x + 0.7 * width, y + 32);
  await page.mouse.up();
  await addressHas(page, /span=/);
  const selected = page.getByText(/^Selected: .* to .*\(/);
  await selected.waitFor();
  const [from = 0, to = 0] = (new URLSearchParams(new URL(page.url()).hash.slice(1)).get('span') ?? '')
    .split('-')
    .map(Number);
  // The axis begins right of its numbers.
  expect(from / (36 * 3600)).toBeGreaterThan(0.3);
  expect(to / (36 * 3600)).toBeLessThan(0.75);
  expect((to - from) / (36 * 3600)).toBeGreaterThan(0.25);
  const panel = page.getByRole('region', { name: 'Over the selected span' });
  await expect.poll(() => panel.textContent()).toContain('GPU-hours of capacity');
  await page.getByRole('button', { name: 'Zoom to it' }).click();
  // Drawn from the events of the span, all of them.
  await expect.poll(() => page.getByText('reading the events in sight').count()).toBe(0);
  expect(await curves.textContent()).not.toContain('in steps of');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(() => selected.count()).toBe(0);
  // The same by keys.
  await page.keyboard.press('Home');
  await expect.poll(() => timeUs(page)).toBe(0);
  await page.keyboard.press('b');
  await page.getByText(/^The span begins at/).waitFor();
  await page.keyboard.press('End');
  await expect.poll(() => timeText(page)).toBe('1 d 12:00:00');
  await page.keyboard.press('b');
  await addressHas(page, /span=0-129600/);
});

test.each([
  ['fleet', 'a-curves.svg', /GPU allocated/],
  ['waterfall', 'waterfall-From-the-end-of-the-warm-up-to-the-cursor.svg', /useful/],
])('a chart of the view %s is saved as SVG that stands by itself', async (view, name, text) => {
  const page = await tabWith([A], `#view=${view}&t=86400`);
  const place = view === 'fleet' ? page.locator('.timeline') : page.getByRole('main');
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    place.getByRole('button', { name: 'Save SVG' }).first().click(),
  ]);
  expect(saved.suggestedFilename()).toBe(name);
  const svg = readFileSync(await saved.path(), 'utf8');
  const found = await page.evaluate((source) => {
    const { documentElement: root } = new DOMParser().parseFromString(source, 'image/svg+xml');
    return {
      name: root.localName,
      text: root.textContent ?? '',
      shapes: root.querySelectorAll('path[d], rect').length,
      // What only the page knows: its classes and colours.
      foreign: root.querySelectorAll('[class]').length,
      variables: /fill:\s*var\(/.test(source),
    };
  }, svg);
  expect(found).toMatchObject({ name: 'svg', foreign: 0, variables: false });
  expect(found.text).toMatch(text);
  expect(found.shapes).toBeGreaterThan(2);
});

test('a link opens the page as it was', async () => {
  const page = await tabWith(
    [A],
    '#view=jobs&t=86400.5&gpu=3&colour=wait&span=3600-7200&text=job&theme=dark',
  );
  await page.keyboard.press('m');
  await page.keyboard.press('5');
  await addressHas(page, /view=compare/);
  await page.keyboard.press('3');
  await addressHas(page, /view=jobs/);
  const { hash } = new URL(page.url());
  expect(Object.fromEntries(new URLSearchParams(hash.slice(1)))).toEqual({
    ...{ view: 'jobs', t: '86400.5', gpu: '3', colour: 'wait' },
    ...{ span: '3600-7200', text: 'job', theme: 'dark' },
  });
  const again = await tabWith([A], hash);
  expect(await again.title()).toBe(await page.title());
  expect(await timeText(again)).toBe('1 d 00:00:00');
  expect(await again.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  expect(await again.getByRole('searchbox', { name: 'Part of the name' }).inputValue()).toBe('job');
  // A link that is followed while the page is open.
  await again.evaluate(() => {
    location.hash = 'view=fleet&t=3600';
  });
  await expect.poll(() => timeText(again)).toBe('0 d 01:00:00');
  expect(await again.title()).toContain('Fleet');
  expect(await again.evaluate(() => document.documentElement.dataset.theme)).toBeUndefined();
});

test('two replays are compared, and one is closed again', async () => {
  const page = await tabWith([A, B]);
  await show(page, 'Compare');
  await page.getByRole('region', { name: 'Fleet of A' }).waitFor();
  await page.getByRole('region', { name: 'Fleet of B' }).waitFor();
  await page.getByRole('button', { name: 'Close b.replay' }).click();
  await expect.poll(() => page.getByRole('region', { name: 'Fleet of B' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Close a.replay' }).click();
  await expect.poll(() => page.title()).toContain('Start');
});

test('the map is saved as a picture of twice its size', async () => {
  const page = await tabWith([A], '#t=86400');
  const { width } = (await page.getByRole('application').boundingBox()) ?? { width: 0 };
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save PNG' }).click();
  const bytes = readFileSync(await (await coming).path());
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(Math.abs(bytes.readUInt32BE(16) - 2 * width)).toBeLessThan(6);
});

test('a file that is no replay, or not whole, is named with what is wrong and what can be read', async () => {
  const page = await tabWith([]);
  const problem = page.getByRole('alert');
  await openReplay(page, { name: 'notes.txt', bytes: new TextEncoder().encode('some notes of mine') });
  await expect.poll(() => problem.textContent()).toContain('notes.txt is no replay');
  expect(await page.title()).toContain('Start');
  const whole = readFileSync(A);
  const flipped = Uint8Array.from(whole);
  flipped[200] = (flipped[200] as number) ^ 0xff;
  await openReplay(page, { name: 'flipped.replay', bytes: flipped });
  await expect
    .poll(() => problem.textContent())
    .toContain('flipped.replay is a replay whose beginning is damaged');
  await openReplay(page, { name: 'cut.replay', bytes: whole.subarray(0, whole.length - 20) });
  await expect.poll(() => problem.textContent()).toContain('cut.replay: The file is not whole');
  await expect.poll(() => page.title()).toContain('cut.replay');
  // A name is a text, whatever is in it.
  await openReplay(page, { name: '<img src=x onerror=alert(1)>', bytes: whole.subarray(0, 5) });
  await expect.poll(() => problem.textContent()).toContain('<img src=x onerror=alert(1)> is no replay');
});

test('everything can be reached with the keyboard alone', async () => {
  const page = await tabWith([]);
  const chosen = new Promise<void>((done) => {
    page.on('filechooser', (chooser) => void chooser.setFiles(A).then(done));
  });
  // Nothing to show yet: the key says what to do.
  await page.keyboard.press('2');
  await expect
    .poll(() => page.getByRole('status').allTextContents())
    .toContainEqual(expect.stringContaining('open one with O'));
  await page.keyboard.press('o');
  await chosen;
  await expect.poll(() => page.title()).toContain('Fleet');
  // Past the bar, to the map, and along it.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the view');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => {
      await page.keyboard.press('Tab');
      return page.evaluate(() => document.activeElement?.getAttribute('role'));
    })
    .toBe('application');
  await page.keyboard.press('ArrowRight');
  await expect
    .poll(() => page.locator('[aria-live=polite]').allTextContents())
    .toContainEqual(expect.stringMatching(/^Selected: (host|GPU)/));
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await sheet.waitFor();
  expect(await sheet.getByRole('table', { name: 'On every view' }).getByRole('row').count()).toBeGreaterThan(
    10,
  );
  expect(await sheet.getByRole('table', { name: 'Time line' }).textContent()).toContain('Play or pause');
  // Keys of the page do nothing under the sheet.
  await page.keyboard.press('3');
  expect(await page.title()).toContain('Fleet');
  await page.keyboard.press('Escape');
  for (const [i, view] of VIEWS.entries()) {
    await page.keyboard.press(String(i + 1));
    await expect.poll(() => page.title()).toContain(VIEW_TITLES[view]);
  }
  await page.keyboard.press('2');
  await page.keyboard.press('m');
  await page.keyboard.press('End');
  await expect.poll(() => timeText(page)).toBe('1 d 12:00:00');
  await page.keyboard.press('Control+z');
  await expect.poll(() => page.title()).toContain(VIEW_TITLES[VIEWS.at(-1) as View]);
});

test('keys that are turned off do nothing', async () => {
  const page = await tabWith([A]);
  await page.getByRole('button', { name: 'Keys' }).click();
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await sheet.getByRole('checkbox', { name: 'Keys without Ctrl are on' }).uncheck();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await page.keyboard.press('3');
  await page.keyboard.press('Control+z');
  await expect
    .poll(() => page.getByRole('status').allTextContents())
    .toContainEqual(expect.stringContaining('Nothing to undo'));
  expect(await page.title()).toContain('Fleet');
});

test('a scenario is changed, run in the page, and compared with the replay that is open', async () => {
  const page = await tabWith([A]);
  await show(page, 'What if');
  await page.getByRole('button', { name: 'Change the scenario of a.replay' }).click();
  await page.getByRole('form', { name: 'Usual questions' }).waitFor();
  const run = page.getByRole('button', { name: 'Run and compare with the open replay' });
  await expect.poll(() => run.isEnabled(), { timeout: 15_000 }).toBe(true);
  await run.click();
  await page.getByRole('region', { name: 'Fleet of B' }).waitFor({ timeout: 30_000 });
  expect(await page.title()).toContain('Compare');
});

/** What axe finds that is serious or critical. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

test.each(['light', 'dark'] as const)(
  'no view has a serious finding of axe, nor is it wider than a phone, %s',
  async (colorScheme) => {
    const page = await tabWith([A, B], '#t=86400&gpu=1', { colorScheme, reducedMotion: 'reduce' });
    const found: Record<string, unknown> = {};
    for (const view of VIEWS) {
      await show(page, VIEW_TITLES[view]);
      await page.waitForTimeout(300);
      const findings = await seriousFindings(page);
      await page.setViewportSize({ width: 360, height: 740 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      await page.setViewportSize({ width: 1280, height: 800 });
      if (findings.length > 0 || width > 360) found[view] = { findings, width };
    }
    expect(found).toEqual({});
  },
);
