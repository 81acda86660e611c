import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inProcess } from '../cli/in-process.ts';
import { richResult } from '../report/rich-result.ts';
import { startChromium } from './chromium.ts';

declare const axe: { run(where: Document, options: RunOptions): Promise<AxeResults> };

/** The openb fleet, desktops and MIG, by a short run of each, and a result by hand that has every section. */
const RUNS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['openb-like', ['openb-like', '--set', 'experiment.target=0.1']],
  [
    'vgpu-autocad-l40s',
    // The first hours of a working day.
    ['vgpu-autocad-l40s', '--set', 'experiment.horizon=510m', '--set', 'experiment.warmup=7h'],
  ],
  [
    'mig-inference-a100',
    [
      'mig-inference-a100',
      '--set',
      'experiment.horizon=30s',
      '--set',
      'experiment.warmup=10s',
      '--replications',
      '2',
    ],
  ],
];
/** Two factors with replications, in the main thread: a table, a front, a map and lines. */
const SWEEP = [
  ...['sweep', 'easy-backfill', '--set', 'experiment.horizon=2d', '--in-process', '--replications', '2'],
  ...['--grid', 'policy.scheduling.fill=block,skip,easy', '--grid', 'fleet.hosts.node.count=6..8:1'],
];
const NAMES = [...RUNS.map(([name]) => name), 'everything', 'sweep'];
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [360, 1600];

const folder = mkdtempSync(join(tmpdir(), 'slicewise-report-'));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await startChromium();
  if (browser === undefined) return;
  for (const [name, args] of RUNS) {
    const ran = await inProcess(['run', ...args, '--out', join(folder, name)]);
    expect(ran.code, ran.err).toBe(0);
  }
  const swept = await inProcess([...SWEEP, '--out', join(folder, 'sweep')]);
  expect(swept.code, swept.err).toBe(0);
  writeFileSync(join(folder, 'everything.json'), JSON.stringify(richResult()));
  for (const name of NAMES) {
    const place = name === 'everything' ? `${name}.json` : name;
    const made = await inProcess(['report', join(folder, place), '--out', join(folder, `report-${name}`)]);
    expect(made.code, made.err).toBe(0);
  }
});

beforeEach(({ skip }) => {
  if (browser === undefined) skip('no Chromium: install one (the packaged one is for Linux x64 alone)');
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A report in a tab that notes what it complains of and asks for. */
async function opened(name: string, options: BrowserContextOptions) {
  const context = await (browser as Browser).newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => requests.push(request.url()));
  const url = pathToFileURL(join(folder, `report-${name}`, 'report.html')).href;
  await page.goto(url);
  return { page, complaints, requests, url, close: () => context.close() };
}

/** Opens what is folded, so that it is looked at, too. */
const unfold = (page: Page) =>
  page.evaluate(() => {
    for (const part of document.querySelectorAll('details')) part.open = true;
  });

/**
 * What axe finds, of whatever weight.
 *
 * @param rules only these; absent: all
 */
async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const found = await page.evaluate(
    (only) =>
      axe.run(document, {
        resultTypes: ['violations'],
        ...(only === undefined ? {} : { runOnly: { type: 'rule', values: [...only] } }),
      }),
    rules,
  );
  return found.violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`);
}

/** What depends on the theme and the width; the other rules see the same page each time. */
const OF_THE_LOOK = ['color-contrast', 'scrollable-region-focusable', 'target-size', 'link-in-text-block'];

/** Letters of charts that are small or reach out of their drawing, in the drawing for this width. */
const lettersOutside = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[role=img] svg')].flatMap((svg) => {
      const box = svg.getBoundingClientRect();
      // The drawing for the other width.
      if (box.width === 0) return [];
      return [...svg.querySelectorAll('text')].flatMap((text) => {
        const { left, right, height } = text.getBoundingClientRect();
        const isWithin = left >= box.left - 1 && right <= box.right + 1;
        return isWithin && height >= 11 ? [] : [`${text.textContent}: ${left} to ${right}, ${height} high`];
      });
    }),
  );

/** Captions that are wider than what is seen of their table, and areas that scroll without the keyboard. */
const outOfReach = (page: Page) =>
  page.evaluate(() => [
    ...[...document.querySelectorAll<HTMLElement>('caption span')].flatMap((caption) => {
      const room = caption.closest('.scroll')?.clientWidth ?? 0;
      return caption.offsetWidth <= room ? [] : [`${caption.textContent}: ${caption.offsetWidth} of ${room}`];
    }),
    ...[...document.querySelectorAll<HTMLElement>('main *')].flatMap((each) =>
      each.scrollWidth > each.clientWidth + 1 &&
      getComputedStyle(each).overflowX === 'auto' &&
      each.tabIndex < 0
        ? [each.outerHTML.slice(0, 80)]
        : [],
    ),
  ]);

test.each(NAMES)(
  'report.html of %s is quiet, alone, accessible and no wider than the screen, at 360 and 1600 pixels, light and dark',
  async (name) => {
    const tab = await opened(name, {});
    const { page } = tab;
    await page.evaluate(axeSource);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      expect(await lettersOutside(page)).toEqual([]);
      if (width === WIDTHS[0]) await unfold(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await outOfReach(page)).toEqual([]);
    }
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const isFirst = colorScheme === 'light' && width === WIDTHS[0];
        // All rules once; those that see colours and sizes in each look of the page that has every section.
        const isWhole = name === 'everything';
        if (isFirst || isWhole || (colorScheme === 'dark' && width === WIDTHS[1]))
          expect(await violations(page, isFirst ? undefined : OF_THE_LOOK)).toEqual([]);
      }
    }
    expect(tab.requests).toEqual([tab.url]);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  },
);

test('the colours follow the system, and a choice on the page wins, without a script', async () => {
  const tab = await opened('everything', { colorScheme: 'dark', javaScriptEnabled: false });
  const { page } = tab;
  const lightness = async () => {
    const shot = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    return shot.match(/\d+/g)?.map(Number)[0] as number;
  };
  expect(await lightness()).toBeLessThan(60);
  await page.check('#theme-light');
  expect(await lightness()).toBe(255);
  await page.check('#theme-auto');
  expect(await lightness()).toBeLessThan(60);
  await tab.close();
});

test('on paper it is light, shows what is folded and nothing that only a screen needs', async () => {
  const tab = await opened('everything', { colorScheme: 'dark' });
  const { page } = tab;
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 720, height: 1000 });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(255, 255, 255)',
  );
  expect(await page.locator('nav').isVisible()).toBe(false);
  expect(await page.locator('#reproduce pre').first().isVisible()).toBe(true);
  expect(await page.locator('#results details:not(.data) table').first().isVisible()).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(720);
  // What a screen scrolls would be cut off on paper.
  expect(
    await page.evaluate(() =>
      [...document.querySelectorAll('table')].flatMap((table) => {
        const { right } = table.getBoundingClientRect();
        return right <= innerWidth ? [] : [`${table.caption?.textContent}: ${right}`];
      }),
    ),
  ).toEqual([]);
  await tab.close();
});
