import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeLine } from '../../cli/sweep/result-line.ts';
import { readStored } from '../../cli/sweep/store.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';
import { runInto, smallPlan } from '../sweep/small-sweep.ts';
import { openViewer, type Viewer } from './viewer-page.ts';

declare const axe: { run(where: Document): Promise<AxeResults> };

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'slicewise-sweep-view-'));
const scenario = join(folder, 'small.yaml');
/** 18 runs, and the same as it was after 12 of them, one of which had failed. */
const whole = join(folder, 'whole');
const running = join(folder, 'running');
let viewer: Viewer | undefined;
let resultName = '';

beforeAll(async () => {
  writeFileSync(scenario, SMALL_YAML);
  const plan = smallPlan(scenario, 3);
  await runInto(whole, plan);
  [resultName = ''] = readdirSync(join(whole, 'results'));
  mkdirSync(join(running, 'results'), { recursive: true });
  cpSync(join(whole, 'manifest.json'), join(running, 'manifest.json'));
  const stored = readStored(whole, plan.manifest);
  const some = [...stored.outcomes.values()].sort((a, b) => a.index - b.index).slice(0, 12);
  const { id, index } = some.pop() as (typeof some)[number];
  const failed = encodeLine({ id, index, status: 'failed', error: 'ran out of <memory>', elapsedMs: 3 });
  writeFileSync(join(running, 'results', resultName), Buffer.concat([...some.map(encodeLine), failed]));
  viewer = await openViewer({ sweep: running });
}, 240_000);

beforeEach(({ skip }) => {
  if (viewer === undefined) skip('no Chromium: install one (the packaged one is for Linux x64 alone)');
});

afterAll(async () => {
  await viewer?.close();
  rmSync(folder, { recursive: true, force: true });
});

const rowCount = async (page: Page) =>
  Number(await page.getByRole('grid', { name: /^Points/ }).getAttribute('aria-rowcount')) - 1;

/** Drops files on the page, as a user can on every view. */
async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const files = paths.map((path) => ({
    name: path.split('/').at(-1) as string,
    base64: readFileSync(path).toString('base64'),
  }));
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given)
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
    return transfer;
  }, files);
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}

test('a sweep that runs is shown as far as it is, with what failed, and again after Reload', async () => {
  const { page, errors, outside } = viewer as Viewer;
  await page.getByRole('heading', { name: 'Sweep of small' }).waitFor();
  expect(await page.locator('.sweep-progress').textContent()).toContain(
    '11 of 18 runs done, 1 failed, 6 not run yet',
  );
  const failures = page.getByRole('region', { name: 'Runs that failed' });
  expect(await failures.textContent()).toContain('ran out of <memory>');
  expect(await rowCount(page)).toBe(4);

  cpSync(join(whole, 'results', resultName), join(running, 'results', 'zz-later.jsonl'));
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect.poll(() => page.locator('.sweep-progress').textContent()).toContain('18 of 18 runs done');
  await expect.poll(() => rowCount(page)).toBe(6);
  await failures.waitFor({ state: 'detached' });
  expect(errors).toEqual([]);
  expect(outside).toEqual([]);
});

test('an axis is brushed by keys and by dragging, and all else follows; undo takes it back', async () => {
  const { page, errors } = viewer as Viewer;
  const least = page.getByRole('slider', { name: 'fleet.hosts.a.count: least that is kept' });
  await least.focus();
  await page.keyboard.press('ArrowUp');
  await page.getByText('4 of 6 points kept').waitFor();
  expect(await least.getAttribute('aria-valuetext')).toBe('2');
  expect(await rowCount(page)).toBe(4);
  await expect.poll(() => decodeURIComponent(page.url())).toContain('sweep.range.set:fleet.hosts.a.count=2~');
  await page.keyboard.press('Control+z');
  await page.getByText('6 points shown').waitFor();

  // From the middle of the axis of placements to beyond its upper end.
  const high = await page.getByRole('slider', { name: 'policy.placement: most that is kept' }).boundingBox();
  const low = await page.getByRole('slider', { name: 'policy.placement: least that is kept' }).boundingBox();
  if (high === null || low === null) throw new Error('no axis');
  const x = high.x + high.width / 2;
  await page.mouse.move(x, (high.y + low.y) / 2);
  await page.mouse.down();
  await page.mouse.move(x, high.y - 6, { steps: 6 });
  await page.mouse.up();
  await page.getByText('3 of 6 points kept').waitFor();
  await page.getByRole('button', { name: 'Take all ranges away' }).click();
  await page.getByText('6 points shown').waitFor();
  expect(errors).toEqual([]);
});

test('what is selected in one is selected in all, is in the link, and says how to run it', async () => {
  const { page, url, errors } = viewer as Viewer;
  const grid = page.getByRole('grid', { name: /^Points/ });
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '1 point selected' }).waitFor();
  expect(await grid.getByRole('row', { selected: true }).count()).toBe(1);
  const command = await page.locator('.sweep-point pre').textContent();
  expect(command).toMatch(
    /^slicewise run small --set policy\.placement=\S+ --set fleet\.hosts\.a\.count=\d --seed \d+ --replications 3$/,
  );

  const map = page.getByRole('application', { name: /^Map of/ });
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText(/mean of 1 point$/).waitFor();
  await page.keyboard.press('Shift+Enter');
  const scatter = page.getByRole('application', { name: /^Scatter of/ });
  await scatter.focus();
  await page.keyboard.press('PageDown');
  await page.getByText(/^On the front\. Point \d/).waitFor();
  await page.getByRole('button', { name: 'Select the front' }).click();
  await page.getByRole('heading', { name: /selected$/ }).waitFor();
  const chosen = await grid.getByRole('row', { selected: true }).count();
  expect(chosen).toBeGreaterThan(0);
  await page
    .getByRole('columnheader', { name: /^Point/ })
    .getByRole('button')
    .click();
  await expect.poll(() => page.url()).toMatch(/sweep\.points=.*sweep\.sort=point/);

  // Whoever follows the link sees the same.
  const hash = new URL(page.url()).hash;
  await page.goto('about:blank');
  await page.goto(`${url}${hash}`);
  await grid.waitFor();
  expect(await grid.getByRole('row', { selected: true }).count()).toBe(chosen);
  expect(await grid.getByRole('columnheader', { name: /^Point/ }).getAttribute('aria-sort')).toBe(
    'ascending',
  );
  await page.locator('.sweep').press('Escape');
  await page.getByRole('heading', { name: 'No point is selected' }).waitFor();
  expect(errors).toEqual([]);
});

test('charts are saved as pictures that stand by themselves', async () => {
  const { page } = viewer as Viewer;
  for (const part of ['All factors and metrics', 'Over two factors', 'Trade-off']) {
    const section = page.getByRole('region', { name: part });
    const download = page.waitForEvent('download');
    await section.getByRole('button', { name: 'Save SVG' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^sweep-small-.*\.svg$/);
    const text = readFileSync((await saved.path()) as string, 'utf8');
    const found = await page.evaluate((svg) => {
      const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
      return { name: root.nodeName, shapes: root.querySelectorAll('path, rect, text, circle').length };
    }, text);
    expect(found.name).toBe('svg');
    expect(found.shapes).toBeGreaterThan(15);
    expect(text).not.toMatch(/NaN|Infinity|var\(/);
    const png = page.waitForEvent('download');
    await section.getByRole('button', { name: 'Save PNG' }).click();
    const bytes = readFileSync((await (await png).path()) as string);
    expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  }
});

test.each(['light', 'dark'] as const)(
  'nothing of it is out of reach, nor wider than a phone, %s',
  async (scheme) => {
    const { page, errors } = viewer as Viewer;
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.getByRole('grid', { name: /^Points/ }).press('ArrowDown');
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => axe.run(document));
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(errors).toEqual([]);
  },
);

test('files that are dropped are a sweep, and what is missing or torn is said', async () => {
  const { page, errors } = viewer as Viewer;
  await drop(page, [join(whole, 'results', resultName)]);
  await page.getByText(/There is no manifest\.json among the 1 files/).waitFor();
  const torn = join(folder, 'torn.jsonl');
  const bytes = readFileSync(join(whole, 'results', resultName));
  writeFileSync(torn, bytes.subarray(0, -40));
  await drop(page, [join(whole, 'manifest.json'), torn]);
  await page.getByText(/torn\.jsonl, line 18 is torn at its end/).waitFor();
  expect(await page.locator('.sweep-progress').textContent()).toContain('17 of 18 runs done, 1 not run yet');
  await drop(page, [
    join(whole, 'manifest.json'),
    join(whole, 'index.json'),
    join(whole, 'results', resultName),
  ]);
  await expect.poll(() => page.locator('.sweep-progress').textContent()).toContain('18 of 18 runs done');
  expect(await page.locator('.sweep-notes').count()).toBe(0);
  expect(await page.locator('.message.problem').count()).toBe(0);
  expect(errors).toEqual([]);
});
