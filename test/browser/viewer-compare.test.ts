import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inProcess } from '../cli/in-process.ts';
import { openReplay, openViewer, type Viewer } from './viewer-page.ts';

declare const axe: { run(where: Document): Promise<AxeResults> };

const folder = mkdtempSync(join(tmpdir(), 'slicewise-compare-'));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let viewer: Viewer | undefined;

/** The same two days under two policies, and two other days. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  'evict.replay': [],
  'none.replay': ['--set', 'policy.scheduling.preemption=none'],
  'other.replay': ['--seed', '7'],
};

beforeAll(async () => {
  const days = ['--set', 'experiment.horizon=2d', '--set', 'experiment.warmup=6h'];
  for (const [name, more] of Object.entries(RUNS)) {
    const file = join(folder, name);
    const ran = await inProcess(['run', 'preemptive-priority', ...days, ...more, '--replay', file]);
    expect(ran.code, ran.err).toBe(0);
  }
  viewer = await openViewer();
}, 240_000);

beforeEach(({ skip }) => {
  if (viewer === undefined) skip('no Chromium: install one (the packaged one is for Linux x64 alone)');
});

afterAll(async () => {
  await viewer?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('two replays are compared: where they part, why, and by how much', async () => {
  const { page, errors } = viewer as Viewer;
  await openReplay(page, join(folder, 'evict.replay'));
  await page.getByRole('navigation').getByRole('button', { name: 'Compare' }).click();
  await page.getByText('evict.replay is open as A').waitFor();
  await openReplay(page, join(folder, 'none.replay'));
  await page.getByText(/The same jobs arrive at the same moments \(\d+ compared\)/).waitFor();
  await page.getByText('policy.scheduling.preemption (A evict, B none)').waitFor();

  // By keyboard: the first decision that differs, then the next job's.
  await page.keyboard.press('d');
  const explained = page.locator('.compare-explained');
  await explained.getByText('Told to save its state and give way.', { exact: true }).waitFor();
  await explained.getByText('Did nothing about it at this moment.').waitFor();
  const first = await explained.locator('h3').textContent();
  const [, at = ''] = /at (.+)$/.exec(first ?? '') ?? [];
  await page.getByRole('heading', { name: `At ${at}`, exact: true }).waitFor();
  await page.keyboard.press('n');
  await expect.poll(() => explained.locator('h3').textContent()).not.toBe(first);

  // The job that is selected is told of in both runs, side by side.
  const pair = page.locator('.compare-pair');
  await pair.getByRole('columnheader', { name: 'B', exact: true }).waitFor();
  await pair
    .getByRole('rowheader', { name: /Mean speed|First start/ })
    .first()
    .waitFor();
  await pair.locator('tr.differs').first().waitFor();

  await page.getByRole('button', { name: 'As a table' }).first().click();
  await page.getByRole('columnheader', { name: 'From' }).waitFor();
  const scenarios = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save both scenarios' }).click();
  expect((await scenarios).suggestedFilename()).toBe('a-evict.json');

  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => axe.run(document));
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);

  await page.getByRole('button', { name: 'Swap A and B' }).click();
  await page.getByText('policy.scheduling.preemption (A none, B evict)').waitFor();
  expect(errors).toEqual([]);
});

test('the maps are zoomed together, or each by itself, and a host is shown in both runs', async () => {
  const { page, errors } = viewer as Viewer;
  const maps = page.getByRole('application');
  // A picture says how large the cards are: it changes when a map is zoomed.
  const picture = (map: number) =>
    maps
      .nth(map)
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await expect.poll(() => page.getByRole('checkbox', { name: 'Zoom together' }).isChecked()).toBe(true);
  const before = await picture(1);
  await maps.nth(0).focus();
  await page.keyboard.press('+');
  await expect.poll(() => picture(1)).not.toBe(before);
  await page.keyboard.press('g');
  await expect.poll(() => page.getByRole('checkbox', { name: 'Zoom together' }).isChecked()).toBe(false);
  // What there was no time for in a frame is drawn in the next ones.
  const isStill = async (): Promise<boolean> => {
    const [one, other] = [await picture(0), await picture(1)];
    await page.waitForTimeout(150);
    return one === (await picture(0)) && other === (await picture(1));
  };
  await expect.poll(isStill).toBe(true);
  const alone = [await picture(0), await picture(1)] as const;
  await page.keyboard.press('+');
  await expect.poll(() => picture(0)).not.toBe(alone[0]);
  expect(await picture(1)).toBe(alone[1]);
  // What is selected on the map of B is selected on that of A, too.
  await maps.nth(1).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page
    .locator('.compare-pair')
    .getByRole('heading', { name: / in A and B$/ })
    .waitFor();
  await page.locator('.compare-pair').getByText('In both', { exact: true }).waitFor();
  expect(errors).toEqual([]);
});

test('runs of other arrivals are said not to be comparable, and B can be closed', async () => {
  const { page, errors } = viewer as Viewer;
  await openReplay(page, join(folder, 'other.replay'));
  await page.getByText('Not comparable job by job.').waitFor();
  await page.getByText(/The seeds differ: 42 and 7\./).waitFor();
  await page.getByText('They have no job in common.').waitFor();
  await page.getByRole('button', { name: 'Close B' }).click();
  await page.getByRole('button', { name: 'Open the second replay…' }).waitFor();
  expect(errors).toEqual([]);
});
