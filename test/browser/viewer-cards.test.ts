import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { openViewer, type Viewer } from './viewer-page.ts';

const replay = join(new TemporaryFolder().path, 'mig.replay');
/** Jobs wait for a place on the cards. */
const CROWDED_SEC = 89_000;
const WAIT = { timeout: 15_000 };
let viewer: Viewer | undefined;

beforeAll(async () => {
  const ran = await inProcess([
    ...['run', 'mig-on-demand-h100', '--set', 'experiment.horizon=25h', '--set', 'experiment.warmup=0s'],
    ...['--replay', replay],
  ]);
  expect(ran.code, ran.err).toBe(0);
  viewer = await openViewer({ replays: [replay] });
}, 120_000);

afterAll(() => viewer?.close());

test('cards say why they refuse; where the worker died the panel says so, and a new one answers', async ({
  skip,
}) => {
  if (viewer === undefined) return skip('no Chromium');
  const { page, url } = viewer;
  let isDead = true;
  await page.route(/worker-.*\.js/, (route) => (isDead ? route.abort() : route.continue()));
  // Another part of an address alone does not load a page anew.
  await page.goto('about:blank');
  await page.goto(`${url}#view=fleet&t=${CROWDED_SEC}&gpu=2`);
  const panel = page.locator('.refusals');
  await panel.locator('summary').click();
  await expect.poll(() => panel.getByRole('alert').textContent(), WAIT).toContain('could not be asked');
  isDead = false;
  await panel.getByRole('button', { name: 'Ask again' }).click();
  await expect.poll(() => panel.textContent(), WAIT).toContain('rule mig-geometry');
  expect(await panel.getByRole('alert').count()).toBe(0);
  await expect.poll(() => panel.locator('[aria-busy=true]').count(), WAIT).toBe(0);
});
